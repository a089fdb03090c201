/* Vowpal Wabbit's text models: --readable_model and --invert_hash, versions 8 and 9:
 *
 *   file   = "Version" ... LF "Id" ... LF "Min label:" NUM LF "Max label:" NUM LF "bits:" B LF "lda:0" LF
 *            *( "0 pairs:" | "0 triples:" | "rank:0" | "0 ngram:" | "0 skip:" LF ) "options:" TEXT LF
 *            [ "Checksum:" N LF ] ( ":0" LF | ":1" LF *state ) *weight
 *   weight = index ":" NUM [ SP ... ] LF              with --readable_model
 *          | [ name ] ":" index ":" NUM [ SP ... ] LF  with --invert_hash
 *   state  = NAME SP NUM LF                           where learning stood: absent with --predict_only_model
 *
 * What follows a weight (the learner's own state) is skipped. Whole numbers as feature names are their own
 * index: column 1 is index 1; other names are read from --invert_hash only, since an index does not tell its
 * name. The constant has the index 11650396 modulo 2^bits. Weights are not counted in the file: one that is
 * cut off between two lines looks like a whole one. A positive sum means the label 1 of -1/1.
 * Numbers may be hexadecimal (--hexfloat_weights): decimal ones have six digits only. Options that make of
 * the sum anything but one linear function are refused by not being in the list below. */
#include <string.h>

#include "models/base/error.h"
#include "tools/model/readers.h"
#include "tools/model/words.h"

#define CONSTANT 11650396u /* vw's `constant` */

struct reading {
    struct nrs_linear *l;
    struct nrs_why *why;
    struct nrs_words text;
    uint32_t bits;
    bool *seen;         /* [columns + 1], the last for the constant */
};

static const struct option {
    const char *name;
    const char *value; /* NULL: takes none; "": any; otherwise one of these words */
} options[] = {
    {"--noconstant", NULL}, {"--hash_seed", "0"}, {"--hash", "strings"}, {"--bit_precision", ""}, {"-b", ""},
    {"--link", "identity logistic"}, {"--loss_function", "squared logistic hinge classic"}, {"--gd", NULL},
    {"--sgd", NULL}, {"--adaptive", NULL}, {"--normalized", NULL}, {"--invariant", NULL}, {"--ftrl", NULL},
    {"--ftrl_alpha", ""}, {"--ftrl_beta", ""}, {"--coin", NULL}, {"--pistol", NULL}, {"--bfgs", NULL},
    {"--l1", ""}, {"--l2", ""}, {"--power_t", ""}, {"--learning_rate", ""}, {"-l", ""},
    {"--predict_only_model", NULL},
    {"--hexfloat_weights", NULL}, {"--binary", NULL}, {"--random_seed", ""}};

static int refuse(struct reading *r, const char *what)
{
    return nrs_why(r->why, NRS_ERR_FORMAT, "line %u: %s", r->text.line, what);
}

static int refuse_word(struct reading *r, struct nrs_span word, const char *what)
{
    int len = word.end - word.at > 40 ? 40 : (int)(word.end - word.at);

    return nrs_why(r->why, NRS_ERR_UNSUPPORTED, "line %u: %.*s: %s", r->text.line, len, word.at, what);
}

static bool is_one_of(struct nrs_span word, const char *words)
{
    struct nrs_span line = {words, words + strlen(words)}, one;

    while (nrs_line_word(&line, &one))
        if ((size_t)(one.end - one.at) == (size_t)(word.end - word.at) &&
            memcmp(one.at, word.at, (size_t)(one.end - one.at)) == 0)
            return true;
    return words[0] == '\0';
}

static const struct option *find_option(struct nrs_span name)
{
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (nrs_span_is(name, options[i].name))
            return &options[i];
    return NULL;
}

static int read_options(struct reading *r, struct nrs_span line)
{
    struct nrs_span word, name, value;

    while (nrs_line_word(&line, &word)) {
        const struct option *option;
        bool joined = nrs_span_before(&word, '=', &name);

        option = find_option(joined ? name : word);
        if (option == NULL)
            return refuse_word(r, joined ? name : word,
                               "this option makes no plain linear model, or is not known here");
        if (option->value == NULL)
            continue;
        value = word;
        if ((!joined && !nrs_line_word(&line, &value)) || !is_one_of(value, option->value))
            return refuse_word(r, value, "not a value of its option that keeps the model plain and linear");
    }
    return 0;
}

/* "bits:18" and the lines whose value must be 0. */
static int read_head_line(struct reading *r, struct nrs_span line)
{
    static const char *const zeroes[] = {
        "0 pairs:", "0 triples:", "0 interactions:", "rank:0", "0 ngram:", "0 skip:", "lda:0"};
    static const char *const skipped[] = {"Id", "Min label", "Max label", "Checksum"};
    struct nrs_span key = line, rest = line;

    while (line.end > line.at && line.end[-1] == ' ')
        line.end--;
    for (size_t i = 0; i < sizeof zeroes / sizeof zeroes[0]; i++)
        if (nrs_span_is(line, zeroes[i]))
            return 0;
    (void)(nrs_span_before(&rest, ':', &key) || nrs_line_word(&rest, &key));
    if (nrs_span_is(key, "options"))
        return read_options(r, rest);
    if (nrs_span_is(key, "bits"))
        return nrs_span_whole(rest, 61, &r->bits) && r->bits > 0 ? 0 : refuse(r, "bits is not 1 to 61");
    for (size_t i = 0; i < sizeof skipped / sizeof skipped[0]; i++)
        if (nrs_span_is(key, skipped[i]))
            return 0;
    return refuse_word(r, line, "not a line of a plain linear model");
}

