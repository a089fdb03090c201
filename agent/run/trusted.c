#include "agent/run/trusted.h"

#include "agent/run/agent.h"
#include "platform/files.h"
#include "platform/path_trust.h"

/* Every name that an agent, of this version or an earlier one, makes in spool.dir or state.dir. */
static const char *const ours[] = {"########.seg", /* spool.h */
                                   "acked",        /* spool_cursor.c */
                                   "boot",         /* boot_id.h */
                                   "model.floor",  /* model_floor.h: versions before the state folder */
                                   "beacon.floor#", /* model_floor.h */
                                   "status.json",  /* status.h */
                                   "held-#",       /* verdicts that waited for their program */
                                   "check",        /* check.c */
                                   NULL};

/* name: an entry of the folder, "" = the folder itself. */
static int refuse(const char *key, const char *path, const char *name, int rc)
{
    nrs_log("%s: %s%s%s: %s", key, path, name[0] != '\0' ? "/" : "", name, nrs_path_strerror(rc));
    return NRS_EXIT_USAGE;
}

int nrs_trusted_open_dir(const struct nrs_config *c, const char *key, const char *path, int *dir)
{
    char name[NRS_PATH_NAME_TEXT] = "";
    int rc, fd = nrs_dir_open(path, c->user);

    *dir = -1;
    rc = fd < 0 ? fd : nrs_dir_check(fd, c->user, ours, name);
    if (rc < 0) {
        nrs_file_close(fd);
        return refuse(key, path, name, rc);
    }
    *dir = fd;
    return 0;
}

int nrs_trusted_give_dir(const struct nrs_config *c, const char *key, const char *path, int dir)
{
    char name[NRS_PATH_NAME_TEXT];
    int rc = nrs_dir_give(dir, c->user, ours, name);

    return rc < 0 ? refuse(key, path, name, rc) : 0;
}

static int check_file(const struct nrs_config *c, const char *key, const char *path)
{
    int rc = path[0] != '\0' ? nrs_path_is_private(path, c->user, false) : 0;

    return rc < 0 ? refuse(key, path, "", rc) : 0;
}

int nrs_trusted_identity(const struct nrs_config *c)
{
    int rc = check_file(c, "collector.ca", c->collector.ca);

    if (rc == 0)
        rc = check_file(c, "collector.cert", c->collector.cert);
    return rc != 0 ? rc : check_file(c, "collector.key", c->collector.key);
}

int nrs_trusted_model_keys(const struct nrs_config *c)
{
    int rc = 0;

    for (uint32_t i = 0; i < c->model.n_keys && rc == 0; i++)
        rc = check_file(c, "model.keys", c->model.keys[i]);
    return rc;
}
