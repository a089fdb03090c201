#include "tools/model/onnx_graph.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "models/base/bytes.h"
#include "models/base/error.h"

static int refuse(struct nrs_why *why, const char *what)
{
    return nrs_why(why, NRS_ERR_FORMAT, "%s", what);
}

static double float_of(uint64_t bits)
{
    uint32_t low = (uint32_t)bits;
    float f;

    memcpy(&f, &low, sizeof f);
    return (double)f;
}

static double double_of(uint64_t bits)
{
    double d;

    memcpy(&d, &bits, sizeof d);
    return d;
}

/* The last two dimensions; before them only 1 may stand. */
static bool add_dim(struct nrs_onnx_tensor *t, uint64_t dim)
{
    if (t->n_dims == 2) {
        if (t->dim[0] != 1)
            return false;
        t->dim[0] = t->dim[1];
        t->dim[1] = dim;
        return true;
    }
    t->dim[t->n_dims++] = dim;
    return true;
}

static int read_tensor(struct nrs_onnx_tensor *t, struct nrs_protobuf message, struct nrs_why *why)
{
    struct nrs_protobuf_field f;
    uint64_t v;
    int rc;

    memset(t, 0, sizeof *t);
    t->message = message;
    while ((rc = nrs_protobuf_next(&message, &f)) == 1) {
        if (f.number == 8)
            t->name = f.bytes;
        else if (f.number == 2)
            t->type = f.value < 64 ? (int)f.value : 0;
        else if (f.number == 14 && f.value != 0)
            return refuse(why, "a tensor lies in another file: save with its data inside");
        else if (f.number == 1)
            while (nrs_protobuf_number(&f, NRS_WIRE_VARINT, &v))
                if (!add_dim(t, v))
                    return refuse(why, "a tensor of more than two dimensions");
    }
    return rc ? refuse(why, "a tensor is damaged") : 0;
}

static int add_tensor(struct nrs_onnx_graph *g, struct nrs_protobuf message, struct nrs_why *why)
{
    if (g->n_tensors == NRS_ONNX_TENSORS_MAX)
        return nrs_why(why, NRS_ERR_LIMIT, "more than %u tensors: not a linear model",
                       NRS_ONNX_TENSORS_MAX);
    return read_tensor(&g->tensor[g->n_tensors++], message, why);
}

static bool find_attribute(const struct nrs_onnx_node *n, const char *name, struct nrs_protobuf *attribute)
{
    struct nrs_protobuf node = n->message, in;
    struct nrs_protobuf_field f, g;

    while (nrs_protobuf_next(&node, &f) == 1) {
        if (f.number != 5 || f.wire != NRS_WIRE_BYTES)
            continue;
        for (in = f.bytes; nrs_protobuf_next(&in, &g) == 1;)
            if (g.number == 1 && nrs_protobuf_is(g.bytes, name)) {
                *attribute = f.bytes;
                return true;
            }
    }
    return false;
}

/* The field of an attribute that holds its value, the last if there are several. */
static bool find_value(const struct nrs_onnx_node *n, const char *name, uint32_t number,
                       struct nrs_protobuf_field *value)
{
    struct nrs_protobuf attribute;
    struct nrs_protobuf_field f;
    bool found = false;

    if (!find_attribute(n, name, &attribute))
        return false;
    while (nrs_protobuf_next(&attribute, &f) == 1)
        if (f.number == number) {
            *value = f;
            found = true;
        }
    return found;
}

static int add_constant(struct nrs_onnx_graph *g, const struct nrs_onnx_node *n, struct nrs_why *why)
{
    struct nrs_protobuf_field value;
    int rc;

    if (n->n_outputs != 1 || !find_value(n, "value", 5, &value))
        return refuse(why, "a Constant without a tensor");
    rc = add_tensor(g, value.bytes, why);
    if (rc == 0)
        g->tensor[g->n_tensors - 1].name = n->output[0];
    return rc;
}

static int add_name(struct nrs_protobuf *names, unsigned *n, struct nrs_protobuf name, struct nrs_why *why)
{
    if (*n == NRS_ONNX_INPUTS_MAX)
        return nrs_why(why, NRS_ERR_LIMIT, "a node with more than %u inputs or outputs",
                       NRS_ONNX_INPUTS_MAX);
    names[(*n)++] = name;
    return 0;
}

