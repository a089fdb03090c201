#include "tools/model/reopen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/bytes.h"
#include "models/base/error.h"
#include "models/model_read.h"

double nrs_reopen_quantum(const struct nrs_quantised *q, unsigned term, unsigned output)
{
    return ldexp(nrs_quantised_unit(q, output), q->term[term].shift[output]) / 1000;
}

static int reopen_term(struct nrs_trained *t, struct nrs_quantised *q, const struct nrs_model *m, unsigned i)
{
    const struct nrs_term *from = &m->term[i];
    unsigned cells = nrs_term_cells(from);

    nrs_trained_shape(&t->term[i], from);
    t->n_terms++;
    q->term[i].weights = malloc((size_t)m->n_outputs * cells);
    if (q->term[i].weights == NULL || nrs_trained_table(t, &t->term[i]) != 0)
        return NRS_ERR_SPACE;
    q->n_weights += m->n_outputs * cells;
    memcpy(q->term[i].weights, from->weights, (size_t)m->n_outputs * cells);
    memcpy(q->term[i].shift, from->shifts, m->n_outputs);
    for (unsigned o = 0; o < m->n_outputs; o++)
        for (unsigned c = 0; c < cells; c++)
            t->term[i].weights[o * cells + c] = from->weights[o * cells + c] * nrs_reopen_quantum(q, i, o);
    return 0;
}

int nrs_reopen(struct nrs_trained *t, struct nrs_quantised *q, const struct nrs_model *m)
{
    int rc = 0;

    nrs_trained_init(t, m->schema);
    memset(q, 0, sizeof *q);
    t->n_outputs = m->n_outputs;
    t->n_points = m->n_calibration;
    memcpy(t->output_name, m->output_name, sizeof t->output_name);
    memcpy(q->scale_q31, m->scale_q31, sizeof q->scale_q31);
    memcpy(q->bias, m->bias, sizeof q->bias);
    for (unsigned o = 0; o < m->n_outputs; o++)
        t->bias[o] = m->bias[o] * nrs_quantised_unit(q, o) / 1000;
    for (unsigned w = 0; w < NRS_MODEL_THRESHOLDS; w++)
        t->threshold[w] = m->threshold_mlogit[w] / 1000.0;
    for (unsigned i = 0; i < m->n_calibration; i++) {
        t->point[i].score = (int32_t)nrs_get_u32le(m->calibration + 5 * i) / 1000.0;
        t->point[i].percent = m->calibration[5 * i + 4];
    }
    for (unsigned i = 0; rc == 0 && i < m->n_terms; i++)
        rc = reopen_term(t, q, m, i);
    return rc;
}

unsigned nrs_reopen_golden(const struct nrs_model *m, uint16_t golden[NRS_MODEL_GOLDEN_MAX][NRS_VECTOR_MAX])
{
    for (unsigned i = 0; i < m->n_golden; i++)
        for (unsigned f = 0; f < nrs_schema_vector(m->schema); f++)
            golden[i][f] = nrs_get_u16le(m->golden + i * nrs_model_golden_size(m) + 2 * f);
    return m->n_golden;
}
