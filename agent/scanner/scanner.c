#include "agent/scanner/scanner.h"

#include <mbedtls/sha256.h>
#include <string.h>

#include "agent/trust/clock_trust.h"
#include "models/base/units.h"
#include "models/base/error.h"
#include "platform/clock.h"
#include "platform/files.h"

/* In the order of nrs_scanner.slots. A build without PE has no row for it, and no model. */
static const enum nrs_kind_id kinds[2] = {NRS_KIND_PACKER, NRS_KIND_PACKER_PE};

static int check_classes(const struct nrs_model *m, struct nrs_why *why)
{
    return nrs_scan_model_fits(m) == 0 ? 0 : nrs_why(why, NRS_ERR_SCHEMA,
                                                     "it has no class none, or no packer");
}

int nrs_scanner_open(struct nrs_scanner *s, struct nrs_why *why)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct nrs_kind *kind = nrs_kind_of_number(kinds[i]);
        int rc;

        s->slots[i].kind = NULL;
        s->slots[i].model = NULL;
        if (kind == NULL)
            continue;
        rc = nrs_slots_open(&s->slots[i], kind, &s->place, NULL, why);
        if (rc == 0)
            rc = check_classes(s->slots[i].model, why);
        if (rc != 0 && rc != NRS_ERR_UNSUPPORTED)
            return rc;
    }
    return 0;
}

/* The kind of a model is in its header; a file that has none is refused by whatever looks at it next. */
static struct nrs_slots *slots_of(struct nrs_scanner *s, size_t len)
{
    struct nrs_model_envelope e;
    bool pe = nrs_model_envelope_read(&e, s->place.bytes, len, NULL) == 0 && e.kind == NRS_KIND_PACKER_PE;

    return &s->slots[pe && s->slots[1].kind != NULL];
}

int nrs_scanner_use(struct nrs_scanner *s, const struct nrs_config *c, const char *path, struct nrs_why *why)
{
    uint32_t today = nrs_clock_today();
    int rc, len = nrs_path_load(path, s->place.bytes, sizeof s->place.bytes);
    struct nrs_slots *slots;

    if (len < 0)
        return nrs_why(why, NRS_ERR_IO, "%s", strerror(-len));
    slots = slots_of(s, (size_t)len);
    rc = nrs_slots_try(slots, c, today, (size_t)len, why);
    if (rc == 0)
        rc = check_classes(slots->trial, why);
    if (rc == 0)
        nrs_slots_confirm(slots);
    return rc;
}

void nrs_scanner_use_none(struct nrs_scanner *s)
{
    s->slots[0].model = s->slots[1].model = NULL;
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
    nrs_scan_decide(&s->facts, s->slots[s->facts.format == NRS_FORMAT_PE].model, &s->result);
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
