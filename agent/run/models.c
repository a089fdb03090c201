/* Which model judges: the one that is compiled in, or the file of the configuration, if it may be trusted. */
#include <string.h>

#include "agent/run/agent.h"
#include "agent/trust/clock_trust.h"
#include "agent/run/trusted.h"
#include "agent/trust/model_floor.h"
#include "models/base/units.h"
#include "platform/clock.h"
#include "platform/files.h"

/* A floor that was lost cannot be noticed otherwise: the next file would be taken, however old it is. */
static void report_floor(const struct nrs_agent *a, const struct nrs_model_floor *f)
{
    const char *dir = nrs_config_state_dir(&a->config);

    if (f->bad > 0 && f->good > 0)
        nrs_log("state.dir: %s: one copy of the model floor is damaged; the other one says %u", dir,
                (unsigned)f->serial);
    else if (f->bad > 0)
        nrs_log("state.dir: %s: the model floor is lost, both copies are damaged: an older model may return",
                dir);
    else if (f->good == 0 && a->floor_old == 0 && a->config.model.file[0] != '\0')
        nrs_log("state.dir: %s: there is no model floor: no model file was ever used, or the floor is lost",
                dir);
}

int nrs_agent_open_slots(struct nrs_agent *a)
{
    struct nrs_model_floor floor;
    struct nrs_why why;

    if (nrs_slots_open(&a->slots, nrs_kind(NRS_KIND_BEACON), &a->place[0], &a->place[1], &why) != 0) {
        nrs_log("the compiled-in model: %s", why.text);
        return NRS_EXIT_FAILED;
    }
    nrs_model_floor_load(a->state_dir, a->slots.kind->schema->name, &floor);
    a->floor_old = nrs_model_floor_load_old(a->spool_dir);
    nrs_slots_remember(&a->slots, floor.serial);
    nrs_slots_remember(&a->slots, a->floor_old);
    if (a->state_dir >= 0)
        report_floor(a, &floor);
    return 0;
}

void nrs_agent_keep_floor(struct nrs_agent *a)
{
    int rc;

    if (a->state_dir < 0 || a->slots.kept == 0)
        return;
    rc = nrs_model_floor_raise(a->state_dir, a->slots.kind->schema->name, a->slots.kept);
    if (rc < 0)
        nrs_log("state.dir: %s: the model floor cannot be written: %s; going on",
                nrs_config_state_dir(&a->config), strerror(-rc));
    else if (a->floor_old > 0 && nrs_file_remove(a->spool_dir, NRS_MODEL_FLOOR_OLD) == 0)
        a->floor_old = 0;
}

int nrs_agent_try_model(struct nrs_agent *a)
{
    const struct nrs_config *c = &a->config;
    uint32_t today = nrs_clock_today();
    struct nrs_why why;

    if (c->model.file[0] == '\0') {
        nrs_slots_try_builtin(&a->slots);
        return 0;
    }
    if (nrs_trusted_model_keys(c) != 0)
        return NRS_EXIT_USAGE;
    if (nrs_slots_load(&a->slots, c, today, c->model.file, &why) == 0)
        return 0;
    nrs_log("model.file: %s: %s; model %s%u stays", c->model.file, why.text, a->slots.kind->rule,
            (unsigned)a->slots.model->serial);
    return NRS_EXIT_USAGE;
}
