/* models/base/hex.h - hexadecimal digits
 *
 * Written digits are lower case, read digits may be of either case. Locale does not matter. */
#ifndef NRS_HEX_H
#define NRS_HEX_H
#include <stddef.h>
#include <stdint.h>

/* The value of one digit, 0..15; -1 if `c` is no hexadecimal digit. */
int nrs_hex_value(char c);

/* Writes n bytes as 2 * n digits and a NUL: `text` has room for 2 * n + 1 characters. */
void nrs_hex_write(char *text, const uint8_t *bytes, size_t n);

#endif
