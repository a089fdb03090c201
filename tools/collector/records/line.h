/* tools/collector/records/line.h - one record of a POST: read once, checked, made ready for the store
 *
 * agent/VERDICT.md is the contract. The line is parsed by cJSON exactly once. What the store needs for its
 * indexes goes into struct nrs_col_record, and the line that is stored is written anew from the fields
 * that were checked.
 *
 * Memory: cJSON works in a fixed arena of NRS_COL_ARENA bytes, which every line uses from its beginning.
 *         One thread only.
 * Limits: NRS_COL_LINE_MAX bytes a line, as it came and as it is stored; NRS_COL_DEPTH_MAX levels.
 * Errors: a line is refused with one reason that names the key and never repeats what the line said. */
#ifndef NRS_COL_LINE_H
#define NRS_COL_LINE_H
#include <stddef.h>
#include <stdint.h>

#include "tools/collector/records/fields.h"

#define NRS_COL_LINE_MAX 2048
#define NRS_COL_BOOT_MAX 16
#define NRS_COL_ADDR_MAX 46  /* INET6_ADDRSTRLEN */
#define NRS_COL_ARENA 131072

struct nrs_col_record {
    const char *line;   /* as it is stored, without a newline; not NUL-terminated */
    size_t len;
    uint8_t kind;       /* enum nrs_col_kind */
    uint8_t risk;       /* 0..99 */
    uint16_t port;
    uint32_t d;         /* noroshi.d: the verdict's number on this host and boot */
    uint64_t seq;
    unsigned n_dropped; /* keys of the line that were not kept */
    char event[NRS_COL_EVENT_MAX + 1];
    char boot[NRS_COL_BOOT_MAX + 1];
    char dst[NRS_COL_ADDR_MAX];
    char version[NRS_COL_VERSION_MAX + 1]; /* agent.version of a health record, "" = absent */
};

/* Gives cJSON its arena. Before any other function of this file. */
void nrs_col_line_init(void);

/* Parses one line into its fields, which point into the arena and are good until the next line is parsed.
 * 0, or NRS_ERR_FORMAT with a sentence in why. */
int nrs_col_line_parse(struct nrs_col_fields *f, const char *s, size_t n, char why[NRS_COL_WHY]);

/* Reads one line of that device and writes what is stored to out; r->line points there. 0, or
 * NRS_ERR_FORMAT with a sentence in why. */
int nrs_col_line_read(struct nrs_col_record *r, char out[NRS_COL_LINE_MAX + 1], const char *device,
                      const char *s, size_t n, char why[NRS_COL_WHY]);

/* Takes "<host>-<boot>-<seq>" apart. 0 or NRS_ERR_FORMAT. */
int nrs_col_event_split(const char *event, char boot[NRS_COL_BOOT_MAX + 1], uint64_t *seq);

#endif
