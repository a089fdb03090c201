/* platform/files.h - the few file operations that durable state needs
 *
 * Everything is relative to an open folder, so that it goes on working after the rights to walk there are
 * gone. Folders for state are opened by nrs_dir_open (path_trust.h). Every result is >= 0 or a negative
 * errno; interrupted calls are repeated. A name has no '/'. */
#ifndef NRS_FILES_H
#define NRS_FILES_H
#include <stddef.h>
#include <stdint.h>

int nrs_dir_look(const char *path); /* opens a folder that exists, to read in it; returns its descriptor */
int nrs_dir_enter(int dir);         /* makes it the current folder */

/* Takes the lock that goes with the folder; -EWOULDBLOCK if another process has it. It ends with the
 * process. */
int nrs_dir_lock(int dir);

/* Calls fn for every name in the folder but "." and "..", in no order. */
int nrs_dir_each(int dir, void (*fn)(void *arg, const char *name), void *arg);

int nrs_dir_sync(int dir); /* new and removed names are on disk after this */

int nrs_file_open(int dir, const char *name); /* for writing; made (mode 0600) if it is new */
int nrs_file_write(int fd, uint64_t at, const void *bytes, size_t len); /* all of it, or an error */
int nrs_file_read_at(int fd, uint64_t at, void *bytes, size_t len);     /* how many: fewer only at the end */
int nrs_file_sync(int fd);
int nrs_file_close(int fd); /* -1 is fine */
int nrs_file_remove(int dir, const char *name);

/* Replaces a small file as a whole: a reader finds the old bytes or the new ones, also after a power cut.
 * With durable = 0 the new bytes are not forced to disk. They are written to "NAME.tmp" first. */
int nrs_file_replace(int dir, const char *name, const void *bytes, size_t len, int durable);

/* Reads a file of at most cap - 1 bytes and puts a NUL after it. Returns its length; -EFBIG if it is
 * longer. */
int nrs_file_load(int dir, const char *name, void *buf, size_t cap);

/* The same for any path (a configuration, a certificate, a model); -EISDIR and such for what is no file. */
int nrs_path_exists(const char *path); /* 1 or 0 */
int nrs_path_load(const char *path, void *buf, size_t cap);

#endif
