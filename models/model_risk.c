#include "models/base/bytes.h"
#include "models/model.h"

#define POINT_BYTES 5 /* score:i32 percent:u8 */

static int64_t point_score(const struct nrs_model *m, unsigned i)
{
    return (int32_t)nrs_get_u32le(m->calibration + i * POINT_BYTES);
}

static unsigned point_percent(const struct nrs_model *m, unsigned i)
{
    return m->calibration[i * POINT_BYTES + 4];
}

unsigned nrs_model_risk(const struct nrs_model *m, int32_t score_mlogit)
{
    unsigned i = 0, rise;
    int64_t run, way;

    while (i < m->n_calibration && point_score(m, i) <= score_mlogit)
        i++;
    if (i == 0)
        return point_percent(m, 0);
    if (i == m->n_calibration)
        return point_percent(m, i - 1);
    rise = point_percent(m, i) - point_percent(m, i - 1); /* the loader saw that it does not descend */
    run = point_score(m, i) - point_score(m, i - 1);
    way = score_mlogit - point_score(m, i - 1);
    return point_percent(m, i - 1) + (unsigned)(rise * way / run);
}
