/* agent/run/log.h - what the program tells the person who started it: lines on standard error, and an exit code */
#ifndef NRS_LOG_H
#define NRS_LOG_H

#define NRS_EXIT_OK 0
#define NRS_EXIT_FAILED 1 /* it did not work; `status`: no agent runs; `scan`: something is packed */
#define NRS_EXIT_USAGE 2  /* wrong arguments or configuration */

/* One line, "noroshi: ...", without a newline at its end. Control characters become '?', so that a name from outside
 * cannot make a second line. At most 639 bytes. */
void nrs_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
