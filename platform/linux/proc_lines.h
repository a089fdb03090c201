/* platform/linux/proc_lines.h - the lines of a /proc file, read again and again through one open descriptor
 *
 * The descriptor is opened once, while the program has the right to. A line is valid until the next call. A
 * line that is longer than the buffer is skipped. */
#ifndef NRS_PROC_LINES_H
#define NRS_PROC_LINES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nrs_proc_lines {
    int fd;
    size_t begin, end; /* unread bytes in the buffer */
    uint64_t read_ns;  /* boot time at which the bytes in the buffer were read */
    bool skipping;     /* inside a line that is too long */
    char buffer[8192];
};

/* Goes back to the start of an open file. Returns 0 or a negative errno. */
int nrs_proc_lines_begin(struct nrs_proc_lines *l, int fd);

/* 1: the next line, without its newline (the last line need not have one); 0: the end; or a negative
 * errno. */
int nrs_proc_lines_next(struct nrs_proc_lines *l, const char **line, size_t *len);

#endif
