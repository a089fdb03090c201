#include "tests/property/features_reference.h"

#include <string.h>

#include "tests/property/reference_lists.h"

#define LIST_MAX  REF_LIST_MAX /* visits remembered; of connections 16 */
#define LAST_MAX  16
#define DAY_MIN   1440
#define WEEK_H    168
#define SLOW_MS   1200000
#define KNOWN_S   86400
#define VISIT_MS  10000
#define WATCH_MIN 4

static struct list gaps_between(const struct list *starts)
{
    struct list gaps = {.n = starts->n >= 4 ? starts->n - 1 : 0};

    for (int i = 0; i < gaps.n; i++)
        gaps.v[i] = starts->v[i + 1] - starts->v[i];
    return gaps;
}

static num relative(num v, num median_ms, num unit, num limit)
{
    return median_ms ? share(v, median_ms, unit, limit) : limit;
}

struct shape { /* of a list of gaps; all 0 if there are none */
    num med, mad, iqr, skew, near, longest, brief, harm, run, alt;
};

static num longest_run(const struct list *g)
{
    num best = 0;

    for (int from = 0; from < g->n; from++) {
        int to = from;

        while (to + 1 < g->n && distance(g->v[to + 1], g->v[to]) <= g->v[to] / 5)
            to++;
        best = to - from + 1 > best ? to - from + 1 : best;
    }
    return best;
}

static bool is_multiple(num gap, num q1)
{
    for (num k = 1; k <= 3; k++)
        if (q1 && distance(gap, k * q1) <= q1 / 10)
            return true;
    return false;
}

/* The gaps that are not the median itself, as a list of sides; how many neighbours differ. */
static num changes_of_side(const struct list *g, num med)
{
    bool above[REF_LIST_MAX];
    num n = 0, changed = 0;

    for (int i = 0; i < g->n; i++)
        if (g->v[i] != med)
            above[n++] = g->v[i] > med;
    for (num i = 1; i < n; i++)
        changed += above[i] != above[i - 1];
    return n < 5 ? 0 : share(changed, n - 1, 255, 255);
}

static struct shape shape_of(const struct list *g)
{
    struct shape s = {0};
    num q1 = median_of_ranks(g, 0, g->n / 2), q3 = median_of_ranks(g, g->n - g->n / 2, g->n / 2);
    num near = 0, brief = 0, harm = 0;

    if (!g->n)
        return s;
    s.med = median(g);
    s.longest = ranked(g, g->n - 1);
    s.mad = relative(deviation(g), s.med, 1024, 2047);
    s.iqr = relative(q3 - q1, s.med, 256, 1023);
    s.skew = q3 > q1 ? (q3 - s.med) * 256 / (q3 - q1) : 128;
    for (int i = 0; i < g->n; i++) {
        near += distance(g->v[i], s.med) * 100 <= s.med * 35;
        brief += g->v[i] < 1000;
        harm += is_multiple(g->v[i], q1);
    }
    s.near = s.med ? share(near, g->n, 255, 255) : 0;
    s.brief = share(brief, g->n, 255, 255);
    s.harm = share(harm, g->n, 255, 255);
    s.run = share(longest_run(g), g->n, 255, 255);
    s.alt = changes_of_side(g, s.med);
    return s;
}

static int first_remembered(const struct ref_dest *d)
{
    return d->n > LAST_MAX ? d->n - LAST_MAX : 0;
}

static struct list last_starts(const struct ref_dest *d)
{
    struct list l = {0};

    for (int i = first_remembered(d); i < d->n; i++)
        l.v[l.n++] = (num)d->conn[i].start_ms;
    return l;
}

static struct list last_visits(const struct ref_dest *d)
{
    struct list l = {0};
    int i, n = 0;

    for (i = d->n - 1; i >= 0 && n < LIST_MAX; i--)
        n += i == 0 || d->conn[i].start_ms - d->conn[i - 1].start_ms >= VISIT_MS;
    for (i++; i < d->n; i++)
        if (i == 0 || d->conn[i].start_ms - d->conn[i - 1].start_ms >= VISIT_MS)
            l.v[l.n++] = (num)d->conn[i].start_ms;
    return l;
}

static struct shape visit_shape(const struct ref_dest *d)
{
    struct list visits = last_visits(d), starts = last_starts(d);
    struct list gaps = gaps_between(visits.n >= 4 ? &visits : &starts);

    return shape_of(&gaps);
}

