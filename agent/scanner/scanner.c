#include "agent/scanner/scanner.h"

#include <mbedtls/sha256.h>
#include <string.h>

#include "agent/run/agent.h"
#include "agent/release.h"
#include "models/base/units.h"
#include "models/builtin.h"
#include "models/base/error.h"
#include "platform/clock.h"
#include "platform/files.h"

static const struct {
    enum nrs_scan_format format;
    const uint8_t *file;
    const size_t *len;
} builtin[2] = {{NRS_FORMAT_ELF, nrs_builtin_packer, &nrs_builtin_packer_len},
                {NRS_FORMAT_PE, nrs_builtin_packer_pe, &nrs_builtin_packer_pe_len}};

int nrs_scanner_open(struct nrs_scanner *s, struct nrs_why *why)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct nrs_schema *schema = nrs_scan_schema(builtin[i].format);
        int rc;

        s->model[i] = NULL;
        if (schema == NULL || *builtin[i].len == 0)
            continue;
        rc = nrs_trust_builtin(&s->builtin[i], schema, builtin[i].file, *builtin[i].len, why);
        if (rc == 0 && nrs_scan_model_fits(&s->builtin[i]) != 0)
            rc = nrs_why(why, NRS_ERR_SCHEMA, "it has no class none, or no packer");
        if (rc != 0)
            return rc;
        s->model[i] = &s->builtin[i];
    }
    return 0;
}

/* The kind of a model is in its header; a file that has none is refused by whatever looks at it next. */
static unsigned kind_index(const struct nrs_model_place *p, int len)
{
    struct nrs_model_envelope e;
    bool pe = len > 0 && nrs_model_envelope_read(&e, p->bytes, (size_t)len, NULL) == 0 && e.kind == NRS_KIND_PACKER_PE;

    return pe && nrs_scan_schema(NRS_FORMAT_PE) != NULL;
}

int nrs_scanner_use(struct nrs_scanner *s, const struct nrs_config *c, const char *path, struct nrs_why *why)
{
    struct nrs_trust trust = {.agent = NRS_AGENT_NUMBER};
    int rc = nrs_trust_keys(&trust, c, why), len;
    unsigned i;

    if (rc != 0)
        return rc;
    len = nrs_path_load(path, s->place.bytes, sizeof s->place.bytes);
    if (len < 0)
        return nrs_why(why, NRS_ERR_IO, "%s", strerror(-len));
    i = kind_index(&s->place, len);
    trust.schema = nrs_scan_schema(builtin[i].format);
    trust.floor = s->model[i] != NULL ? s->model[i]->serial : 0;
    trust.today = nrs_clock_is_set() ? (uint32_t)(nrs_clock_wall_ns() / NRS_NS_PER_DAY) : 0;
    rc = nrs_trust_model(&trust, &s->place, (size_t)len, why);
    if (rc == 0 && nrs_scan_model_fits(&s->place.model) != 0)
        rc = nrs_why(why, NRS_ERR_SCHEMA, "it has no class none, or no packer");
    if (rc == 0)
        s->model[i] = &s->place.model;
    return rc;
}

void nrs_scanner_use_none(struct nrs_scanner *s)
{
    s->model[0] = s->model[1] = NULL;
}

static int read_at(void *arg, uint64_t offset, void *buf, size_t len)
{
    return nrs_file_read_at(*(const int *)arg, offset, buf, len);
}

int nrs_scanner_file(struct nrs_scanner *s, int fd, uint64_t size, bool *shrank)
{
    const struct nrs_scan_input in = {read_at, &fd, size};
    int rc = nrs_scan_look(&s->scan, &in, &s->facts);

    if (rc != 0)
        return rc;
    *shrank = s->scan.failed;
    nrs_scan_decide(&s->facts, s->model[s->facts.format == NRS_FORMAT_PE], &s->result);
    return 0;
}

int nrs_scanner_hash(int fd, uint8_t sha256[32])
{
    uint8_t piece[NRS_SCAN_PIECE];
    mbedtls_sha256_context sha;
    uint64_t at = 0;
    int n = 0, rc;

    mbedtls_sha256_init(&sha);
    rc = mbedtls_sha256_starts(&sha, 0);
    while (rc == 0 && (n = nrs_file_read_at(fd, at, piece, sizeof piece)) > 0) {
        rc = mbedtls_sha256_update(&sha, piece, (size_t)n);
        at += (uint64_t)n;
    }
    if (rc == 0 && n == 0)
        rc = mbedtls_sha256_finish(&sha, sha256);
    mbedtls_sha256_free(&sha);
    return rc == 0 && n == 0 ? 0 : NRS_ERR_IO;
}