static int add_node(struct nrs_onnx_graph *g, struct nrs_protobuf message, struct nrs_why *why)
{
    struct nrs_onnx_node *n = &g->node[g->n_nodes];
    struct nrs_protobuf_field f;
    int rc = 1;

    if (g->n_nodes == NRS_ONNX_NODES_MAX)
        return nrs_why(why, NRS_ERR_LIMIT, "more than %u nodes: not a linear model",
                       NRS_ONNX_NODES_MAX);
    memset(n, 0, sizeof *n);
    n->message = message;
    while ((rc = nrs_protobuf_next(&message, &f)) == 1) {
        if (f.number == 1)
            rc = add_name(n->input, &n->n_inputs, f.bytes, why);
        else if (f.number == 2)
            rc = add_name(n->output, &n->n_outputs, f.bytes, why);
        else if (f.number == 3)
            n->name = f.bytes;
        else if (f.number == 4)
            n->op = f.bytes;
        if (rc < 0)
            return rc;
    }
    if (rc)
        return refuse(why, "a node is damaged");
    if (nrs_protobuf_is(n->op, "Constant"))
        return add_constant(g, n, why);
    g->n_nodes++;
    return 0;
}

/* Initializers may be listed as inputs too. */
static int find_input(struct nrs_onnx_graph *g, struct nrs_protobuf graph, struct nrs_why *why)
{
    struct nrs_protobuf_field f, name;

    while (nrs_protobuf_next(&graph, &f) == 1)
        while (f.number == 11 && nrs_protobuf_next(&f.bytes, &name) == 1)
            if (name.number == 1 && name.wire == NRS_WIRE_BYTES && nrs_onnx_find(g, name.bytes) == NULL) {
                g->input = name.bytes;
                return 0;
            }
    return refuse(why, "the graph has no input");
}

static int read_graph(struct nrs_onnx_graph *g, struct nrs_protobuf graph, struct nrs_why *why)
{
    const struct nrs_protobuf whole = graph;
    struct nrs_protobuf_field f;
    int rc;

    while ((rc = nrs_protobuf_next(&graph, &f)) == 1) {
        if (f.number == 1 && f.wire == NRS_WIRE_BYTES)
            rc = add_node(g, f.bytes, why);
        else if (f.number == 5 && f.wire == NRS_WIRE_BYTES)
            rc = add_tensor(g, f.bytes, why);
        else if (f.number == 15)
            rc = refuse(why, "a sparse initializer");
        if (rc < 0)
            return rc;
    }
    return rc ? refuse(why, "the graph is damaged") : find_input(g, whole, why);
}

int nrs_onnx_read(struct nrs_onnx_graph *g, const char *file, size_t len, struct nrs_why *why)
{
    struct nrs_protobuf model = {(const uint8_t *)file, (const uint8_t *)file + len}, graph = {NULL, NULL};
    struct nrs_protobuf_field f;
    int rc;

    g->n_nodes = g->n_tensors = 0;
    while ((rc = nrs_protobuf_next(&model, &f)) == 1)
        if (f.number == 7 && f.wire == NRS_WIRE_BYTES) {
            if (graph.at)
                return refuse(why, "two graphs");
            graph = f.bytes;
        }
    if (rc)
        return refuse(why, "not a whole ONNX file");
    return graph.at ? read_graph(g, graph, why) : refuse(why, "no graph in it");
}

const struct nrs_onnx_tensor *nrs_onnx_find(const struct nrs_onnx_graph *g, struct nrs_protobuf name)
{
    for (unsigned i = 0; i < g->n_tensors; i++)
        if (nrs_protobuf_same(g->tensor[i].name, name))
            return &g->tensor[i];
    return NULL;
}

size_t nrs_onnx_size(const struct nrs_onnx_tensor *t, size_t max)
{
    uint64_t n = 1;

    for (unsigned i = 0; i < t->n_dims; i++) {
        if (t->dim[i] > max)
            return 0;
        n *= t->dim[i];
    }
    return n <= max ? (size_t)n : 0;
}

static bool raw_numbers(const struct nrs_onnx_tensor *t, struct nrs_protobuf raw, size_t n, double *out)
{
    size_t width = t->type == NRS_ONNX_DOUBLE ? 8 : 4;

    if ((size_t)(raw.end - raw.at) != n * width)
        return false;
    for (size_t i = 0; i < n; i++)
        out[i] =
            width == 8 ? double_of(nrs_get_u64le(raw.at + 8 * i)) : float_of(nrs_get_u32le(raw.at + 4 * i));
    return true;
}