static void gap_features(const struct ref_dest *d, uint16_t *x)
{
    struct list starts = last_starts(d), gaps = gaps_between(&starts);
    struct shape g = shape_of(&gaps), v = visit_shape(d);
    num visits = starts.n > 0;

    for (int i = 1; i < starts.n; i++)
        visits += starts.v[i] - starts.v[i - 1] >= VISIT_MS;
    x[NRS_X_gap_med] = (uint16_t)log_q3(g.med);
    x[NRS_X_gap_mad] = (uint16_t)g.mad;
    x[NRS_X_gap_iqr] = (uint16_t)g.iqr;
    x[NRS_X_gap_skew] = (uint16_t)g.skew;
    x[NRS_X_gap_near] = (uint16_t)g.near;
    x[NRS_X_gap_max] = (uint16_t)(log_q3(g.longest + 1) - log_q3(g.med + 1));
    x[NRS_X_gap_short] = (uint16_t)g.brief;
    x[NRS_X_vis_n] = (uint16_t)log_q3(last_visits(d).n);
    x[NRS_X_vis_med] = (uint16_t)log_q3(v.med);
    x[NRS_X_vis_mad] = (uint16_t)v.mad;
    x[NRS_X_vis_iqr] = (uint16_t)v.iqr;
    x[NRS_X_vis_skew] = (uint16_t)v.skew;
    x[NRS_X_vis_near] = (uint16_t)v.near;
    x[NRS_X_vis_harm] = (uint16_t)v.harm;
    x[NRS_X_vis_run] = (uint16_t)v.run;
    x[NRS_X_vis_alt] = (uint16_t)v.alt;
    x[NRS_X_vis_size] = (uint16_t)(log_q3(starts.n * 8 / visits) - 24);
}

/* Half-octaves from a quarter of a second on; all halved before one would reach 256. */
static void histogram_features(const struct ref_dest *d, uint16_t *x)
{
    num bins[33] = {0}, all = 0, top = 0, used = 0; /* the last one stays empty */

    for (int i = 1; i < d->n; i++) {
        num q3 = log_q3((num)(d->conn[i].start_ms - d->conn[i - 1].start_ms));
        num bin = q3 < 63 ? 0 : at_most((q3 - 63) / 4, 31);

        for (int b = 0; bins[bin] == 255 && b < 32; b++)
            if (b != bin)
                bins[b] /= 2;
        if (bins[bin] == 255)
            bins[bin] /= 2;
        bins[bin]++;
    }
    for (int b = 0; b < 32; b++) {
        all += bins[b];
        used += bins[b] > 0;
        top = bins[b] + bins[b + 1] > top ? bins[b] + bins[b + 1] : top;
    }
    x[NRS_X_hist_top] = (uint16_t)share(top, all, 255, 255);
    x[NRS_X_hist_used] = (uint16_t)used;
}

static num largest_over_median(const struct list *l)
{
    num most = 0;

    for (int i = 0; i < l->n; i++)
        most = l->v[i] > most ? l->v[i] : most;
    return log_q3(most + 1) - log_q3(median(l) + 1);
}

static void size_features(const struct ref_dest *d, uint16_t *x)
{
    struct list tx = {0}, rx = {0}, dur = {0};
    num failed = 0, failed_ever = 0, ntp = 0, last = d->n - first_remembered(d);

    for (int i = 0; i < d->n; i++)
        failed_ever += d->conn[i].failed;
    for (int i = first_remembered(d); i < d->n; i++) {
        const struct ref_conn *c = &d->conn[i];

        failed += c->failed;
        dur.v[dur.n++] = coarse(c->dur_ms);
        if (!c->sized)
            continue;
        ntp += c->tx == 48 && (c->rx == 48 || c->rx == 0);
        tx.v[tx.n++] = coarse(c->tx);
        rx.v[rx.n++] = coarse(c->rx);
    }
    x[NRS_X_fail] = (uint16_t)share(failed_ever, d->n, 255, 255);
    x[NRS_X_fail_now] = (uint16_t)share(failed, last, 255, 255);
    x[NRS_X_blind] = (uint16_t)share(last - tx.n, last, 255, 255);
    x[NRS_X_tx_med] = (uint16_t)log_q3(median(&tx) + 1);
    x[NRS_X_rx_med] = (uint16_t)log_q3(median(&rx) + 1);
    x[NRS_X_dur_med] = (uint16_t)log_q3(median(&dur) + 1);
    x[NRS_X_tx_mad] = (uint16_t)share(deviation(&tx), median(&tx) + 1, 256, 255);
    x[NRS_X_rx_mad] = (uint16_t)share(deviation(&rx), median(&rx) + 1, 256, 255);
    x[NRS_X_dur_mad] = (uint16_t)share(deviation(&dur), median(&dur) + 1, 256, 255);
    x[NRS_X_tx_same] = (uint16_t)share(most_common(&tx), tx.n, 255, 255);
    x[NRS_X_rx_same] = (uint16_t)share(most_common(&rx), rx.n, 255, 255);
    x[NRS_X_rx_max] = (uint16_t)largest_over_median(&rx);
    x[NRS_X_ratio] = (uint16_t)at_most(128 + log_q3(median(&rx) + 1) - log_q3(median(&tx) + 1), 255);
    x[NRS_X_ntp] = tx.n && 2 * ntp > tx.n;
}

/* The connection with which it got a day of its own: in its fourth minute; or the last one. */
static int day_begins(const struct ref_dest *d)
{
    int minutes = 0;

    for (int i = 0; i < d->n; i++) {
        minutes += i == 0 || d->conn[i].start_ms / 60000 != d->conn[i - 1].start_ms / 60000;
        if (minutes == WATCH_MIN)
            return i;
    }
    return d->n - 1;
}

