/* What the owner's rules make of a verdict: told, silent, or held until its program is known. */
#include "agent/core/core_internal.h"

static bool fits(struct nrs_core *c, const struct nrs_dest *d, uint32_t process)
{
    struct nrs_allow_dest to = {
        .remote = &d->key.remote, .port = d->key.rport, .proto = d->key.proto, .day = c->today,
        .process = process, .seed = c->conf.hash_seed};

    if (!c->n_rules)
        return false;
    to.name = nrs_names_get(&c->names, &d->key.remote);
    return nrs_allow_any(c->rules, c->n_rules, &to);
}

bool nrs_rules_allow(struct nrs_core *c, const struct nrs_dest *d)
{
    return fits(c, d, d->process);
}

uint32_t nrs_rules_wait_ms(uint32_t gap_ms)
{
    if (gap_ms >= NRS_HOLD_MAX_S * 500u)
        return NRS_HOLD_MAX_S * 1000u;
    return gap_ms <= NRS_HOLD_MIN_S * 500u ? NRS_HOLD_MIN_S * 1000u : 2 * gap_ms;
}

bool nrs_rules_wait(struct nrs_core *c, const struct nrs_dest *d, uint64_t now)
{
    bool has_owner = d->key.proto == NRS_PROTO_TCP || d->key.proto == NRS_PROTO_UDP;
    bool over = nrs_dest_is_held(d) ? (int32_t)((uint32_t)now - d->reported_ms) >= 0 : c->stats.held >= NRS_HOLD_MAX;

    return c->hold && has_owner && !over && d->process == NRS_PROCESS_UNKNOWN && fits(c, d, NRS_PROCESS_ANY);
}

bool nrs_rules_differ(struct nrs_core *c, const struct nrs_dest *d, uint64_t now)
{
    if (nrs_dest_is_held(d))
        return nrs_rules_allow(c, d) || !nrs_rules_wait(c, d, now);
    return d->verdict && nrs_rules_allow(c, d) == nrs_dest_is_open(d);
}
