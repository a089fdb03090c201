/* update: a model learns from an analyst's marks, and says what changed before anybody signs it */
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/model/arow.h"
#include "tools/model/commands.h"
#include "tools/model/decide.h"
#include "tools/model/feedback.h"

#define QUANTA    16
#define ROUNDS    10   /* over all marks, until none moves a weight */
#define R         10.0 /* about a third of the terms of a model: one mark covers three quarters of its way */
#define MARGIN    1.0  /* logits: a marked vector shall lie that far on its side of the threshold */
#define KEPT      0.01 /* one whose alert is to stay, so far, or nothing would be left to round */
#define FILES_MAX 64
#define SHOWN     24 /* moved weights */

struct choice {
    const char *model, *feedback[FILES_MAX], *data, *positive, *negative, *out;
    unsigned n_feedback;
    uint32_t quanta, serial; /* serial 0: the next one */
    bool dry_run;
};

struct update {
    struct nrs_nrm file, new_file;
    struct nrs_model_envelope envelope;
    struct nrs_model before, after;
    struct nrs_feedback feedback;
    struct nrs_data data;
    bool keep[NRS_DATA_LABELS_MAX];  /* labels whose flagged rows stay flagged */
    bool quiet[NRS_DATA_LABELS_MAX]; /* labels whose rows must not be flagged */
    struct nrs_arow arow;
};

static int parse_option(void *choice, int c, struct nrs_why *why)
{
    struct choice *chosen = choice;

    (void)why;
    switch (c) {
    case 'f':
        if (chosen->n_feedback == FILES_MAX)
            return NRS_ERR_LIMIT;
        chosen->feedback[chosen->n_feedback++] = optarg;
        return 0;
    case 'd': chosen->data = optarg; return 0;
    case 'p': chosen->positive = optarg; return 0;
    case 'w': chosen->negative = optarg; return 0;
    case 'q': return nrs_cmd_number(optarg, NRS_AROW_QUANTA_MAX, &chosen->quanta);
    case 'n': return nrs_cmd_number(optarg, UINT32_MAX, &chosen->serial);
    case 'r': chosen->dry_run = true; return 0;
    default: chosen->out = optarg; return 0;
    }
}

static int parse(struct choice *chosen, int argc, char **argv)
{
    static const struct option options[] = {{"feedback", required_argument, NULL, 'f'},
                                            {"data", required_argument, NULL, 'd'},
                                            {"positive", required_argument, NULL, 'p'},
                                            {"negative", required_argument, NULL, 'w'},
                                            {"quanta", required_argument, NULL, 'q'},
                                            {"serial", required_argument, NULL, 'n'},
                                            {"dry-run", no_argument, NULL, 'r'},
                                            {0}};
    int exit_code = nrs_cmd_options(argc, argv, "o:", options, parse_option, chosen);

    if (exit_code)
        return exit_code;
    if ((chosen->out == NULL) != chosen->dry_run)
        return nrs_cmd_fail(NRS_CMD_USAGE, "update",
                            "either -o or --dry-run is needed; see noroshi-model --help");
    if (chosen->data == NULL && (chosen->positive || chosen->negative))
        return nrs_cmd_fail(NRS_CMD_USAGE, "update", "--positive and --negative name labels of --data");
    if (chosen->n_feedback == 0 && chosen->negative == NULL)
        return nrs_cmd_fail(NRS_CMD_USAGE, "update",
                            "nothing to learn from: --feedback or --negative is needed");
    if (chosen->quanta == 0)
        return nrs_cmd_fail(NRS_CMD_USAGE, "--quanta", "0 steps are no update");
    chosen->model = nrs_cmd_only_file(argc, argv);
    return chosen->model ? NRS_CMD_OK : NRS_CMD_USAGE;
}

