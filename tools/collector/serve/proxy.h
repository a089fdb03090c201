/* tools/collector/serve/proxy.h - the header of PROXY protocol version 2, in which a balancer says who
 * connected to it
 *
 *   header := signature (12 bytes) version-and-command family length (2 bytes, big-endian) addresses
 *   further-fields
 *
 * Only connections from addresses in `proxy_from` may and must begin with one (haproxy.org,
 * proxy-protocol.txt, 2.2).
 * Limits: NRS_COL_PROXY_MAX bytes, header and further fields together. */
#ifndef NRS_COL_PROXY_H
#define NRS_COL_PROXY_H
#include <stddef.h>
#include <sys/socket.h>

#define NRS_COL_PROXY_MAX 232 /* 16, and the 216 that senders keep to */

/* Reads a header at the beginning of n bytes. Returns its length, 0 if more bytes are needed,
 * NRS_ERR_FORMAT or NRS_ERR_LIMIT. *from becomes the address it names; it stays as it was if the balancer
 * connected for itself. */
int nrs_col_proxy_read(const unsigned char *bytes, size_t n, struct sockaddr_storage *from);

#endif
