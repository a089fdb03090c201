/* Which model judges: the one that is compiled in, or the file of the configuration, if it may be trusted. */
#include <string.h>

#include "agent/release.h"
#include "agent/run/agent.h"
#include "agent/run/trusted.h"
#include "agent/trust/model_floor.h"
#include "models/builtin.h"
#include "models/base/units.h"
#include "platform/clock.h"
#include "platform/files.h"

/* A floor that was lost cannot be noticed otherwise: the next file would be taken, however old it is. */
static void report_floor(const struct nrs_agent *a, const struct nrs_model_floor *f)
{
    const char *dir = nrs_config_state_dir(&a->config);

    if (f->bad > 0 && f->good > 0)
        nrs_log("state.dir: %s: one copy of the model floor is damaged; the other one says %u", dir, (unsigned)f->serial);
    else if (f->bad > 0)
        nrs_log("state.dir: %s: the model floor is lost, both copies are damaged: an older model may come back", dir);
    else if (f->good == 0 && a->floor_old == 0 && a->config.model.file[0] != '\0')
        nrs_log("state.dir: %s: there is no model floor: no model file was ever used here, or the floor is lost", dir);
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

int nrs_agent_open_trust(struct nrs_agent *a)
{
    struct nrs_model_floor floor;
    struct nrs_why why;
    int rc = nrs_trust_builtin(&a->builtin, &nrs_schema_beacon, nrs_builtin_beacon, nrs_builtin_beacon_len,
                               &why);

    if (rc != 0) {
        nrs_log("the compiled-in model: %s", why.text);
        return NRS_EXIT_FAILED;
    }
    a->model = &a->builtin;
    a->trust.schema = &nrs_schema_beacon;
    a->trust.agent = NRS_AGENT_NUMBER;
    nrs_model_floor_load(a->state_dir, nrs_schema_beacon.name, &floor);
    a->floor_old = nrs_model_floor_load_old(a->spool_dir);
    a->floor_kept = larger(floor.serial, a->floor_old);
    a->trust.floor = larger(a->floor_kept, a->builtin.serial);
    if (a->state_dir >= 0)
        report_floor(a, &floor);
    return 0;
}

void nrs_agent_keep_floor(struct nrs_agent *a)
{
    int rc;

    if (a->model != &a->builtin) {
        a->floor_kept = larger(a->floor_kept, a->model->serial);
        a->trust.floor = larger(a->trust.floor, a->model->serial);
    }
    if (a->state_dir < 0 || a->floor_kept == 0)
        return;
    rc = nrs_model_floor_raise(a->state_dir, nrs_schema_beacon.name, a->floor_kept);
    if (rc < 0)
        nrs_log("state.dir: %s: the model floor cannot be written: %s; going on", nrs_config_state_dir(&a->config),
                strerror(-rc));
    else if (a->floor_old > 0 && nrs_file_remove(a->spool_dir, NRS_MODEL_FLOOR_OLD) == 0)
        a->floor_old = 0;
}

const struct nrs_model *nrs_agent_load_model(struct nrs_agent *a)
{
    const struct nrs_config *c = &a->config;
    struct nrs_model_place *p = a->model == &a->place[0].model ? &a->place[1] : &a->place[0];
    struct nrs_why why;

    if (c->model.file[0] == '\0')
        return &a->builtin;
    a->trust.today = nrs_clock_is_set() ? (uint32_t)(nrs_clock_wall_ns() / NRS_NS_PER_DAY) : 0;
    if (nrs_trusted_model_keys(c) != 0)
        return NULL;
    if (nrs_trust_keys(&a->trust, c, &why) != 0) {
        nrs_log("%s; model beacon-%u stays", why.text, (unsigned)a->model->serial);
        return NULL;
    }
    if (nrs_trust_file(&a->trust, p, c->model.file, &why) != 0) {
        nrs_log("model.file: %s: %s; model beacon-%u stays", c->model.file, why.text, (unsigned)a->model->serial);
        return NULL;
    }
    return &p->model;
}
