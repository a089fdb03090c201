/* tools/collector/run.h - the command `run`: the server, its services and the store, put together */
#ifndef NRS_COL_RUN_H
#define NRS_COL_RUN_H
#include "tools/collector/config.h"

/* Serves DIR until SIGTERM or SIGINT. Returns an exit code: 0, or 2 with one line on stderr. */
int nrs_col_run(const char *dir, const struct nrs_col_config *c);

#endif