bool nrs_onnx_numbers(const struct nrs_onnx_tensor *t, size_t n, double *out)
{
    bool wide = t->type == NRS_ONNX_DOUBLE;
    struct nrs_protobuf message = t->message;
    struct nrs_protobuf_field f;
    size_t got = 0;
    uint64_t v;

    if (!wide && t->type != NRS_ONNX_FLOAT)
        return false;
    while (nrs_protobuf_next(&message, &f) == 1) {
        if (f.number == 9)
            return got == 0 && raw_numbers(t, f.bytes, n, out);
        if (f.number != (wide ? 10 : 4))
            continue;
        while (nrs_protobuf_number(&f, wide ? NRS_WIRE_64 : NRS_WIRE_32, &v)) {
            if (got == n)
                return false;
            out[got++] = wide ? double_of(v) : float_of(v);
        }
    }
    return got == n;
}

static int take_integer(nrs_onnx_take *take, void *arg, uint64_t v)
{
    char text[24];

    return take(arg, text, (size_t)snprintf(text, sizeof text, "%" PRId64, (int64_t)v));
}

static int take_field(struct nrs_protobuf_field f, bool is_text, nrs_onnx_take *take, void *arg)
{
    uint64_t v;
    int rc = 0;

    if (is_text)
        return take(arg, (const char *)f.bytes.at, (size_t)(f.bytes.end - f.bytes.at));
    while (rc == 0 && nrs_protobuf_number(&f, NRS_WIRE_VARINT, &v))
        rc = take_integer(take, arg, v);
    return rc;
}

/* int64 as raw bytes; other types are never raw labels. */
static int take_raw(struct nrs_protobuf raw, nrs_onnx_take *take, void *arg)
{
    int rc = 0;

    for (; rc == 0 && raw.end - raw.at >= 8; raw.at += 8)
        rc = take_integer(take, arg, nrs_get_u64le(raw.at));
    return rc || raw.at == raw.end ? rc : 1;
}

int nrs_onnx_labels(const struct nrs_onnx_tensor *t, nrs_onnx_take *take, void *arg)
{
    uint32_t number = t->type == NRS_ONNX_INT64 ? 7 : t->type == NRS_ONNX_INT32 ? 5 : 6;
    struct nrs_protobuf message = t->message;
    struct nrs_protobuf_field f;
    int rc = t->type == NRS_ONNX_INT64 || t->type == NRS_ONNX_INT32 || t->type == NRS_ONNX_STRING ? 0 : 1;

    while (rc == 0 && nrs_protobuf_next(&message, &f) == 1) {
        if (f.number == number)
            rc = take_field(f, number == 6, take, arg);
        else if (f.number == 9)
            rc = t->type == NRS_ONNX_INT64 ? take_raw(f.bytes, take, arg) : 1;
    }
    return rc;
}

size_t nrs_onnx_floats(const struct nrs_onnx_node *n, const char *name, size_t max, double *out)
{
    struct nrs_protobuf attribute;
    struct nrs_protobuf_field f;
    size_t got = 0;
    uint64_t v;

    if (!find_attribute(n, name, &attribute))
        return 0;
    while (nrs_protobuf_next(&attribute, &f) == 1)
        while (f.number == 7 && nrs_protobuf_number(&f, NRS_WIRE_32, &v)) {
            if (got == max)
                return max + 1;
            out[got++] = float_of(v);
        }
    return got;
}

int nrs_onnx_attribute_labels(const struct nrs_onnx_node *n, const char *name, nrs_onnx_take *take, void *arg)
{
    struct nrs_protobuf attribute;
    struct nrs_protobuf_field f;
    int rc = 0;

    if (!find_attribute(n, name, &attribute))
        return 0;
    while (rc == 0 && nrs_protobuf_next(&attribute, &f) == 1)
        if (f.number == 8 || f.number == 9)
            rc = take_field(f, f.number == 9, take, arg);
    return rc;
}

int64_t nrs_onnx_integer(const struct nrs_onnx_node *n, const char *name, int64_t otherwise)
{
    struct nrs_protobuf_field value;

    return find_value(n, name, 3, &value) ? (int64_t)value.value : otherwise;
}

double nrs_onnx_number(const struct nrs_onnx_node *n, const char *name, double otherwise)
{
    struct nrs_protobuf_field value;

    return find_value(n, name, 2, &value) ? float_of(value.value) : otherwise;
}

bool nrs_onnx_has(const struct nrs_onnx_node *n, const char *name)
{
    struct nrs_protobuf attribute;

    return find_attribute(n, name, &attribute);
}

bool nrs_onnx_text_is(const struct nrs_onnx_node *n, const char *name, const char *text)
{
    struct nrs_protobuf_field value;

    return find_value(n, name, 4, &value) && nrs_protobuf_is(value.bytes, text);
}
