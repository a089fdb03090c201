#include "tools/collector/serve/proxy.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include "models/base/error.h"

#define HEAD 16 /* bytes before the addresses */

enum { LOCAL = 0x20, PROXIED = 0x21, TCP4 = 0x11, TCP6 = 0x21 };

static void take_v4(const unsigned char *p, struct sockaddr_storage *from)
{
    struct sockaddr_in *a = (struct sockaddr_in *)from;

    memset(from, 0, sizeof *from);
    a->sin_family = AF_INET;
    memcpy(&a->sin_addr, p, 4);
    memcpy(&a->sin_port, p + 8, 2);
}

static void take_v6(const unsigned char *p, struct sockaddr_storage *from)
{
    struct sockaddr_in6 *a = (struct sockaddr_in6 *)from;

    memset(from, 0, sizeof *from);
    a->sin6_family = AF_INET6;
    memcpy(&a->sin6_addr, p, 16);
    memcpy(&a->sin6_port, p + 32, 2);
}

int nrs_col_proxy_read(const unsigned char *bytes, size_t n, struct sockaddr_storage *from)
{
    static const unsigned char signature[12] = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};
    size_t known = n < sizeof signature ? n : sizeof signature, len;
    bool v4, v6;

    if (memcmp(bytes, signature, known) != 0)
        return NRS_ERR_FORMAT;
    if (n < HEAD)
        return 0;
    len = (size_t)bytes[14] << 8 | bytes[15];
    v4 = bytes[13] == TCP4 && len >= 12;
    v6 = bytes[13] == TCP6 && len >= 36;
    if (bytes[12] != LOCAL && (bytes[12] != PROXIED || !(v4 || v6)))
        return NRS_ERR_FORMAT;
    if (len > NRS_COL_PROXY_MAX - HEAD)
        return NRS_ERR_LIMIT;
    if (n < HEAD + len)
        return 0;
    if (bytes[12] == PROXIED && v4)
        take_v4(bytes + HEAD, from);
    else if (bytes[12] == PROXIED)
        take_v6(bytes + HEAD, from);
    return (int)(HEAD + len);
}
