/* ONNX (onnx_graph.h has the messages): one chain of nodes from the features
 * to a class, as sklearn-onnx, PyTorch and others write linear models.
 *
 *   chain  = *prepare linear *shift [ tail ]
 *   prepare = Cast | Identity | Flatten | Scaler (x - offset) * scale | Add, Sub, Mul, Div by constants
 *   linear = LinearClassifier | LinearRegressor | Gemm | MatMul          one, over all columns
 *   shift  = Add, Sub, Mul, Div by constants | Cast | Identity | Flatten | Reshape | Squeeze
 *   tail   = what turns scores into labels and chances: Sigmoid, Softmax, LogSoftmax, Normalizer, ArgMax,
 *            ZipMap, ArrayFeatureExtractor, Concat, Cast, Identity, Flatten, Reshape, Squeeze; it changes no
 *            decision
 *
 * Columns are in the order of the input. Rows are classes in the order of the labels, which LinearClassifier,
 * ZipMap or the tensor that ArrayFeatureExtractor picks from name. One row of a LinearClassifier with two
 * labels: a positive score means the second. Two rows that mirror each other (sklearn-onnx) are one, unless a
 * softmax follows: then the chance belongs to their difference. One row without labels: a positive score
 * means flagged. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/model/onnx_graph.h"
#include "tools/model/readers.h"

#define TAIL_MAX (NRS_ONNX_NODES_MAX * NRS_ONNX_INPUTS_MAX)

struct reading {
    struct nrs_linear *l;
    struct nrs_why *why;
    struct nrs_onnx_graph *g;
    const struct nrs_onnx_node *node; /* the one being read */
    struct nrs_protobuf chain;           /* what the chain has come to: scaled columns, then scores */
    bool ended, read, softmax;        /* the chain: by a node that makes chances;
                                         its scores: by the tail; for a class */
    double *mul, *add, *numbers;      /* [columns] what the columns were scaled
                                         by; [32 x columns] to read into */
    unsigned n_tail;
    struct nrs_protobuf tail[TAIL_MAX];  /* what has become of the scores */
};

static int shown(struct nrs_protobuf text)
{
    return text.end - text.at > 40 ? 40 : (int)(text.end - text.at);
}

static int refuse(struct reading *r, const char *what)
{
    const struct nrs_onnx_node *n = r->node;

    return nrs_why(r->why, NRS_ERR_UNSUPPORTED, "node %u, %.*s \"%.*s\": %s",
                   (unsigned)(n - r->g->node), shown(n->op), (const char *)n->op.at, shown(n->name),
                   (const char *)n->name.at, what);
}

static bool has_scores(const struct reading *r)
{
    return r->l->n_rows != 0;
}

/* Which input the chain comes in by, -1 if none. */
static int chain_input(const struct reading *r)
{
    for (unsigned i = 0; !r->ended && i < r->node->n_inputs; i++)
        if (nrs_protobuf_same(r->node->input[i], r->chain))
            return (int)i;
    return -1;
}

/* n numbers of a constant input, or one number for all of them. */
static int read_constant(struct reading *r, unsigned input, size_t n, double *out)
{
    const struct nrs_onnx_tensor *t =
        input < r->node->n_inputs ? nrs_onnx_find(r->g, r->node->input[input]) : NULL;
    size_t size = t ? nrs_onnx_size(t, n) : 0;

    if ((size != n && size != 1) || !nrs_onnx_numbers(t, size, out))
        return refuse(r, "its other input is not a constant of one number, or one for each");
    for (size_t i = size; i < n; i++)
        out[i] = out[0];
    return 0;
}

/* *mul and *add of x -> x * mul + add, from the constant c of an Add, Sub, Mul or Div. */
static int as_affine(struct reading *r, bool chain_first, double c, double *mul, double *add)
{
    const struct nrs_protobuf op = r->node->op;

    *mul = 1;
    *add = 0;
    if (nrs_protobuf_is(op, "Add")) {
        *add = c;
    } else if (nrs_protobuf_is(op, "Mul")) {
        *mul = c;
    } else if (nrs_protobuf_is(op, "Sub")) {
        *mul = chain_first ? 1 : -1;
        *add = chain_first ? -c : c;
    } else {
        if (!chain_first || c == 0)
            return refuse(r, "divides by the features, or by 0");
        *mul = 1 / c;
    }
    return 0;
}

