/* compare: what two models of one schema do differently */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"
#include "models/kinds.h"
#include "models/model_read.h"
#include "models/model_term.h"
#include "tools/model/commands.h"
#include "tools/model/data.h"
#include "tools/model/decide.h"

#define EDGES_MAX (2 + 4 * NRS_MODEL_CUTS_MAX)

struct side {
    const char *path;
    struct nrs_nrm file;
    struct nrs_model_envelope envelope;
    struct nrs_model model;
};

/* Where the two terms of one name differ most. A term that a model lacks adds nothing. */
struct difference {
    const struct nrs_term *term[2]; /* NULL: not in that model */
    unsigned output;
    uint16_t a, b; /* values of the features there; of n-grams: a = bucket */
    int32_t mlogit[2];
};

static int64_t gap(const struct difference *d)
{
    return llabs((int64_t)d->mlogit[1] - d->mlogit[0]);
}

static int32_t adds(const struct nrs_model *m, const struct nrs_term *t, unsigned output, const uint16_t *x)
{
    return t ? nrs_model_mlogit(m, output, nrs_term_adds(m, t, output, x)) : 0;
}

static unsigned add_edges(uint16_t *edge, unsigned n, const uint8_t *cuts, unsigned n_cuts)
{
    for (unsigned i = 0; i < n_cuts; i++)
        edge[n++] = nrs_get_u16le(cuts + 2 * i);
    return n;
}

/* The lowest value of every bin of a feature in either term, and its maximum. */
static unsigned list_edges(const struct difference *d, bool second, uint16_t max, uint16_t edge[EDGES_MAX])
{
    unsigned n = 0;

    edge[n++] = 0;
    for (int s = 0; s < 2; s++) {
        const struct nrs_term *t = d->term[s];

        if (t)
            n = second ? add_edges(edge, n, t->cuts_b, t->n_b - 1u)
                       : add_edges(edge, n, t->cuts_a, t->n_a - 1u);
    }
    edge[n++] = max;
    return n;
}

static void keep_greater(struct difference *d, struct difference tried)
{
    if (gap(&tried) > gap(d))
        *d = tried;
}

static void compare_cells(const struct side s[2], struct difference *d, const struct nrs_term *shape)
{
    const struct nrs_feature *features = s[0].model.schema->features;
    static uint16_t x[NRS_VECTOR_MAX];
    uint16_t edge_a[EDGES_MAX], edge_b[EDGES_MAX] = {0};
    unsigned n_a = list_edges(d, false, features[shape->a].max, edge_a);
    unsigned n_b = shape->type == NRS_TERM_CROSS ? list_edges(d, true, features[shape->b].max, edge_b) : 1;

    for (unsigned o = 0; o < s[0].model.n_outputs; o++)
        for (unsigned a = 0; a < n_a; a++)
            for (unsigned b = 0; b < n_b; b++) {
                struct difference tried = *d;

                x[shape->b] = edge_b[b];
                x[shape->a] = edge_a[a];
                tried.output = o;
                tried.a = edge_a[a];
                tried.b = edge_b[b];
                for (int i = 0; i < 2; i++)
                    tried.mlogit[i] = adds(&s[i].model, d->term[i], o, x);
                keep_greater(d, tried);
            }
    x[shape->a] = x[shape->b] = 0;
}

static int32_t bucket_mlogit(const struct nrs_model *m, const struct nrs_term *t, unsigned output,
                             unsigned bucket)
{
    int32_t units =
        t ? t->weights[((size_t)output << t->bits) + bucket] * (int32_t)(1u << t->shifts[output]) : 0;

    return nrs_model_mlogit(m, output, units);
}

/* Only of the same number of buckets are two buckets the same thing. */
static void compare_buckets(const struct side s[2], struct difference *d, const struct nrs_term *shape)
{
    for (unsigned o = 0; o < s[0].model.n_outputs; o++)
        for (unsigned bucket = 0; bucket < 1u << shape->bits; bucket++) {
            struct difference tried = *d;

            tried.output = o;
            tried.a = (uint16_t)bucket;
            for (int i = 0; i < 2; i++)
                tried.mlogit[i] = bucket_mlogit(&s[i].model, d->term[i], o, bucket);
            keep_greater(d, tried);
        }
}

static const struct nrs_term *twin(const struct nrs_model *m, const struct nrs_term *t)
{
    for (unsigned i = 0; i < m->n_terms; i++) {
        const struct nrs_term *own = &m->term[i];

        if (own->type == t->type && own->a == t->a && own->b == t->b && own->grams == t->grams &&
            own->bits == t->bits && own->reach == t->reach)
            return own;
    }
    return NULL;
}

static int greater_first(const void *left, const void *right)
{
    int64_t l = gap(left), r = gap(right);

    return (l < r) - (l > r);
}

/* The differing terms of both models, the greatest difference first. Returns how many. */
static unsigned list_terms(const struct side s[2], struct difference list[2 * NRS_MODEL_TERMS_MAX])
{
    unsigned n = 0;

    for (int side = 0; side < 2; side++)
        for (unsigned i = 0; i < s[side].model.n_terms; i++) {
            const struct nrs_term *t = &s[side].model.term[i], *other = twin(&s[!side].model, t);
            struct difference d = {.term = {side ? NULL : t, side ? t : other}};

            if (side && other)
                continue; /* seen from the first model */
            if (t->type == NRS_TERM_GRAMS)
                compare_buckets(s, &d, t);
            else
                compare_cells(s, &d, t);
            if (gap(&d))
                list[n++] = d;
        }
    qsort(list, n, sizeof list[0], greater_first);
    return n;
}

