/* A build without the scanner: no second process, no findings. */
#include "agent/programs/programs.h"

void nrs_programs_start(struct nrs_programs *w, const struct nrs_config *c)
{
    (void)c;
    *w = (struct nrs_programs){.fd = -1, .state = "not built"};
}

struct nrs_query *nrs_programs_query(struct nrs_programs *w, const struct nrs_judgement *j, uint32_t seq)
{
    (void)w;
    (void)j;
    (void)seq;
    return NULL;
}

void nrs_programs_flow(struct nrs_programs *w, const struct nrs_flow *f)
{
    (void)w;
    (void)f;
}

struct nrs_query *nrs_programs_query_of(struct nrs_programs *w, uint32_t d)
{
    (void)w;
    (void)d;
    return NULL;
}

void nrs_programs_close(struct nrs_programs *w)
{
    (void)w;
}

int nrs_programs_next(struct nrs_programs *w, struct nrs_found *f)
{
    (void)w;
    (void)f;
    return 0;
}
