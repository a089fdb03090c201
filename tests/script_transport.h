/* tests/script_transport.h - a transport without a socket: it notes what its user does; the test says what
 * happens */
#ifndef NRS_TEST_SCRIPT_TRANSPORT_H
#define NRS_TEST_SCRIPT_TRANSPORT_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "agent/net/transport.h"

#define SCRIPT_WRITTEN_MAX 200000

struct script {
    struct nrs_transport transport; /* first */
    unsigned dials, secures, closes, ends;
    char host[256], secured_host[256];
    uint16_t port;
    uint32_t alarm_ms;
    size_t pending,
        stop_after; /* stop_after: pending becomes 1 when that many bytes were written; 0 = never */
    char written[SCRIPT_WRITTEN_MAX + 1];
    size_t written_len;
};

static inline void script_dial(struct nrs_transport *t, const char *host, uint16_t port)
{
    struct script *s = (struct script *)t;

    s->dials++;
    s->port = port;
    snprintf(s->host, sizeof s->host, "%s", host);
}

static inline void script_secure(struct nrs_transport *t, const char *host)
{
    struct script *s = (struct script *)t;

    s->secures++;
    snprintf(s->secured_host, sizeof s->secured_host, "%s", host);
}

static inline void script_write(struct nrs_transport *t, const void *bytes, size_t len)
{
    struct script *s = (struct script *)t;

    assert_true(s->pending == 0 && len <= 4096 && s->written_len + len <= SCRIPT_WRITTEN_MAX);
    memcpy(s->written + s->written_len, bytes, len);
    s->written_len += len;
    s->written[s->written_len] = '\0';
    if (s->stop_after > 0 && s->written_len >= s->stop_after)
        s->pending = 1;
}

static inline size_t script_pending(const struct nrs_transport *t)
{
    return ((const struct script *)t)->pending;
}

static inline void script_close(struct nrs_transport *t)
{
    ((struct script *)t)->closes++;
}

static inline void script_set_alarm(struct nrs_transport *t, uint32_t ms)
{
    ((struct script *)t)->alarm_ms = ms;
}

static inline void script_end(struct nrs_transport *t)
{
    ((struct script *)t)->ends++;
}

static const struct nrs_transport_ops script_ops = {
    script_dial, script_secure, script_write, script_pending, script_close, script_set_alarm, script_end};

static inline void script_init(struct script *s)
{
    memset(s, 0, sizeof *s);
    s->transport.ops = &script_ops;
}

/* What happens. */

static inline void script_opens(struct script *s, const char *why)
{
    s->transport.events->opened(s->transport.arg, why);
}

static inline void script_secured(struct script *s)
{
    s->transport.events->secured(s->transport.arg);
}

static inline void script_answers(struct script *s, const char *text)
{
    s->transport.events->received(s->transport.arg, (const unsigned char *)text, strlen(text));
    s->transport.events->settled(s->transport.arg);
}

static inline void script_drains(struct script *s)
{
    s->pending = s->stop_after = 0;
    s->transport.events->drained(s->transport.arg);
}

static inline void script_breaks(struct script *s, const char *why)
{
    s->transport.events->ended(s->transport.arg, why);
}

static inline void script_closed(struct script *s)
{
    s->transport.events->closed(s->transport.arg);
}

static inline void script_rings(struct script *s)
{
    s->transport.events->alarm(s->transport.arg);
}

#endif
