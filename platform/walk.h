/* platform/walk.h - regular files to examine: named, below a folder, or run by a process
 *
 * Only regular files are opened: opening a FIFO waits, and opening a device can have any effect. A name that
 * is given is followed through symbolic links. Names below a folder are not followed, so links make no loops.
 * Pseudo file systems (/proc, /sys and their like) below a folder are passed over.
 *
 * Limits: paths of NRS_WALK_PATH_MAX - 1 bytes, folders nested NRS_WALK_DEPTH_MAX deep (one open descriptor
 * each). */
#ifndef NRS_WALK_H
#define NRS_WALK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NRS_WALK_PATH_MAX  4096
#define NRS_WALK_DEPTH_MAX 128
#define NRS_WALK_SEEN_MAX  512 /* programs of processes remembered; further ones are examined again */

struct nrs_walk_file {
    const char *path;
    int fd;        /* open for reading; closed when the callback returns */
    uint64_t size;
    uint32_t pid;  /* of a process that runs it, 0 = found by name */
    bool deleted;  /* it has no name any more; path is the name it had */
    uint64_t device, inode, mtime_ns; /* with size: the same values mean the same file as before */
    uint64_t changed_s; /* ctime, wall clock: written, renamed or given other rights; no program can set it */
};

struct nrs_walk {
    void *arg;
    bool recursive;
    void (*file)(void *arg, const struct nrs_walk_file *f);
    void (*missed)(void *arg, const char *path, int err); /* negative errno; -EISDIR: a folder */
    uint32_t n_links, n_special, n_pseudo; /* passed over: links, FIFOs and devices, pseudo file systems */
    uint32_t n_again;                      /* processes whose program another process runs, too */

    char path[NRS_WALK_PATH_MAX]; /* inside: the file at hand */
    size_t len;
    unsigned depth, n_seen;
    struct {
        uint64_t device, inode;
    } seen[NRS_WALK_SEEN_MAX];
};

/* Of a file that a process runs: whether its path leads to this very file here. Otherwise the process has a
 * mount or a root folder of its own. */
bool nrs_walk_is_named(const struct nrs_walk_file *f);

/* Examines the file `path`; with `recursive`, every file below the folder `path`. */
void nrs_walk_path(struct nrs_walk *w, const char *path);

/* Examines the program of every process, each program once. 0, or a negative errno: processes cannot be
 * listed here. */
int nrs_walk_processes(struct nrs_walk *w);

/* Examines the program of one process, also if it was examined before. */
void nrs_walk_process(struct nrs_walk *w, uint32_t pid);

/* Examines a file that is open already, and closes it. pid: the process that runs it, 0 = not known. The path
 * is the one that the file has now. */
void nrs_walk_open_file(struct nrs_walk *w, int fd, uint32_t pid);

#endif
