/* agent/trust/slots.h - the models of one kind: which is in use, which may replace it, which is too old
 *
 * A kind has three places for a model: built in   compiled into the program and trusted by the build
 * (models/builtin.h) A, B       models from files, verified by model_trust.h. There are two, so that the
 * model in use stays whole while another one is read. At most one model is in use: `model`. A model is
 * first on trial: `trial`. It judges nothing until nrs_slots_confirm puts it into use. A file that is
 * refused leaves the model in use as it was and ends a trial.
 *
 * Floor: no file may have a lower serial. `kept` is the highest serial that a file in use ever had, as far
 *        as the caller knows from earlier starts (model_floor.h). The floor is `kept` or the serial of the
 *        built-in model, whichever is higher. So nobody can bring an old model back.
 * Memory: the caller's. A and B have 64 KiB each. A program that reads one file in its life has no B. */
#ifndef NRS_SLOTS_H
#define NRS_SLOTS_H
#include <stdbool.h>

#include "agent/trust/model_trust.h"
#include "models/kinds.h"

struct nrs_slots {
    const struct nrs_kind *kind;
    struct nrs_model builtin;
    struct nrs_model_place *a, *b; /* for files; NULL = this program has no such place */
    const struct nrs_model *model; /* in use; NULL = none */
    const struct nrs_model *trial; /* verified, not in use yet; NULL = none */
    uint32_t floor, kept;
};

/* Begins with the built-in model in use. b may be NULL.
 * NRS_ERR_UNSUPPORTED: the build has none, and none is in use. Another NRS_ERR_*: it is broken. `why` is a
 * short phrase. */
int nrs_slots_open(struct nrs_slots *s, const struct nrs_kind *kind, struct nrs_model_place *a,
                   struct nrs_model_place *b, struct nrs_why *why);

/* The place for the next file: A or B, whichever does not hold the model in use. The trial ends. */
struct nrs_model_place *nrs_slots_free(struct nrs_slots *s);

/* Verifies the first len bytes of the free place with the keys of the configuration and puts the model on
 * trial. today: days since 1970; 0 = the clock is not set, and nothing expires. `why` is a short phrase. */
int nrs_slots_try(struct nrs_slots *s, const struct nrs_config *c, uint32_t today, size_t len,
                  struct nrs_why *why);

/* Reads a file into the free place and does the same. NRS_ERR_IO: it cannot be read. */
int nrs_slots_load(struct nrs_slots *s, const struct nrs_config *c, uint32_t today, const char *path,
                   struct nrs_why *why);

/* Puts the built-in model on trial. The build has one: nrs_slots_open has returned 0. */
void nrs_slots_try_builtin(struct nrs_slots *s);

/* There is a model on trial: it is in use from now on. If it came from a file, its serial is remembered. */
void nrs_slots_confirm(struct nrs_slots *s);

/* A file of this serial was in use, now or in an earlier start: raises `kept` and the floor to it. */
void nrs_slots_remember(struct nrs_slots *s, uint32_t serial);

#endif
