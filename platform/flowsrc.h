/* platform/flowsrc.h - the live sources of flow events, as one set
 *
 * A set holds the sources that are open at the same time: one by default, at most NRS_FLOWSRC_MAX. One loop
 * owns the set; nothing here is thread-safe. Nothing allocates after open. Every int result is >= 0 or a
 * negative errno:
 *   -EPERM                                  a privilege is missing
 *   -ENOSYS, -EPROTONOSUPPORT, -ENOENT      this kernel does not have it
 *   -EAGAIN                                 it is present, but delivers nothing
 * Loss is never an error: it arrives as NRS_EV_LOST and in the statistics.
 *
 * Order:   sources are const tables of functions (flowsrc_ops.h). Open tries them in the order of the
 *          configuration and keeps those that work until max_sources are open. Every decision is one line to
 *          `log`.
 * Failure: a source whose drain fails stays in the set and is drained again the next time. The others go on.
 *          One line reports the failure, and one line that it works again; meanwhile the coverage has
 *          NRS_COVER_LOSSY.
 * Copies:  a flow that two sources see is delivered twice. */
#ifndef NRS_FLOWSRC_H
#define NRS_FLOWSRC_H
#include <stddef.h>
#include <stdint.h>

#include "models/base/why.h"
#include "platform/flow.h"

#define NRS_FLOWSRC_MAX       4   /* sources open at once */
#define NRS_FLOWSRC_NAMES_MAX 64  /* bytes of the joined names, with the NUL; the collector takes 64 */

struct nrs_flowsrc; /* opaque: the set */

/* What could not be seen, as bits that can be or-ed: over the sources of a set, and over time. */
enum nrs_coverage {
    NRS_COVER_FULL = 0,            /* no bit: every flow was seen */
    NRS_COVER_LOSSY = 1 << 0,      /* events were lost lately, or a source fails */
    NRS_COVER_NO_UDP = 1 << 1,     /* connected UDP at best */
    NRS_COVER_CLOSER_ONLY = 1 << 2 /* only what is open at a poll, or was closed by this side (TIME_WAIT) */
};
#define NRS_COVER_ALL 7u /* every bit that exists */

struct nrs_flowsrc_conf {
    const char *order;         /* NULL or "auto", or names to try in order: "packet,proc" */
    const char *ifaces;        /* comma-separated names, at most 8; NULL or "" = all but lo. On a router the
                                * inner ones: routed flows are followed only there, local is the inner host */
    uint32_t max_sources;      /* sources to keep open at once, 0 = 1; at most NRS_FLOWSRC_MAX */
    uint32_t buf_bytes;        /* ring or receive buffer of each source, 0 = 262,144 */
    uint32_t poll_ms;          /* period of polled sources, 0 = 30,000; at most 50,000 */
    uint32_t max_open;         /* open flows of each source, 0 = 4,096; a full table closes one early */
    uint8_t names;             /* 1 = learn names from DNS answers and TLS SNI */
    void (*log)(void *arg, int level, const char *msg); /* one line; level 0 error, 1 warning, 2 info */
    void *log_arg;
};

/* Sums over the sources of the set. */
struct nrs_flowsrc_stats {
    uint64_t events;       /* delivered */
    uint64_t lost;         /* packets or sockets that a source knows it missed; also an NRS_EV_LOST */
    uint64_t wakeups;      /* drains of a source */
    uint64_t errors;       /* unexpected answers of the system; the source goes on */
    uint32_t open;         /* flows followed now */
    uint32_t open_evicted; /* flows closed early because a table was full */
};

/* 1: this build has a source of that name, or the name is "auto"; 0: it has not. */
int nrs_flowsrc_is_name(const char *name);

/* Tries one source and writes in `why` what it found. 0 = it would work. */
int nrs_flowsrc_probe(const char *name, struct nrs_why *why);

/* Opens the set: 0 if at least one source works, else the error of the last one that was tried; -EINVAL:
 * max_sources is out of range. The strings of *c must live until close; everything else is copied. */
int nrs_flowsrc_open(struct nrs_flowsrc **out, const struct nrs_flowsrc_conf *c);

unsigned nrs_flowsrc_count(const struct nrs_flowsrc *s);            /* sources: 1..NRS_FLOWSRC_MAX */
const char *nrs_flowsrc_name(const struct nrs_flowsrc *s);          /* "packet", or joined: "packet,proc" */
const char *nrs_flowsrc_coverage_note(const struct nrs_flowsrc *s); /* what is not seen, in one line */

/* Bits of enum nrs_coverage: those of all sources or-ed, the worst case, whatever another source may have
 * seen. */
uint8_t nrs_flowsrc_coverage(const struct nrs_flowsrc *s);

/* The descriptor of source i (below nrs_flowsrc_count) for poll; -1: this source has a timer only. It stays
 * the same until close. */
int nrs_flowsrc_fd(const struct nrs_flowsrc *s, unsigned i);

/* The set has to be drained again after at most this many ms; -1: only when a descriptor is readable. */
int nrs_flowsrc_wait_ms(const struct nrs_flowsrc *s, uint64_t now_ns);

/* Delivers events of all sources until there are none or `max` is reached, and returns how many. What one
 * packet or one expiry causes is not cut in two, so it may be a few more. The source that comes first changes
 * from call to call, so that a busy one does not keep the others waiting. Negative: every source failed.
 * now_ns is the boot-time clock. */
int nrs_flowsrc_drain(struct nrs_flowsrc *s, uint64_t now_ns, int max, nrs_flow_fn fn, void *arg);

void nrs_flowsrc_stats(const struct nrs_flowsrc *s, struct nrs_flowsrc_stats *st);
void nrs_flowsrc_close(struct nrs_flowsrc *s); /* NULL is fine */

#endif
