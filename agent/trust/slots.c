#include "agent/trust/slots.h"

#include <string.h>

#include "agent/release.h"
#include "models/base/error.h"
#include "platform/files.h"

int nrs_slots_open(struct nrs_slots *s, const struct nrs_kind *kind, struct nrs_model_place *a,
                   struct nrs_model_place *b, struct nrs_why *why)
{
    int rc;

    s->kind = kind;
    s->a = a;
    s->b = b;
    s->model = s->trial = NULL;
    s->floor = s->kept = 0;
    rc = nrs_trust_builtin(&s->builtin, kind, why);
    if (rc == 0) {
        s->model = &s->builtin;
        s->floor = s->builtin.serial;
    }
    return rc;
}

struct nrs_model_place *nrs_slots_free(struct nrs_slots *s)
{
    s->trial = NULL;
    return s->model == &s->a->model ? s->b : s->a;
}

int nrs_slots_try(struct nrs_slots *s, const struct nrs_config *c, uint32_t today, size_t len,
                  struct nrs_why *why)
{
    struct nrs_model_place *place = nrs_slots_free(s);
    struct nrs_trust trust = {
        .schema = s->kind->schema, .floor = s->floor, .today = today, .agent = NRS_AGENT_NUMBER};
    int rc = nrs_trust_keys(&trust, c, why);

    if (rc == 0)
        rc = nrs_trust_model(&trust, place, len, why);
    if (rc == 0)
        s->trial = &place->model;
    return rc;
}

int nrs_slots_load(struct nrs_slots *s, const struct nrs_config *c, uint32_t today, const char *path,
                   struct nrs_why *why)
{
    struct nrs_model_place *place = nrs_slots_free(s);
    int len = nrs_path_load(path, place->bytes, sizeof place->bytes);

    if (len < 0)
        return nrs_why(why, NRS_ERR_IO, "%s", strerror(-len));
    return nrs_slots_try(s, c, today, (size_t)len, why);
}

void nrs_slots_try_builtin(struct nrs_slots *s)
{
    s->trial = &s->builtin;
}

void nrs_slots_remember(struct nrs_slots *s, uint32_t serial)
{
    if (serial > s->kept)
        s->kept = serial;
    if (serial > s->floor)
        s->floor = serial;
}

void nrs_slots_confirm(struct nrs_slots *s)
{
    s->model = s->trial;
    s->trial = NULL;
    if (s->model != &s->builtin)
        nrs_slots_remember(s, s->model->serial);
}
