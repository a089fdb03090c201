/* tools/simulate/records.c - what the sensor of a simulated capture writes down */
#include "tools/simulate/world.h"
#include <stdlib.h>

static bool grow(struct nrs_sim_world *w)
{
    size_t cap = w->conns_cap ? w->conns_cap * 2 : 4096;
    struct nrs_sim_conn *more;

    if (w->n_conns < w->conns_cap)
        return true;
    more = realloc(w->conns, cap * sizeof(*more));
    if (!more) {
        w->failed = true;
        return false;
    }
    w->conns = more;
    w->conns_cap = cap;
    return true;
}

/* The part before the capture is unseen, the part after it does not exist yet. False: nothing is left. */
static bool clip(const struct nrs_sim_world *w, struct nrs_sim_conn *c, struct nrs_sim_rng *r)
{
    uint64_t end = c->ts_us + c->dur_us;

    if (end < w->from_us || (end == w->from_us && c->dur_us == 0))
        return false;
    if (c->ts_us < w->from_us) {
        uint64_t gone = w->from_us - c->ts_us;

        c->tx -= c->tx / (c->dur_us / 1000 + 1) * (gone / 1000);
        c->rx -= c->rx / (c->dur_us / 1000 + 1) * (gone / 1000);
        c->dur_us -= gone;
        c->ts_us = w->from_us + nrs_sim_rng_below(r, c->dur_us / 4 + 1); /* its next packet */
        c->dur_us = end - c->ts_us;
        c->end = NRS_SIM_OTH;
    }
    if (c->ts_us >= w->to_us)
        return false;
    if (end > w->to_us) {
        c->dur_us = w->to_us - c->ts_us;
        c->end = c->end == NRS_SIM_SF ? NRS_SIM_S1 : c->end;
    }
    return true;
}

/* Segments of 1,400 bytes, one acknowledgement for two of them, and the handshake of what was answered. */
static void count_packets(struct nrs_sim_conn *c)
{
    uint32_t tx = (uint32_t)((c->tx + 1399) / 1400), rx = (uint32_t)((c->rx + 1399) / 1400);

    if (c->end == NRS_SIM_S0 || c->end == NRS_SIM_REJ) {
        c->tx_pkts = c->tx_pkts ? c->tx_pkts : 1;
        c->rx_pkts = c->end == NRS_SIM_REJ ? c->tx_pkts : 0;
        return;
    }
    if (c->proto != NRS_SIM_TCP) {
        c->tx_pkts = tx ? tx : 1;
        c->rx_pkts = rx;
        return;
    }
    c->tx_pkts = tx + (rx + 1) / 2 + (c->end == NRS_SIM_OTH ? 0 : 3);
    c->rx_pkts = rx + (tx + 1) / 2 + (c->end == NRS_SIM_OTH ? 0 : 2);
}

void nrs_sim_world_emit(struct nrs_sim_world *w, const struct nrs_sim_conn *c, struct nrs_sim_rng *r)
{
    struct nrs_sim_conn own = *c;
    bool lost = w->loss_ppm && nrs_sim_rng_chance(r, w->loss_ppm);

    if (lost || !clip(w, &own, r) || !grow(w))
        return;
    own.order = w->n_emitted++;
    count_packets(&own);
    w->conns[w->n_conns++] = own;
}

static int by_time(const void *a, const void *b)
{
    const struct nrs_sim_conn *x = a, *y = b;

    if (x->ts_us != y->ts_us)
        return x->ts_us < y->ts_us ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

void nrs_sim_world_sort(struct nrs_sim_world *w)
{
    if (w->n_conns)
        qsort(w->conns, w->n_conns, sizeof(*w->conns), by_time);
}