static int apply_affine(struct reading *r)
{
    int at = chain_input(r), rc;
    size_t n = has_scores(r) ? r->l->n_rows : r->l->columns->n;

    if (r->node->n_inputs != 2)
        return refuse(r, "not of two inputs");
    if (r->read)
        return refuse(r, "changes scores that other nodes have read");
    rc = read_constant(r, at == 0 ? 1 : 0, n, r->numbers);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        double mul, add;

        rc = as_affine(r, at == 0, r->numbers[i], &mul, &add);
        if (rc)
            break;
        if (!has_scores(r)) {
            r->mul[i] *= mul;
            r->add[i] = r->add[i] * mul + add;
            continue;
        }
        r->l->bias[i] = r->l->bias[i] * mul + add;
        for (unsigned c = 0; c < r->l->columns->n; c++)
            r->l->weights[i * r->l->columns->n + c] *= mul;
    }
    return rc;
}

/* An attribute of one number a column, or one for all, or none. */
static int read_attribute(struct reading *r, const char *name, double absent, double *out)
{
    unsigned n = r->l->columns->n;
    size_t got = nrs_onnx_floats(r->node, name, n, out);

    if (got != 0 && got != 1 && got != n)
        return refuse(r, "offset and scale are not one number a column");
    for (size_t i = got; i < n; i++)
        out[i] = got ? out[0] : absent;
    return 0;
}

static int apply_scaler(struct reading *r)
{
    unsigned n = r->l->columns->n;
    double *offset = r->numbers, *scale = r->numbers + n;
    int rc;

    if (has_scores(r))
        return refuse(r, "scales scores");
    rc = read_attribute(r, "offset", 0, offset);
    if (rc == 0)
        rc = read_attribute(r, "scale", 1, scale);
    for (unsigned i = 0; rc == 0 && i < n; i++) {
        r->mul[i] *= scale[i];
        r->add[i] = (r->add[i] - offset[i]) * scale[i];
    }
    return rc;
}

static int take_label(void *arg, const char *text, size_t len)
{
    struct reading *r = arg;

    return nrs_linear_label(r->l, text, len, r->why);
}

static int read_labels(struct reading *r, const char *integers, const char *strings)
{
    int rc = nrs_onnx_attribute_labels(r->node, integers, take_label, r);

    return rc ? rc : nrs_onnx_attribute_labels(r->node, strings, take_label, r);
}

/* Weights as attributes, row by row; intercepts of every row or none. */
static int read_rows(struct reading *r)
{
    unsigned n = r->l->columns->n;
    size_t got = nrs_onnx_floats(r->node, "coefficients", (size_t)NRS_MODEL_OUTPUTS_MAX * n, r->numbers),
           intercepts;
    double bias[NRS_MODEL_OUTPUTS_MAX] = {0};
    int rc;

    if (got == 0 || got % n != 0)
        return refuse(r, "coefficients: not rows with one for each column");
    rc = nrs_linear_alloc(r->l, (unsigned)(got / n), r->why);
    if (rc)
        return rc;
    memcpy(r->l->weights, r->numbers, got * sizeof *r->numbers);
    intercepts = nrs_onnx_floats(r->node, "intercepts", r->l->n_rows, bias);
    if (intercepts != 0 && intercepts != r->l->n_rows)
        return refuse(r, "intercepts: not one a row");
    memcpy(r->l->bias, bias, sizeof bias);
    return 0;
}

/* LinearClassifier and LinearRegressor. A post_transform makes chances of the scores within the node. */
static int apply_attributes(struct reading *r)
{
    const struct nrs_onnx_node *n = r->node;
    bool none = !nrs_onnx_has(n, "post_transform") || nrs_onnx_text_is(n, "post_transform", "NONE");
    bool logistic = nrs_onnx_text_is(n, "post_transform", "LOGISTIC");
    int rc = read_rows(r);

    r->softmax = nrs_onnx_text_is(n, "post_transform", "SOFTMAX") ||
                 nrs_onnx_text_is(n, "post_transform", "SOFTMAX_ZERO");
    r->ended = !none;
    if (rc == 0 && !none && !logistic && !r->softmax)
        rc = refuse(r, "post_transform is not NONE, LOGISTIC or SOFTMAX");
    return rc ? rc : read_labels(r, "classlabels_ints", "classlabels_strings");
}

