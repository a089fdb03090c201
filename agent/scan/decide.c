/* From facts to a name. The rules find what no model was taught, the model finds what breaks no rule; who
 * is sure of a name gives it, and what nobody can name is "unknown". */
#include <string.h>

#include "agent/scan/scan.h"
#include "models/base/error.h"
#include "models/model_grams.h"
#include "models/packer_schema.h"

#define NONE    "none"
#define UNKNOWN "unknown"
#define UPX     "upx"

#define STRONGLY_AGAINST                                                                                     \
    (-5000) /* mlogit; programs that were laid out anew have less (models/PACKER_EVASION.md) */

/* The outputs that matter for one file. */
struct contest {
    const struct nrs_model *m;
    const uint16_t *x;
    unsigned packer, plain; /* the best of those that are packed, and of those that are not */
    int32_t packer_mlogit, plain_mlogit;
};

/* shc's output is an ordinary compiled program. */
static bool is_plain(const char *name)
{
    return strcmp(name, NONE) == 0 || strcmp(name, "shc") == 0;
}

/* of_model: the model looked at the file and is not strongly against. An incomplete file is judged by its
 * blocks only: what the other rules look for may be in the part that is not there. */
static bool says_packed(const struct nrs_scan_facts *f, bool of_model)
{
    bool supported = of_model || (f->rules & NRS_RULES_SUPPORT) != 0;

    if (f->incomplete)
        return (f->rules & NRS_RULE_UPX) != 0;
    return (f->rules & NRS_RULES_STRONG) != 0 || (f->rules & NRS_RULES_HINTS) == NRS_RULES_HINTS ||
           ((f->rules & NRS_RULE_ENTRY_LAST) != 0 && supported);
}

static int32_t narrow(int64_t v)
{
    return v > INT32_MAX ? INT32_MAX : v < INT32_MIN ? INT32_MIN : (int32_t)v;
}

int nrs_scan_model_fits(const struct nrs_model *m)
{
    unsigned n_plain = 0, n_none = 0;

    for (unsigned o = 0; o < m->n_outputs; o++) {
        n_plain += is_plain(m->output_name[o]);
        n_none += strcmp(m->output_name[o], NONE) == 0;
    }
    return n_none == 1 && n_plain < m->n_outputs ? 0 : NRS_ERR_SCHEMA;
}

static void hold(struct contest *c, const struct nrs_model *m, const uint16_t *x)
{
    int32_t sums[NRS_MODEL_OUTPUTS_MAX];

    *c = (struct contest){m, x, 0, 0, INT32_MIN, INT32_MIN};
    nrs_model_sums(m, x, sums);
    for (unsigned o = 0; o < m->n_outputs; o++) {
        int32_t mlogit = nrs_model_mlogit(m, o, sums[o]);
        bool plain = is_plain(m->output_name[o]);

        if (plain && mlogit >= c->plain_mlogit) {
            c->plain = o;
            c->plain_mlogit = mlogit;
        } else if (!plain && mlogit >= c->packer_mlogit) {
            c->packer = o;
            c->packer_mlogit = mlogit;
        }
    }
}

/* What a part of each sum says for the packer and against the other. */
static int32_t advantage(const struct contest *c, int32_t packer_sum, int32_t plain_sum)
{
    return narrow((int64_t)nrs_model_mlogit(c->m, c->packer, packer_sum) -
                  nrs_model_mlogit(c->m, c->plain, plain_sum));
}

static int64_t magnitude(int32_t v)
{
    return v < 0 ? -(int64_t)v : v;
}

/* Keeps the largest, in order. Returns where the newcomer belongs, or `cap` if it is too small. */
static unsigned place(int32_t mlogit, const int32_t *kept, unsigned n, unsigned cap)
{
    while (n > 0 && magnitude(kept[n - 1]) < magnitude(mlogit))
        n--;
    return n < cap ? n : cap;
}

