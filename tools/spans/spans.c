#include "tools/spans/spans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/core/table.h"
#include "models/base/error.h"
#include "models/base/units.h"

#define DAY      NRS_NS_PER_DAY

struct nrs_core_conf nrs_spans_conf(uint32_t dest_cap, uint32_t min_conns)
{
    uint32_t watched = dest_cap / 8;

    return (struct nrs_core_conf){.dest_cap = dest_cap,
                                  .watched_cap = watched < NRS_WATCHED_MAX ? watched : NRS_WATCHED_MAX,
                                  .min_conns = min_conns};
}

int nrs_spans_init(struct nrs_spans *w, enum nrs_window window, const struct nrs_core_conf *conf,
                   const struct nrs_model *model, nrs_spans_fn fn, void *arg)
{
    int rc;

    *w = (struct nrs_spans){.window = window, .conf = *conf, .model = model, .fn = fn, .arg = arg};
    w->memory_len = nrs_core_bytes(conf);
    w->memory = malloc(w->memory_len);
    if (!w->memory)
        return NRS_ERR_SPACE;
    rc = nrs_core_init(&w->core, w->memory, w->memory_len, conf, model, 0);
    w->core = NULL; /* that was a trial: the real one needs the time of the first flow */
    return rc;
}

void nrs_spans_done(struct nrs_spans *w)
{
    free(w->memory);
    w->memory = NULL;
}

static uint64_t window_ns(const struct nrs_spans *w)
{
    return nrs_window_s[w->window] * NRS_NS_PER_S;
}

/* A row of siblings names none of their servers: that one has its own row. */
static void hand_out(void *spans, const struct nrs_judgement *j)
{
    struct nrs_spans *w = spans;
    struct nrs_judgement row = *j;

    if (row.servers) {
        row.remote = (struct nrs_addr){{0}};
        row.rport = 0;
        row.name = NULL;
    }
    w->fn(w->arg, w->from_ns / NRS_NS_PER_S, &row);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void ignore(void *arg, const struct nrs_judgement *j)
{
    (void)arg;
    (void)j;
}

static void start(struct nrs_spans *w, uint64_t t_ns)
{
    /* Whole seconds, because rows say `from` in seconds. */
    w->from_ns = t_ns / NRS_NS_PER_S * NRS_NS_PER_S;
    nrs_core_init(&w->core, w->memory, w->memory_len, &w->conf, w->model, w->from_ns); /* init tried it */
    nrs_core_on_evict(w->core, w->window, hand_out, w);
    w->told_ns = w->from_ns;
    w->next_ns = w->from_ns + earlier(window_ns(w), DAY);
}

static void judge(struct nrs_spans *w)
{
    nrs_core_each(w->core, w->window, w->from_ns + window_ns(w), hand_out, w);
}

/* A window or a day is over. Nobody hears of verdicts here, and telling the core the time makes it look for
 * them, so that is done as rarely as its housekeeping (fading, forgetting) allows: daily. */
static void step(struct nrs_spans *w, uint64_t t_ns)
{
    if (t_ns >= w->from_ns + window_ns(w)) {
        judge(w);
        w->from_ns += (t_ns - w->from_ns) / window_ns(w) * window_ns(w);
    }
    if (t_ns >= w->told_ns + DAY) {
        w->told_ns += (t_ns - w->told_ns) / DAY * DAY;
        nrs_core_tick(w->core, w->told_ns, ignore, NULL);
    }
    w->next_ns = earlier(w->from_ns + window_ns(w), w->told_ns + DAY);
}

void nrs_spans_flow(void *spans, const struct nrs_flow *f, const char *name)
{
    struct nrs_spans *w = spans;

    if (!w->core)
        start(w, f->t_ns);
    else if (f->t_ns >= w->next_ns)
        step(w, f->t_ns);
    w->flows++;
    nrs_core_flow(w->core, f, name);
}

void nrs_spans_end(struct nrs_spans *w)
{
    struct nrs_core_stats st;

    if (!w->core)
        return;
    judge(w);
    nrs_core_stats(w->core, &st);
    w->evicted += st.evicted;
    w->core = NULL;
}

bool nrs_spans_named(const char *text, enum nrs_window *window)
{
    for (int i = 0; i < NRS_WINDOWS; i++) {
        if (strcmp(text, nrs_window_name[i]) == 0) {
            *window = (enum nrs_window)i;
            return true;
        }
    }
    return false;
}

const char *nrs_spans_transport(uint8_t proto, char number[4])
{
    switch (proto) {
    case NRS_PROTO_TCP: return "tcp";
    case NRS_PROTO_UDP: return "udp";
    case NRS_PROTO_ICMP:
    case NRS_PROTO_ICMP6: return "icmp";
    default: snprintf(number, 4, "%u", proto); return number;
    }
}

void nrs_spans_no_model(struct nrs_model *m)
{
    static const uint8_t no_risk[5] = {0};

    *m = (struct nrs_model){
        .schema = &nrs_schema_beacon, .n_outputs = 1, .calibration = no_risk, .n_calibration = 1};
    for (int i = 0; i < NRS_MODEL_THRESHOLDS; i++)
        m->threshold_mlogit[i] = INT32_MAX;
}