/* The constant matrix of a Gemm or MatMul, as rows of weights. rows_first: [rows, columns], else [columns,
 * rows]. */
static int read_matrix(struct reading *r, unsigned input, bool rows_first, double factor)
{
    const struct nrs_onnx_tensor *t =
        input < r->node->n_inputs ? nrs_onnx_find(r->g, r->node->input[input]) : NULL;
    unsigned n = r->l->columns->n;
    size_t max = (size_t)NRS_MODEL_OUTPUTS_MAX * n, size = t ? nrs_onnx_size(t, max) : 0;
    size_t n_rows = size / n;
    int rc;

    if (size == 0 || (t->n_dims == 2 ? t->dim[rows_first ? 1 : 0] : t->dim[0]) != n || size != n_rows * n)
        return refuse(r, "its weights are not a constant matrix over the columns");
    if (!nrs_onnx_numbers(t, size, r->numbers))
        return refuse(r, "its weights are not float or double, or not so many as promised");
    rc = nrs_linear_alloc(r->l, (unsigned)n_rows, r->why);
    for (size_t i = 0; rc == 0 && i < size; i++)
        r->l->weights[rows_first ? i : i % n_rows * n + i / n_rows] = factor * r->numbers[i];
    return rc;
}

static int apply_matmul(struct reading *r)
{
    return chain_input(r) == 0 ? read_matrix(r, 1, false, 1)
                               : refuse(r, "the features are not its first input");
}

static int apply_gemm(struct reading *r)
{
    double beta = nrs_onnx_number(r->node, "beta", 1);
    int rc;

    if (chain_input(r) != 0 || nrs_onnx_integer(r->node, "transA", 0) != 0)
        return refuse(r, "the features are not its first input, or transposed");
    rc = read_matrix(r, 1, nrs_onnx_integer(r->node, "transB", 0) != 0, nrs_onnx_number(r->node, "alpha", 1));
    if (rc || r->node->n_inputs < 3)
        return rc;
    rc = read_constant(r, 2, r->l->n_rows, r->l->bias);
    for (unsigned i = 0; i < r->l->n_rows; i++)
        r->l->bias[i] *= beta;
    return rc;
}

static int apply_nothing(struct reading *r)
{
    (void)r;
    return 0;
}

static int apply_softmax(struct reading *r)
{
    r->softmax = true;
    return 0;
}

static int apply_zipmap(struct reading *r)
{
    return r->l->n_labels ? 0 : read_labels(r, "classlabels_int64s", "classlabels_strings");
}

/* Labels by the index that ArgMax found; or one of the scores, which says nothing new. */
static int apply_extractor(struct reading *r)
{
    const struct nrs_onnx_tensor *t = nrs_onnx_find(r->g, r->node->input[0]);
    int rc = t && r->l->n_labels == 0 ? nrs_onnx_labels(t, take_label, r) : 0;

    return rc > 0 ? refuse(r, "picks from what are no labels") : rc;
}

enum { KEEPS = 1, LINEAR = 2, TAIL = 4, LABELS = 8 };
static const struct op {
    const char *name;
    unsigned where; /* KEEPS: the chain goes on; LINEAR: makes scores of
                       columns; TAIL: after them; LABELS: comes out first */
    int (*apply)(struct reading *);
} ops[] = {{"Cast", KEEPS | TAIL, apply_nothing},       {"Identity", KEEPS | TAIL, apply_nothing},
           {"Flatten", KEEPS | TAIL, apply_nothing},    {"Reshape", KEEPS | TAIL, apply_nothing},
           {"Squeeze", KEEPS | TAIL, apply_nothing},    {"Scaler", KEEPS, apply_scaler},
           {"Add", KEEPS, apply_affine},                {"Sub", KEEPS, apply_affine},
           {"Mul", KEEPS, apply_affine},                {"Div", KEEPS, apply_affine},
           {"LinearRegressor", LINEAR, apply_attributes},
           {"LinearClassifier", LINEAR | LABELS, apply_attributes}, {"Gemm", LINEAR, apply_gemm},
           {"MatMul", LINEAR, apply_matmul}, {"Sigmoid", TAIL, apply_nothing},
           {"Softmax", TAIL, apply_softmax}, {"LogSoftmax", TAIL, apply_softmax},
           {"Normalizer", TAIL, apply_nothing}, {"ArgMax", TAIL, apply_nothing},
           {"ZipMap", TAIL, apply_zipmap},
           {"ArrayFeatureExtractor", TAIL, apply_extractor}, {"Concat", TAIL, apply_nothing}};