static void explain_terms(const struct contest *c, struct nrs_scan_result *r)
{
    int32_t packer[NRS_MODEL_TERMS_MAX], plain[NRS_MODEL_TERMS_MAX], kept[NRS_SCAN_REASONS];
    unsigned term[NRS_SCAN_REASONS], n = 0;

    nrs_model_explain(c->m, c->packer, c->x, packer);
    nrs_model_explain(c->m, c->plain, c->x, plain);
    for (unsigned t = 0; t < c->m->n_terms; t++) {
        int32_t mlogit = advantage(c, packer[t], plain[t]);
        unsigned at = place(mlogit, kept, n, NRS_SCAN_REASONS);

        if (at == NRS_SCAN_REASONS || mlogit == 0)
            continue;
        n += n < NRS_SCAN_REASONS;
        memmove(kept + at + 1, kept + at, (n - 1 - at) * sizeof *kept);
        memmove(term + at + 1, term + at, (n - 1 - at) * sizeof *term);
        kept[at] = mlogit;
        term[at] = t;
    }
    for (unsigned i = 0; i < n; i++) {
        nrs_model_term_name(c->m, term[i], r->reason[i].name);
        r->reason[i].mlogit = kept[i];
    }
    r->n_reasons = (uint8_t)n;
}

static int32_t gram_advantage(const struct contest *c, const struct nrs_term *t, unsigned bucket)
{
    int32_t packer = t->weights[(c->packer << t->bits) + bucket] * (int32_t)(1u << t->shifts[c->packer]);
    int32_t plain = t->weights[(c->plain << t->bits) + bucket] * (int32_t)(1u << t->shifts[c->plain]);

    return advantage(c, packer, plain);
}

static void explain_grams(const struct contest *c, const struct nrs_term *t, struct nrs_scan_result *r)
{
    struct nrs_gram list[NRS_GRAMS_MAX];
    unsigned n_listed = nrs_grams_list(c->m, t, c->x, list), n = 0;
    int32_t kept[NRS_SCAN_GRAMS];

    for (unsigned i = 0; i < n_listed; i++) {
        int32_t mlogit = gram_advantage(c, t, list[i].bucket);
        unsigned at = place(mlogit, kept, n, NRS_SCAN_GRAMS);

        if (at == NRS_SCAN_GRAMS || mlogit == 0)
            continue;
        n += n < NRS_SCAN_GRAMS;
        memmove(kept + at + 1, kept + at, (n - 1 - at) * sizeof *kept);
        memmove(r->gram + at + 1, r->gram + at, (n - 1 - at) * sizeof *r->gram);
        kept[at] = mlogit;
        r->gram[at].at = list[i].at;
        r->gram[at].n = list[i].n;
        r->gram[at].mlogit = mlogit;
    }
    r->n_grams = (uint8_t)n;
}

static void explain(const struct contest *c, struct nrs_scan_result *r)
{
    r->score_mlogit = narrow((int64_t)c->packer_mlogit - c->plain_mlogit);
    r->bias_mlogit = advantage(c, c->m->bias[c->packer], c->m->bias[c->plain]);
    r->risk = (uint8_t)nrs_model_risk(c->m, r->score_mlogit);
    explain_terms(c, r);
    for (unsigned t = 0; t < c->m->n_terms; t++)
        if (c->m->term[t].type == NRS_TERM_GRAMS)
            explain_grams(c, &c->m->term[t], r);
}

void nrs_scan_decide(const struct nrs_scan_facts *facts, const struct nrs_model *model,
                     struct nrs_scan_result *r)
{
    bool by_rule, judged = model != NULL && facts->schema != NULL && model->schema == facts->schema;
    const char *named = UNKNOWN, *plain = NONE;
    struct contest c;

    memset(r, 0, sizeof *r);
    if (judged) {
        hold(&c, model, facts->x);
        explain(&c, r);
        plain = model->output_name[c.plain];
        r->packed = r->score_mlogit >= model->threshold_mlogit[NRS_PACKER_PACKED] && !facts->incomplete;
        if (c.packer_mlogit >= model->threshold_mlogit[NRS_PACKER_NAMED])
            named = model->output_name[c.packer];
    }
    by_rule = says_packed(facts, judged && r->score_mlogit > STRONGLY_AGAINST);
    r->packed = r->packed || by_rule;
    if (by_rule)
        r->risk = NRS_SCAN_RULE_RISK;
    if (facts->name != NULL)
        named = facts->name;
    r->name = r->packed ? named : facts->incomplete ? NONE : plain;
    r->tampered = by_rule && facts->format == NRS_FORMAT_ELF && strcmp(r->name, UPX) == 0 &&
                  facts->upx != NRS_UPX_INTACT;
}
