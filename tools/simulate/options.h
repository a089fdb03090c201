/* tools/simulate/options.h - the command line of noroshi-sim */
#ifndef NRS_SIM_OPTIONS_H
#define NRS_SIM_OPTIONS_H
#include "tools/simulate/capture.h"

#define NRS_SIM_PATH_MAX 4096

enum nrs_sim_task {
    NRS_SIM_TASK_MIX,
    NRS_SIM_TASK_DAY,
    NRS_SIM_TASK_TRAINING,
    NRS_SIM_TASK_LIST,
    NRS_SIM_TASK_HELP,
    NRS_SIM_TASK_VERSION
};

struct nrs_sim_options {
    enum nrs_sim_task task;
    struct nrs_sim_request request;
    unsigned captures; /* TRAINING */
    const char *dir;   /* -o */
    char conn[NRS_SIM_PATH_MAX], labels[NRS_SIM_PATH_MAX], families[NRS_SIM_PATH_MAX];
};

extern const char nrs_sim_help[];

/* 0, or -1 after one line on stderr. */
int nrs_sim_options_parse(struct nrs_sim_options *o, int argc, char **argv);

#endif
