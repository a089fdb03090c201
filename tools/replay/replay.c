#include "tools/replay/replay.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "models/base/error.h"
#include "models/base/units.h"

#define PICTURES_ALL 10

int nrs_replay_init(struct nrs_replay *r, const struct nrs_replay_options *o, const struct nrs_model *model,
                    FILE *out)
{
    int rc;

    *r = (struct nrs_replay){
        .options = o, .model = model, .out = out, .conf = nrs_spans_conf(o->capacity, o->min_conns)};
    r->gallery.cap = o->all ? PICTURES_ALL : NRS_GALLERY_MAX;
    if (o->format != NRS_FORMAT_NDJSON)
        nrs_replay_table_head(r);
    if (nrs_order_open(&r->order, 0, o->sort, nrs_replay_flow, r) != 0)
        return NRS_ERR_SPACE;
    if (o->all)
        return nrs_spans_init(&r->spans, o->window, &r->conf, model, nrs_replay_row, r);
    r->memory_len = nrs_core_bytes(&r->conf);
    r->memory = malloc(r->memory_len);
    if (!r->memory)
        return NRS_ERR_SPACE;
    rc = nrs_core_init(&r->core, r->memory, r->memory_len, &r->conf, model, 0);
    r->core = NULL; /* that was a trial: the real one needs the time of the first flow */
    return rc;
}

void nrs_replay_say(const char *place, const char *what)
{
    fprintf(stderr, "noroshi-replay: %s: %s\n", place, what);
}

void nrs_replay_finish(struct nrs_replay *r)
{
    nrs_replay_end_all(r);
    if (r->options->explain)
        nrs_replay_explain_print(r);
    if (r->options->heatmap)
        nrs_gallery_draw(&r->gallery, r->out, isatty(fileno(r->out)) && !getenv("NO_COLOR"));
}

static uint64_t milliseconds(const struct timeval *t)
{
    return (uint64_t)t->tv_sec * 1000 + (uint64_t)t->tv_usec / 1000;
}

static void print_stat(FILE *to, const char *name, uint64_t value)
{
    fprintf(to, "%s\t%llu\n", name, (unsigned long long)value);
}

void nrs_replay_print_stats(const struct nrs_replay *r, FILE *to)
{
    const struct nrs_replay_totals *t = &r->totals;
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    print_stat(to, "records", t->records);
    print_stat(to, "damaged", t->damaged);
    print_stat(to, "flows", t->flows);
    print_stat(to, "late", t->late);
    print_stat(to, "joined", t->joined);
    print_stat(to, "disorder_s", t->disorder_ns / NRS_NS_PER_S);
    print_stat(to, "runs", t->runs);
    print_stat(to, "evictions", t->evicted);
    print_stat(to, "lines", t->lines);
    print_stat(to, "flagged", t->flagged);
    print_stat(to, "milliseconds", t->spent_ns / NRS_NS_PER_MS);
    print_stat(to, "cpu_milliseconds", milliseconds(&use.ru_utime) + milliseconds(&use.ru_stime));
    print_stat(to, "records_per_s",
               t->spent_ns ? (uint64_t)((double)t->records * 1e9 / (double)t->spent_ns) : 0);
    print_stat(to, "resident_kib", (uint64_t)use.ru_maxrss);
}

void nrs_replay_done(struct nrs_replay *r)
{
    nrs_spans_done(&r->spans);
    nrs_order_close(r->order);
    free(r->memory);
    r->order = NULL;
    r->memory = NULL;
}
