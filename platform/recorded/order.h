/* platform/recorded/order.h - records of files in the order of their starts
 *
 * Logs are written as connections end, exports come newest first, sensors overlap. This stands between a
 * reader and whoever needs starts in order: records go in as they come and come out sorted.
 *
 * Window: up to NRS_ORDER_CAP records are held. Nothing comes out before the window was full once (or the
 *         stream ended), so the first records show how much disorder there is. From then on a record is held
 *         as long as twice the worst disorder that was seen, at least a minute, and no longer than the window
 *         has room; while there was no disorder at all, not at all.
 * Runs:   a stream whose first window is too disordered for that (reversed, shuffled further than the window)
 *         is sorted outside memory: sorted runs go to an unlinked temporary file (TMPDIR, else /tmp), 96
 *         bytes a record, and are merged at the end of the stream.
 * Late:   a record that starts more than a minute before one that came out already is counted and passed on.
 * Again:  a record of a connection that is known from an earlier record (same.h) is dropped and counted.
 * Others: events of captures (all but NRS_EV_WHOLE) come in packet order. They pass through, after the held
 *         records that are older. Names out of logs are held and sorted like records, unless the stream has
 *         captures too or goes to runs: then they pass at once.
 * Memory: 30 MiB at most, touched only as far as records are held, and 65,536 names. Equal starts keep the
 *         order in which they came. */
#ifndef NRS_ORDER_H
#define NRS_ORDER_H
#include <stdbool.h>
#include <stdint.h>

#include "platform/flow.h"

/* Six minutes of a link with 700 connections a second; a week of an office of twenty people. */
#define NRS_ORDER_CAP 262144

struct nrs_order; /* opaque, allocated by open */

struct nrs_order_stats {
    uint64_t taken;       /* connections: NRS_EV_WHOLE and NRS_EV_OPEN */
    uint64_t joined;      /* records of connections that were known; not part of taken */
    uint64_t late;        /* of them, passed on too late */
    uint64_t late_ns;     /* start of the first late one */
    uint64_t behind_ns;   /* how far the latest one was behind */
    uint64_t disorder_ns; /* largest step back in the input */
    uint32_t runs;        /* sorted runs that went to the temporary file */
};

/* cap: records held, 0 = NRS_ORDER_CAP (smaller ones are for tests). always: use runs whatever the first
 * records show. Events go to fn. Returns 0 or -ENOMEM. */
int nrs_order_open(struct nrs_order **out, uint32_t cap, bool always, nrs_flow_fn fn, void *arg);

/* Takes one event; order is a struct nrs_order, so that it can be given as nrs_flow_fn. */
void nrs_order_flow(void *order, const struct nrs_flow *f, const char *name);

/* The end of a stream: all that is held comes out. The next event begins a new stream with new statistics.
 * Returns 0 or the negative errno of the temporary file: then records are missing. */
int nrs_order_end(struct nrs_order *o);

/* Of the stream that runs, or of the last one that ended. */
void nrs_order_stats(const struct nrs_order *o, struct nrs_order_stats *st);
void nrs_order_close(struct nrs_order *o); /* NULL is fine */

#endif
