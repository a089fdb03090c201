#include "agent/verdicts/program_lines.h"

#include <string.h>

#include "agent/core/verdict_text.h"
#include "models/base/error.h"
#include "models/base/hex.h"
#include "models/base/text.h"
#include "models/kinds.h"

/* On the wire, by bit of enum nrs_mark. */
static const char *const mark_name[NRS_N_MARKS] = {"packed", "tampered", "deleted", "temporary", "new"};

uint8_t nrs_combo_risk(uint8_t beacon, uint8_t marks)
{
    unsigned left = 100u - beacon;

    for (unsigned i = 0; i < NRS_N_MARKS; i++)
        if (marks >> i & 1)
            left = (left + 1) / ((1u << i) & (NRS_MARK_TAMPERED | NRS_MARK_DELETED) ? 4 : 2);
    return (uint8_t)(left > 0 ? 100 - left : 99);
}

static void write_process(struct nrs_text *t, const struct nrs_found *f, const char *path)
{
    char hex[2 * sizeof f->sha256 + 1];

    if (f->pid != 0)
        nrs_verdict_u64(t, "process.pid", f->pid);
    nrs_verdict_string(t, "process.executable", path);
    if (!f->hashed)
        return;
    nrs_hex_write(hex, f->sha256, sizeof f->sha256);
    nrs_verdict_string(t, "process.hash.sha256", hex);
}

static void write_file(struct nrs_text *t, const struct nrs_found *f)
{
    const char *comma = "";

    nrs_text_raw(t, ",\"file\":\"");
    for (unsigned i = 0; i < NRS_N_MARKS; i++) {
        if (!(f->marks >> i & 1))
            continue;
        nrs_text_raw(t, comma);
        nrs_text_raw(t, mark_name[i]);
        comma = ",";
    }
    nrs_text_raw(t, "\"");
    nrs_verdict_string(t, "class", f->class);
}

/* A path full of escapes must not cost the verdict: its front goes. */
static const char *shorter(const char *path)
{
    return path + (strlen(path) + 1) / 2;
}

static int write_packer(char *buf, size_t cap, const struct nrs_found *f, const char *path,
                        const struct nrs_verdict_id *id)
{
    struct nrs_text t;

    nrs_text_init(&t, buf, cap);
    nrs_verdict_head(&t, "alert", nrs_kind(NRS_KIND_PACKER)->dataset, id);
    nrs_verdict_u64(&t, "event.risk_score", f->risk);
    write_process(&t, f, path);
    nrs_text_raw(&t, ",\"rule.id\":\"");
    nrs_kind_write_rule(&t, NRS_KIND_PACKER, f->serial);
    nrs_text_raw(&t, "\",\"noroshi\":{\"v\":1,\"score\":");
    nrs_text_i64(&t, f->score_mlogit);
    write_file(&t, f);
    nrs_text_raw(&t, "}}\n");
    return t.full ? NRS_ERR_SPACE : (int)t.len;
}

int nrs_packer_line(char *buf, size_t cap, const struct nrs_found *f, const struct nrs_verdict_id *id)
{
    const char *path = f->path;
    int len = write_packer(buf, cap, f, path, id);

    while (len == NRS_ERR_SPACE && *path != '\0') {
        path = shorter(path);
        len = write_packer(buf, cap, f, path, id);
    }
    return len;
}

static void write_parents(struct nrs_text *t, const struct nrs_beacon *b, uint32_t packer)
{
    nrs_text_raw(t, ",\"of\":\"");
    nrs_text_hex(t, b->seq);
    if (packer != 0) {
        nrs_text_raw(t, ",");
        nrs_text_hex(t, packer);
    }
    nrs_text_raw(t, "\"");
}

static int write_combo(char *buf, size_t cap, const struct nrs_found *f, const char *path,
                       const struct nrs_beacon *b, uint32_t packer, const struct nrs_verdict_id *id)
{
    struct nrs_text t;

    nrs_text_init(&t, buf, cap);
    nrs_verdict_head(&t, "alert", "noroshi.combo", id);
    nrs_verdict_u64(&t, "event.risk_score", nrs_combo_risk(b->risk, f->marks));
    nrs_verdict_key(&t, &b->connection.local, &b->connection.remote, b->connection.rport,
                    b->connection.proto);
    write_process(&t, f, path);
    nrs_text_raw(&t, ",\"rule.id\":\"");
    nrs_kind_write_rule(&t, NRS_KIND_BEACON, b->serial);
    nrs_text_raw(&t, "+");
    nrs_kind_write_rule(&t, NRS_KIND_PACKER, f->serial);
    nrs_text_raw(&t, "\",\"noroshi\":{\"v\":1");
    nrs_verdict_u64(&t, "d", b->d);
    nrs_verdict_u64(&t, "n", b->n);
    nrs_verdict_u64(&t, "p", b->period_ms);
    nrs_verdict_u64(&t, "j", b->jitter_pct);
    write_file(&t, f);
    write_parents(&t, b, packer);
    nrs_text_raw(&t, "}}\n");
    return t.full ? NRS_ERR_SPACE : (int)t.len;
}

int nrs_combo_line(char *buf, size_t cap, const struct nrs_found *f, const struct nrs_beacon *b,
                   uint32_t packer, const struct nrs_verdict_id *id)
{
    const char *path = f->path;
    int len = write_combo(buf, cap, f, path, b, packer, id);

    while (len == NRS_ERR_SPACE && *path != '\0') {
        path = shorter(path);
        len = write_combo(buf, cap, f, path, b, packer, id);
    }
    return len;
}
