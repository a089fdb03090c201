/* tools/simulate/list.c - the actors for people */
#include "tools/simulate/list.h"
#include "tools/simulate/actor.h"
#include "tools/simulate/output.h"
#include <inttypes.h>
#include <stdio.h>

static const char *const class_name[] = {"benign", "benign protocol", "c2", "c2 other", "attack"};

static void print_seconds(struct nrs_sim_span ms)
{
    printf(" %" PRIu32 ".%03" PRIu32, ms.lo / 1000, ms.lo % 1000);
    if (ms.hi != ms.lo)
        printf("-%" PRIu32 ".%03" PRIu32, ms.hi / 1000, ms.hi % 1000);
    printf(" s");
}

static void print_row(const struct nrs_sim_actor *a)
{
    struct nrs_sim_span j = a->timing.jitter_ppm;
    unsigned i;

    printf("%-22s %s; %s", a->name, class_name[a->label], nrs_sim_law_name(a->timing.law));
    print_seconds(a->timing.period_ms);
    printf(", jitter %" PRIu32 ".%02" PRIu32 "-%" PRIu32 ".%02" PRIu32 " %%; %s", j.lo / 10000,
           j.lo % 10000 / 100, j.hi / 10000, j.hi % 10000 / 100, nrs_sim_proto_name(a->shape.proto));
    for (i = 0; i < NRS_SIM_PORTS_MAX && a->shape.ports[i]; i++)
        printf("%c%u", i ? ',' : ' ', a->shape.ports[i]);
    printf("\n%22s source: %s\n", "", a->source);
}

void nrs_sim_list(void)
{
    const struct nrs_sim_actor *a;
    unsigned i;

    for (i = 0; (a = nrs_sim_actor_at(i)); i++)
        print_row(a);
}
