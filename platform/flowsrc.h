/* platform/flowsrc.h - where live flow events come from
 *
 * One loop owns one source; nothing here is thread-safe. Nothing allocates after open. Every int result is
 * >= 0 or a negative errno:
 *   -EPERM                                  a privilege is missing
 *   -ENOSYS, -EPROTONOSUPPORT, -ENOENT      not in this kernel
 *   -EAGAIN                                 present, but silent
 * Loss is never an error: it arrives as NRS_EV_LOST and in the statistics.
 *
 * Sources are const tables of functions (flowsrc_ops.h), tried in order at open; each platform folder
 * lists its own, best first. Every decision is one line to `log`. */
#ifndef NRS_FLOWSRC_H
#define NRS_FLOWSRC_H
#include <stddef.h>
#include <stdint.h>

#include "models/base/why.h"
#include "platform/flow.h"

struct nrs_flowsrc; /* opaque */

enum nrs_coverage {            /* what the source in use cannot see; worst is largest */
    NRS_COVER_FULL,            /* every flow */
    NRS_COVER_LOSSY,           /* every flow in principle, but events were lost lately */
    NRS_COVER_NO_UDP,          /* connected UDP at best */
    NRS_COVER_CLOSER_ONLY      /* only what is open at a poll, or was closed by this side (TIME_WAIT) */
};

struct nrs_flowsrc_conf {
    const char *order;         /* NULL or "auto", or names to try in order: "packet,proc" */
    const char *ifaces;        /* comma-separated names, at most 8; NULL or "" = all but lo. On a router
                                * name the inner ones: only there routed flows are followed, with the
                                * inner host as `local` */
    uint32_t buf_bytes;        /* ring or receive buffer, 0 = 262,144 */
    uint32_t poll_ms;          /* polled sources, 0 = 30,000; at most 50,000 */
    uint32_t max_open;         /* open flows followed, 0 = 4,096; the oldest is closed early when full */
    uint8_t names;             /* 1 = learn names from DNS answers and TLS SNI */
    void (*log)(void *arg, int level, const char *msg); /* one clear line per decision;
                                                           level 0 error .. 2 info */
    void *log_arg;
};

struct nrs_flowsrc_stats {
    uint64_t events;       /* delivered */
    uint64_t lost;         /* packets or sockets that the source knows it missed; also told as NRS_EV_LOST */
    uint64_t wakeups;      /* drains */
    uint64_t errors;       /* unexpected answers of the system; the source goes on */
    uint32_t open;         /* flows followed now */
    uint32_t open_evicted; /* closed early because the table was full */
};

/* Tries one source and says in `why` (one line, no newline) what it found. 0 = it would work. */
int nrs_flowsrc_probe(const char *name, struct nrs_why *why);

/* The strings of *c must live until close; everything else is copied. */
int nrs_flowsrc_open(struct nrs_flowsrc **out, const struct nrs_flowsrc_conf *c);
const char *nrs_flowsrc_name(const struct nrs_flowsrc *s);      /* "packet", "proc" */
const char *nrs_flowsrc_coverage_note(const struct nrs_flowsrc *s); /* what is not seen, in one line */
enum nrs_coverage nrs_flowsrc_coverage(const struct nrs_flowsrc *s);
int nrs_flowsrc_fd(const struct nrs_flowsrc *s);                /* for poll; -1 = timer only */
int nrs_flowsrc_wait_ms(const struct nrs_flowsrc *s, uint64_t now_ns); /* drain again after at most this */

/* Delivers events until there are none or `max` is reached, and returns how many; what one packet or one
 * expiry causes is not cut in two, so it may be a few more. now_ns is the boot-time clock. */
int nrs_flowsrc_drain(struct nrs_flowsrc *s, uint64_t now_ns, int max, nrs_flow_fn fn, void *arg);

void nrs_flowsrc_stats(const struct nrs_flowsrc *s, struct nrs_flowsrc_stats *st);
void nrs_flowsrc_close(struct nrs_flowsrc *s); /* NULL is fine */

#endif