static int read_feedback(struct update *u, const struct choice *chosen)
{
    struct nrs_why why;

    nrs_feedback_init(&u->feedback, u->before.schema);
    for (unsigned i = 0; i < chosen->n_feedback; i++)
        if (nrs_feedback_read(&u->feedback, chosen->feedback[i], &why) != 0)
            return nrs_cmd_fail(NRS_CMD_USAGE, chosen->feedback[i], why.text);
    if (nrs_feedback_join(&u->feedback, &why) != 0)
        return nrs_cmd_fail(NRS_CMD_USAGE, "feedback", why.text);
    if (chosen->n_feedback && u->feedback.n_marks == 0)
        return nrs_cmd_fail(NRS_CMD_USAGE, "feedback", "not one mark in it");
    return NRS_CMD_OK;
}

static int read_data(struct update *u, const struct choice *chosen)
{
    struct nrs_why why;

    if (chosen->data == NULL)
        return NRS_CMD_OK;
    if (nrs_data_read(&u->data, chosen->data, u->before.schema, &why) != 0 ||
        (chosen->positive && nrs_data_choose(&u->data, chosen->positive, u->keep, &why) != 0) ||
        (chosen->negative && nrs_data_choose(&u->data, chosen->negative, u->quiet, &why) != 0))
        return nrs_cmd_fail(NRS_CMD_USAGE, chosen->data, why.text);
    return NRS_CMD_OK;
}

/* Every mark; every known row that is flagged and has to stay so, or that must not be. */
static unsigned learn_once(struct update *u)
{
    unsigned moved = 0;

    for (size_t i = 0; i < u->data.n; i++) {
        const uint16_t *x = nrs_data_row(&u->data, i);

        if (u->keep[u->data.label[i]] && nrs_decide(&u->before, x))
            moved += nrs_arow_learn(&u->arow, x, true, KEPT);
        else if (u->quiet[u->data.label[i]])
            moved += nrs_arow_learn(&u->arow, x, false, MARGIN);
    }
    for (size_t i = 0; i < u->feedback.n_marks; i++)
        moved += nrs_arow_learn(&u->arow, u->feedback.mark[i].x, u->feedback.mark[i].right, MARGIN);
    return moved;
}

/* The new file, loaded by the device's loader; its bound holds for the weights as they were learnt. */
static int write_new(struct update *u, const struct choice *chosen, double rounded, struct nrs_why *why)
{
    struct nrs_nrm_head head = {.serial = chosen->serial ? chosen->serial : u->envelope.serial + 1,
                                .min_agent = u->envelope.min_agent,
                                .expires_day = u->envelope.expires_day};
    uint16_t golden[NRS_MODEL_GOLDEN_MAX][NRS_VECTOR_MAX] = {{0}};
    unsigned n_golden = nrs_reopen_golden(&u->before, golden);
    int32_t bound = u->before.bound_mlogit + (int32_t)ceil(rounded);
    int rc = nrs_nrm_write(&u->new_file, &head, &u->arow.now, &u->arow.rounded, bound,
                           (const uint16_t(*)[NRS_VECTOR_MAX])golden, n_golden, why);

    return rc ? rc : nrs_nrm_load(&u->after, &u->new_file, u->before.schema, why);
}

static int learn(struct update *u, const struct choice *chosen, struct nrs_why *why)
{
    int rc = nrs_arow_init(&u->arow, &u->before, chosen->quanta, R);

    if (rc == NRS_ERR_UNSUPPORTED)
        return nrs_why(why, rc, "only models with one output and without n-grams learn on");
    if (rc)
        return nrs_why(why, rc, "out of memory");
    for (int round = 0; round < ROUNDS && learn_once(u) > 0; round++)
        ;
    return write_new(u, chosen, nrs_arow_round(&u->arow), why);
}

struct moved {
    unsigned term, cell;
    int steps;
    double mlogit;
};

static int farthest_first(const void *left, const void *right)
{
    double l = fabs(((const struct moved *)left)->mlogit), r = fabs(((const struct moved *)right)->mlogit);

    return (l < r) - (l > r);
}

