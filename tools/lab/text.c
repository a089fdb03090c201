/* tools/lab/text.c - what people type, and what the two programs say to each other */
#include "tools/lab/lab.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS 86400000u

/* A decimal number without sign or spaces; *end is what follows. 0 or -1. */
static int decimal(unsigned long *out, const char *text, const char **end, unsigned long most)
{
    char *rest;

    if (*text < '0' || *text > '9')
        return -1;
    errno = 0;
    *out = strtoul(text, &rest, 10);
    *end = rest;
    return errno || *out > most ? -1 : 0;
}

int nrs_lab_address(struct sockaddr_in *out, const char *text)
{
    const char *colon = strrchr(text, ':'), *end;
    char host[INET_ADDRSTRLEN];
    unsigned long port;
    struct in_addr addr;

    if (!colon || (size_t)(colon - text) >= sizeof(host))
        return -1;
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    if (inet_pton(AF_INET, host, &addr) != 1 || decimal(&port, colon + 1, &end, 65535) || *end)
        return -1;
    *out = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = addr};
    return 0;
}

int nrs_lab_duration(uint32_t *ms, const char *text)
{
    static const struct {
        const char *name;
        uint32_t ms;
    } units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    unsigned long v;
    const char *end;
    unsigned i;

    if (decimal(&v, text, &end, DAY_MS) || v == 0)
        return -1;
    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(end, units[i].name) || v > DAY_MS / units[i].ms)
            continue;
        *ms = (uint32_t)v * units[i].ms;
        return 0;
    }
    return -1;
}

int nrs_lab_percent(uint32_t *pct, const char *text)
{
    unsigned long v;
    const char *end;

    if (decimal(&v, text, &end, 100) || (*end && strcmp(end, "%")))
        return -1;
    *pct = (uint32_t)v;
    return 0;
}

void nrs_lab_message(char *out, size_t len, const char *first_line)
{
    char head[256];
    int n = snprintf(head, sizeof(head), "%s\r\nContent-Type: text/plain\r\nContent-Length: ", first_line);
    size_t body = len - (size_t)n - 7; /* three digits and the empty line follow */

    n += snprintf(head + n, sizeof(head) - (size_t)n,
                  "%03zu\r\n\r\nnoroshi lab: harmless, nothing is asked of you. ", body);
    memset(out, '.', len);
    memcpy(out, head, (size_t)n < len ? (size_t)n : len);
}
