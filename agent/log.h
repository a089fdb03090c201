/* agent/log.h - what the program says to people: lines on stderr, "noroshi: ...", reports on standard output,
 * and an exit code */
#ifndef NRS_LOG_H
#define NRS_LOG_H

#include <stddef.h>

#define NRS_EXIT_OK 0
#define NRS_EXIT_FAILED 1 /* it did not work; `status`: no agent runs; `scan`: something is packed */
#define NRS_EXIT_USAGE 2  /* wrong arguments or configuration */

/* One line without a newline at its end, at most 639 bytes. Control characters become '?', so that a name
 * from outside cannot make a second line. */
void nrs_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* len bytes to standard output, at once. */
void nrs_print(const char *text, size_t len);

#endif
