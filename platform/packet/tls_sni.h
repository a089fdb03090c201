/* platform/packet/tls_sni.h - the server name of a TLS ClientHello (RFC 8446 4.1.2, RFC 6066 3) */
#ifndef NRS_TLS_SNI_H
#define NRS_TLS_SNI_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NRS_SNI_MAX       253
#define NRS_TLS_HANDSHAKE 22 /* first byte of a record that may hold a ClientHello */

/* bytes: the start of a TCP segment's payload, which may be cut short. True, and the name in lower case with
 * a NUL, if it is a ClientHello whose server_name extension lies within the bytes. Anything else is refused
 * after two comparisons. */
bool nrs_tls_sni(char name[NRS_SNI_MAX + 1], const uint8_t *bytes, size_t len);

#endif
