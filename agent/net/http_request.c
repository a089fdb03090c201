#include "agent/net/http_request.h"

#include <stdio.h>
#include <string.h>

#include "agent/release.h"
#include "models/base/error.h"

static int fits(int len, size_t cap)
{
    return len < 0 || (size_t)len >= cap ? NRS_ERR_SPACE : len;
}

int nrs_http_post_head(char *buf, size_t cap, const struct nrs_url *to, const char *content_type,
                       size_t body_len)
{
    return fits(snprintf(buf, cap,
                         "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: noroshi/%s\r\nContent-Type: %s\r\n"
                         "Content-Length: %zu\r\n\r\n",
                         to->path, to->host_header, NRS_VERSION, content_type, body_len),
                cap);
}

int nrs_http_connect_head(char *buf, size_t cap, const struct nrs_url *to)
{
    const char *open = strchr(to->host, ':') != NULL ? "[" : "", *close = *open != '\0' ? "]" : "";
    unsigned port = to->port;

    return fits(snprintf(buf, cap, "CONNECT %s%s%s:%u HTTP/1.1\r\nHost: %s%s%s:%u\r\n\r\n", open, to->host,
                         close, port, open, to->host, close, port),
                cap);
}