static void print_term(const struct side s[2], const struct difference *d)
{
    static const char *const only[] = {"only in the second", "only in the first"};
    const struct nrs_model *m = &s[0].model;
    const struct nrs_term *t = d->term[0] ? d->term[0] : d->term[1];
    const struct nrs_feature *a = &m->schema->features[t->a], *b = &m->schema->features[t->b];
    char where[64];

    if (t->type == NRS_TERM_GRAMS)
        snprintf(where, sizeof where, "start bucket %u", d->a);
    else if (t->type == NRS_TERM_CROSS)
        snprintf(where, sizeof where, "%s=%u %s=%u", a->name, d->a, b->name, d->b);
    else
        snprintf(where, sizeof where, "%s=%u", a->name, d->a);
    printf("%+9" PRId32 " %+9" PRId32 " %+9" PRId64 "  %s", d->mlogit[0], d->mlogit[1],
           (int64_t)d->mlogit[1] - d->mlogit[0], where);
    if (m->n_outputs > 1)
        printf(" for %s", m->output_name[d->output]);
    if (d->term[0] && d->term[1])
        putchar('\n');
    else
        printf(" (%s)\n", only[d->term[0] != NULL]);
}

static bool print_number(const char *what, int32_t first, int32_t second)
{
    printf("%+9" PRId32 " %+9" PRId32 " %+9" PRId64 "  %s\n", first, second, (int64_t)second - first, what);
    return first != second;
}

/* Returns whether anything differs. */
static bool print_models(const struct side s[2])
{
    static struct difference list[2 * NRS_MODEL_TERMS_MAX];
    const struct nrs_model *a = &s[0].model, *b = &s[1].model;
    unsigned n = list_terms(s, list);
    bool differ = n > 0;
    char what[64];

    printf("%9" PRIu32 " %9" PRIu32 " %9s  serial\n", a->serial, b->serial, "");
    print_number("bound, mlogit", a->bound_mlogit, b->bound_mlogit);
    for (unsigned w = 0; w < nrs_kind(a->schema->kind)->n_thresholds; w++) {
        snprintf(what, sizeof what, "threshold %s", nrs_kind(a->schema->kind)->threshold[w]);
        differ |= print_number(what, a->threshold_mlogit[w], b->threshold_mlogit[w]);
    }
    for (unsigned o = 0; o < a->n_outputs; o++) {
        snprintf(what, sizeof what, "bias of %s", a->output_name[o]);
        differ |= print_number(what, nrs_model_mlogit(a, o, a->bias[o]), nrs_model_mlogit(b, o, b->bias[o]));
    }
    printf("%u term%s differ%s, each where it differs most\n", n, n == 1 ? "" : "s", n == 1 ? "s" : "");
    for (unsigned i = 0; i < n; i++)
        print_term(s, &list[i]);
    return differ;
}

static int compare_on(const struct side s[2], const char *path)
{
    struct nrs_data data;
    struct nrs_why why;
    int exit_code = NRS_CMD_OK;

    if (nrs_data_read(&data, path, s[0].model.schema, &why) != 0)
        exit_code = nrs_cmd_fail(NRS_CMD_USAGE, path, why.text);
    else
        nrs_decide_print_changes(&s[0].model, &s[1].model, &data);
    nrs_data_done(&data);
    return exit_code;
}

static int open_both(struct side s[2])
{
    int exit_code = nrs_cmd_open_model(s[0].path, &s[0].file, &s[0].envelope, &s[0].model, NULL);

    if (exit_code == NRS_CMD_OK)
        exit_code = nrs_cmd_open_model(s[1].path, &s[1].file, &s[1].envelope, &s[1].model, s[0].model.schema);
    if (exit_code)
        return exit_code;
    if (s[0].model.n_outputs != s[1].model.n_outputs)
        return nrs_cmd_fail(NRS_CMD_USAGE, s[1].path, "another number of outputs than the first model");
    for (unsigned o = 0; o < s[0].model.n_outputs; o++)
        if (strcmp(s[0].model.output_name[o], s[1].model.output_name[o]) != 0)
            return nrs_cmd_fail(NRS_CMD_USAGE, s[1].path, "other outputs than the first model");
    return NRS_CMD_OK;
}

int nrs_cmd_compare(int argc, char **argv)
{
    static const struct option options[] = {{"data", required_argument, NULL, 'd'}, {0}};
    static struct side s[2];
    const char *data = NULL;
    bool differ;
    int c, exit_code;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == '?')
            return nrs_cmd_bad_option(argv);
        data = optarg;
    }
    if (optind + 2 != argc)
        return nrs_cmd_fail(NRS_CMD_USAGE, "compare", "two models are expected; see noroshi-model --help");
    s[0].path = argv[optind];
    s[1].path = argv[optind + 1];
    exit_code = open_both(s);
    if (exit_code)
        return exit_code;
    printf("%9s %9s %9s\n", "first", "second", "change");
    differ = print_models(s);
    exit_code = data ? compare_on(s, data) : NRS_CMD_OK;
    return exit_code ? exit_code : differ ? NRS_CMD_NO : NRS_CMD_OK;
}
