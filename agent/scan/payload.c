#include "agent/scan/payload.h"

#include <string.h>

#include "agent/scan/container.h"
#include "agent/scan/entropy.h"
#include "agent/scan/reader.h"

#define SAMPLES     8
#define DENSE_SHARE 64 /* of 255: a quarter of the samples. The mean of all would let zeros hide the rest */
#define BLANK_MAX   2  /* pieces of zeros before a payload that are passed over */
#define ELF_IDENT   7  /* bytes: magic, class, byte order, version */

/* The first byte that is not zero, in the first pieces from `at` on. */
static uint64_t after_blank(struct nrs_scan *s, uint64_t at)
{
    for (unsigned i = 0; i < BLANK_MAX; i++) {
        uint32_t got, n = 0;
        const uint8_t *p = nrs_reader_some(s, at, NRS_SCAN_PIECE, &got);

        while (n < got && p[n] == 0)
            n++;
        at += n;
        if (n < got || got == 0)
            break;
    }
    return at;
}

/* An ELF file as it is, or with one byte added (xor) to each of its bytes. */
static bool is_program(const uint8_t *p)
{
    uint8_t ident[ELF_IDENT], key = p[0] ^ 0x7f;

    for (unsigned i = 0; i < ELF_IDENT; i++)
        ident[i] = p[i] ^ key;
    if (memcmp(ident,
               "\x7f"
               "ELF",
               4) != 0)
        return false;
    return key == 0 ||
           ((ident[4] == 1 || ident[4] == 2) && (ident[5] == 1 || ident[5] == 2) && ident[6] == 1);
}

static bool is_dense(struct nrs_scan *s, uint64_t at, uint64_t end)
{
    struct nrs_entropy_samples samples;

    if (end <= at || end - at < NRS_PAYLOAD_LEAST)
        return false;
    nrs_entropy_sample(s, at, end - at, SAMPLES, &samples);
    return samples.mean >= NRS_ENTROPY_DENSE || (samples.dense >= DENSE_SHARE && samples.n_dense > 1);
}

bool nrs_payload_look(struct nrs_scan *s, uint64_t at)
{
    uint64_t size = s->in.size;
    struct nrs_container c;
    const uint8_t *p;

    if (size - at < NRS_PAYLOAD_LEAST)
        return false;
    at = after_blank(s, at);
    p = nrs_reader_all(s, at, ELF_IDENT);
    if (p == NULL)
        return false;
    if (is_program(p))
        return true;
    if (!nrs_container_look(s, at, &c))
        return is_dense(s, at, size);
    return is_dense(s, at, c.begin) || is_dense(s, c.end, size);
}
