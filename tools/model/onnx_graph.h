/* tools/model/onnx_graph.h - the parts of an ONNX file that a linear model can be in: nodes, tensors,
 * attributes
 *
 *   ModelProto      graph=7
 *   GraphProto      node=1 initializer=5 input=11 sparse_initializer=15
 *   ValueInfoProto  name=1
 *   NodeProto       input=1 output=2 name=3 op_type=4 attribute=5
 *   AttributeProto  name=1 f=2 i=3 s=4 t=5 floats=7 ints=8 strings=9
 *   TensorProto     dims=1 data_type=2 float_data=4 int32_data=5 string_data=6 int64_data=7 name=8
 * raw_data=9 double_data=10 data_location=14
 *
 * Repeated numbers come packed or one by one. Everything points into the file; limits are those below. */
#ifndef NRS_TOOL_ONNX_GRAPH_H
#define NRS_TOOL_ONNX_GRAPH_H
#include "models/base/why.h"
#include "tools/model/protobuf.h"

#define NRS_ONNX_NODES_MAX   64
#define NRS_ONNX_TENSORS_MAX 64
#define NRS_ONNX_INPUTS_MAX  4

enum {
    NRS_ONNX_FLOAT = 1,
    NRS_ONNX_INT32 = 6,
    NRS_ONNX_INT64 = 7,
    NRS_ONNX_STRING = 8,
    NRS_ONNX_DOUBLE = 11
};

struct nrs_onnx_tensor {
    struct nrs_protobuf name, message;
    int type;
    unsigned n_dims; /* 0: one number */
    uint64_t dim[2]; /* of the last two; those before must be 1 */
};

struct nrs_onnx_node {
    struct nrs_protobuf op, name, message;
    unsigned n_inputs, n_outputs;
    struct nrs_protobuf input[NRS_ONNX_INPUTS_MAX], output[NRS_ONNX_INPUTS_MAX];
};

struct nrs_onnx_graph {
    unsigned n_nodes, n_tensors;
    struct nrs_protobuf input; /* the first that is no tensor below */
    struct nrs_onnx_node node[NRS_ONNX_NODES_MAX];         /* in the file's order, which
                                                              is that of computing */
    struct nrs_onnx_tensor tensor[NRS_ONNX_TENSORS_MAX]; /* initializers, and the values of Constant nodes */
};

int nrs_onnx_read(struct nrs_onnx_graph *g, const char *file, size_t len, struct nrs_why *why);

/* A tensor by name; NULL if there is none. */
const struct nrs_onnx_tensor *nrs_onnx_find(const struct nrs_onnx_graph *g, struct nrs_protobuf name);

/* How many numbers its dimensions promise; 0 if that is more than max. */
size_t nrs_onnx_size(const struct nrs_onnx_tensor *t, size_t max);

/* Exactly n numbers of a float or double tensor; false if there is another number of them, or another
 * type. */
bool nrs_onnx_numbers(const struct nrs_onnx_tensor *t, size_t n, double *out);

/* Calls take for each label of an integer or text tensor, until it returns non-zero; that value is
 * returned. A text label points into the file, a number is written as text. Returns 1 for a tensor without
 * labels. */
typedef int nrs_onnx_take(void *arg, const char *text, size_t len);
int nrs_onnx_labels(const struct nrs_onnx_tensor *t, nrs_onnx_take *take, void *arg);

/* Attributes of a node. floats: at most max numbers, returns how many (0 if absent, max + 1 if there are
 * more). labels: as above, from ints or strings; 0 if absent. integer, number: or else the value given. */
size_t nrs_onnx_floats(const struct nrs_onnx_node *n, const char *name, size_t max, double *out);
int nrs_onnx_attribute_labels(const struct nrs_onnx_node *n, const char *name, nrs_onnx_take *take,
                              void *arg);
int64_t nrs_onnx_integer(const struct nrs_onnx_node *n, const char *name, int64_t otherwise);
double nrs_onnx_number(const struct nrs_onnx_node *n, const char *name, double otherwise);
bool nrs_onnx_has(const struct nrs_onnx_node *n, const char *name);
bool nrs_onnx_text_is(const struct nrs_onnx_node *n, const char *name, const char *text);

#endif
