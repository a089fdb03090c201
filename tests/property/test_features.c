/* Random destinations through the core, every feature of every window against the slow reference. A failure prints its
 * seed, the window and the feature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/core_fixture.h"
/* its own code, compiled here: test programs are one file each */
#include "tests/property/features_reference.c"

#define DESTS 600u
#define EPOCH_MS (8 * CF_DAY / 1000000) /* from the core's epoch to CF_START */

struct place {
    uint8_t a, b, c, class;
};

struct service {
    uint16_t port;
    uint8_t proto, port_class, proto_class;
};

static const struct place places[] = {{198, 18, 0, 0}, {10, 9, 9, 1},  {172, 16, 0, 1}, {192, 168, 7, 1}, {100, 64, 1, 1},
                                      {224, 0, 0, 2},  {255, 255, 255, 2}, {169, 254, 1, 3}, {172, 32, 0, 0}};
static const struct service services[] = {
    {2000, 6, 0, 0},  {123, 17, 1, 1}, {53, 17, 2, 1},  {67, 17, 3, 1},   {5353, 17, 4, 1}, {80, 6, 5, 0},
    {443, 6, 6, 0},   {8080, 6, 7, 0}, {8883, 6, 8, 0}, {22, 6, 9, 0},    {25, 6, 10, 0},   {445, 6, 11, 0},
    {100, 6, 12, 0},  {50000, 17, 13, 1}, {6667, 6, 14, 0}, {443, 1, 15, 2}, {443, 132, 15, 3}};

#define pick(seed, list) (list)[cf_random(seed) % (sizeof(list) / sizeof *(list))]

/* How one destination behaves. */
struct law {
    uint32_t period_ms, jitter_pct, burst, rest_every, rest_ms, fail_pct, sized_pct, n_sizes, size_max;
};

static struct law random_law(uint32_t *seed)
{
    static const uint32_t periods[] = {40, 700, 5000, 30000, 60000, 300000, 1100000, 1300000, 3600000, 20000000};
    static const uint32_t jitters[] = {0, 0, 1, 5, 20, 50, 100};

    return (struct law){.period_ms = pick(seed, periods), .jitter_pct = pick(seed, jitters),
                        .burst = 1 + (cf_random(seed) % 3 ? 0 : cf_random(seed) % 12),
                        .rest_every = cf_random(seed) % 3 ? 0 : 2 + cf_random(seed) % 30,
                        .rest_ms = cf_random(seed) % 20000000, .fail_pct = cf_random(seed) % 3 ? 0 : cf_random(seed) % 101,
                        .sized_pct = cf_random(seed) % 3 ? 100 : cf_random(seed) % 101,
                        .n_sizes = 1 + cf_random(seed) % 4, .size_max = 1u << cf_random(seed) % 24};
}

static uint32_t next_gap(const struct law *law, int i, uint32_t *seed)
{
    uint32_t j = law->period_ms / 100 * law->jitter_pct;

    if (law->burst > 1 && (uint32_t)i % law->burst)
        return cf_random(seed) % 400;
    return law->period_ms - j + cf_random(seed) % (2 * j + 1) +
           (law->rest_every && (uint32_t)i % law->rest_every == 0 ? law->rest_ms : 0);
}

static uint32_t a_size(const struct law *law, uint32_t *seed)
{
    return cf_random(seed) % 8 == 0 ? 48 : (cf_random(seed) % law->n_sizes) * 977 % law->size_max;
}

