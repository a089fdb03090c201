/* platform/recorded/recorded.h - flow events out of recorded files
 *
 * Formats, detected from the first bytes: Zeek's conn.log (TSV or JSON), Suricata's EVE log, records of both
 * as shippers and exports wrap them, flow records of other tools (README.md has the list), pcap and pcapng
 * through the packet parser of the live source; each plain or packed (gzip, zstd, xz, bzip2).
 *
 * Time:   wall clock, ns since 1970. Logs give NRS_EV_WHOLE with local = originator, remote = responder and
 *         its port, in the order of the file (order.h sorts them). Captures give OPEN, CLOSE and NAME in
 *         packet order, local = the side that sent the SYN or the first datagram.
 * Memory: a fixed read buffer (a record of text longer than 64 KiB is damaged) and, for captures, the table
 *         of open flows of the packet parser.
 * Errors: a damaged record or packet is skipped and counted, and the first five are named through `log`
 *         ("conn.log:812: ts: not a time"). An input that ends too early is one more damage; one that cannot
 *         be continued (packed data that do not unpack, an impossible block length) ends with -EBADMSG after
 *         everything before it was delivered. */
#ifndef NRS_RECORDED_H
#define NRS_RECORDED_H
#include <stdbool.h>
#include <stdint.h>

#include "platform/flow.h"

struct nrs_recorded; /* opaque, allocated by open */

struct nrs_recorded_stats {
    uint64_t records;     /* lines or packets read well */
    uint64_t damaged;     /* skipped, each one line or packet */
    bool cut;             /* the packed data ended too early */
    uint64_t bytes_done;  /* of the file as it lies on disk */
    uint64_t bytes_total; /* 0 if unknown (a pipe) */
};

#define NRS_RECORDED_WHY 256

struct nrs_recorded_conf {
    void (*log)(void *arg, const char *msg); /* damaged places; NULL = nobody hears of them */
    void *log_arg;
    const char *fields; /* columns of TSV without a header: #fields with commas; NULL = it has one */
};

/* path "-" is standard input. Returns 0 or a negative errno; then `why` says in a few words what was found
 * and what to do. The strings of *conf are read before it returns, except log_arg. */
int nrs_recorded_open(struct nrs_recorded **out, const char *path, const struct nrs_recorded_conf *conf,
                      char why[NRS_RECORDED_WHY]);

/* Delivers events and stops after the record that reached `max` (a packet can cause several, the end of a
 * capture closes all that is open). Returns how many, 0 at the end, or a negative errno. */
int nrs_recorded_drain(struct nrs_recorded *r, int max, nrs_flow_fn fn, void *arg);

const char *
nrs_recorded_format(const struct nrs_recorded *r); /* "zeek-tsv", "zeek-json", "eve", "pcap", ... */

/* Whether it is a log that only tells names of addresses (Zeek's dns.log, ssl.log, http.log), as NRS_EV_NAME.
 * */
bool nrs_recorded_has_names_only(const struct nrs_recorded *r);

/* A number made of the first 4 KiB of the unpacked content: the same file gives the same one, whatever it is
 * called and whether it is packed or not. */
uint32_t nrs_recorded_mark(const struct nrs_recorded *r);

/* A negative errno of drain in words. */
const char *nrs_recorded_reason(int err);

void nrs_recorded_stats(const struct nrs_recorded *r, struct nrs_recorded_stats *st);
void nrs_recorded_close(struct nrs_recorded *r); /* NULL is fine */

#endif
