/* A build without the scanner: no second process, no findings. */
#include "agent/programs/programs.h"

void nrs_programs_start(struct nrs_programs *p, const struct nrs_config *c)
{
    (void)c;
    *p = (struct nrs_programs){.fd = -1, .state = "not built"};
}

void nrs_programs_query(struct nrs_programs *p, uint32_t d, const struct nrs_connection *c,
                        uint32_t period_ms, uint32_t jitter_pct)
{
    (void)p;
    (void)d;
    (void)c;
    (void)period_ms;
    (void)jitter_pct;
}

void nrs_programs_forget(struct nrs_programs *p, uint32_t d)
{
    (void)p;
    (void)d;
}

void nrs_programs_flow(struct nrs_programs *p, const struct nrs_flow *f)
{
    (void)p;
    (void)f;
}

int nrs_programs_next(struct nrs_programs *p, struct nrs_found *f)
{
    (void)p;
    (void)f;
    return 0;
}

void nrs_programs_close(struct nrs_programs *p)
{
    (void)p;
}
