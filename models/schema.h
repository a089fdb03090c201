/* models/schema.h - the ordered list of features of one kind of models
 *
 * A model is made for one schema: names, order and maxima of features. A hash stands for the list, so a
 * model for another list is refused and never misread. A feature is an unsigned integer in 0..max; the
 * code that computes it saturates. The lists are in <kind>_features.h, with a line on each feature and its
 * source.
 *
 * A vector of a schema is an array of uint16. The features come first. Then come n_bytes bytes of a file
 * (beacons have none): each is 0..255, or NRS_BYTE_ABSENT where the file has none. Only terms of hashed
 * n-grams look at the bytes. */
#ifndef NRS_SCHEMA_H
#define NRS_SCHEMA_H
#include <stddef.h>
#include <stdint.h>

#define NRS_FEATURES_MAX 96 /* most features of any schema */
#define NRS_START_BYTES 128 /* most bytes after them */
#define NRS_VECTOR_MAX (NRS_FEATURES_MAX + NRS_START_BYTES)
#define NRS_BYTE_ABSENT 256

/* The number of a kind in a model file; its row is in kinds.h. */
enum nrs_kind_id { NRS_KIND_BEACON = 1, NRS_KIND_PACKER = 2, NRS_KIND_PACKER_PE = 3 };
#define NRS_KINDS 3

/* The name is an array and the text is for the tools only: pointers and texts would take 8 KiB on the
 * device. */
struct nrs_feature {
    char name[16]; /* [a-z0-9_]{1,15}; appears in `why` and in model descriptions */
    uint16_t max;  /* at least 1 */
#if NRS_WITH_TEXTS
    const char *text; /* what it is, for people; not part of the hash */
#endif
};

#if NRS_WITH_TEXTS
#define NRS_FEATURE(name, max, text) {#name, max, text},
#else
#define NRS_FEATURE(name, max, text) {#name, max},
#endif

struct nrs_schema {
    const char *name; /* "beacon" */
    enum nrs_kind_id kind;
    uint16_t version;
    uint16_t n_features; /* at most NRS_FEATURES_MAX */
    uint16_t n_bytes;    /* bytes after the features, at most NRS_START_BYTES */
    const struct nrs_feature *features;
};

extern const struct nrs_schema nrs_schema_beacon, nrs_schema_packer, nrs_schema_packer_pe;

/* Entries of a vector. */
static inline unsigned nrs_schema_vector(const struct nrs_schema *s)
{
    return (unsigned)s->n_features + s->n_bytes;
}

/* 64-bit FNV-1a over "<name>/<version>;<feature>:<max>;..." in order, and "bytes:<n_bytes>;" at the end if
 * there are bytes. The hash tells schemas apart. It is no protection against forgery; the signature is. */
uint64_t nrs_schema_hash(const struct nrs_schema *s);

/* Index of a feature by name (len bytes, no NUL needed), or -1. */
int nrs_schema_find(const struct nrs_schema *s, const char *name, unsigned len);

#endif