static int read_head(struct reading *r, bool *has_state)
{
    struct nrs_span line, word;
    int rc = 0;

    if (!nrs_words_line(&r->text, &line) || !nrs_line_word(&line, &word) || !nrs_span_is(word, "Version"))
        return refuse(r, "not \"Version\"");
    while (rc == 0) {
        if (!nrs_words_line(&r->text, &line))
            return refuse(r, "cut off before the weights");
        if (nrs_span_is(line, ":0") || nrs_span_is(line, ":1"))
            break;
        rc = read_head_line(r, line);
    }
    if (rc)
        return rc;
    *has_state = nrs_span_is(line, ":1");
    if (r->bits == 0)
        return refuse(r, "no line \"bits:\" before the weights");
    if (r->bits < 32 && r->l->columns->n >> r->bits != 0)
        return refuse(r, "fewer indices than columns: train with more bits");
    return 0;
}

/* Lasso and ridge may be pending in such a file: their state has to be that of none. */
static int read_state(struct reading *r, struct nrs_span line, bool *is_state)
{
    static const struct {
        const char *name, *needed;
    } states[] = {{"initial_t", ""}, {"norm", ""}, {"t", ""}, {"sum_loss", ""}, {"sum_loss_since_last_dump",
                                                                                 ""},
                  {"dump_interval", ""}, {"min_label", ""}, {"max_label", ""}, {"weighted_examples", ""},
                  {"weighted_labeled_examples", ""}, {"weighted_labels", ""},
                  {"weighted_unlabeled_examples", ""}, {"example_number", ""}, {"total_features", ""},
                  {"total_weight", ""}, {"sd::oec.weighted_labeled_examples", ""}, {"current_pass", ""},
                  {"l1_state", "0"},
                  {"l2_state", "1"}};
    struct nrs_span word;

    *is_state = false;
    (void)nrs_line_word(&line, &word);
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (nrs_span_is(word, states[i].name) && !nrs_line_ends(line)) {
            *is_state = true;
            (void)nrs_line_word(&line, &word);
            return is_one_of(word, states[i].needed)
                       ? 0
                       : refuse(r, "a regularisation is pending: save with --predict_only_model");
        }
    return 0;
}

/* The column of a weight, columns->n for the constant, or -1. */
static int find_column(const struct reading *r, struct nrs_span name, uint32_t index)
{
    const struct nrs_columns *c = r->l->columns;
    uint32_t constant = r->bits < 32 ? CONSTANT & ((1u << r->bits) - 1) : CONSTANT;
    struct nrs_span plain;

    if (name.at == name.end)
        return index == constant ? (int)c->n : index >= 1 && index <= c->n ? (int)index - 1 : -1;
    if (nrs_span_after_last(&name, '^', &plain)) /* a namespace before it */
        name = plain;
    if (nrs_span_is(name, "Constant"))
        return (int)c->n;
    if (nrs_span_whole(name, c->n, &index) && index >= 1)
        return (int)index - 1;
    return nrs_columns_find(c, name.at, (size_t)(name.end - name.at));
}

static int read_weight(struct reading *r, struct nrs_span line)
{
    struct nrs_span word, value, index_text, name;
    uint32_t index;
    int column;
    double w;

    if (!nrs_line_word(&line, &word) || !nrs_span_after_last(&word, ':', &value) ||
        !nrs_span_number(value, &w))
        return refuse(r, "not index:weight");
    if (nrs_span_after_last(&word, ':', &index_text)) {
        name = word;
    } else {
        index_text = word;
        name = (struct nrs_span){NULL, NULL};
    }
    if (!nrs_span_whole(index_text, UINT32_MAX, &index))
        return refuse(r, "not index:weight");
    column = find_column(r, name, index);
    if (column < 0 && w == 0)
        return 0;
    if (column < 0)
        return refuse_word(r, name.at == name.end ? index_text : name,
                           "no column: give features whole numbers as names, or use --invert_hash");
    if (r->seen[column])
        return refuse(r, "a second weight for one column");
    r->seen[column] = true;
    if (column == (int)r->l->columns->n)
        r->l->bias[0] = w;
    else
        r->l->weights[column] = w;
    return 0;
}

int nrs_read_vw(struct nrs_linear *l, const char *file, size_t len, struct nrs_why *why)
{
    bool seen[NRS_COLUMNS_MAX + 1] = {false}, state = false;
    struct reading r = {.l = l, .why = why, .text = {.left = {file, file + len}}, .seen = seen};
    struct nrs_span line;
    int rc = nrs_linear_alloc(l, 1, why);

    if (rc == 0)
        rc = read_head(&r, &state);
    while (rc == 0 && nrs_words_line(&r.text, &line)) {
        if (state)
            rc = read_state(&r, line, &state);
        if (rc == 0 && !state)
            rc = read_weight(&r, line);
    }
    return rc || nrs_words_ends(&r.text) ? rc : refuse(&r, "the next one is cut off");
}
