/* agent/scan/scan.h - is this executable packed, and by what
 *
 *   facts (elf.c, pe/pe.c, script.c)  ->  structural rules  ->  linear model  ->  name       (decide.c)
 *
 * A library without I/O: bytes come through a callback, nothing allocates, integers only, no offset of a
 * file is trusted. A packer is not malware; nothing here says so.
 *
 * Reads:  at most NRS_SCAN_READ_MAX bytes of a file, in pieces of at most NRS_SCAN_PIECE. Beyond that, and
 *         where a file ends early, facts are those of what was there.
 * Memory: struct nrs_scan is the caller's, about 6 KiB; one may be used for any number of files, one after
 * the other. Errors: a file that is not an executable is no error: `skipped` says what it is. NRS_ERR_IO
 * when the callback
 *         failed before anything was known of the file. */
#ifndef NRS_SCAN_H
#define NRS_SCAN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/model.h"

#define NRS_SCAN_READ_MAX 65536
#define NRS_SCAN_PIECE    4096
#define NRS_SCAN_LINE_MAX (6 * 4096 + 1024) /* a path of 4 KiB, every byte escaped, and the rest */
#define NRS_SCAN_GRAMS    3                 /* strongest n-grams that are told */
#define NRS_SCAN_RULE_RISK 99 /* counts as certain: no rule flags a clean file (packer.card.md) */
#define NRS_SCAN_REASONS  5                 /* strongest terms that are told */

/* Up to len bytes at offset into buf. Returns how many: fewer only where the file ends; negative if it
 * failed. */
typedef int (*nrs_scan_read_fn)(void *arg, uint64_t offset, void *buf, size_t len);

struct nrs_scan_input {
    nrs_scan_read_fn read;
    void *arg;
    uint64_t size; /* of the file when it was opened; it may have changed since */
};

enum nrs_scan_format { NRS_FORMAT_OTHER, NRS_FORMAT_ELF, NRS_FORMAT_PE, NRS_FORMAT_SCRIPT };

/* What the header says that UPX writes: l_info, p_info, blocks, PackHeader (upx.h). */
enum nrs_upx_state { NRS_UPX_ABSENT, NRS_UPX_TAMPERED, NRS_UPX_INTACT };

/* Structural rules, as bits. The strong ones say "packed" by themselves. NRS_RULES_HINTS say it together.
 * NRS_RULE_ENTRY_LAST needs support: tools that lay out a program anew move its start as well. Support is
 * a missing section table, a dense segment, or a model that is not strongly against. */
enum nrs_scan_rule {
    NRS_RULE_RWX = 1,           /* hint: a load segment is writable and executable, as in boot loaders */
    NRS_RULE_ENTRY_LAST = 2,    /* with support: the start is in the last of several load segments */
    NRS_RULE_NO_SECTIONS = 4,   /* hint: no section table; vendors strip it */
    NRS_RULE_UPX = 8,           /* built like UPX: its chain of blocks, or its header */
    NRS_RULE_SCRIPT = 16,       /* a shell script that carries a dense payload */
    NRS_RULE_DENSE_ENTRY = 32,  /* the segment that holds the start is compressed or encrypted */
    NRS_RULE_DENSE_DATA = 64,   /* most of the file is a writable segment that is compressed or encrypted */
    NRS_RULE_PAYLOAD = 128,     /* a program or something dense is appended, and is no archive */
    NRS_RULE_WRITABLE_ENTRY = 256, /* PE: the section with the entry is writable and executable */
    NRS_RULE_RWX_DENSE = 512,      /* a load segment is writable and executable, and one is dense */
    NRS_RULE_DENSE_HINT = 1024,    /* support: that segment has 6.25 bits a byte */
    NRS_RULES_HINTS = NRS_RULE_RWX | NRS_RULE_NO_SECTIONS,
    NRS_RULES_SUPPORT = NRS_RULE_NO_SECTIONS | NRS_RULE_DENSE_HINT,
    NRS_RULES_STRONG = 0x3ff & ~(NRS_RULES_HINTS | NRS_RULE_ENTRY_LAST)
};

struct nrs_scan_facts {
    uint8_t format;           /* enum nrs_scan_format */
    uint8_t upx;              /* enum nrs_upx_state */
    uint16_t rules;           /* enum nrs_scan_rule */
    const char *name;         /* a class that the rules are sure of, NULL = none; static */
    bool incomplete;          /* ELF: pages of a load segment or entries of the segment table are missing */
    const char *skipped;      /* why it is not judged ("object file"), NULL = it is; static */
    uint32_t dense_kib;       /* longest dense run, estimated from samples: a hint, never a verdict */
    const struct nrs_schema *schema; /* of x; NULL for scripts and what is skipped */
    uint16_t x[NRS_VECTOR_MAX];      /* features, then the bytes from the start on */
};

struct nrs_scan {
    struct nrs_scan_input in;
    uint32_t n_read;          /* bytes read of this file */
    bool failed;              /* the callback failed, or the file is shorter than it was */
    uint64_t at;              /* where buf begins in the file */
    uint32_t n_buf;
    uint8_t buf[NRS_SCAN_PIECE];
};

struct nrs_scan_result {
    bool packed;
    bool tampered;            /* built like UPX by a rule, but its header or trailer does not fit */
    const char *name;         /* "none", a packer, "unknown", "shc"; points into the model or is static */
    int32_t score_mlogit;     /* of the model (FORMAT.md, Classes); 0 if no model looked at it */
    int32_t bias_mlogit;      /* the part of the score that is the same for every file */
    uint8_t risk;             /* the model's calibrated percent that it is packed; or NRS_SCAN_RULE_RISK */
    uint8_t n_reasons, n_grams; /* 0 if no model looked at it */
    struct {
        char name[32];
        int32_t mlogit;
    } reason[NRS_SCAN_REASONS]; /* largest first, of best packer less best class that is not packed */
    struct {
        uint8_t at, n;
        int32_t mlogit;
    } gram[NRS_SCAN_GRAMS];
};

/* Looks at one file. */
int nrs_scan_look(struct nrs_scan *s, const struct nrs_scan_input *in, struct nrs_scan_facts *facts);

/* A packer model needs the class "none" and at least one packer. NRS_ERR_SCHEMA. */
int nrs_scan_model_fits(const struct nrs_model *m);

/* Judges. model: of the facts' schema; NULL, or of another schema: the rules judge alone. */
void nrs_scan_decide(const struct nrs_scan_facts *facts, const struct nrs_model *model,
                     struct nrs_scan_result *r);

struct nrs_scan_line {
    const char *path;
    uint32_t pid;             /* of a process that runs it, 0 = none known */
    bool deleted;             /* it has no name any more */
    const uint8_t *sha256;    /* 32 bytes, NULL = not asked for */
    const struct nrs_scan_facts *facts;
    const struct nrs_scan_result *result;
};

/* One JSON line with its newline (agent/scan/README.md). Returns its length, or NRS_ERR_SPACE. */
int nrs_scan_write(char *buf, size_t cap, const struct nrs_scan_line *line);

/* The vector of a file as one JSON line, for training; of a file without one, what it is. */
int nrs_scan_write_features(char *buf, size_t cap, const char *path, const struct nrs_scan_facts *facts);

#endif
