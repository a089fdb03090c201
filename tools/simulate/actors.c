/* tools/simulate/actors.c - all rows as one list, by name and by weight */
#include "tools/simulate/actor.h"
#include <string.h>

static const struct nrs_sim_table *const tables[] = {&nrs_sim_frameworks, &nrs_sim_malware, &nrs_sim_bots,
                                                     &nrs_sim_clocks,     &nrs_sim_vendors, &nrs_sim_services,
                                                     &nrs_sim_inside,     &nrs_sim_people,  &nrs_sim_noise};

const struct nrs_sim_actor *nrs_sim_actor_at(unsigned i)
{
    unsigned t;

    for (t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        if (i < tables[t]->n)
            return &tables[t]->rows[i];
        i -= tables[t]->n;
    }
    return NULL;
}

const struct nrs_sim_actor *nrs_sim_actor_find(const char *name)
{
    const struct nrs_sim_actor *a;
    unsigned i;

    for (i = 0; (a = nrs_sim_actor_at(i)); i++)
        if (!strcmp(a->name, name))
            return a;
    return NULL;
}

static bool fits(const struct nrs_sim_actor *a, bool c2, enum nrs_sim_kind kind)
{
    bool is_c2 = a->label == NRS_SIM_C2 || a->label == NRS_SIM_C2_OTHER;

    return is_c2 == c2 && (a->on & (unsigned)kind);
}

const struct nrs_sim_actor *nrs_sim_actor_draw(struct nrs_sim_rng *r, bool c2, enum nrs_sim_kind kind)
{
    const struct nrs_sim_actor *a;
    uint64_t total = 0, at;
    unsigned i;

    for (i = 0; (a = nrs_sim_actor_at(i)); i++)
        total += fits(a, c2, kind) ? a->weight : 0;
    if (!total)
        return NULL;
    at = nrs_sim_rng_below(r, total);
    for (i = 0; (a = nrs_sim_actor_at(i)); i++) {
        if (!fits(a, c2, kind))
            continue;
        if (at < a->weight)
            return a;
        at -= a->weight;
    }
    return NULL;
}
