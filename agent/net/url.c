#include "agent/net/url.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "models/base/error.h"

static int copy(char *to, size_t cap, const char *from, size_t len)
{
    if (len >= cap)
        return NRS_ERR_LIMIT;
    memcpy(to, from, len);
    to[len] = '\0';
    return 0;
}

static int read_port(const char *digits, size_t len, uint16_t *port)
{
    uint32_t n = 0;

    if (len == 0 || len > 5)
        return NRS_ERR_RANGE;
    for (size_t i = 0; i < len; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return NRS_ERR_FORMAT;
        n = n * 10 + (uint32_t)(digits[i] - '0');
    }
    if (n == 0 || n > 65535)
        return NRS_ERR_RANGE;
    *port = (uint16_t)n;
    return 0;
}

/* Splits "[::1]:8443" or "host:8443" into host and port. */
static int read_authority(struct nrs_url *u, const char *text, size_t len)
{
    const char *end = text + len, *host = text, *after, *close;

    if (len > 0 && text[0] == '[') {
        close = memchr(text, ']', len);
        if (close == NULL)
            return NRS_ERR_FORMAT;
        host = text + 1;
        after = close + 1;
        len = (size_t)(close - host);
    } else {
        after = memchr(text, ':', len);
        if (after == NULL)
            after = end;
        len = (size_t)(after - host);
    }
    if (len == 0 || memchr(host, '@', len) != NULL || (after < end && *after != ':'))
        return NRS_ERR_FORMAT;
    if (after < end) {
        int rc = read_port(after + 1, (size_t)(end - after - 1), &u->port);

        if (rc != 0)
            return rc;
    }
    return copy(u->host, sizeof u->host, host, len);
}

int nrs_url_parse(struct nrs_url *out, const char *text, const char *scheme, uint16_t default_port)
{
    struct nrs_url u = {.port = default_port};
    size_t n = strlen(scheme), authority;
    const char *path;
    int rc;

    if (strncmp(text, scheme, n) != 0 || strncmp(text + n, "://", 3) != 0)
        return NRS_ERR_FORMAT;
    text += n + 3;
    for (const char *p = text; *p != '\0'; p++)
        if (*p <= ' ' || *p > '~' || *p == '#')
            return NRS_ERR_FORMAT;
    authority = strcspn(text, "/?");
    path = text + authority;
    rc = read_authority(&u, text, authority);
    if (rc == 0)
        rc = copy(u.host_header, sizeof u.host_header, text, authority);
    if (rc == 0 &&
        snprintf(u.path, sizeof u.path, "%s%s", *path == '/' ? "" : "/", path) >= (int)sizeof u.path)
        rc = NRS_ERR_LIMIT;
    if (rc == 0)
        *out = u;
    return rc;
}
