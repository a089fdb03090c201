/* platform/recorded/same.h - records of a connection that an earlier record has counted; private to this room
 *
 * Two sensors see one connection, conn_long reports it before it ends, and a sensor that forgets a quiet
 * connection begins a new record at its next keep-alive. A record is one of these if its addresses, ports and
 * protocol are those of an earlier record, and one of these is true:
 *   - It starts within NRS_SAME_START_MS of the earlier one. The clocks of sensors differ by less. A Windows
 *     client that is refused tries again from the same port after 500 ms, and that is another attempt.
 *   - It is TCP, nobody saw its beginning or end (NRS_END_UNKNOWN, Zeek's OTH), and the earlier one was quiet
 *     for at most NRS_SAME_QUIET_S: the keep-alive of Linux after two hours, and a little more.
 * Records without a source port are never the same.
 *
 * Memory: two tables in the struct, direct-mapped. A newer connection drives out an older one, whose next
 *         record then counts again. */
#ifndef NRS_SAME_H
#define NRS_SAME_H
#include <stdbool.h>
#include <stdint.h>

#include "platform/flow.h"

#define NRS_SAME_START_MS 250
#define NRS_SAME_QUIET_S  7500
#define NRS_SAME_SLOTS    16384 /* 256 KiB each: stays in the processor's cache */

struct nrs_same_slot {
    uint64_t hash; /* of addresses, ports and protocol; 0 = free */
    uint64_t t_ns;
};

struct nrs_same {
    struct nrs_same_slot start[NRS_SAME_SLOTS]; /* t_ns: start */
    struct nrs_same_slot open[NRS_SAME_SLOTS];  /* t_ns: when it was last heard of */
};

/* Whether f, which is NRS_EV_WHOLE and not older than the last, belongs to a connection that is known. */
bool nrs_same_seen(struct nrs_same *s, const struct nrs_flow *f);

#endif