/* The minute in which it is counted: its own, or that of the first contact if it was forgotten when the day began. */
static num minute_of(const struct ref_dest *d, int i, int begins)
{
    bool forgotten = i <= begins - LAST_MAX;

    return (num)(d->conn[forgotten ? 0 : i].start_ms / 60000);
}

struct minutes {
    num count[DAY_MIN]; /* the last is the one before now */
    num first_min;
    num week[WEEK_H];   /* the last is the current hour */
    num first_hour;
};

static void count_minutes(const struct ref_dest *d, uint64_t now_ms, struct minutes *m)
{
    num last_min = (num)((now_ms - 1) / 60000);
    int begins = day_begins(d);

    memset(m, 0, sizeof *m);
    m->first_min = last_min - (DAY_MIN - 1);
    m->first_hour = last_min / 60 - (WEEK_H - 1);
    for (int i = 0; i < d->n; i++) {
        num minute = minute_of(d, i, begins);

        if (minute >= m->first_min)
            m->count[minute - m->first_min]++;
        if (minute / 60 >= m->first_hour)
            m->week[minute / 60 - m->first_hour]++;
    }
}

static num best_match(const struct minutes *m, int from, num span, num period_ms)
{
    num period = (period_ms + 30000) / 60000, best = 0;

    period = period < 1 ? 1 : at_most(period, 180);
    for (num lag = 1; lag * 3 <= span; lag++) {
        num n = 0;
        bool asked = lag == period || lag == period + 1 || (period > 1 && (lag == period - 1 || lag == 2 * period));

        for (num i = from; asked && i + lag < DAY_MIN; i++)
            n += m->count[i] && m->count[i + lag];
        best = n > best ? n : best;
    }
    return best;
}

struct seen {
    num active, first, last, hours, n, peak;
};

static struct seen look(const struct minutes *m, int from)
{
    struct seen s = {.first = -1};

    for (int i = from; i < DAY_MIN; i++) {
        bool hour_begins = (i - from) % 60 == 0, any = false;

        s.n += m->count[i];
        s.peak = m->count[i] > s.peak ? m->count[i] : s.peak;
        s.active += m->count[i] > 0;
        s.first = s.first < 0 && m->count[i] ? i : s.first;
        s.last = m->count[i] ? i : s.last;
        for (int k = i; hour_begins && k < i + 60; k++)
            any = any || m->count[k];
        s.hours += any;
    }
    s.peak = at_most(s.peak, 15);
    return s;
}

/* With a full minute only whole hours are exact. */
static num in_whole_hours(const struct ref_dest *d, const struct minutes *m, int from)
{
    num n = 0;

    for (int i = 0; i < d->n; i++)
        n += minute_of(d, i, day_begins(d)) / 60 >= (m->first_min + from) / 60;
    return n;
}

uint32_t ref_features(const struct ref_dest *d, int window, uint64_t now_ms, uint16_t x[NRS_BEACON_N])
{
    static const int window_h[REF_WINDOWS] = {1, 6, 24, WEEK_H};
    int window_min = window == REF_7D ? DAY_MIN : 60 * window_h[window], from = DAY_MIN - window_min;
    static struct minutes m;
    struct seen s;

    memset(x, 0, NRS_BEACON_N * sizeof x[0]);
    gap_features(d, x);
    histogram_features(d, x);
    size_features(d, x);
    x[NRS_X_port] = (uint16_t)d->port_class;
    x[NRS_X_place] = (uint16_t)d->place_class;
    x[NRS_X_proto] = (uint16_t)d->proto_class;
    count_minutes(d, now_ms, &m);
    s = look(&m, from);
    if (s.peak == 15)
        s.n = in_whole_hours(d, &m, from);
    if (s.active) {
        num span = s.last - s.first + 1;

        x[NRS_X_fill] = (uint16_t)share(s.active, span, 255, 255);
        x[NRS_X_span] = (uint16_t)share(span, window_min, 255, 255);
        x[NRS_X_acf] = (uint16_t)share(best_match(&m, from, span, visit_shape(d).med), s.active, 255, 255);
    }
    if (window == REF_7D)
        s.n = s.hours = 0;
    for (int h = 0; window == REF_7D && h < WEEK_H; h++) {
        s.n += at_most(m.week[h], 15);
        s.hours += m.week[h] > 0;
    }
    x[NRS_X_win] = (uint16_t)window;
    x[NRS_X_n] = (uint16_t)log_q3(s.n);
    x[NRS_X_hours] = (uint16_t)share(s.hours, window_h[window], 255, 255);
    x[NRS_X_peak] = (uint16_t)s.peak;
    if (window == REF_7D && (visit_shape(d).med < SLOW_MS || now_ms / 1000 <= d->conn[0].start_ms / 1000 + KNOWN_S))
        return 0;
    return (uint32_t)s.n;
}
