/* tests/disk_log.h - the agent's file operations on Linux, with a log of what they change
 *
 * The file that implements platform/files.h is compiled into the test once more, with its system calls
 * directed to the functions here. They are carried out in the test's own folder, and noted in their order.
 * A sync is noted and not carried out: what it promises is what a test can find out from the log. Include
 * this once in a program, before temp_dir.h.
 *
 * Files have numbers, which stay with them through a rename; 0 is no file. Nothing is noted while
 * disk_log.off. */
#ifndef NRS_TEST_DISK_LOG_H
#define NRS_TEST_DISK_LOG_H
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DISK_FILES 4096
#define DISK_FDS 256
#define DISK_OPS 8192
#define DISK_NAME 64 /* as long as a name in files.c */

enum disk_op_type { DISK_MAKE, DISK_CUT, DISK_WRITE, DISK_SYNC, DISK_SYNC_DIR, DISK_REMOVE, DISK_RENAME };

struct disk_op {
    enum disk_op_type type;
    unsigned file;                    /* MAKE, CUT, WRITE, SYNC */
    char name[DISK_NAME], to[DISK_NAME]; /* MAKE, REMOVE, RENAME */
    uint64_t at;                      /* WRITE */
    size_t len;
    uint8_t *bytes;                   /* WRITE: a copy, freed by disk_log_clear */
};

static struct {
    bool off, count_only;             /* count_only: no ops are kept, only the sums grow */
    uint64_t n_bytes, n_syncs;        /* written; syncs of files and of the folder */
    unsigned n_ops, n_files;
    unsigned of_fd[DISK_FDS];
    char name_of[DISK_FILES][DISK_NAME]; /* by number; "" = it has no name any more */
    struct disk_op op[DISK_OPS];
} disk_log;

static void disk_note(struct disk_op op)
{
    if (disk_log.off || disk_log.count_only)
        return;
    if (disk_log.n_ops == DISK_OPS)
        abort();
    disk_log.op[disk_log.n_ops++] = op;
}

static inline void disk_log_clear(void)
{
    for (unsigned i = 0; i < disk_log.n_ops; i++)
        free(disk_log.op[i].bytes);
    memset(&disk_log, 0, sizeof disk_log);
}

/* The number of the file with this name, 0 = there is none. */
static unsigned disk_number(const char *name)
{
    unsigned file = disk_log.n_files;

    while (file > 0 && strcmp(disk_log.name_of[file], name) != 0)
        file--;
    return file;
}

static unsigned disk_make(const char *name)
{
    struct disk_op op = {.type = DISK_MAKE};

    if (disk_log.n_files + 1 == DISK_FILES)
        abort();
    op.file = ++disk_log.n_files;
    snprintf(op.name, sizeof op.name, "%s", name);
    strcpy(disk_log.name_of[op.file], op.name);
    disk_note(op);
    return op.file;
}

static int disk_openat(int dir, const char *name, int flags, ...)
{
    int fd = openat(dir, name, flags, 0600);
    unsigned file = 0;

    if (fd < 0 || fd >= DISK_FDS || disk_log.off)
        return fd;
    if (!disk_log.count_only && (flags & O_CREAT)) {
        file = disk_number(name);
        if (file == 0)
            file = disk_make(name);
        else if (flags & O_TRUNC)
            disk_note((struct disk_op){.type = DISK_CUT, .file = file});
    }
    disk_log.of_fd[fd] = file;
    return fd;
}

static ssize_t disk_pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    struct disk_op op = {.type = DISK_WRITE, .file = disk_log.of_fd[fd], .at = (uint64_t)at, .len = len};

    if (!disk_log.off)
        disk_log.n_bytes += len;
    if (!disk_log.off && !disk_log.count_only) {
        op.bytes = malloc(len);
        memcpy(op.bytes, bytes, len);
        disk_note(op);
    }
    return pwrite(fd, bytes, len, at);
}

static int disk_sync(int fd)
{
    if (!disk_log.off)
        disk_log.n_syncs++;
    disk_note((struct disk_op){.type = DISK_SYNC, .file = disk_log.of_fd[fd]});
    return 0;
}

static int disk_sync_dir(int dir)
{
    (void)dir;
    if (!disk_log.off)
        disk_log.n_syncs++;
    disk_note((struct disk_op){.type = DISK_SYNC_DIR});
    return 0;
}

static int disk_unlinkat(int dir, const char *name, int flags)
{
    struct disk_op op = {.type = DISK_REMOVE};
    int rc = unlinkat(dir, name, flags);

    if (rc == 0 && !disk_log.off && !disk_log.count_only) {
        snprintf(op.name, sizeof op.name, "%s", name);
        disk_log.name_of[disk_number(name)][0] = '\0';
        disk_note(op);
    }
    return rc;
}

static int disk_renameat(int dir, const char *name, int to_dir, const char *to)
{
    struct disk_op op = {.type = DISK_RENAME};
    int rc = renameat(dir, name, to_dir, to);

    if (rc == 0 && !disk_log.off && !disk_log.count_only) {
        unsigned file = disk_number(name);

        snprintf(op.name, sizeof op.name, "%s", name);
        snprintf(op.to, sizeof op.to, "%s", to);
        disk_log.name_of[disk_number(to)][0] = '\0';
        strcpy(disk_log.name_of[file], op.to);
        disk_note(op);
    }
    return rc;
}

#define openat disk_openat
#define pwrite disk_pwrite
#define fdatasync disk_sync
#define fsync disk_sync_dir
#define unlinkat disk_unlinkat
#define renameat disk_renameat
#include "platform/linux/files.c"
#undef openat
#undef pwrite
#undef fdatasync
#undef fsync
#undef unlinkat
#undef renameat

#endif