static const struct op *find_op(struct nrs_protobuf name)
{
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (nrs_protobuf_is(name, ops[i].name))
            return &ops[i];
    return NULL;
}

static bool reads_tail(const struct reading *r)
{
    for (unsigned i = 0; i < r->node->n_inputs; i++)
        for (unsigned t = 0; t < r->n_tail; t++)
            if (nrs_protobuf_same(r->node->input[i], r->tail[t]))
                return true;
    return false;
}

/* The outputs go to the tail, but for one by which the chain goes on. */
static void take_outputs(struct reading *r, int chain_output)
{
    for (unsigned i = 0; i < r->node->n_outputs; i++)
        if ((int)i == chain_output)
            r->chain = r->node->output[i];
        else if (r->n_tail < TAIL_MAX)
            r->tail[r->n_tail++] = r->node->output[i];
}

static int read_node(struct reading *r)
{
    const struct op *op = find_op(r->node->op);
    bool on_chain;
    int rc;

    if (op == NULL)
        return refuse(r, "no linear model has this");
    if (r->node->n_inputs == 0 || r->node->n_outputs == 0)
        return refuse(r, "without input or output");
    on_chain = chain_input(r) >= 0;
    if (!on_chain && !reads_tail(r))
        return refuse(r, "beside the one chain from the features to the scores");
    if (!on_chain || (op->where == TAIL && has_scores(r))) {
        if (!(op->where & TAIL))
            return refuse(r, "not after the scores");
        r->read = r->read || on_chain;
        take_outputs(r, -1);
        return op->apply(r);
    }
    if (op->where == TAIL)
        return refuse(r, "not before the scores");
    if ((op->where & LINEAR) && has_scores(r))
        return refuse(r, "a second linear layer");
    rc = op->apply(r);
    take_outputs(r, r->ended ? -1 : op->where & LABELS ? 1 : 0);
    return rc;
}

static int read_graph(struct reading *r)
{
    int rc = 0;

    r->chain = r->g->input;
    for (unsigned i = 0; i < r->l->columns->n; i++)
        r->mul[i] = 1;
    for (unsigned i = 0; rc == 0 && i < r->g->n_nodes; i++) {
        r->node = &r->g->node[i];
        rc = read_node(r);
    }
    if (rc == 0 && !has_scores(r))
        rc = nrs_why(r->why, NRS_ERR_FORMAT,
                     "no LinearClassifier, LinearRegressor, Gemm or MatMul in it");
    if (rc)
        return rc;
    nrs_linear_fold(r->l, r->mul, r->add);
    if (!r->softmax)
        nrs_linear_join_mirrored(r->l);
    return 0;
}

int nrs_read_onnx(struct nrs_linear *l, const char *file, size_t len, struct nrs_why *why)
{
    static struct nrs_onnx_graph graph;
    size_t n = l->columns->n;
    struct reading r = {
        .l = l, .why = why, .g = &graph, .mul = calloc((NRS_MODEL_OUTPUTS_MAX + 2) * n, sizeof *r.mul)};
    int rc;

    if (r.mul == NULL)
        return nrs_why(why, NRS_ERR_SPACE, "out of memory");
    r.add = r.mul + n;
    r.numbers = r.add + n;
    rc = nrs_onnx_read(&graph, file, len, why);
    if (rc == 0)
        rc = read_graph(&r);
    free(r.mul);
    return rc;
}
