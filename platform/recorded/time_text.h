/* platform/recorded/time_text.h - times and spans out of text, as whole nanoseconds
 *
 * Exact: no floating point, digits below a nanosecond are cut off. False, and *ns unchanged, if text[0..len)
 * is not in the form, is negative, or does not fit 64 bits (about the year 2514). */
#ifndef NRS_TIME_TEXT_H
#define NRS_TIME_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Seconds as a decimal number: "1533042911.474174", "0.00549", "9.5e-07". */
bool nrs_time_seconds(const char *text, size_t len, uint64_t *ns);

/* Whole milliseconds since 1970, of 12 to 14 digits: "1533042911474". */
bool nrs_time_millis(const char *text, size_t len, uint64_t *ns);

/* ISO 8601 since 1970: "2018-07-31T13:15:11.474174Z", or with an offset "+0200" or "+02:00"; also with a
 * blank for the T. Without zone it counts as UTC. */
bool nrs_time_iso(const char *text, size_t len, uint64_t *ns);

#endif
