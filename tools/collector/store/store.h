/* tools/collector/store/store.h - where acknowledged records are kept: one table of functions per kind of
 * store
 *
 * A store keeps every verdict and evidence record once per device and event.id, one row per verdict (the
 * newest record and its evidence), and one row per device with its newest health record. What a successful
 * commit was given survives a power cut.
 *
 * Modes:   a WRITE store holds a lock on the folder, so that a folder has one collector, and brings files
 *          of older versions up to date. A READ store neither locks nor writes; the page and `export` use
 *          it.
 * Threads: one at a time per handle; the caller sees to it.
 * Errors:  0 or NRS_ERR_*, with the store's words in `why`. NRS_ERR_STALE: another process has the folder.
 *          NRS_ERR_SCHEMA: a newer version made the file. */
#ifndef NRS_COL_STORE_H
#define NRS_COL_STORE_H
#include <stdint.h>

#include "tools/collector/records/post.h"
#include "tools/collector/store/answer.h"
#include "tools/collector/store/query.h"

#define NRS_COL_STORE_WHY 160
#define NRS_COL_RETIRE_ROWS 2000

enum nrs_col_store_mode { NRS_COL_STORE_READ, NRS_COL_STORE_WRITE };

struct nrs_col_store_ops;

/* The common front of every kind of store. */
struct nrs_col_store {
    const struct nrs_col_store_ops *ops;
    uint64_t steps, scans; /* of the last query: steps of the store's machine, rows of full scans */
    char why[NRS_COL_STORE_WHY];
};

/* What is kept; 0 = no limit. */
struct nrs_col_retention {
    unsigned days, mib;
};

/* One stored record, in the order in which records came. */
struct nrs_col_stored {
    int64_t id, received; /* received: epoch seconds */
    const char *device, *line;
    uint8_t kind;         /* enum nrs_col_kind */
};

struct nrs_col_store_ops {
    const char *file; /* the name that errors are reported under */

    /* Makes a new, empty store in the folder. */
    int (*create)(const char *dir, char why[NRS_COL_STORE_WHY]);

    /* *out is set on success, and closed by the caller. */
    int (*open)(struct nrs_col_store **out, const char *dir, enum nrs_col_store_mode mode,
                char why[NRS_COL_STORE_WHY]);
    void (*close)(struct nrs_col_store *s); /* NULL is allowed */

    /* Enters a device that got a certificate at `now`. NRS_ERR_RANGE if the name is taken. Any process
     * may. */
    int (*issue)(const char *dir, const char *name, int64_t now, char why[NRS_COL_STORE_WHY]);

    /* Writes something that nobody reads, to learn whether the store works again. 0, or NRS_ERR_IO. */
    int (*probe)(struct nrs_col_store *s);

    /* Stores the list in one transaction and sets n_new and rc of each post. All or nothing, but for posts
     * of devices that have reached their day_cap. now: epoch seconds. */
    int (*commit)(struct nrs_col_store *s, struct nrs_col_post *posts, int64_t now);

    /* Appends the JSON of a query. NRS_ERR_RANGE: there is no such verdict. */
    int (*query)(struct nrs_col_store *s, const struct nrs_col_query *q, int64_t now,
                 struct nrs_col_answer *out);

    /* Deletes up to NRS_COL_RETIRE_ROWS of the oldest records, and verdicts that have no other, as far as
     * one of the limits is exceeded, and gives free space back to the system. n: how many records went; 0
     * when the limits are kept. */
    int (*retire)(struct nrs_col_store *s, const struct nrs_col_retention *keep, int64_t now, unsigned *n);

    /* Calls row for every record with an id above `after`, until it returns something else than 0, which
     * is then returned. */
    int (*each)(struct nrs_col_store *s, int64_t after, int (*row)(void *arg, const struct nrs_col_stored *r),
                void *arg);
};

/* One SQLite file, noroshi.db. */
extern const struct nrs_col_store_ops nrs_col_store_sqlite;

#endif
