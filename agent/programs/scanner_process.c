#include "agent/programs/scanner_process.h"

#include <errno.h>
#include <string.h>

#include "agent/scanner/scanner.h"
#include "agent/programs/file_cache.h"
#include "agent/programs/hunt.h"
#include "agent/programs/rate.h"
#include "agent/programs/record.h"
#include "models/base/units.h"
#include "platform/clock.h"
#include "platform/execs.h"
#include "platform/files.h"
#include "platform/helper.h"
#include "platform/walk.h"

static struct watcher {
    struct nrs_scanner_conf conf;
    int fd, execs_fd; /* our end of the pair; programs as they start, or a negative errno */
    struct nrs_scanner scanner;
    struct nrs_walk walk;
    struct nrs_file_cache cache;
    struct nrs_rate files, bytes;
    struct nrs_hunts hunts;
    uint64_t walk_ms, counts_ms; /* when each is due */
    struct nrs_programs_counts counts, sent;
    uint32_t d; /* the question under way, 0 = none: a walk, or a start */
} w;

static uint64_t now_ms(void)
{
    return nrs_clock_boot_ns() / NRS_NS_PER_MS;
}

static bool is_below(const char *path, const char *folder)
{
    return strncmp(path, folder, strlen(folder)) == 0;
}

static bool is_temporary(const char *path)
{
    static const char *const folders[] = {"/tmp/", "/var/tmp/", "/dev/shm/", "/run/user/", "/run/shm/"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (is_below(path, folders[i]))
            return true;
    return false;
}

static uint8_t marks_of(const struct nrs_walk_file *f, const struct nrs_scan_result *r)
{
    uint64_t wall_s = nrs_clock_wall_ns() / NRS_NS_PER_S;
    unsigned marks = 0;

    marks |= r->packed ? NRS_MARK_PACKED : 0u;
    marks |= r->tampered ? NRS_MARK_TAMPERED : 0u;
    marks |= f->deleted ? NRS_MARK_DELETED : 0u;
    marks |= is_temporary(f->path) ? NRS_MARK_TEMPORARY : 0u;
    marks |= f->changed_s <= wall_s && wall_s - f->changed_s < w.conf.new_s ? NRS_MARK_NEW : 0u;
    return (uint8_t)marks;
}

static void send_found(struct nrs_found *f)
{
    uint8_t bytes[NRS_FOUND_BYTES];

    f->counts = w.counts;
    f->notice_error = w.execs_fd < 0 ? (uint8_t)-w.execs_fd : 0;
    nrs_found_write(bytes, f);
    if (nrs_helper_write(w.fd, bytes, sizeof bytes) != 0)
        return; /* a question stays; it is answered by the next look */
    w.sent = w.counts;
    nrs_hunts_answered(&w.hunts, f->d);
}

static void tell_file(const struct nrs_walk_file *file)
{
    const struct nrs_scan_result *r = &w.scanner.result;
    const struct nrs_model *model = w.scanner.slots[w.scanner.facts.format == NRS_FORMAT_PE].model;
    size_t len = strlen(file->path);
    struct nrs_found f = {.d = w.d,
                          .pid = file->pid,
                          .marks = marks_of(file, r),
                          .risk = r->risk,
                          .score_mlogit = r->score_mlogit};

    f.named = w.d != 0 && nrs_walk_is_named(file); /* for owners only */
    f.serial = model != NULL ? model->serial : 0;
    f.hashed = nrs_scanner_hash(file->fd, f.sha256) == 0;
    strncpy(f.class, r->name, NRS_FOUND_CLASS_MAX);
    strcpy(f.path, file->path + (len > NRS_FOUND_PATH_MAX ? len - NRS_FOUND_PATH_MAX : 0));
    send_found(&f);
}

/* Whether a file that no query led to has to be looked at now. */
static bool is_due(const struct nrs_file_id *id)
{
    w.counts.seen++;
    if (nrs_file_cache_has(&w.cache, id)) {
        w.counts.cached++;
        return false;
    }
    if (!nrs_rate_take(&w.files, 1, now_ms())) {
        w.counts.limited++;
        return false;
    }
    return true;
}

/* A packed file is hashed, which reads all of it. A file that is put off is new when it is seen again. */
static bool may_be_told(const struct nrs_walk_file *f, const struct nrs_file_id *id)
{
    uint32_t bytes = f->size < UINT32_MAX ? (uint32_t)f->size : UINT32_MAX;

    if (w.scanner.result.packed && !nrs_rate_take(&w.bytes, bytes, now_ms())) {
        w.counts.limited++;
        return false;
    }
    nrs_file_cache_put(&w.cache, id);
    return true;
}

static void on_file(void *arg, const struct nrs_walk_file *f)
{
    const struct nrs_file_id id = {f->device, f->inode, f->size, f->mtime_ns};
    bool shrank;

    (void)arg;
    if (w.d == 0 && !is_due(&id))
        return;
    if (nrs_scanner_file(&w.scanner, f->fd, f->size, &shrank) != 0)
        return;
    if (w.d == 0 && !may_be_told(f, &id))
        return;
    w.counts.scanned++;
    w.counts.packed += w.scanner.result.packed;
    if (w.d != 0 || w.scanner.result.packed)
        tell_file(f);
}

static void on_missed(void *arg, const char *path, int err)
{
    (void)arg;
    (void)path;
    (void)err;
}

/* Takes queries; false when the other end is closed. */
static bool take_questions(void)
{
    uint8_t bytes[NRS_ASK_BYTES];
    struct nrs_ask ask;
    int n;

    while ((n = nrs_helper_read(w.fd, bytes, sizeof bytes)) > 0)
        if (nrs_ask_read(&ask, bytes, (size_t)n) == 0)
            nrs_hunts_ask(&w.hunts, &ask, now_ms());
    return n == -EAGAIN || n == -EINTR;
}

/* Looks at what was started; what is left comes when the other side had its turn. */
static void take_execs(void)
{
    struct nrs_exec e;
    int rc = 1;

    w.d = 0;
    for (int i = 0; i < NRS_EXECS_AT_ONCE && w.execs_fd >= 0 && (rc = nrs_execs_next(w.execs_fd, &e)) > 0;
         i++) {
        if (!e.lost) {
            nrs_walk_open_file(&w.walk, e.fd, e.pid);
            continue;
        }
        w.counts.lost++;
        if (w.walk_ms > now_ms() + NRS_LOST_WALK_MS)
            w.walk_ms = now_ms() + NRS_LOST_WALK_MS;
    }
    if (rc >= 0)
        return;
    (void)nrs_file_close(w.execs_fd);
    w.execs_fd = rc;
    w.sent.seen = ~w.counts.seen; /* that is news */
}

static void look(uint64_t now)
{
    struct nrs_connection list[NRS_HUNTS];
    uint32_t d[NRS_HUNTS], pid[NRS_HUNTS];
    size_t n = nrs_hunts_list(&w.hunts, now, list, d);
    uint64_t began_ns = nrs_clock_boot_ns();

    nrs_owner_find(list, n, pid);
    for (size_t i = 0; i < n; i++) {
        if (pid[i] == 0)
            continue;
        w.d = d[i];
        nrs_walk_process(&w.walk, pid[i]);
    }
    nrs_hunts_looked(&w.hunts, now, (uint32_t)((nrs_clock_boot_ns() - began_ns) / 1000));
}

static void tell_counts(uint64_t now)
{
    struct nrs_found f = {.pid = 0};

    w.counts_ms = now + NRS_COUNTS_MS;
    if (memcmp(&w.counts, &w.sent, sizeof w.counts) != 0)
        send_found(&f);
}

static int wait_ms(uint64_t now)
{
    uint64_t due = nrs_hunts_next_ms(&w.hunts, now);

    due = w.walk_ms < due ? w.walk_ms : due;
    due = w.counts_ms < due ? w.counts_ms : due;
    return due > now ? (int)(due - now) : 0;
}

void nrs_scanner_prepare(void *arg)
{
    struct nrs_why why;

    w.conf = *(const struct nrs_scanner_conf *)arg;
    (void)nrs_owner_open();
    w.execs_fd = nrs_execs_open();
    if (nrs_scanner_open(&w.scanner, &why) != 0)
        nrs_scanner_use_none(&w.scanner);
}

void nrs_scanner_work(void *arg, int fd)
{
    (void)arg;
    w.fd = fd;
    w.walk.file = on_file;
    w.walk.missed = on_missed;
    w.sent.seen = ~w.counts.seen; /* the first counts are news */
    nrs_rate_init(&w.files, NRS_FILES_PER_S, 10 * NRS_FILES_PER_S, now_ms());
    nrs_rate_init(&w.bytes, NRS_BYTES_PER_S, 16 * NRS_BYTES_PER_S, now_ms());
    while (take_questions()) {
        uint64_t now = now_ms();

        if (now >= nrs_hunts_next_ms(&w.hunts, now))
            look(now);
        take_execs();
        if (now >= w.walk_ms) {
            w.d = 0;
            w.walk.n_seen = 0;
            (void)nrs_walk_processes(&w.walk);
            w.walk_ms = now_ms() + (uint64_t)w.conf.walk_s * 1000;
        }
        if (now >= w.counts_ms)
            tell_counts(now);
        if (nrs_helper_wait(fd, w.execs_fd, wait_ms(now_ms())) < 0)
            return;
    }
}
