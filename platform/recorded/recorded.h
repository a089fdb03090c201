/* platform/recorded/recorded.h - flow events out of recorded files
 *
 * Formats, detected from the first bytes: Zeek conn.log (TSV with its #fields header, or JSON lines), plain
 * or gzip; pcap and pcapng through the same packet parser as the live source. Times are wall clock (ns since
 * 1970). Zeek records come as NRS_EV_WHOLE with local = originator, remote = responder and its port; captures
 * as OPEN, CLOSE and NAME in packet order, local = the side that sent the SYN or the first datagram.
 *
 * Memory: one fixed read buffer (a line longer than it is damaged) and, for captures, the open-flow table of
 * the packet parser. A damaged line or packet costs itself: it is counted, and the first ones are named
 * through `log` ("conn.log:812: ts is not a number"). */
#ifndef NRS_RECORDED_H
#define NRS_RECORDED_H
#include <stdint.h>

#include "platform/flow.h"

struct nrs_recorded; /* opaque, allocated by open */

struct nrs_recorded_stats {
    uint64_t records;          /* delivered */
    uint64_t damaged;          /* skipped, each one line or packet */
    uint64_t bytes_done;       /* of the file as it lies on disk */
    uint64_t bytes_total;      /* 0 if unknown (a pipe) */
};

/* path "-" is standard input. log may be NULL. Returns 0 or a negative errno; -EPROTONOSUPPORT = the format
 * is none of ours. */
int nrs_recorded_open(struct nrs_recorded **out, const char *path, void (*log)(void *arg, const char *msg),
                      void *log_arg);

/* Delivers up to `max` events. Returns how many, 0 at the end, or a negative errno. */
int nrs_recorded_drain(struct nrs_recorded *r, int max, nrs_flow_fn fn, void *arg);

const char *nrs_recorded_format(const struct nrs_recorded *r); /* "zeek-tsv", "zeek-json", "pcap", "pcapng" */
void nrs_recorded_stats(const struct nrs_recorded *r, struct nrs_recorded_stats *st);
void nrs_recorded_close(struct nrs_recorded *r); /* NULL is fine */

#endif
