/* A build without the scanner: no second process, nothing joined. */
#include "agent/agent.h"

void nrs_watch_start(struct nrs_watch *w, const struct nrs_config *c)
{
    (void)c;
    *w = (struct nrs_watch){.fd = -1, .state = "not built"};
}

struct nrs_asked *nrs_watch_ask(struct nrs_watch *w, const struct nrs_judgement *j, uint32_t seq)
{
    (void)w;
    (void)j;
    (void)seq;
    return NULL;
}

void nrs_watch_flow(struct nrs_watch *w, const struct nrs_flow *f)
{
    (void)w;
    (void)f;
}

struct nrs_asked *nrs_watch_asked(struct nrs_watch *w, uint32_t d)
{
    (void)w;
    (void)d;
    return NULL;
}

void nrs_watch_close(struct nrs_watch *w)
{
    (void)w;
}

void nrs_agent_found(struct nrs_agent *a)
{
    (void)a;
}

void nrs_agent_hold(struct nrs_agent *a, const struct nrs_judgement *j)
{
    (void)a;
    (void)j;
}

void nrs_agent_let_go(struct nrs_agent *a, struct nrs_asked *asked)
{
    (void)a;
    (void)asked;
}

void nrs_agent_tell_held(struct nrs_agent *a)
{
    (void)a;
}
