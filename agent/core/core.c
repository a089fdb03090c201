#include "agent/core/core_internal.h"

#include <string.h>

#include "agent/core/intmath.h"
#include "models/base/error.h"
#include "models/base/units.h"

/* the epoch lies before the first tick, so that older flows have a time */
#define EPOCH_BACK_MS (8LL * NRS_MS_PER_DAY)

const uint32_t nrs_window_s[NRS_WINDOWS] = {NRS_S_PER_HOUR, 6 * NRS_S_PER_HOUR, NRS_S_PER_DAY,
                                            7 * NRS_S_PER_DAY};
const char *const nrs_window_name[NRS_WINDOWS] = {"1h", "6h", "24h", "7d"};

static struct nrs_core_conf with_defaults(const struct nrs_core_conf *given)
{
    struct nrs_core_conf c = *given;

    c.dest_cap = c.dest_cap ? c.dest_cap : 4096;
    c.watched_cap = c.watched_cap ? c.watched_cap : 512;
    c.name_cap = c.name_cap ? c.name_cap : 512;
    c.min_conns = c.min_conns ? c.min_conns : 6;
    c.update_s = c.update_s ? c.update_s : 21600;
    c.close_s = c.close_s ? c.close_s : NRS_S_PER_DAY;
    return c;
}

static size_t round16(size_t n)
{
    return (n + 15) / 16 * 16;
}

static bool in_range(const struct nrs_core_conf *c)
{
    return c->dest_cap >= NRS_CORE_DEST_MIN && c->dest_cap <= NRS_CORE_DEST_MAX &&
           c->name_cap <= NRS_CORE_DEST_MAX && c->watched_cap <= NRS_WATCHED_MAX &&
           c->watched_cap <= c->dest_cap;
}

size_t nrs_core_bytes(const struct nrs_core_conf *given)
{
    struct nrs_core_conf c = with_defaults(given);

    if (!in_range(&c))
        return 0;
    return round16(sizeof(struct nrs_core)) + nrs_table_bytes(c.dest_cap, c.watched_cap) +
           round16(nrs_names_bytes(c.name_cap)) + nrs_siblings_bytes(c.dest_cap);
}

int nrs_core_init(struct nrs_core **out, void *mem, size_t len, const struct nrs_core_conf *given,
                  const struct nrs_model *model, uint64_t now_ns)
{
    struct nrs_core_conf conf = with_defaults(given);
    unsigned char *at = mem;
    struct nrs_core *c = mem;

    if (!in_range(&conf))
        return NRS_ERR_RANGE;
    if (model->schema != &nrs_schema_beacon)
        return NRS_ERR_SCHEMA;
    if (len < nrs_core_bytes(given))
        return NRS_ERR_SPACE;
    memset(c, 0, sizeof *c);
    c->conf = conf;
    c->model = model;
    c->base_ms = (int64_t)(now_ns / NRS_NS_PER_MS) - EPOCH_BACK_MS;
    c->now = c->swept = c->faded = EPOCH_BACK_MS;
    at += round16(sizeof *c);
    nrs_table_init(&c->table, at, conf.dest_cap, conf.watched_cap, conf.hash_seed);
    at += nrs_table_bytes(conf.dest_cap, conf.watched_cap);
    nrs_names_init(&c->names, at, conf.name_cap, conf.hash_seed);
    at += round16(nrs_names_bytes(conf.name_cap));
    nrs_siblings_init(&c->siblings, at, conf.dest_cap, conf.hash_seed);
    *out = c;
    return 0;
}

void nrs_core_set_model(struct nrs_core *c, const struct nrs_model *model)
{
    c->model = model;
}

void nrs_core_set_wall(struct nrs_core *c, int64_t wall_offset_ns)
{
    c->wall_offset_ms = wall_offset_ns / (int64_t)NRS_NS_PER_MS;
}

void nrs_core_set_coverage(struct nrs_core *c, uint8_t bits)
{
    nrs_sight_set(&c->sight, c->now, bits);
}

uint64_t nrs_core_time(const struct nrs_core *c, uint64_t t_ns)
{
    int64_t t = (int64_t)(t_ns / NRS_NS_PER_MS) - c->base_ms;

    return t < 0 ? 0 : (uint64_t)t;
}

