#include "agent/uplink/policy.h"

static struct nrs_uplink_decision acknowledge(const struct nrs_uplink_batch *b)
{
    uint32_t twice = b->max * 2 < NRS_UPLINK_BATCH ? b->max * 2 : NRS_UPLINK_BATCH;

    return (struct nrs_uplink_decision){.action = NRS_UPLINK_ACKNOWLEDGE, .max = twice};
}

static struct nrs_uplink_decision wait_for(const struct nrs_uplink_batch *b, uint32_t wait_s)
{
    return (struct nrs_uplink_decision){NRS_UPLINK_WAIT, true, wait_s, b->max};
}

/* The collector will not take these bytes: the record that it means has to be found. */
static struct nrs_uplink_decision refused(const struct nrs_uplink_batch *b)
{
    if (b->records == 0)
        return wait_for(b, 0);
    if (b->records > 1)
        return (struct nrs_uplink_decision){.action = NRS_UPLINK_HALVE, .max = b->records / 2};
    if (b->health)
        return (struct nrs_uplink_decision){.action = NRS_UPLINK_HALVE, .max = 1};
    return (struct nrs_uplink_decision){.action = NRS_UPLINK_DROP, .wait = b->dropped, .max = b->max};
}

bool nrs_uplink_refuses(int status)
{
    return status == 400 || status == 413 || status == 422;
}

struct nrs_uplink_decision nrs_uplink_decide(int status, uint32_t retry_after_s,
                                             const struct nrs_uplink_batch *batch)
{
    if (status >= 200 && status < 300)
        return acknowledge(batch);
    if (nrs_uplink_refuses(status))
        return refused(batch);
    return wait_for(batch, status == 429 || status == 503 ? retry_after_s : 0);
}
