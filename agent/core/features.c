#include "agent/core/features.h"

#include <string.h>

#include "agent/core/core.h"
#include "agent/core/intmath.h"

static uint16_t log_feature(uint32_t v)
{
    return (uint16_t)nrs_log2_q3(v);
}

static uint16_t share_feature(uint64_t a, uint64_t b)
{
    return (uint16_t)nrs_share(a, b, 255, 255);
}

/* Logarithm of a quotient of two positive values, from `zero` = equal. */
static uint16_t quotient_feature(uint32_t a, uint32_t b, int zero)
{
    int v = zero + (int)nrs_log2_q3(a + 1) - (int)nrs_log2_q3(b + 1);

    return (uint16_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/* Visits remembered may be fewer than there were; connections per visit is taken over the remembered
 * connections only. t: their starts, sorted. */
static uint16_t visit_size(const uint32_t *t, unsigned n)
{
    uint32_t visits = 1;

    if (!n)
        return 0;
    for (unsigned i = 1; i < n; i++)
        visits += t[i] - t[i - 1] >= NRS_VISIT_QUIET_MS;
    return (uint16_t)(nrs_log2_q3(n * 8 / visits) - nrs_log2_q3(8));
}

/* The rings are read from their oldest entry on, so that there is little left to sort. */
static void measure_starts(struct nrs_profile *p)
{
    const struct nrs_dest *d = p->dest;
    unsigned oldest = d->next_event + (unsigned)NRS_EVENTS - d->n_events;
    uint32_t t[NRS_GAPS_MAX];

    _Static_assert(NRS_EVENTS <= NRS_GAPS_MAX && NRS_VISITS <= NRS_GAPS_MAX, "the lists fit");
    for (unsigned i = 0; i < d->n_events; i++)
        t[i] = d->events[(oldest + i) % NRS_EVENTS].start_ms;
    nrs_gaps_measure(&p->gaps, t, d->n_events);
    p->x[NRS_X_vis_size] = visit_size(t, d->n_events);
    oldest = d->next_visit + (unsigned)NRS_VISITS - d->n_visits;
    for (unsigned i = 0; i < d->n_visits; i++)
        t[i] = d->visit_ms[(oldest + i) % NRS_VISITS];
    nrs_gaps_measure(&p->visits, t, d->n_visits);
    if (!p->visits.n)
        p->visits = p->gaps; /* too fast for visits: every connection is one */
}

static void gap_features(struct nrs_profile *p)
{
    uint16_t *x = p->x;
    const struct nrs_gaps *g = &p->gaps, *v = &p->visits;

    x[NRS_X_gap_med] = log_feature(g->median_ms);
    x[NRS_X_gap_mad] = g->mad;
    x[NRS_X_gap_iqr] = g->iqr;
    x[NRS_X_gap_skew] = g->skew;
    x[NRS_X_gap_near] = g->near;
    x[NRS_X_gap_max] = quotient_feature(g->max_ms, g->median_ms, 0);
    x[NRS_X_gap_short] = g->shorter;
    x[NRS_X_vis_n] = log_feature(p->dest->n_visits);
    x[NRS_X_vis_med] = log_feature(v->median_ms);
    x[NRS_X_vis_mad] = v->mad;
    x[NRS_X_vis_iqr] = v->iqr;
    x[NRS_X_vis_skew] = v->skew;
    x[NRS_X_vis_near] = v->near;
    x[NRS_X_vis_harm] = v->harmonic;
    x[NRS_X_vis_run] = v->run;
    x[NRS_X_vis_alt] = v->alternating;
}

static void histogram_features(struct nrs_profile *p)
{
    const uint8_t *h = p->dest->gap_hist;
    uint32_t all = 0, top = 0, used = 0;

    for (unsigned i = 0; i < NRS_GAP_BINS; i++) {
        uint32_t pair = h[i] + (i + 1 < NRS_GAP_BINS ? (uint32_t)h[i + 1] : 0);

        all += h[i];
        used += h[i] != 0;
        top = pair > top ? pair : top;
    }
    p->x[NRS_X_hist_top] = share_feature(top, all);
    p->x[NRS_X_hist_used] = (uint16_t)used;
}

struct spread {
    uint32_t median;
    uint16_t mad, same;
};

static struct spread spread_of(uint32_t *v, size_t n)
{
    struct spread s = {0};

    nrs_sort_u32(v, n);
    s.median = nrs_median_sorted(v, n);
    s.mad = (uint16_t)nrs_share(nrs_mad_sorted(v, n, s.median), (uint64_t)s.median + 1, 256, 255);
    s.same = share_feature(nrs_mode_count_sorted(v, n), n);
    return s;
}

static void size_features(struct nrs_profile *p)
{
    const struct nrs_dest *d = p->dest;
    uint32_t tx[NRS_EVENTS], rx[NRS_EVENTS], dur[NRS_EVENTS];
    unsigned sized = 0, timed = 0, failed = 0, ntp = 0;
    struct spread s_tx, s_rx, s_dur;
    uint16_t *x = p->x;

    for (unsigned i = 0; i < d->n_events; i++) {
        const struct nrs_event *e = &d->events[i];

        failed += (e->flags & NRS_EVENT_FAILED) != 0;
        if (e->flags & NRS_EVENT_SIZES) {
            ntp += e->tx == 48 && (e->rx == 48 || !e->rx);
            tx[sized] = nrs_code16_value(e->tx);
            rx[sized++] = nrs_code16_value(e->rx);
        }
        if (e->flags & NRS_EVENT_CLOSED)
            dur[timed++] = nrs_code16_value(e->dur);
    }
    s_tx = spread_of(tx, sized);
    s_rx = spread_of(rx, sized);
    s_dur = spread_of(dur, timed);
    p->tx_med = sized ? s_tx.median : UINT32_MAX;
    p->rx_med = sized ? s_rx.median : UINT32_MAX;
    x[NRS_X_tx_med] = log_feature(s_tx.median + 1);
    x[NRS_X_tx_mad] = s_tx.mad;
    x[NRS_X_tx_same] = s_tx.same;
    x[NRS_X_rx_max] = sized ? quotient_feature(rx[sized - 1], s_rx.median, 0) : 0; /* sorted by then */
    x[NRS_X_rx_med] = log_feature(s_rx.median + 1);
    x[NRS_X_rx_mad] = s_rx.mad;
    x[NRS_X_rx_same] = s_rx.same;
    x[NRS_X_ratio] = quotient_feature(s_rx.median, s_tx.median, 128);
    x[NRS_X_dur_med] = log_feature(s_dur.median + 1);
    x[NRS_X_dur_mad] = s_dur.mad;
    x[NRS_X_fail_now] = share_feature(failed, d->n_events);
    x[NRS_X_blind] = share_feature(d->n_events - sized, d->n_events);
    x[NRS_X_ntp] = sized && ntp * 2 > sized;
}

/* Different hashes of 8 bits: of sixteen servers two may share one. All connections have one or, of a single
 * destination, none. */
static uint16_t count_servers(const struct nrs_dest *d)
{
    uint64_t seen[4] = {0};
    unsigned n = 0;

    if (!d->events[0].server)
        return 0;
    for (unsigned i = 0; i < d->n_events; i++) {
        uint8_t server = d->events[i].server;

        n += server && !(seen[server / 64] >> server % 64 & 1);
        seen[server / 64] |= UINT64_C(1) << server % 64;
    }
    return (uint16_t)n;
}

static unsigned windows_of(const struct nrs_profile *p, uint64_t now)
{
    bool known = now / 1000 > p->dest->first_s + (uint64_t)NRS_SLOW_KNOWN_S;

    if (p->x[NRS_X_siblings] && p->x[NRS_X_siblings] < NRS_SIBLINGS_MIN)
        return 0;
    return known && p->visits.median_ms >= NRS_SLOW_MS ? NRS_WINDOWS : NRS_WINDOW_7D;
}

static uint16_t proto_feature(uint8_t proto)
{
    switch (proto) {
    case NRS_PROTO_TCP: return 0;
    case NRS_PROTO_UDP: return 1;
    case NRS_PROTO_ICMP:
    case NRS_PROTO_ICMP6: return 2;
    default: return 3;
    }
}

void nrs_profile_make(struct nrs_profile *p, const struct nrs_dest *d, const struct nrs_day *day,
                      uint64_t now)
{
    p->dest = d;
    memset(p->x, 0, sizeof p->x);
    p->day = day;
    if (!day) {
        nrs_dest_fill_day(d, &p->made, now);
        p->day = &p->made;
    }
    nrs_day_bitmap(p->day, (uint32_t)((now - 1) / 60000), p->minutes);
    measure_starts(p);
    gap_features(p);
    histogram_features(p);
    size_features(p);
    p->x[NRS_X_fail] = share_feature(d->n_failed, d->n);
    p->x[NRS_X_port] = (uint16_t)nrs_port_class(d->key.rport, d->key.proto);
    p->x[NRS_X_place] = (uint16_t)nrs_place_class(&d->key.remote);
    p->x[NRS_X_proto] = proto_feature(d->key.proto);
    p->x[NRS_X_siblings] = count_servers(d);
    p->n_windows = windows_of(p, now);
}