int nrs_core_exempt(struct nrs_core *c, const struct nrs_addr *remote, uint16_t rport, uint8_t proto)
{
    if (c->n_exempt == NRS_EXEMPT_MAX)
        return NRS_ERR_LIMIT;
    c->exempt[c->n_exempt++] = (struct nrs_exempt){*remote, rport, proto};
    return 0;
}

int nrs_core_set_allow(struct nrs_core *c, const struct nrs_allow_rule *rules, size_t n)
{
    if (n > NRS_ALLOW_MAX)
        return NRS_ERR_LIMIT;
    c->rules = rules;
    c->n_rules = n;
    c->rules_changed = true;
    return 0;
}

static bool is_exempt(const struct nrs_core *c, const struct nrs_flow *f)
{
    for (unsigned i = 0; i < c->n_exempt; i++) {
        const struct nrs_exempt *e = &c->exempt[i];

        if (!memcmp(&e->remote, &f->remote, sizeof e->remote) && (!e->rport || e->rport == f->rport) &&
            (!e->proto || e->proto == f->proto))
            return true;
    }
    return false;
}

/* An inbound connection is told apart by the service it came to, not by the peer's passing port. */
static struct nrs_key key_of(const struct nrs_flow *f)
{
    bool inbound = f->dir == NRS_DIR_IN;

    return (struct nrs_key){f->local, f->remote, inbound ? f->lport : f->rport, f->proto, inbound};
}

static bool has_failed(const struct nrs_flow *f)
{
    return f->end == NRS_END_REFUSED || f->end == NRS_END_TIMEOUT;
}

static void close_event(struct nrs_event *e, const struct nrs_flow *f)
{
    e->flags |= NRS_EVENT_CLOSED;
    if (has_failed(f))
        e->flags |= NRS_EVENT_FAILED;
    if (has_failed(f) && f->proto == NRS_PROTO_TCP) {
        e->flags |= NRS_EVENT_SIZES; /* never established: no payload, whatever a recorder writes there */
        e->tx = e->rx = 0;
    } else if (f->flags & NRS_F_BYTES) {
        e->flags |= NRS_EVENT_SIZES;
        e->tx = nrs_code16(f->tx_bytes);
        e->rx = nrs_code16(f->rx_bytes);
    }
    if (f->dur_ms == NRS_DUR_UNKNOWN)
        e->dur = 0;
    else
        e->dur = nrs_code16(f->dur_ms);
}

static void count_failure(struct nrs_core *c, struct nrs_dest *d, uint64_t start)
{
    struct nrs_day *day = nrs_table_day(&c->table, d);

    if (d->n_failed < UINT32_MAX)
        d->n_failed++;
    if (day)
        nrs_day_mark_failed(day, (uint32_t)(start / 60000));
}

static struct nrs_event *count_start(struct nrs_core *c, uint32_t index, uint64_t start, uint32_t weight)
{
    struct nrs_dest *d = &c->table.dests[index];
    uint32_t minute = (uint32_t)(start / 60000);
    bool new_minute = nrs_dest_touch(d, minute);
    struct nrs_event *e = nrs_dest_start(d, start);
    struct nrs_day *day = nrs_table_day(&c->table, d);

    if (day)
        c->stats.saturated += nrs_day_add(day, minute, weight);
    else if (new_minute)
        nrs_table_watch(&c->table, index, c->now);
    nrs_table_set_dirty(&c->table, index);
    return e;
}

/* A connection that has ended, to a destination that may be one of several (siblings.h). */
static void note_sibling(struct nrs_core *c, const struct nrs_flow *f, const struct nrs_dest *d,
                         uint64_t start)
{
    uint32_t minute = (uint32_t)(c->now / 60000);
    struct nrs_dest *together;
    struct nrs_event *e;

    if ((f->proto != NRS_PROTO_TCP && f->proto != NRS_PROTO_UDP) || d->key.inbound ||
        nrs_dest_has_verdict(d) || d->n > NRS_SIBLING_CONNS || start / 60000 + NRS_DAY_MINUTES <= minute ||
        nrs_place_class(&f->remote) || nrs_names_get(&c->names, &f->remote))
        return;
    together = nrs_siblings_take(&c->siblings, &d->key);
    if (!together)
        return;
    together->process = !together->n || together->process == d->process ? d->process : NRS_PROCESS_SEVERAL;
    nrs_dest_touch(together, minute);
    e = nrs_dest_start(together, start);
    e->server = nrs_siblings_server(&c->siblings, &f->remote);
    close_event(e, f);
    if (has_failed(f))
        count_failure(c, together, start);
}

