/* platform/walk.h - regular files to look into: named, below a folder, or run by a process
 *
 * Nothing but regular files is ever opened: opening a FIFO waits, opening a device can do anything. A name
 * that is given is followed through symbolic links, names below a folder are not, so links make no loops;
 * pseudo file systems (/proc, /sys and their like) below a folder are passed over.
 *
 * Limits: paths of NRS_WALK_PATH_MAX - 1 bytes, folders nested
 * NRS_WALK_DEPTH_MAX deep (one open descriptor each). */
#ifndef NRS_WALK_H
#define NRS_WALK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NRS_WALK_PATH_MAX  4096
#define NRS_WALK_DEPTH_MAX 128
#define NRS_WALK_SEEN_MAX  512 /* programs of processes remembered; more than that are looked at again */

struct nrs_walk_file {
    const char *path;
    int fd;        /* open for reading; closed when the callback returns */
    uint64_t size;
    uint32_t pid;  /* of a process that runs it, 0 = found by name */
    bool deleted;  /* it has no name any more; path is the one it had */
    uint64_t device, inode, mtime_ns; /* with size: whether it is the file that was looked at before */
    uint64_t changed_s;               /* ctime, wall clock: written, renamed or
                                         given other rights; nobody can set it */
};

struct nrs_walk {
    void *arg;
    bool recursive;
    void (*file)(void *arg, const struct nrs_walk_file *f);
    void (*missed)(void *arg, const char *path, int err); /* negative errno; -EISDIR:
                                                             a folder, not recursive */
    uint32_t n_links, n_special, n_pseudo; /* passed over below folders: links,
                                              FIFOs and devices, file systems */
    uint32_t n_again;                      /* processes that run a program which another one runs, too */

    char path[NRS_WALK_PATH_MAX]; /* inside: the one being looked at */
    size_t len;
    unsigned depth, n_seen;
    struct {
        uint64_t device, inode;
    } seen[NRS_WALK_SEEN_MAX];
};

/* Of a file that a process runs: whether its path leads to this very
 * file here; else it is a name in a mount or a root of its own. */
bool nrs_walk_is_named(const struct nrs_walk_file *f);

/* Looks at what `path` names; with `recursive` at what is below. */
void nrs_walk_path(struct nrs_walk *w, const char *path);

/* Looks at the program of every process, each once. 0, or a
 * negative errno: processes cannot be listed here. */
int nrs_walk_processes(struct nrs_walk *w);

/* Looks at the program of one process, whether it was seen before or not. */
void nrs_walk_process(struct nrs_walk *w, uint32_t pid);

/* Looks at a file that is open already, and closes it; pid:
 * who runs it, 0 = not known. Its path is the one it has now. */
void nrs_walk_open_file(struct nrs_walk *w, int fd, uint32_t pid);

#endif
