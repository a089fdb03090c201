/* agent/run/trusted.h - the paths that root reads and writes, opened or refused, for `run` and `check`
 *
 * Each function returns 0, or NRS_EXIT_USAGE after one line on stderr that names the path
 * (platform/path_trust.h has the rules). */
#ifndef NRS_TRUSTED_H
#define NRS_TRUSTED_H
#include "agent/config/config.h"

/* Opens spool.dir or state.dir, as `key` names it; *dir is -1 where it is refused. As root, the folder has to
 * hold nothing but files of an agent. */
int nrs_trusted_open_dir(const struct nrs_config *c, const char *key, const char *path, int *dir);

/* Root: gives the open folder to the user that the agent becomes. */
int nrs_trusted_give_dir(const struct nrs_config *c, const char *key, const char *path, int dir);

/* The files of `collector` (ca, cert, key), those that are named. */
int nrs_trusted_identity(const struct nrs_config *c);

/* The files of model.keys. A model needs no such care: it is signed. */
int nrs_trusted_model_keys(const struct nrs_config *c);

#endif
