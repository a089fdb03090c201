#include "tools/replay/model_source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "models/builtin.h"
#include "models/base/error.h"
#include "tools/spans/spans.h"

static bool load(struct nrs_replay_model *m, const char *name, const uint8_t *file, size_t len)
{
    struct nrs_model_envelope e;
    const char *place = "file";
    int rc = nrs_model_envelope_read(&e, file, len, &place);

    if (!rc)
        rc = nrs_model_load_as(&m->model, &e, &nrs_schema_beacon, &place);
    if (rc)
        fprintf(stderr, "noroshi-replay: %s: %s: %s\n", name, place, nrs_strerror(rc));
    return !rc;
}

static bool load_file(struct nrs_replay_model *m, const char *path)
{
    FILE *f = fopen(path, "rb");
    size_t len;
    bool readable;

    if (!f) {
        fprintf(stderr, "noroshi-replay: %s: %s\n", path, strerror(errno));
        return false;
    }
    len = fread(m->bytes, 1, sizeof m->bytes, f);
    readable = !ferror(f);
    if (!readable)
        fprintf(stderr, "noroshi-replay: %s: cannot be read\n", path);
    else if (len == sizeof m->bytes && fgetc(f) != EOF) {
        fprintf(stderr, "noroshi-replay: %s: larger than a model can be\n", path);
        readable = false;
    }
    fclose(f);
    return readable && load(m, path, m->bytes, len);
}

bool nrs_replay_model_open(struct nrs_replay_model *m, const char *path)
{
    if (path && strcmp(path, "none") == 0) {
        nrs_spans_no_model(&m->model);
        return true;
    }
    if (path)
        return load_file(m, path);
    if (nrs_builtin_beacon_len == 0) {
        fprintf(stderr, "noroshi-replay: no model is compiled in; name one with --model\n");
        return false;
    }
    return load(m, "the model compiled in", nrs_builtin_beacon, nrs_builtin_beacon_len);
}
