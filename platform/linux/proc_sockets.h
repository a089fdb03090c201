/* platform/linux/proc_sockets.h - the sockets of one poll after the other, turned into flow events
 *
 * Pure: no file, no clock. A socket that is open at a poll gives OPEN. Its disappearance gives CLOSE. Both
 * times are known to the poll period only. A connection that this side closed first stays in TIME_WAIT for 60
 * s, and the remaining timer gives the time of its end. So a connection that began and ended between two
 * polls is still seen: it is reported as WHOLE, and its end stands in for its start.
 *
 * No connection is reported twice. A TIME_WAIT entry whose end lies before the previous poll was reported by
 * that poll. Connections that ended around the moment of the poll are kept in the table. While the table is
 * full, new sockets are lost and counted: evicting a known socket would make it new again. A socket that was
 * open at the first poll is never reported.
 *
 * Usage: begin; take for every line, listening sockets first, as the kernel has them; sweep until it returns
 * false; end. Times are boot time. */
#ifndef NRS_PROC_SOCKETS_H
#define NRS_PROC_SOCKETS_H
#include <stdbool.h>
#include <stdint.h>

#include "platform/linux/procnet.h"
#include "platform/packet/open_flows.h"

struct nrs_proc_sockets {
    struct nrs_open_flows known;    /* NRS_LIST_DONE: ended and reported, start_ms is the end */
    uint8_t listening[65536 / 8];   /* TCP ports, of the poll under way */
    bool with_loopback;
    uint64_t base_ns;               /* zero of the table's millisecond clock */
    uint64_t poll_ns, last_poll_ns; /* starts of this poll and the one before; 0 = none */
    uint32_t lost;                  /* in this poll */
    uint32_t tick_hz;
    nrs_flow_fn fn;                 /* set by the caller before each call that delivers */
    void *arg;
};

/* mem: nrs_open_flows_bytes(cap) bytes. tick_hz: clock ticks a second of the TIME_WAIT timers (AT_CLKTCK). */
void nrs_proc_sockets_init(struct nrs_proc_sockets *s, void *mem, uint32_t cap, uint64_t hash_key,
                           bool with_loopback, uint32_t tick_hz, uint64_t now_ns);

void nrs_proc_sockets_begin(struct nrs_proc_sockets *s, uint64_t now_ns);

/* proto: TCP or UDP. read_ns: when the line was read. Delivers at most two events. */
void nrs_proc_sockets_take(struct nrs_proc_sockets *s, const struct nrs_procnet_socket *socket, uint8_t proto,
                           uint64_t read_ns);

/* Forgets one socket that has disappeared; false when there is none left. */
bool nrs_proc_sockets_sweep(struct nrs_proc_sockets *s);

/* Ends the poll. Returns how many sockets were lost in it. */
uint32_t nrs_proc_sockets_end(struct nrs_proc_sockets *s);

#endif
