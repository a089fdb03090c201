/* agent/log.h - what the agent says to people: lines on stderr, "noroshi: ...", and reports on standard output */
#ifndef NRS_LOG_H
#define NRS_LOG_H

#include <stddef.h>

void nrs_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* len bytes to standard output, at once. */
void nrs_print(const char *text, size_t len);

#endif
