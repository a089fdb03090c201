/* platform/packet/dns.h - addresses of a DNS answer (RFC 1035, RFC 3596)
 *
 * Every A and AAAA record of the answer section is reported under the name of the question, so that a chain
 * of aliases ends at the name that a program used. Compression pointers are stepped over and never followed:
 * the question's name comes first in the message and has nothing to point to. */
#ifndef NRS_DNS_H
#define NRS_DNS_H
#include <stddef.h>
#include <stdint.h>

#include "platform/flow.h"

#define NRS_DNS_NAME_MAX 253    /* characters */
#define NRS_DNS_RECORDS_MAX 32  /* answers read per message */

typedef void (*nrs_dns_fn)(void *arg, const struct nrs_addr *a, const char *name);

/* msg: from the DNS header on. A message that is cut short is read as far as it goes. Returns the number of
 * reported addresses: 0 also for a question, an error answer, or a message that is not DNS. */
int nrs_dns_answers(const uint8_t *msg, size_t len, nrs_dns_fn fn, void *arg);

#endif
