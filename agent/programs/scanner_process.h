/* agent/programs/scanner_process.h - the scanner process: looks at programs, and at who owns a connection
 *
 * Questions come and findings go through one end of a pair (platform/helper.h); it ends with the other end. hunt.h has
 * when a question is asked of the kernel's tables.
 *
 * Programs are looked at as they start, where the kernel tells (platform/execs.h), and every walk_s those of all processes
 * are walked: there may be file systems that the kernel does not tell of, and starts may be lost. A file that was looked at before
 * (file_cache.h) is passed over, and so is what the rate limit puts off until it is met again. Programs of owners are always looked at.
 * Memory: fixed, about 130 KiB; folder listings allocate. */
#ifndef NRS_SCANNER_PROCESS_H
#define NRS_SCANNER_PROCESS_H
#include <stdint.h>

#define NRS_FILES_PER_S 10      /* and 100 at once */
#define NRS_BYTES_PER_S 4194304 /* hashed; and 64 MiB at once */
#define NRS_EXECS_AT_ONCE 64    /* before questions get their turn */
#define NRS_LOST_WALK_MS 5000   /* a walk follows that soon if starts were lost */
#define NRS_COUNTS_MS 5000      /* the counts are told this often, if they changed */

struct nrs_scanner_conf {
    uint32_t walk_s, new_s;
};

/* For nrs_helper_start. arg: struct nrs_scanner_conf. */
void nrs_scanner_prepare(void *arg);
void nrs_scanner_work(void *arg, int fd);

#endif
