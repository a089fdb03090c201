/* A full load for the agent's core: 4,096 destinations, 512 of them watched, and the model that is compiled in, with
 * thresholds that nothing reaches.
 *
 * usage: core_load flow|tick
 * Prints what was counted and, on the clock, nanoseconds for each. The function `measured` holds nothing else, so
 * an instruction counter can be pointed at it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/core/core.h"
#include "models/builtin.h"
#include "platform/clock.h"

#define DESTS 4096u
#define WATCHED 512u
#define FLOWS 50000u
#define SECOND 1000000000ull
#define START (1000000 * SECOND)

static struct nrs_model model;
static struct nrs_core *core;
static struct nrs_flow flows[FLOWS];

static int load_model(void)
{
    struct nrs_model_envelope envelope;
    const char *place;
    int rc = nrs_model_envelope_read(&envelope, nrs_builtin_beacon, nrs_builtin_beacon_len, &place);

    if (rc == 0)
        rc = nrs_model_load(&model, &envelope, &place);
    for (unsigned w = 0; w < NRS_MODEL_THRESHOLDS; w++)
        model.threshold_mlogit[w] = INT32_MAX;
    return rc;
}

static struct nrs_flow flow_to(uint32_t dest, uint64_t t_ns)
{
    struct nrs_flow f = {.t_ns = t_ns, .weight = 1, .proto = NRS_PROTO_TCP, .ev = NRS_EV_WHOLE, .dir = NRS_DIR_OUT,
                         .end = NRS_END_FIN, .flags = NRS_F_BYTES, .tx_bytes = 300 + dest % 64, .rx_bytes = 900,
                         .dur_ms = 250, .rport = 443, .lport = 40000, .uid = NRS_ID_UNKNOWN};

    memcpy(f.local.b, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\x02", 16);
    memcpy(f.remote.b, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x33\0\0", 16);
    f.remote.b[14] = (uint8_t)(dest >> 8);
    f.remote.b[15] = (uint8_t)dest;
    return f;
}

static void ignore(void *arg, const struct nrs_judgement *j)
{
    (void)arg;
    (void)j;
}

/* A day of traffic: the watched destinations every few minutes, the others now and then. It is judged once, at its end.
 * Returns that time. */
static uint64_t live_a_day(void)
{
    uint64_t t = START;
    uint32_t minute, dest, random = 1;

    for (minute = 0; minute < 1440; minute++, t += 60 * SECOND) {
        for (dest = 0; dest < DESTS; dest++) {
            uint32_t every = dest < WATCHED ? 3 + dest % 5 : 400 + dest % 97;

            random = random * 1664525u + 1013904223u;
            if ((minute + dest) % every == 0) {
                struct nrs_flow f = flow_to(dest, t + (random >> 8) % 20000 * 1000000ull);

                nrs_core_flow(core, &f, NULL);
            }
        }
    }
    nrs_core_tick(core, t, ignore, NULL);
    return t;
}

/* What is counted. Never inlined, so that it is found by name. */
__attribute__((noinline)) void measured(uint64_t tick_ns);
__attribute__((noinline)) void measured(uint64_t tick_ns)
{
    uint32_t i;

    if (tick_ns) {
        nrs_core_tick(core, tick_ns, ignore, NULL);
        return;
    }
    for (i = 0; i < FLOWS; i++)
        nrs_core_flow(core, &flows[i], NULL);
}

/* Flows to all destinations in no order that a cache could like. */
static uint32_t prepare_flows(uint64_t now)
{
    uint32_t i;

    for (i = 0; i < FLOWS; i++)
        flows[i] = flow_to(i * 2654435761u % DESTS, now + i * 1000000ull);
    return FLOWS;
}

/* One flow to each watched destination, so that all of them and no others are due; the hourly work is done before. */
static uint32_t prepare_tick(uint64_t now)
{
    uint32_t i;

    nrs_core_tick(core, now, ignore, NULL);
    for (i = 0; i < WATCHED; i++) {
        struct nrs_flow f = flow_to(i, now + i * 1000000ull);

        nrs_core_flow(core, &f, NULL);
    }
    return WATCHED;
}

int main(int argc, char **argv)
{
    const struct nrs_core_conf conf = {.dest_cap = DESTS, .watched_cap = WATCHED};
    const struct nrs_core_conf router = {.dest_cap = 1024, .watched_cap = 128, .name_cap = 128};
    bool tick = argc == 2 && strcmp(argv[1], "tick") == 0;
    size_t bytes = nrs_core_bytes(&conf);
    struct nrs_core_stats stats;
    uint64_t now, began;
    uint32_t n;

    if (load_model() != 0 || nrs_core_init(&core, malloc(bytes), bytes, &conf, &model, START) != 0)
        return 2;
    now = live_a_day() + 120 * SECOND;
    nrs_core_stats(core, &stats);
    if (stats.dests != DESTS || stats.watched != WATCHED) {
        fprintf(stderr, "core_load: %u destinations, %u watched, not %u and %u\n", stats.dests, stats.watched, DESTS,
                WATCHED);
        return 1;
    }
    n = tick ? prepare_tick(now) : prepare_flows(now);
    began = nrs_clock_boot_ns();
    measured(tick ? now + 60 * SECOND : 0);
    printf("%u %llu %zu %zu\n", n, (unsigned long long)((nrs_clock_boot_ns() - began) / n), bytes,
           nrs_core_bytes(&router));
    return 0;
}
