#include "tools/replay/replay.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "models/base/error.h"
#include "models/base/units.h"
#include "platform/recorded/recorded.h"
#include "tools/replay/progress.h"

#define EVENTS_AT_A_TIME 8192
#define PICTURES_ALL     10

int nrs_replay_init(struct nrs_replay *r, const struct nrs_replay_options *o, const struct nrs_model *model,
                    FILE *out)
{
    int rc;

    *r = (struct nrs_replay){
        .options = o, .model = model, .out = out, .conf = nrs_windows_conf(o->capacity, o->min_conns)};
    r->gallery.cap = o->all ? PICTURES_ALL : NRS_GALLERY_MAX;
    if (o->all)
        return nrs_windows_init(&r->windows, o->window, &r->conf, model, nrs_replay_row, r);
    r->memory_len = nrs_core_bytes(&r->conf);
    r->memory = malloc(r->memory_len);
    if (!r->memory)
        return NRS_ERR_SPACE;
    rc = nrs_core_init(&r->core, r->memory, r->memory_len, &r->conf, model, 0);
    r->core = NULL; /* that was a trial: the real one needs the time of the first flow */
    return rc;
}

static void say(const char *place, const char *what)
{
    fprintf(stderr, "noroshi-replay: %s: %s\n", place, what);
}

static void say_damage(void *arg, const char *msg)
{
    const struct nrs_replay *r = arg;

    if (!r->options->quiet)
        fprintf(stderr, "noroshi-replay: %s\n", msg);
}

static int drain(struct nrs_replay *r, struct nrs_recorded *file, struct nrs_replay_progress *p)
{
    int n;

    do {
        n = nrs_recorded_drain(file, EVENTS_AT_A_TIME, nrs_replay_flow, r);
        nrs_replay_progress_show(p, file, r->totals.flagged);
    } while (n > 0);
    return n;
}

static void account(struct nrs_replay *r, const char *path, const struct nrs_recorded_stats *st,
                    uint64_t spent_ns, uint64_t flagged)
{
    r->totals.records += st->records;
    r->totals.damaged += st->damaged;
    r->totals.spent_ns += spent_ns;
    if (!r->options->quiet && isatty(STDERR_FILENO))
        nrs_replay_progress_summary(path, st, spent_ns, flagged);
}

bool nrs_replay_file(struct nrs_replay *r, const char *path)
{
    uint64_t flagged_before = r->totals.flagged;
    struct nrs_replay_progress progress;
    struct nrs_recorded_stats st;
    struct nrs_recorded *file;
    int rc = nrs_recorded_open(&file, path, say_damage, r);

    if (rc) {
        say(path, nrs_recorded_reason(rc));
        return false;
    }
    if (!r->core && !r->options->all)
        r->mark = nrs_recorded_mark(file);
    nrs_replay_progress_start(&progress, !r->options->quiet, path);
    rc = drain(r, file, &progress);
    nrs_replay_end_file(r);
    nrs_recorded_stats(file, &st);
    account(r, path, &st, nrs_replay_progress_end(&progress), r->totals.flagged - flagged_before);
    nrs_recorded_close(file);
    if (rc < 0)
        say(path, nrs_recorded_reason(rc));
    else if (st.records == 0 && st.damaged > 0)
        say(path, "not one record could be read");
    return rc == 0 && (st.records > 0 || st.damaged == 0);
}

void nrs_replay_finish(struct nrs_replay *r)
{
    nrs_replay_end_all(r);
    if (r->options->heatmap)
        nrs_gallery_draw(&r->gallery, r->out, isatty(fileno(r->out)) && !getenv("NO_COLOR"));
}

static uint64_t milliseconds(const struct timeval *t)
{
    return (uint64_t)t->tv_sec * 1000 + (uint64_t)t->tv_usec / 1000;
}

static void print_stat(FILE *to, const char *name, uint64_t value)
{
    fprintf(to, "%s\t%llu\n", name, (unsigned long long)value);
}

void nrs_replay_print_stats(const struct nrs_replay *r, FILE *to)
{
    const struct nrs_replay_totals *t = &r->totals;
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    print_stat(to, "records", t->records);
    print_stat(to, "damaged", t->damaged);
    print_stat(to, "flows", t->flows);
    print_stat(to, "late", t->late);
    print_stat(to, "evictions", t->evicted);
    print_stat(to, "lines", t->lines);
    print_stat(to, "flagged", t->flagged);
    print_stat(to, "milliseconds", t->spent_ns / NRS_NS_PER_MS);
    print_stat(to, "cpu_milliseconds", milliseconds(&use.ru_utime) + milliseconds(&use.ru_stime));
    print_stat(to, "records_per_s",
               t->spent_ns ? (uint64_t)((double)t->records * 1e9 / (double)t->spent_ns) : 0);
    print_stat(to, "resident_kib", (uint64_t)use.ru_maxrss);
}

void nrs_replay_done(struct nrs_replay *r)
{
    nrs_windows_done(&r->windows);
    free(r->memory);
    r->memory = NULL;
}
