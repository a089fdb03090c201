#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "models/base/bytes.h"
#include "models/base/hex.h"
#include "models/base/units.h"
#include "models/kinds.h"
#include "models/model_read.h"
#include "tools/model/commands.h"
#include "tools/model/decide.h"

#define STRONGEST 16 /* weights shown as bars */
#define BAR_WIDTH 24 /* columns on each side of the axis */

/* One weight: where it is and what it adds, in mlogit (of a linear term: at the feature's maximum). */
struct weight {
    unsigned term, output, cell;
    int64_t mlogit;
};

static void print_hex(const char *what, const uint8_t *bytes, size_t n)
{
    char text[2 * 32 + 1]; /* a digest is the longest */

    nrs_hex_write(text, bytes, n);
    printf("%-12s %s\n", what, text);
}

static void print_day(uint32_t day)
{
    time_t t = (time_t)day * NRS_S_PER_DAY;
    struct tm tm;
    char text[32];

    if (day == 0 || gmtime_r(&t, &tm) == NULL || strftime(text, sizeof text, "%Y-%m-%d", &tm) == 0)
        strcpy(text, day ? "far away" : "never");
    printf("expires      %s\n", text);
}

static void print_header(const struct nrs_model_envelope *e, const struct nrs_nrm *f)
{
    static const uint8_t unsigned_id[8] = {0};

    printf("kind         %s-%" PRIu32 "\n", nrs_kind_of_number(e->kind)->schema->name, e->serial);
    printf("schema       %016" PRIx64 "\n", e->schema_hash);
    printf("min agent    %u.%u.%u\n", e->min_agent >> 16, e->min_agent >> 8 & 255, e->min_agent & 255);
    print_day(e->expires_day);
    printf("size         %zu bytes\n", f->len);
    print_hex("digest", e->digest, 32);
    if (memcmp(e->key_id, unsigned_id, sizeof unsigned_id) == 0)
        puts("signature    none");
    else
        print_hex("signed by", e->key_id, sizeof e->key_id);
}

static void print_outputs(const struct nrs_model *m)
{
    printf("bound        %" PRId32 " mlogit\n", m->bound_mlogit);
    printf("thresholds  ");
    for (unsigned w = 0; w < nrs_kind(m->schema->kind)->n_thresholds; w++)
        printf(" %s %+" PRId32 " ", nrs_kind(m->schema->kind)->threshold[w], m->threshold_mlogit[w]);
    puts("mlogit");
    for (unsigned o = 0; o < m->n_outputs; o++)
        printf("output       %s  bias %+" PRId32 " mlogit  scale %" PRIu32 "/2^31\n", m->output_name[o],
               nrs_model_mlogit(m, o, m->bias[o]), m->scale_q31[o]);
    printf("calibration ");
    for (unsigned i = 0; i < m->n_calibration; i++)
        printf(" %+" PRId32 ":%u%%", (int32_t)nrs_get_u32le(m->calibration + 5 * i),
               m->calibration[5 * i + 4]);
    putchar('\n');
}

static struct weight weight_at(const struct nrs_model *m, unsigned term, unsigned output, unsigned cell)
{
    const struct nrs_term *t = &m->term[term];
    int64_t units = t->weights[output * nrs_term_cells(t) + cell] * (INT64_C(1) << t->shifts[output]);
    struct weight w = {term, output, cell, 0};

    if (t->type == NRS_TERM_LINEAR)
        units *= m->schema->features[t->a].max;
    w.mlogit = nrs_model_mlogit(m, output, (int32_t)units);
    return w;
}

static void print_terms(const struct nrs_model *m)
{
    static const char *const types[] = {"", "linear", "bins", "cross", "grams"};

    printf("\n%-4s %-32s %-7s %5s %9s %9s  mlogit\n", "term", "", "", "bins", "least", "most");
    for (unsigned i = 0; i < m->n_terms; i++) {
        const struct nrs_term *t = &m->term[i];
        int64_t least = INT64_MAX, most = INT64_MIN;
        char name[32];

        for (unsigned c = 0; c < m->n_outputs * nrs_term_cells(t); c++) {
            unsigned cells = nrs_term_cells(t);
            int64_t v = weight_at(m, i, c / cells, c % cells).mlogit;

            least = v < least ? v : least;
            most = v > most ? v : most;
        }
        nrs_model_term_name(m, i, name);
        printf("%-4u %-32s %-7s %5u %+9" PRId64 " %+9" PRId64 "\n", i, name, types[t->type],
               nrs_term_cells(t), least, most);
    }
}

/* Keeps `best` sorted, strongest first. */
static void keep_strongest(struct weight best[STRONGEST], unsigned *n, struct weight w)
{
    unsigned at = *n;

    while (at > 0 && llabs(w.mlogit) > llabs(best[at - 1].mlogit)) {
        if (at < STRONGEST)
            best[at] = best[at - 1];
        at--;
    }
    if (at < STRONGEST)
        best[at] = w;
    if (*n < STRONGEST)
        ++*n;
}

static void print_bar(int64_t value, int64_t largest)
{
    int length = largest ? (int)(llabs(value) * BAR_WIDTH / largest) : 0;
    char bar[BAR_WIDTH + 1];

    memset(bar, '#', sizeof bar);
    printf("%+8" PRId64 " %*.*s|%-*.*s", value, BAR_WIDTH, value < 0 ? length : 0, bar, BAR_WIDTH,
           value < 0 ? 0 : length, bar);
}

static void print_strongest(const struct nrs_model *m)
{
    struct weight best[STRONGEST];
    unsigned n = 0;

    for (unsigned i = 0; i < m->n_terms; i++)
        for (unsigned o = 0; o < m->n_outputs; o++)
            for (unsigned c = 0; c < nrs_term_cells(&m->term[i]); c++)
                keep_strongest(best, &n, weight_at(m, i, o, c));
    printf("\nstrongest weights, mlogit\n");
    for (unsigned i = 0; i < n; i++) {
        print_bar(best[i].mlogit, best[0].mlogit < 0 ? -best[0].mlogit : best[0].mlogit);
        putchar(' ');
        if (m->n_outputs > 1)
            printf("%s: ", m->output_name[best[i].output]);
        nrs_cmd_print_cell(m, best[i].term, best[i].cell);
        putchar('\n');
    }
}

int nrs_cmd_inspect(int argc, char **argv)
{
    const char *path = nrs_cmd_only_file(argc, argv);
    struct nrs_model_envelope e;
    static struct nrs_model m;
    static struct nrs_nrm f;
    int exit_code;

    if (path == NULL)
        return NRS_CMD_USAGE;
    exit_code = nrs_cmd_open_model(path, &f, &e, &m, NULL);
    if (exit_code)
        return exit_code;
    print_header(&e, &f);
    print_outputs(&m);
    print_terms(&m);
    print_strongest(&m);
    return NRS_CMD_OK;
}