static void take_start(struct nrs_core *c, const struct nrs_flow *f, uint64_t start)
{
    struct nrs_key key = key_of(f);
    uint32_t index, minute = (uint32_t)(c->now / 60000);
    struct nrs_event *e;

    if (start / 60000 + NRS_DAY_MINUTES <= minute) {
        c->stats.late++;
        return;
    }
    index = nrs_table_take(&c->table, &key, minute, nrs_tick_evicted, c);
    if (index == NRS_NO_DEST)
        return;
    e = count_start(c, index, start, f->weight);
    if (f->ev == NRS_EV_WHOLE) {
        close_event(e, f);
        if (has_failed(f))
            count_failure(c, &c->table.dests[index], start);
        note_sibling(c, f, &c->table.dests[index], start);
    }
}

static void take_end(struct nrs_core *c, const struct nrs_flow *f, uint64_t end)
{
    uint64_t start = f->dur_ms != NRS_DUR_UNKNOWN && f->dur_ms <= end ? end - f->dur_ms : end;
    struct nrs_key key = key_of(f);
    uint32_t index = nrs_table_find(&c->table, &key);
    struct nrs_event *e;

    if (index == NRS_NO_DEST)
        return;
    e = nrs_dest_open_event(&c->table.dests[index], (uint32_t)start);
    if (e)
        close_event(e, f);
    if (has_failed(f))
        count_failure(c, &c->table.dests[index], start);
    note_sibling(c, f, &c->table.dests[index], start);
    nrs_table_set_dirty(&c->table, index);
}

static void take_snapshot(struct nrs_core *c, const struct nrs_flow *f, uint64_t t)
{
    struct nrs_key key = key_of(f);
    uint32_t index = nrs_table_find(&c->table, &key), minute = (uint32_t)(t / 60000);
    struct nrs_dest *d;
    struct nrs_day *day;
    bool new_minute;

    if (index == NRS_NO_DEST)
        return;
    d = &c->table.dests[index];
    new_minute = nrs_dest_touch(d, minute);
    day = nrs_table_day(&c->table, d);
    if (!day && new_minute)
        day = nrs_table_watch(&c->table, index, c->now);
    if (day)
        nrs_day_mark_active(day, minute);
}

static void take_connection(struct nrs_core *c, const struct nrs_flow *f)
{
    uint64_t t = nrs_core_time(c, f->t_ns);

    if (t > c->now)
        c->now = t;
    if (f->ev == NRS_EV_OPEN || f->ev == NRS_EV_WHOLE)
        take_start(c, f, t);
    else if (f->ev == NRS_EV_CLOSE)
        take_end(c, f, t);
    else if (f->ev == NRS_EV_SNAP)
        take_snapshot(c, f, t);
}

void nrs_core_flow(void *core, const struct nrs_flow *f, const char *name)
{
    struct nrs_core *c = core;

    c->stats.flows++;
    if (name)
        nrs_names_put(&c->names, &f->remote, name);
    if (f->ev == NRS_EV_LOST)
        c->stats.lost += f->weight;
    else if (f->ev != NRS_EV_NAME && !is_exempt(c, f))
        take_connection(c, f);
}

void nrs_core_set_process(struct nrs_core *c, const struct nrs_flow *f, const char *path)
{
    struct nrs_key key = key_of(f);
    uint32_t index = nrs_table_find(&c->table, &key), code = nrs_process_code(path, c->conf.hash_seed);
    struct nrs_dest *d;

    if (index == NRS_NO_DEST)
        return;
    d = &c->table.dests[index];
    if (d->process != code) {
        d->process = d->process == NRS_PROCESS_UNKNOWN ? code : NRS_PROCESS_SEVERAL;
        c->rules_changed = true;
    }
}

void nrs_core_stats(const struct nrs_core *c, struct nrs_core_stats *st)
{
    *st = c->stats;
    st->evicted = c->table.evicted;
    st->unwatched = c->table.unwatched;
    st->refused = c->table.refused_inbound;
    st->flagged = c->n_in_life[NRS_LIFE_OPEN];
    st->suppressed = c->n_in_life[NRS_LIFE_SILENT];
    st->dests = c->table.n_dests;
    st->watched = c->table.n_watched;
}
