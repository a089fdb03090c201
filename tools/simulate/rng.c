/* tools/simulate/rng.c - random draws that give the same numbers on every machine */
#include "tools/simulate/rng.h"

static uint64_t splitmix(uint64_t *x)
{
    uint64_t z = (*x += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

void nrs_sim_rng_seed(struct nrs_sim_rng *r, uint64_t seed, uint64_t stream)
{
    uint64_t x = seed, y = stream ^ UINT64_C(0xD1B54A32D192ED03);
    unsigned i;

    x ^= splitmix(&y);
    for (i = 0; i < 4; i++)
        r->s[i] = splitmix(&x);
}

static uint64_t rotl(uint64_t x, unsigned k)
{
    return (x << k) | (x >> (64 - k));
}

uint64_t nrs_sim_rng_next(struct nrs_sim_rng *r)
{
    uint64_t *s = r->s, out = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return out;
}

uint64_t nrs_sim_rng_below(struct nrs_sim_rng *r, uint64_t n)
{
    uint64_t refuse = (UINT64_MAX - n + 1) % n, x;

    do
        x = nrs_sim_rng_next(r);
    while (x < refuse);
    return x % n;
}

uint64_t nrs_sim_rng_between(struct nrs_sim_rng *r, uint64_t lo, uint64_t hi)
{
    return hi > lo ? lo + nrs_sim_rng_below(r, hi - lo + 1) : lo;
}

bool nrs_sim_rng_chance(struct nrs_sim_rng *r, uint32_t ppm)
{
    return nrs_sim_rng_below(r, NRS_SIM_MILLION) < ppm;
}

int32_t nrs_sim_rng_bell_q16(struct nrs_sim_rng *r)
{
    int32_t sum = -6 * 65536;
    unsigned i, k;

    for (i = 0; i < 3; i++) {
        uint64_t x = nrs_sim_rng_next(r);

        for (k = 0; k < 4; k++)
            sum += (int32_t)((x >> (16 * k)) & 0xFFFF);
    }
    return sum;
}

uint64_t nrs_sim_exp2_q16(uint32_t x_q16)
{
    /* 2^(1/2), 2^(1/4), ... 2^(1/65536) in Q30 */
    static const uint32_t root_q30[16] = {
        1518500250, 1276901417, 1170923762, 1121280436, 1097253708, 1085434106, 1079572136, 1076653033,
        1075196443, 1074468888, 1074105294, 1073923544, 1073832680, 1073787251, 1073764537, 1073753181};
    uint64_t m_q30 = UINT64_C(1) << 30;
    uint32_t whole = x_q16 >> 16;
    unsigned k;

    for (k = 0; k < 16; k++)
        if (x_q16 & (0x8000u >> k))
            m_q30 = (m_q30 * root_q30[k]) >> 30;
    return whole >= 14 ? m_q30 << (whole - 14) : m_q30 >> (14 - whole);
}

uint32_t nrs_sim_log2_q16(uint64_t v)
{
    uint32_t whole = 0, frac = 0;
    uint64_t m_q31;
    unsigned k;

    while (v >> whole > 1)
        whole++;
    m_q31 = whole > 31 ? v >> (whole - 31) : v << (31 - whole);
    for (k = 0; k < 16; k++) {
        m_q31 = (m_q31 * m_q31) >> 31;
        frac <<= 1;
        if (m_q31 >> 32) {
            m_q31 >>= 1;
            frac |= 1;
        }
    }
    return whole << 16 | frac;
}

uint64_t nrs_sim_rng_scale(struct nrs_sim_rng *r, uint64_t lo, uint64_t hi)
{
    uint64_t v;

    if (hi <= lo)
        return lo;
    if (lo == 0)
        return nrs_sim_rng_scale(r, 1, hi + 1) - 1;
    v = nrs_sim_exp2_q16((uint32_t)nrs_sim_rng_between(r, nrs_sim_log2_q16(lo), nrs_sim_log2_q16(hi + 1))) >>
        16;
    return v < lo ? lo : v > hi ? hi : v;
}

uint32_t nrs_sim_rng_span(struct nrs_sim_rng *r, struct nrs_sim_span span)
{
    return (uint32_t)nrs_sim_rng_scale(r, span.lo, span.hi);
}

uint64_t nrs_sim_rng_human(struct nrs_sim_rng *r, uint64_t median, uint32_t sigma_ppm)
{
    /* 1.4427 = 1 / ln 2 turns the deviation into one of log2. */
    int64_t shift = (int64_t)nrs_sim_rng_bell_q16(r) * (int64_t)sigma_ppm / 1000000 * 14427 / 10000;
    int64_t x = (int64_t)nrs_sim_log2_q16(median ? median : 1) + shift;
    int64_t top = INT64_C(46) << 16;

    x = x < 0 ? 0 : x > top ? top : x;
    return nrs_sim_exp2_q16((uint32_t)x) >> 16;
}

uint64_t nrs_sim_rng_wait(struct nrs_sim_rng *r, uint64_t mean)
{
    /* -ln(u / 2^32) = (32 - log2 u) * ln 2, and ln 2 is 45426 in Q16. */
    uint64_t u = 1 + nrs_sim_rng_below(r, UINT64_C(1) << 32);
    uint64_t e_q16 = (((32u << 16) - nrs_sim_log2_q16(u)) * UINT64_C(45426)) >> 16;

    return (mean >> 16) * e_q16 + (((mean & 0xFFFF) * e_q16) >> 16);
}

uint64_t nrs_sim_rng_about(struct nrs_sim_rng *r, uint64_t value, uint32_t ppm)
{
    uint64_t part = value / NRS_SIM_MILLION * ppm + value % NRS_SIM_MILLION * ppm / NRS_SIM_MILLION;

    part = part > value ? value : part;
    return nrs_sim_rng_between(r, value - part, value + part);
}
