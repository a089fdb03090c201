#include "agent/programs/hunt.h"

#include <stdbool.h>

static bool is_wanted(const struct nrs_hunt *p, uint64_t now_ms)
{
    return p->ask.d != 0 &&
           (now_ms < p->until_ms || (p->left_ms > 0 && now_ms >= p->due_from_ms && now_ms < p->due_until_ms));
}

/* The place of this query, else a free one, else that of the query which was sent longest ago. */
static struct nrs_hunt *place_of(struct nrs_hunts *h, uint32_t d)
{
    struct nrs_hunt *oldest = h->place;

    for (struct nrs_hunt *p = h->place; p < h->place + NRS_HUNTS; p++) {
        if (p->ask.d == d)
            return p;
        if (p->asked_ms < oldest->asked_ms)
            oldest = p;
    }
    return oldest;
}

void nrs_hunts_ask(struct nrs_hunts *h, const struct nrs_ask *a, uint64_t now_ms)
{
    struct nrs_hunt *p = place_of(h, a->d);
    uint32_t spread_ms = a->spread_ms < NRS_HUNT_SPREAD_MS ? a->spread_ms : NRS_HUNT_SPREAD_MS;
    uint64_t due_ms = now_ms + a->due_ms, until_ms;

    if (p->ask.d != a->d) {
        *p = (struct nrs_hunt){.left_ms = NRS_HUNT_ALL_MS};
        until_ms = now_ms + NRS_HUNT_FIRST_MS;
    } else {
        until_ms = p->left_ms > 0 ? now_ms + NRS_HUNT_AGAIN_MS
                                  : (h->rest_ms > now_ms ? h->rest_ms : now_ms) + NRS_HUNT_LOOK_MS;
    }
    p->ask = *a;
    p->asked_ms = now_ms;
    p->until_ms = until_ms > p->until_ms ? until_ms : p->until_ms;
    p->due_from_ms = a->due_ms > spread_ms ? due_ms - spread_ms : now_ms;
    p->due_until_ms = a->due_ms > 0 ? due_ms + spread_ms : 0;
}

uint64_t nrs_hunts_next_ms(const struct nrs_hunts *h, uint64_t now_ms)
{
    uint64_t next = UINT64_MAX, soonest = h->rest_ms > now_ms ? h->rest_ms : now_ms;

    for (const struct nrs_hunt *p = h->place; p < h->place + NRS_HUNTS; p++) {
        if (is_wanted(p, soonest))
            return soonest;
        if (p->ask.d != 0 && p->left_ms > 0 && p->due_from_ms > soonest && p->due_from_ms < next)
            next = p->due_from_ms;
    }
    return next;
}

size_t nrs_hunts_list(const struct nrs_hunts *h, uint64_t now_ms, struct nrs_connection list[NRS_HUNTS],
                      uint32_t d[NRS_HUNTS])
{
    size_t n = 0;

    for (const struct nrs_hunt *p = h->place; p < h->place + NRS_HUNTS; p++) {
        if (!is_wanted(p, now_ms))
            continue;
        list[n] = p->ask.connection;
        d[n++] = p->ask.d;
    }
    return n;
}

void nrs_hunts_looked(struct nrs_hunts *h, uint64_t began_ms, uint32_t took_us)
{
    uint32_t spent_ms = took_us / 1000 + 1, rest_ms = (uint32_t)((uint64_t)took_us * NRS_HUNT_REST / 1000);

    spent_ms += rest_ms > NRS_HUNT_LOOK_MS ? rest_ms : NRS_HUNT_LOOK_MS;
    for (struct nrs_hunt *p = h->place; p < h->place + NRS_HUNTS; p++)
        if (is_wanted(p, began_ms))
            p->left_ms -= p->left_ms < spent_ms ? p->left_ms : spent_ms;
    h->rest_ms = began_ms + spent_ms;
}

void nrs_hunts_answered(struct nrs_hunts *h, uint32_t d)
{
    for (struct nrs_hunt *p = h->place; p < h->place + NRS_HUNTS; p++)
        if (p->ask.d == d)
            *p = (struct nrs_hunt){.left_ms = 0};
}