static void make(struct ref_dest *d, const struct law *law, uint32_t *seed)
{
    int n = 1 + (int)(cf_random(seed) % 3 ? cf_random(seed) % 60 : cf_random(seed) % REF_CONNS_MAX);
    uint64_t t = EPOCH_MS + cf_random(seed) % 7200000, end = t + 7 * CF_DAY / 1000000;
    bool clock = cf_random(seed) % 8 == 0;

    for (d->n = 0; d->n < n && t < end; t += next_gap(law, d->n, seed)) {
        struct ref_conn *c = &d->conn[d->n++];

        *c = (struct ref_conn){.start_ms = t, .dur_ms = cf_random(seed) % 100000};
        c->failed = cf_random(seed) % 100 < law->fail_pct;
        c->sized = cf_random(seed) % 100 < law->sized_pct;
        if (c->sized && !(c->failed && d->proto_class == 0)) {
            c->tx = clock ? 48 : a_size(law, seed);
            c->rx = clock ? 48 : a_size(law, seed);
        }
        if (c->failed && d->proto_class == 0)
            c->sized = true; /* a TCP connection that was not established sent nothing */
    }
}

static struct nrs_flow flow_of(const struct ref_conn *c, struct nrs_addr remote, const struct service *s)
{
    struct nrs_flow f = cf_flow(0, (c->start_ms - EPOCH_MS) * 1000000 + CF_START);

    f.remote = remote;
    f.rport = s->port;
    f.proto = s->proto;
    f.dur_ms = c->dur_ms;
    f.tx_bytes = c->tx;
    f.rx_bytes = c->rx;
    f.flags = c->sized ? NRS_F_BYTES : 0;
    f.end = c->failed ? NRS_END_TIMEOUT : NRS_END_FIN;
    return f;
}

static void compare(uint32_t seed, int window, uint32_t n, const struct cf *cf, const uint16_t *want)
{
    if (cf->n_judged != (n > 0) || (n && cf->last.n != n)) {
        fprintf(stderr, "seed %u, window %d: %u judged, n %u instead of %u\n", (unsigned)seed, window, cf->n_judged,
                (unsigned)cf->last.n, (unsigned)n);
        fail();
    }
    for (unsigned i = 0; n && i < NRS_BEACON_N; i++) {
        if (cf->x[i] == want[i] && want[i] <= nrs_schema_beacon.features[i].max)
            continue;
        fprintf(stderr, "seed %u, window %d: %s is %u instead of %u\n", (unsigned)seed, window,
                nrs_schema_beacon.features[i].name, cf->x[i], want[i]);
        fail();
    }
}

/* Returns how many windows had something to compare. */
static unsigned one_destination(uint32_t first_seed)
{
    const struct nrs_core_conf conf = {.dest_cap = 64, .watched_cap = 8, .name_cap = 4};
    static struct ref_dest d;
    uint32_t seed = first_seed;
    struct law law = random_law(&seed);
    const struct place *place = &pick(&seed, places);
    const struct service *service = &pick(&seed, services);
    unsigned compared = 0;
    uint64_t now_ms;
    struct cf cf;

    d.place_class = place->class;
    d.port_class = service->port_class;
    d.proto_class = service->proto_class;
    make(&d, &law, &seed);
    now_ms = d.conn[d.n - 1].start_ms + 1 + cf_random(&seed) % (cf_random(&seed) % 2 ? 1000 : 30000000);
    assert_int_equal(cf_open(&cf, &conf), 0);
    for (int i = 0; i < d.n; i++) {
        struct nrs_flow f = flow_of(&d.conn[i], cf_v4(place->a, place->b, place->c, 77), service);

        nrs_core_flow(cf.core, &f, NULL);
    }
    for (int w = 0; w < REF_WINDOWS; w++) {
        uint16_t want[NRS_BEACON_N];
        uint32_t n = ref_features(&d, w, now_ms, want);

        cf.n_judged = 0;
        nrs_core_each(cf.core, (enum nrs_window)w, (now_ms - EPOCH_MS) * 1000000 + CF_START, cf_keep, &cf);
        compare(first_seed, w, n, &cf, want);
        compared += n > 0;
    }
    cf_close(&cf);
    return compared;
}

static void every_feature_is_what_its_definition_says(void **state)
{
    unsigned compared = 0;

    (void)state;
    for (uint32_t i = 1; i <= DESTS; i++)
        compared += one_destination(i * 2654435761u);
    assert_true(compared > DESTS); /* more than one window of the average destination says something */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_feature_is_what_its_definition_says)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
