/* agent/programs/scanner_process.h - the scanner process: looks at programs, and at who owns a connection
 *
 * Queries arrive and findings leave through one end of a pair (platform/helper.h). The process ends when the
 * other end is closed. hunt.h says when it looks for the owner of a connection.
 *
 * It looks at programs as they start, where the kernel sends notices of that (platform/execs.h), and every
 * walk_s at those of all processes, because there may be file systems without notices, and notices may be
 * lost. It passes over a file that it knows (file_cache.h), and over what the rate limit puts off, until it
 * sees it again. It always looks at programs of owners.
 * Memory: fixed, about 130 KiB; folder listings allocate. */
#ifndef NRS_SCANNER_PROCESS_H
#define NRS_SCANNER_PROCESS_H
#include <stdint.h>

#define NRS_FILES_PER_S 10      /* 100 at once */
#define NRS_BYTES_PER_S 4194304 /* hashed; 64 MiB at once */
#define NRS_EXECS_AT_ONCE 64    /* before queries get their turn */
#define NRS_LOST_WALK_MS 5000   /* a walk follows that soon if starts were lost */
#define NRS_COUNTS_MS 5000      /* the counts are sent this often, if they changed */

struct nrs_scanner_conf {
    uint32_t walk_s, new_s;
};

/* For nrs_helper_start. arg: struct nrs_scanner_conf. */
void nrs_scanner_prepare(void *arg);
void nrs_scanner_work(void *arg, int fd);

#endif
