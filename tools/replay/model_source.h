/* tools/replay/model_source.h - the model to judge by: compiled in, out of a file, or none
 *
 * A file's digest and signature are not checked: replay is where a model is tried before it is signed.
 * Everything else about it is (models/model.h). */
#ifndef NRS_REPLAY_MODEL_SOURCE_H
#define NRS_REPLAY_MODEL_SOURCE_H
#include "models/model.h"

struct nrs_replay_model {
    struct nrs_model model; /* points into bytes, or into the program */
    uint8_t bytes[NRS_MODEL_BYTES_MAX];
};

/* path: NULL = compiled in, "none" = scores everything 0 and flags nothing. On error says so on standard
 * error and returns false. */
bool nrs_replay_model_open(struct nrs_replay_model *m, const char *path);

#endif
