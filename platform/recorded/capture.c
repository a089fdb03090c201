#include "platform/recorded/capture.h"

#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>

#include "models/base/units.h"
#include "platform/recorded/link.h"

#define OPEN_FLOWS 65536 /* a capture may come from a busy link; about 3 MiB */

int nrs_capture_open(struct nrs_recorded *r, size_t state_len)
{
    const struct nrs_packets_conf conf = {.max_open = OPEN_FLOWS, .names = 1};
    size_t table_at = (state_len + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
    size_t table_len = nrs_packets_bytes(&conf);
    struct nrs_capture *c;
    uint8_t *block = malloc(table_at + table_len);
    int rc;

    if (!block)
        return -ENOMEM;
    memset(block, 0, table_at);
    c = (struct nrs_capture *)(void *)block;
    rc = nrs_packets_init(&c->packets, block + table_at, table_len, &conf);
    if (rc)
        free(block);
    else
        r->state = block;
    return rc;
}

static void deliver(void *arg, const struct nrs_flow *f, const char *name)
{
    struct nrs_capture *c = arg;

    c->delivered++;
    c->fn(c->arg, f, name);
}

/* Packet times may step back a little (several queues); the parser's idle clock only goes forward. */
static void advance(struct nrs_capture *c, uint64_t t_ns)
{
    if (t_ns <= c->now_ns)
        return;
    c->now_ns = t_ns;
    if (t_ns - c->expired_ns >= NRS_NS_PER_S) {
        c->expired_ns = t_ns;
        nrs_packets_expire(c->packets, t_ns, deliver, c);
    }
}

bool nrs_capture_frame(struct nrs_recorded *r, uint32_t link, uint32_t frame_len, uint32_t wire_len,
                       uint64_t t_ns)
{
    struct nrs_capture *c = r->state;
    size_t want = frame_len < NRS_INPUT_RUN ? frame_len : NRS_INPUT_RUN;
    const uint8_t *frame;
    int ip;

    if (nrs_input_need(&r->in, want) < want)
        return false;
    frame = r->in.buf + r->in.at;
    ip = nrs_link_ip(link, frame, want);
    advance(c, t_ns);
    if (ip >= 0 && wire_len >= (uint32_t)ip)
        nrs_packets_take(c->packets, frame + ip, want - (size_t)ip, wire_len - (size_t)ip, t_ns,
                         NRS_WAY_UNKNOWN, 0, deliver, c);
    r->st.records++;
    return nrs_input_skip(&r->in, frame_len);
}

int nrs_capture_cut(struct nrs_recorded *r)
{
    if (!r->in.cut && !r->in.error)
        nrs_recorded_damage(r, "the file ends inside it");
    return nrs_recorded_end(r);
}

int nrs_capture_lost(struct nrs_recorded *r, const char *what)
{
    nrs_recorded_damage(r, what);
    return -EBADMSG;
}

static void finish(struct nrs_capture *c, int rc)
{
    c->ended = true;
    c->end_rc = rc;
    nrs_packets_flush(c->packets, c->now_ns, deliver, c);
}

int nrs_capture_drain(struct nrs_recorded *r, int (*next)(struct nrs_recorded *r), int max, nrs_flow_fn fn,
                      void *arg)
{
    struct nrs_capture *c = r->state;

    c->fn = fn;
    c->arg = arg;
    c->delivered = 0;
    while (!c->ended && c->delivered < max) {
        int rc = next(r);

        if (rc <= 0)
            finish(c, rc);
    }
    return c->delivered > 0 ? c->delivered : c->end_rc;
}
