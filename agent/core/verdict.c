#include "agent/core/verdict.h"

#include <stdlib.h>

#include "agent/core/day.h"
#include "agent/core/verdict_text.h"
#include "models/base/bytes.h"
#include "models/base/error.h"
#include "models/base/units.h"
#include "models/kinds.h"

#define WHY_TERMS 5

static void key_raw(struct nrs_text *t, const char *key_and_colon)
{
    nrs_text_raw(t, ",\"");
    nrs_text_raw(t, key_and_colon);
}

static void write_part(struct nrs_text *t, const char *name, int32_t mlogit)
{
    nrs_text_raw(t, name);
    if (mlogit >= 0)
        nrs_text_raw(t, "+");
    nrs_text_i64(t, mlogit);
}

/* Index of the part with the largest magnitude; n at least 1. */
static unsigned largest_of(const int32_t *parts, unsigned n)
{
    unsigned best = 0;

    for (unsigned i = 1; i < n; i++)
        if (labs((long)parts[i]) > labs((long)parts[best]))
            best = i;
    return best;
}

/* The largest terms, the others as `rest`, the bias: exactly the score. Each is rounded toward zero by
 * itself; `rest` takes what the rounding left over. */
static void write_why(struct nrs_text *t, const struct nrs_judgement *j)
{
    int32_t parts[NRS_MODEL_TERMS_MAX], bias = nrs_model_mlogit(j->model, 0, j->model->bias[0]);
    int32_t rest = j->score_mlogit - bias;
    char name[32];

    nrs_model_explain(j->model, 0, j->x, parts);
    key_raw(t, "why\":\"");
    for (unsigned i = 0; i < WHY_TERMS && i < j->model->n_terms; i++) {
        unsigned term = largest_of(parts, j->model->n_terms);
        int32_t mlogit = nrs_model_mlogit(j->model, 0, parts[term]);

        if (!mlogit)
            break;
        parts[term] = 0;
        rest -= mlogit;
        nrs_model_term_name(j->model, term, name);
        write_part(t, name, mlogit);
        nrs_text_raw(t, ",");
    }
    write_part(t, "rest", rest);
    nrs_text_raw(t, ",");
    write_part(t, "bias", bias);
    nrs_text_raw(t, "\"");
}

/* 24 hours, then 60 minutes of the hour, four bits each, the larger half byte first. */
static void write_marginals(struct nrs_text *t, const uint8_t *matrix)
{
    uint32_t sums[84] = {0}, largest[2] = {1, 1};
    uint8_t packed[42] = {0};

    for (unsigned i = 0; i < NRS_DAY_MINUTES; i++) {
        unsigned n = i & 1 ? matrix[i / 2] & 15u : matrix[i / 2] >> 4;

        sums[i / 60] += n;
        sums[24 + i % 60] += n;
    }
    for (unsigned i = 0; i < 84; i++)
        if (sums[i] > largest[i >= 24])
            largest[i >= 24] = sums[i];
    for (unsigned i = 0; i < 84; i++) {
        uint32_t level = (sums[i] * 15 + largest[i >= 24] - 1) / largest[i >= 24];

        packed[i / 2] = (uint8_t)(packed[i / 2] | level << (i & 1 ? 0 : 4));
    }
    key_raw(t, "m\":\"");
    nrs_text_base64(t, packed, sizeof packed);
    nrs_text_raw(t, "\"");
}

const char *nrs_coverage_write(char text[NRS_COVERAGE_TEXT], uint8_t bits)
{
    static const char *const word[] = {"lossy", "no-udp", "closer-only"}; /* by the number of the bit */
    struct nrs_text t;

    nrs_text_init(&t, text, NRS_COVERAGE_TEXT);
    for (unsigned i = 0; i < sizeof word / sizeof *word; i++) {
        if (!(bits >> i & 1))
            continue;
        nrs_text_raw(&t, t.len ? "," : "");
        nrs_text_raw(&t, word[i]);
    }
    if (t.len == 0)
        nrs_text_raw(&t, "full");
    return text;
}

static const char *state_name(uint8_t state)
{
    return state == NRS_STATE_END ? "end" : state == NRS_STATE_UPDATE ? "update" : "open";
}

