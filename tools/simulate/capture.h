/* tools/simulate/capture.h - whole captures: a mix as asked for, an office day, a training set */
#ifndef NRS_SIM_CAPTURE_H
#define NRS_SIM_CAPTURE_H
#include "tools/simulate/actor.h"

#define NRS_SIM_ONLY_MAX 32

struct nrs_sim_request {
    uint64_t seed, start_s;
    uint32_t seconds;               /* length of the capture */
    unsigned hosts, n_c2, n_benign; /* benign: for each host */
    const struct nrs_sim_actor *only[NRS_SIM_ONLY_MAX];
    unsigned n_only; /* not 0: these actors and no others, each on one host */
};

/* Fill a world; the caller sorts, writes and releases it. */
void nrs_sim_capture_mix(struct nrs_sim_world *w, const struct nrs_sim_request *q);
void nrs_sim_capture_day(struct nrs_sim_world *w, uint64_t seed, uint64_t start_s);

/* n captures into DIR/conn/, DIR/labels.tsv.gz, DIR/families.tsv. 0, or -1 after a line on stderr. */
int nrs_sim_training(const char *dir, uint64_t seed, unsigned n, bool progress);

#endif
