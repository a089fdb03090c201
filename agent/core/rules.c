/* What the owner's rules make of a verdict: reported, silent, or worth waiting for its program. */
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

uint32_t nrs_rules_wait_ms(struct nrs_core *c, const struct nrs_dest *d, uint32_t gap_ms)
{
    bool has_owner = d->key.proto == NRS_PROTO_TCP || d->key.proto == NRS_PROTO_UDP;
    /* several destinations: one program for all would have to be known */
    bool together = c->profile.x[NRS_X_siblings] != 0;

    if (!has_owner || together || d->process != NRS_PROCESS_UNKNOWN || !fits(c, d, NRS_PROCESS_ANY))
        return 0;
    if (gap_ms >= NRS_WAIT_MAX_S * 500u)
        return NRS_WAIT_MAX_S * 1000u;
    return gap_ms <= NRS_WAIT_MIN_S * 500u ? NRS_WAIT_MIN_S * 1000u : 2 * gap_ms;
}

bool nrs_rules_differ(struct nrs_core *c, const struct nrs_dest *d)
{
    return nrs_dest_has_verdict(d) && nrs_rules_allow(c, d) == (d->verdict.life == NRS_LIFE_OPEN);
}
