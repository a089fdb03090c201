/* The core on any events: bytes become flows and ticks for a table of 64 destinations and 8 days, and every line that
 * comes out must be JSON. A rule names a program; no more verdicts wait for theirs than may.
 *
 * event = what:u8 dest:u8 age:u8 step:u8 size:u32 [name to the next zero byte if what & 0x80]
 *   what & 7: kind of event (7: tick, 6: tick much later); & 8: inbound; & 16: failed; & 32: sizes; & 64: heavy
 *   of a tick: & 8: the program of a destination becomes known, an allowed one if & 16; & 32: programs are looked for from
 *   now on, or no longer if & 64 */
#include <stdint.h>

#include <cJSON.h>

#include "agent/core/verdict.h"
#include "models/base/bytes.h"
#include "tests/core_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must_be_json(const char *line, int len)
{
    const char *end;
    cJSON *json = cJSON_ParseWithOpts(line, &end, 0);

    if (len <= 0 || line[len - 1] != '\n' || !json || end != line + len - 1)
        abort();
    cJSON_Delete(json);
}

static void write_lines(void *arg, const struct nrs_judgement *j)
{
    const struct nrs_verdict_id id = {"host", "b", j->n, j->t_ns};
    char line[NRS_EVIDENCE_MAX + 1];

    (void)arg;
    must_be_json(line, nrs_verdict_write(line, NRS_VERDICT_MAX + 1, j, &id));
    must_be_json(line, nrs_row_write(line, sizeof line, j, j->t_ns / CF_SECOND));
    if (j->matrix)
        must_be_json(line, nrs_evidence_write(line, sizeof line, j, &id, 1));
}

static struct nrs_flow flow_of(const uint8_t *p, uint64_t now)
{
    struct nrs_flow f = cf_flow(p[1], now - p[2] * (p[2] & 1 ? CF_HOUR : CF_SECOND));

    f.ev = (p[0] & 7) + 1;
    f.dir = p[0] & 8 ? NRS_DIR_IN : NRS_DIR_OUT;
    f.end = p[0] & 16 ? NRS_END_TIMEOUT : NRS_END_FIN;
    f.flags = p[0] & 32 ? NRS_F_BYTES : 0;
    f.weight = p[0] & 64 ? nrs_get_u32le(p + 4) : 1;
    f.tx_bytes = nrs_get_u32le(p + 4);
    f.rx_bytes = f.tx_bytes * f.tx_bytes;
    f.dur_ms = nrs_get_u32le(p + 4);
    f.lport = p[4];
    return f;
}

static void take_tick(struct nrs_core *core, uint64_t now, const uint8_t *p)
{
    const struct nrs_flow f = cf_flow(p[1], now);
    struct nrs_core_stats st;

    if (p[0] & 8)
        nrs_core_set_process(core, &f, p[0] & 16 ? "/bin/a" : "/bin/b");
    nrs_core_tick(core, now, write_lines, NULL);
    nrs_core_stats(core, &st);
    if (st.flagged + st.suppressed > st.dests + 4) /* 4 places for siblings */
        abort();
}

/* One event; returns the bytes it took, 0 at the end. */
static size_t take_event(struct nrs_core *core, uint64_t *now, const uint8_t *p, size_t n)
{
    char name[254];
    size_t len = 0;
    struct nrs_flow f;

    if (n < 8)
        return 0;
    *now += p[3] * p[3] * CF_SECOND;
    if ((p[0] & 7) >= 6) {
        *now += (p[0] & 7) == 6 ? p[1] * CF_DAY : 0;
        take_tick(core, *now, p);
        return 8;
    }
    f = flow_of(p, *now);
    while (p[0] & 0x80 && 8 + len < n && len < sizeof name - 1 && p[8 + len]) {
        name[len] = (char)p[8 + len];
        len++;
    }
    name[len] = 0;
    nrs_core_flow(core, &f, p[0] & 0x80 ? name : NULL);
    return 8 + len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const struct nrs_allow_rule rule = {.process = "/bin/a"};
    const struct nrs_core_conf conf = {.dest_cap = 64, .watched_cap = 8, .name_cap = 8, .update_s = 600, .close_s = 3600};
    uint64_t now = CF_START;
    struct cf cf;
    size_t used;

    if (n > 65536 || cf_open(&cf, &conf) != 0)
        return 0;
    nrs_core_on_evict(cf.core, NRS_WINDOW_1H, write_lines, NULL);
    nrs_core_set_allow(cf.core, &rule, 1);
    while ((used = take_event(cf.core, &now, data, n)) != 0) {
        data += used;
        n -= used;
    }
    for (unsigned w = 0; w < NRS_WINDOWS; w++)
        nrs_core_each(cf.core, (enum nrs_window)w, now, write_lines, NULL);
    cf_close(&cf);
    return 0;
}
