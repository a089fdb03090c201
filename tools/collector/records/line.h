/* tools/collector/records/line.h - one record of a POST: read once, checked, made ready for the store
 *
 * agent/VERDICT.md is the contract. The line is parsed by cJSON exactly once; what the store needs for its
 * indexes goes into struct nrs_col_record, everything else stays in the line, which is stored word for word.
 *
 * Memory: cJSON works in a fixed arena (NRS_COL_ARENA bytes, reset with every line) once
 *         nrs_col_line_init was called; before that it uses malloc. One thread only.
 * Limits: NRS_COL_LINE_MAX bytes a line, NRS_COL_DEPTH_MAX levels.
 * Errors: a line is refused with one reason of NRS_COL_WHY bytes that names the key and never repeats what the
 *         line said. */
#ifndef NRS_COL_LINE_H
#define NRS_COL_LINE_H
#include <stddef.h>
#include <stdint.h>

#define NRS_COL_LINE_MAX 2048
#define NRS_COL_EVENT_MAX 98 /* host 64, boot 16, seq 16, two hyphens */
#define NRS_COL_BOOT_MAX 16
#define NRS_COL_ADDR_MAX 46  /* INET6_ADDRSTRLEN */
#define NRS_COL_VERSION_MAX 64
#define NRS_COL_WHY 128
#define NRS_COL_ARENA 131072

/* The numbers are those of the column record.kind; health is not stored there. */
enum nrs_col_kind { NRS_COL_BEACON, NRS_COL_EVIDENCE, NRS_COL_HEALTH, NRS_COL_PACKER, NRS_COL_COMBO, NRS_COL_KINDS };

struct nrs_col_record {
    const char *line; /* as it came, without the newline; the caller's bytes */
    size_t len;
    uint8_t kind;     /* enum nrs_col_kind */
    uint8_t risk;     /* 0..99 */
    uint16_t port;
    uint32_t d;       /* noroshi.d: the verdict's number on this host and boot */
    uint64_t seq;
    char event[NRS_COL_EVENT_MAX + 1];
    char boot[NRS_COL_BOOT_MAX + 1];
    char dst[NRS_COL_ADDR_MAX];
    char version[NRS_COL_VERSION_MAX + 1]; /* agent.version of a health record, "" = not told */
};

/* Gives cJSON its arena. */
void nrs_col_line_init(void);

/* Reads one line. Returns 0, or NRS_ERR_FORMAT with a sentence in why. r points into s on success. */
int nrs_col_line_read(struct nrs_col_record *r, const char *s, size_t n, char why[NRS_COL_WHY]);

/* Takes "<host>-<boot>-<seq>" apart. 0 or NRS_ERR_FORMAT. */
int nrs_col_event_split(const char *event, char boot[NRS_COL_BOOT_MAX + 1], uint64_t *seq);

#endif
