/* The folders that the agent writes to: the spool, and the state folder where that is another one. */
#include <string.h>

#include "agent/run/agent.h"
#include "agent/run/trusted.h"
#include "platform/files.h"

int nrs_agent_open_folders(struct nrs_agent *a)
{
    const struct nrs_config *c = &a->config;
    bool spools = c->collector.url.host[0] != '\0',
         own_state = strcmp(nrs_config_state_dir(c), c->spool.dir) != 0;
    int rc = 0;

    if (a->options.report_only)
        return 0;
    if (spools)
        rc = nrs_trusted_open_dir(c, "spool.dir", c->spool.dir, &a->spool_dir);
    if (rc == 0 && own_state)
        rc = nrs_trusted_open_dir(c, "state.dir", c->state.dir, &a->state_dir);
    else
        a->state_dir = a->spool_dir;
    return rc;
}

int nrs_agent_give_folders(const struct nrs_agent *a)
{
    const struct nrs_config *c = &a->config;
    int rc = 0;

    if (a->spool_dir >= 0)
        rc = nrs_trusted_give_dir(c, "spool.dir", c->spool.dir, a->spool_dir);
    if (rc == 0 && a->state_dir >= 0 && a->state_dir != a->spool_dir)
        rc = nrs_trusted_give_dir(c, "state.dir", c->state.dir, a->state_dir);
    return rc;
}

static int lock(int dir, const char *key, const char *path)
{
    int rc = nrs_dir_lock(dir);

    if (rc >= 0)
        return 0;
    nrs_log("%s: %s: another agent works here (%s)", key, path, strerror(-rc));
    return NRS_EXIT_USAGE;
}

int nrs_agent_begin_folders(struct nrs_agent *a)
{
    const struct nrs_config *c = &a->config;
    int rc = 0;

    if (a->spool_dir >= 0)
        rc = lock(a->spool_dir, "spool.dir", c->spool.dir);
    if (rc == 0 && a->state_dir >= 0 && a->state_dir != a->spool_dir)
        rc = lock(a->state_dir, "state.dir", c->state.dir);
    if (rc != 0)
        return rc;
    if (a->spool_dir >= 0 && nrs_spool_open(&a->spool, a->spool_dir, c->spool.kib * 1024) != 0) {
        nrs_log("spool.dir: %s: cannot be read", c->spool.dir);
        return NRS_EXIT_USAGE;
    }
    rc = nrs_boot_id_next(a->spool_dir, a->boot);
    if (rc < 0 && a->spool_dir >= 0)
        nrs_log("spool.dir: %s: cannot be written: %s; going on", c->spool.dir, strerror(-rc));
    nrs_agent_keep_floor(a);
    return 0;
}

void nrs_agent_close_folders(struct nrs_agent *a)
{
    if (a->spool.segment_bytes > 0)
        nrs_spool_close(&a->spool);
    if (a->state_dir != a->spool_dir)
        nrs_file_close(a->state_dir);
    nrs_file_close(a->spool_dir);
    a->spool_dir = a->state_dir = -1;
}
