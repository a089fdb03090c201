/* tools/simulate/write_labels.c - what every pair of a capture is, by the rules of the open corpus
 *
 * c2-beacon:        a C2 channel with at least 6 connections (the fewest that are ever ranked), or one that
 *                   polls inside a long connection; fewer is c2-other.
 * benign-periodic:  benign with 8 or more connections, and a periodic protocol or MAD/median of the gaps at
 *                   most 0.15.
 * When two actors meet at one pair, the worse label stands. */
#include "tools/simulate/output.h"
#include <inttypes.h>
#include <stdlib.h>

#define C2_CONNS_MIN       6
#define PERIODIC_CONNS_MIN 8

static int by_pair(const void *a, const void *b)
{
    const struct nrs_sim_conn *x = a, *y = b;

    if (x->orig != y->orig)
        return x->orig < y->orig ? -1 : 1;
    if (x->resp != y->resp)
        return x->resp < y->resp ? -1 : 1;
    if (x->rport != y->rport)
        return x->rport < y->rport ? -1 : 1;
    if (x->proto != y->proto)
        return x->proto < y->proto ? -1 : 1;
    if (x->ts_us != y->ts_us)
        return x->ts_us < y->ts_us ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static bool same_pair(const struct nrs_sim_conn *x, const struct nrs_sim_conn *y)
{
    return x->orig == y->orig && x->resp == y->resp && x->rport == y->rport && x->proto == y->proto;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static uint64_t median(uint64_t *v, size_t n)
{
    qsort(v, n, sizeof(*v), by_value);
    return v[n / 2];
}

/* MAD of the gaps <= 15 % of their median. False when there is no memory for the gaps. */
static bool is_regular(const struct nrs_sim_conn *c, size_t n)
{
    uint64_t *gap = malloc(n * sizeof(*gap)), mid;
    bool regular;
    size_t i;

    if (!gap)
        return false;
    for (i = 1; i < n; i++)
        gap[i - 1] = c[i].ts_us - c[i - 1].ts_us;
    mid = median(gap, n - 1);
    for (i = 0; i < n - 1; i++)
        gap[i] = gap[i] > mid ? gap[i] - mid : mid - gap[i];
    regular = median(gap, n - 1) * 100 <= mid * 15;
    free(gap);
    return regular;
}

/* C2 outranks attack, attack outranks benign. */
static const struct nrs_sim_actor *worst(const struct nrs_sim_conn *c, size_t n)
{
    static const int rank[] = {[NRS_SIM_BENIGN] = 0,
                               [NRS_SIM_BENIGN_PROTOCOL] = 1,
                               [NRS_SIM_ATTACK] = 2,
                               [NRS_SIM_C2_OTHER] = 3,
                               [NRS_SIM_C2] = 4};
    const struct nrs_sim_actor *a = c[0].by;
    size_t i;

    for (i = 1; i < n; i++)
        if (rank[c[i].by->label] > rank[a->label])
            a = c[i].by;
    return a;
}

static const char *label_of(const struct nrs_sim_actor *a, const struct nrs_sim_conn *c, size_t n)
{
    switch (a->label) {
    case NRS_SIM_ATTACK: return "attack";
    case NRS_SIM_C2_OTHER: return "c2-other";
    case NRS_SIM_C2: return n >= C2_CONNS_MIN || a->shape.poll_ms.hi ? "c2-beacon" : "c2-other";
    default: break;
    }
    if (n < PERIODIC_CONNS_MIN)
        return "benign";
    return a->label == NRS_SIM_BENIGN_PROTOCOL || is_regular(c, n) ? "benign-periodic" : "benign";
}

void nrs_sim_write_label_header(struct nrs_sim_out *labels, struct nrs_sim_out *families)
{
    nrs_sim_out_put(labels,
                    "source\tid.orig_h\tid.resp_h\tid.resp_p\tproto\tlabel\tevidence\tn_conns\tspan_s\n");
    nrs_sim_out_put(families, "source\tid.orig_h\tid.resp_h\tid.resp_p\tproto\tfamily\n");
}

static void put_pair(struct nrs_sim_out *labels, struct nrs_sim_out *families, const char *source,
                     const struct nrs_sim_conn *c, size_t n)
{
    const struct nrs_sim_actor *a = worst(c, n);
    const char *label = label_of(a, c, n), *proto = nrs_sim_proto_name(c->proto);
    uint64_t span = c[n - 1].ts_us - c[0].ts_us;
    char orig[NRS_SIM_ADDR_TEXT], resp[NRS_SIM_ADDR_TEXT];

    nrs_sim_addr_text(orig, c->orig);
    nrs_sim_addr_text(resp, c->resp);
    nrs_sim_out_put(labels, "%s\t%s\t%s\t%u\t%s\t%s\tsimulated %s\t%zu\t%" PRIu64 ".%" PRIu64 "\n", source,
                    orig, resp, c->rport, proto, label, a->name, n, span / 1000000, span % 1000000 / 100000);
    if (a->label == NRS_SIM_C2 && label[3] == 'b')
        nrs_sim_out_put(families, "%s\t%s\t%s\t%u\t%s\t%s\n", source, orig, resp, c->rport, proto, a->name);
}

void nrs_sim_write_labels(struct nrs_sim_out *labels, struct nrs_sim_out *families, struct nrs_sim_world *w,
                          const char *source)
{
    size_t i, n;

    if (w->n_conns)
        qsort(w->conns, w->n_conns, sizeof(*w->conns), by_pair);
    for (i = 0; i < w->n_conns; i += n) {
        for (n = 1; i + n < w->n_conns && same_pair(&w->conns[i], &w->conns[i + n]); n++)
            ;
        put_pair(labels, families, source, &w->conns[i], n);
    }
}