static unsigned list_moved(const struct update *u, struct moved *list)
{
    unsigned n = 0;

    for (unsigned i = 0; i < u->before.n_terms; i++)
        for (unsigned c = 0; c < nrs_trained_cells(&u->arow.now.term[i]); c++) {
            const struct nrs_term *t = &u->after.term[i];
            int steps = t->weights[c] - u->before.term[i].weights[c];
            double most = t->type == NRS_TERM_LINEAR ? u->before.schema->features[t->a].max : 1;

            if (steps)
                list[n++] = (struct moved){i, c, steps,
                                           1000 * steps * most * nrs_reopen_quantum(&u->arow.rounded, i, 0)};
        }
    qsort(list, n, sizeof list[0], farthest_first);
    return n;
}

static void print_moved(const struct update *u, const struct choice *chosen)
{
    static struct moved list[NRS_MODEL_BYTES_MAX];
    unsigned n = list_moved(u, list);
    double low, high;

    nrs_arow_reach(&u->arow, &low, &high);
    printf("weights      %u of %u moved, each by at most %" PRIu32 " steps of its term\n", n,
           u->arow.rounded.n_weights, chosen->quanta);
    printf(
        "scores       none moves by more than %+.0f or %+.0f mlogit: an alert with more to spare stays one\n",
        low, high);
    printf("bound        %" PRId32 " mlogit, was %" PRId32 "\n", u->after.bound_mlogit,
           u->before.bound_mlogit);
    if (n)
        printf("\n%8s %8s  weight\n", "mlogit", "steps");
    for (unsigned i = 0; i < n && i < SHOWN; i++) {
        printf("%+8.0f %+8d  ", list[i].mlogit, list[i].steps);
        nrs_cmd_print_cell(&u->after, list[i].term, list[i].cell);
        putchar('\n');
    }
    if (n > SHOWN)
        printf("%8s %8s  and %u more\n", "", "", n - SHOWN);
}

static void print_marks(const struct update *u)
{
    const struct nrs_feedback *f = &u->feedback;
    size_t n[2] = {0, 0}, before[2] = {0, 0}, after[2] = {0, 0};

    for (size_t i = 0; i < f->n_marks; i++) {
        n[f->mark[i].right]++;
        before[f->mark[i].right] += nrs_decide(&u->before, f->mark[i].x);
        after[f->mark[i].right] += nrs_decide(&u->after, f->mark[i].x);
    }
    printf("\n%-24s %8s %8s %8s\n", "marks", "", "flagged", "now");
    printf("%-24s %8zu %8zu %8zu\n%-24s %8zu %8zu %8zu\n", "right", n[true], before[true], after[true],
           "wrong", n[false], before[false], after[false]);
}

static int update(struct update *u, const struct choice *chosen)
{
    struct nrs_why why;
    int exit_code = nrs_cmd_open_model(chosen->model, &u->file, &u->envelope, &u->before, NULL);

    if (exit_code == NRS_CMD_OK)
        exit_code = read_feedback(u, chosen);
    if (exit_code == NRS_CMD_OK)
        exit_code = read_data(u, chosen);
    if (exit_code)
        return exit_code;
    if (learn(u, chosen, &why) != 0)
        return nrs_cmd_fail(NRS_CMD_USAGE, chosen->model, why.text);
    printf("model        %s-%" PRIu32 ", from %s-%" PRIu32 ", unsigned\n", u->after.schema->name,
           u->after.serial, u->before.schema->name, u->before.serial);
    print_moved(u, chosen);
    print_marks(u);
    if (chosen->data)
        nrs_decide_print_changes(&u->before, &u->after, &u->data);
    return chosen->out ? nrs_cmd_save(chosen->out, &u->new_file) : NRS_CMD_OK;
}

int nrs_cmd_update(int argc, char **argv)
{
    struct choice chosen = {.quanta = QUANTA};
    static struct update u;
    int exit_code = parse(&chosen, argc, argv);

    if (exit_code == NRS_CMD_OK)
        exit_code = update(&u, &chosen);
    nrs_arow_done(&u.arow);
    nrs_feedback_done(&u.feedback);
    nrs_data_done(&u.data);
    return exit_code;
}