static void write_object(struct nrs_text *t, const struct nrs_judgement *j)
{
    char coverage[NRS_COVERAGE_TEXT];

    nrs_text_raw(t, ",\"noroshi\":{\"v\":1");
    nrs_verdict_string(t, "st", state_name(j->state));
    nrs_verdict_u64(t, "d", j->dest_id);
    nrs_verdict_string(t, "w", nrs_window_name[j->window]);
    key_raw(t, "score\":");
    nrs_text_i64(t, j->score_mlogit);
    nrs_verdict_u64(t, "n", j->n);
    nrs_verdict_u64(t, "f", j->n_failed);
    nrs_verdict_u64(t, "p", j->period_ms);
    nrs_verdict_u64(t, "j", j->jitter_pct);
    nrs_verdict_u64(t, "h", j->hours);
    if (j->tx_med != UINT32_MAX)
        nrs_verdict_u64(t, "tx", j->tx_med);
    if (j->rx_med != UINT32_MAX)
        nrs_verdict_u64(t, "rx", j->rx_med);
    nrs_verdict_u64(t, "age", j->age_s);
    if (j->servers)
        nrs_verdict_u64(t, "sib", j->servers);
    nrs_verdict_string(t, "cov", nrs_coverage_write(coverage, j->coverage));
    write_why(t, j);
    if (j->matrix)
        write_marginals(t, j->matrix);
    nrs_text_raw(t, "}}\n");
}

static int write_verdict(char *buf, size_t cap, const struct nrs_judgement *j,
                         const struct nrs_verdict_id *id)
{
    struct nrs_text t;

    nrs_text_init(&t, buf, cap);
    nrs_verdict_head(&t, "alert", nrs_kind(NRS_KIND_BEACON)->dataset, id);
    nrs_verdict_u64(&t, "event.risk_score", j->risk);
    nrs_verdict_key(&t, &j->local, &j->remote, j->rport, j->proto);
    if (j->name)
        nrs_verdict_string(&t, "destination.domain", j->name);
    key_raw(&t, "rule.id\":\"");
    nrs_kind_write_rule(&t, NRS_KIND_BEACON, j->model->serial);
    nrs_text_raw(&t, "\"");
    write_object(&t, j);
    return t.full ? NRS_ERR_SPACE : (int)t.len;
}

int nrs_verdict_write(char *buf, size_t cap, const struct nrs_judgement *j, const struct nrs_verdict_id *id)
{
    struct nrs_judgement nameless = *j;
    int len = write_verdict(buf, cap, j, id);

    if (len != NRS_ERR_SPACE || !j->name)
        return len;
    nameless.name = NULL; /* a name full of escapes must not cost the verdict */
    return write_verdict(buf, cap, &nameless, id);
}

/* What the model looked at, so that it can learn from a mark on the verdict: which features, and their
 * values. */
static void write_features(struct nrs_text *t, const struct nrs_judgement *j)
{
    const struct nrs_schema *schema = j->model->schema;
    uint64_t hash = nrs_schema_hash(schema);
    uint8_t bytes[2 * NRS_FEATURES_MAX];

    key_raw(t, "sch\":\"");
    for (int shift = 60; shift >= 0; shift -= 4)
        nrs_text_hex(t, hash >> shift & 15);
    nrs_text_raw(t, "\"");
    for (unsigned i = 0; i < schema->n_features; i++)
        nrs_put_u16le(bytes + 2 * i, j->x[i]);
    key_raw(t, "x\":\"");
    nrs_text_base64(t, bytes, 2u * schema->n_features);
    nrs_text_raw(t, "\"");
}

int nrs_evidence_write(char *buf, size_t cap, const struct nrs_judgement *j, const struct nrs_verdict_id *id,
                       uint32_t of)
{
    struct nrs_text t;

    if (!j->matrix)
        return NRS_ERR_RANGE;
    nrs_text_init(&t, buf, cap);
    nrs_verdict_head(&t, "event", "noroshi.evidence", id);
    nrs_text_raw(&t, ",\"noroshi\":{\"v\":1,\"of\":\"");
    nrs_text_hex(&t, of);
    nrs_text_raw(&t, "\"");
    nrs_verdict_u64(&t, "d", j->dest_id);
    key_raw(&t, "day\":\"");
    nrs_text_date(&t, id->wall_ns / NRS_NS_PER_S);
    nrs_text_raw(&t, "\"");
    key_raw(&t, "m4\":\"");
    nrs_text_base64(&t, j->matrix, NRS_DAY_MINUTES / 2);
    nrs_text_raw(&t, "\"");
    write_features(&t, j);
    nrs_text_raw(&t, "}}\n");
    return t.full ? NRS_ERR_SPACE : (int)t.len;
}

int nrs_row_write(char *buf, size_t cap, const struct nrs_judgement *j, uint64_t from_s)
{
    struct nrs_text t;

    nrs_text_init(&t, buf, cap);
    nrs_text_raw(&t, j->flagged ? "{\"event.kind\":\"alert\"" : "{\"event.kind\":\"event\"");
    nrs_verdict_key(&t, &j->local, &j->remote, j->rport, j->proto);
    nrs_text_raw(&t, ",\"noroshi\":{\"from\":");
    nrs_text_u64(&t, from_s);
    nrs_verdict_u64(&t, "n", j->n);
    key_raw(&t, "score\":");
    nrs_text_i64(&t, j->score_mlogit);
    nrs_text_raw(&t, "}}\n");
    return t.full ? NRS_ERR_SPACE : (int)t.len;
}
