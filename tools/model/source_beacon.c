/* Vectors of recorded traffic: one for each destination and window (tools/spans). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/core/verdict.h"
#include "models/base/error.h"
#include "platform/recorded/order.h"
#include "platform/recorded/recorded.h"
#include "tools/model/sources.h"
#include "tools/spans/spans.h"

#define EVENTS_AT_A_TIME 8192

static const char *const ids[] = {
    "source", "from", "window", "source.ip", "destination.ip", "destination.port", "network.transport",
    "conns"};

struct reading {
    const struct nrs_source_options *options;
    nrs_source_fn add;
    void *arg;
    char source[256];
};

static bool cut_end(char *name, const char *end)
{
    size_t len = strlen(name), n = strlen(end);

    if (len <= n || strcmp(name + len - n, end) != 0)
        return false;
    name[len - n] = '\0';
    return true;
}

/* "dir/lab-7.conn.log.gz" to "lab-7" */
static void name_source(char *name, size_t cap, const char *path)
{
    static const char *const ends[] = {".log", ".json", ".ndjson", ".pcap", ".pcapng"};
    const char *slash = strrchr(path, '/');
    bool cut = false;

    snprintf(name, cap, "%s", slash ? slash + 1 : path);
    cut_end(name, ".gz");
    for (size_t i = 0; !cut && i < sizeof ends / sizeof ends[0]; i++)
        cut = cut_end(name, ends[i]);
    cut_end(name, ".conn");
}

static void add(void *arg, uint64_t from_s, const struct nrs_judgement *j)
{
    const struct reading *r = arg;
    char from[24], local[46], remote[46], port[8], number[4], n[12];
    const char *const id[] = {
        r->source, from, nrs_window_name[j->window], local, remote, port,
        nrs_spans_transport(j->proto, number), n};

    if (j->n < r->options->min_conns)
        return;
    snprintf(from, sizeof from, "%" PRIu64, from_s);
    nrs_addr_write(local, sizeof local, &j->local);
    nrs_addr_write(remote, sizeof remote, &j->remote);
    snprintf(port, sizeof port, "%u", j->rport);
    snprintf(n, sizeof n, "%" PRIu32, j->n);
    r->add(r->arg, id, j->x);
}

static int read_all(struct nrs_recorded *file, struct nrs_order *order)
{
    int rc, end;

    do
        rc = nrs_recorded_drain(file, EVENTS_AT_A_TIME, nrs_order_flow, order);
    while (rc > 0);
    end = nrs_order_end(order);
    return rc < 0 ? rc : end;
}

static int drain(struct nrs_spans *w, const char *path, void (*say)(void *none, const char *msg),
                 struct nrs_why *why)
{
    struct nrs_recorded_stats st;
    struct nrs_order_stats late;
    struct nrs_recorded *file;
    struct nrs_order *order;
    char reason[NRS_RECORDED_WHY];
    int rc = nrs_recorded_open(&file, path, &(struct nrs_recorded_conf){.log = say}, reason);

    if (rc)
        return nrs_why(why, NRS_ERR_IO, "%s", reason);
    rc = nrs_order_open(&order, 0, false, nrs_spans_flow, w);
    if (!rc) {
        rc = read_all(file, order);
        nrs_order_stats(order, &late);
        nrs_order_close(order);
    }
    nrs_spans_end(w);
    nrs_recorded_stats(file, &st);
    nrs_recorded_close(file);
    if (rc == 0 && late.late > late.taken / 100)
        return nrs_why(why, NRS_ERR_FORMAT,
                       "%" PRIu64 " of its %" PRIu64 " flows are too far out of order; sort it", late.late,
                       late.taken);
    if (rc < 0)
        return nrs_why(why, NRS_ERR_IO, "%s", nrs_recorded_reason(rc));
    if (st.records == 0 && st.damaged > 0)
        return nrs_why(why, NRS_ERR_FORMAT, "not one record could be read");
    return 0;
}

static int read_window(enum nrs_window window, const char *path, struct reading *r,
                       void (*say)(void *none, const char *msg), struct nrs_why *why)
{
    struct nrs_core_conf conf = nrs_spans_conf(r->options->capacity, 0);
    static struct nrs_model none;
    struct nrs_spans w;
    int rc;

    nrs_spans_no_model(&none);
    rc = nrs_spans_init(&w, window, &conf, &none, add, r);
    if (rc)
        nrs_why(why, rc, "%s", nrs_strerror(rc));
    else
        rc = drain(&w, path, say, why);
    nrs_spans_done(&w);
    return rc;
}

static int read(const char *path, const struct nrs_source_options *o, nrs_source_fn take, void *arg,
                void (*say)(void *none, const char *msg), struct nrs_why *why)
{
    struct reading r = {.options = o, .add = take, .arg = arg};
    int rc = 0;

    name_source(r.source, sizeof r.source, path);
    for (int w = 0; rc == 0 && w < NRS_WINDOWS; w++) {
        if (!o->window[w])
            continue;
        rc = read_window((enum nrs_window)w, path, &r, say, why);
        say = NULL; /* what is damaged is said once, not once a window */
    }
    return rc;
}

const struct nrs_source nrs_source_beacon = {&nrs_schema_beacon, ids, sizeof ids / sizeof ids[0], read};
