/* platform/recorded/addr_text.h - an address out of text
 *
 * Accepts what inet_pton accepts (no leading zeroes, no spaces), without needing a NUL, and behind IPv6 a
 * zone ("%eth0"), which is dropped. IPv4 comes out as ::ffff:a.b.c.d, and so do mapped and 64:ff9b::/96
 * addresses (flow.h). */
#ifndef NRS_ADDR_TEXT_H
#define NRS_ADDR_TEXT_H
#include <stdbool.h>
#include <stddef.h>

#include "platform/flow.h"

/* False, and *a unchanged, if text[0..len) is not an address. */
bool nrs_addr_text(struct nrs_addr *a, const char *text, size_t len);

/* Whether it is an IPv4 address, in the form that flow.h asks for. */
bool nrs_addr_is_v4(const struct nrs_addr *a);

#endif
