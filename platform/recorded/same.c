#include "platform/recorded/same.h"

#include <string.h>

#include "models/base/units.h"

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 32;
}

static uint64_t hash_of(const struct nrs_flow *f)
{
    uint64_t part[4], h = (uint64_t)f->lport << 32 | (uint64_t)f->rport << 16 | f->proto;
    int i;

    memcpy(part, &f->local, 16);
    memcpy(part + 2, &f->remote, 16);
    for (i = 0; i < 4; i++)
        h = mix(h, part[i]);
    return h | 1;
}

static bool is_within(const struct nrs_same_slot *slot, uint64_t hash, uint64_t t_ns, uint64_t span_ns)
{
    uint64_t apart = t_ns > slot->t_ns ? t_ns - slot->t_ns : slot->t_ns - t_ns;

    return slot->hash == hash && apart <= span_ns;
}

bool nrs_same_seen(struct nrs_same *s, const struct nrs_flow *f)
{
    uint64_t hash, end_ns;
    struct nrs_same_slot *slot;
    bool seen;

    if (f->lport == 0)
        return false;
    hash = hash_of(f);
    slot = &s->start[hash >> 20 & (NRS_SAME_SLOTS - 1)];
    seen = is_within(slot, hash, f->t_ns, NRS_SAME_START_MS * NRS_NS_PER_MS);
    if (!seen)
        *slot = (struct nrs_same_slot){.hash = hash, .t_ns = f->t_ns};
    if (f->proto != NRS_PROTO_TCP || f->end != NRS_END_UNKNOWN)
        return seen;
    end_ns = f->t_ns + (f->dur_ms != NRS_DUR_UNKNOWN ? (uint64_t)f->dur_ms * 1000000 : 0);
    slot = &s->open[hash >> 20 & (NRS_SAME_SLOTS - 1)];
    seen |= is_within(slot, hash, f->t_ns, NRS_SAME_QUIET_S * NRS_NS_PER_S);
    *slot = (struct nrs_same_slot){.hash = hash, .t_ns = end_ns};
    return seen;
}
