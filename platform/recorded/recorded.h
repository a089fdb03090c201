/* platform/recorded/recorded.h - flow events out of recorded files
 *
 * Formats, detected from the first bytes: Zeek conn.log (TSV with its #fields header, or JSON lines), pcap
 * and pcapng through the same packet parser as the live source; each plain or gzip. Times are wall clock (ns
 * since 1970). Zeek records come as NRS_EV_WHOLE with local = originator, remote = responder and its port;
 * captures as OPEN, CLOSE and NAME in packet order, local = the side that sent the SYN or the first datagram.
 *
 * Memory: one fixed read buffer (a line longer than 64 KiB is damaged) and, for captures, the open-flow table
 * of the packet parser. A damaged line or packet costs itself: it is counted, and the first five are named
 * through `log` ("conn.log:812: ts is not a time"). An input that ends too early is one more damage; one that
 * cannot be continued (gzip data that does not unpack, an impossible block length) ends with -EBADMSG after
 * everything before it was delivered. */
#ifndef NRS_RECORDED_H
#define NRS_RECORDED_H
#include <stdint.h>

#include "platform/flow.h"

struct nrs_recorded; /* opaque, allocated by open */

struct nrs_recorded_stats {
    uint64_t records;     /* lines or packets read well */
    uint64_t damaged;     /* skipped, each one line or packet */
    uint64_t bytes_done;  /* of the file as it lies on disk */
    uint64_t bytes_total; /* 0 if unknown (a pipe) */
};

/* path "-" is standard input. log may be NULL. Returns 0 or a negative errno; -EPROTONOSUPPORT = the format
 * is none of ours. */
int nrs_recorded_open(struct nrs_recorded **out, const char *path, void (*log)(void *arg, const char *msg),
                      void *log_arg);

/* Delivers events and stops after the record that reached `max` (a packet can cause several, the end of a
 * capture closes all that is open). Returns how many, 0 at the end, or a negative errno. */
int nrs_recorded_drain(struct nrs_recorded *r, int max, nrs_flow_fn fn, void *arg);

/* "zeek-tsv", "zeek-json", "eve", "pcap", "pcapng" */
const char *nrs_recorded_format(const struct nrs_recorded *r);

/* A number made of the first 4 KiB of the unpacked content: the same file gives the same one, whatever it is
 * called and whether it is packed or not. */
uint32_t nrs_recorded_mark(const struct nrs_recorded *r);

/* A negative errno of open or drain in words. */
const char *nrs_recorded_reason(int err);

void nrs_recorded_stats(const struct nrs_recorded *r, struct nrs_recorded_stats *st);
void nrs_recorded_close(struct nrs_recorded *r); /* NULL is fine */

#endif
