/* platform/recorded/capture.h - what the pcap and the pcapng reader share: packets into flow events
 *
 * The struct is the first member of a reader's state. The packet parser's table of open flows lies behind the
 * state in the same block. */
#ifndef NRS_CAPTURE_H
#define NRS_CAPTURE_H
#include "platform/packet/packet.h"
#include "platform/recorded/reader.h"

#define NRS_CAPTURE_FRAME_MAX 262144 /* bytes that writers allow a frame; more is a broken length */

struct nrs_capture {
    struct nrs_packets *packets;
    uint64_t now_ns;     /* largest packet time so far */
    uint64_t expired_ns; /* when idle flows were last closed */
    bool ended;          /* the last packet was read and what was open is closed ... */
    int end_rc;          /* ... and this is how it ended: 0 or a negative errno */
    int delivered;       /* events since the drain began */
    nrs_flow_fn fn;
    void *arg;
};

/* Allocates state_len bytes (which begin with a struct nrs_capture) and the parser's table into r->state. */
int nrs_capture_open(struct nrs_recorded *r, size_t state_len);

/* For `next`: the input ends inside a packet (one damage), or cannot be followed any further. */
int nrs_capture_cut(struct nrs_recorded *r);
int nrs_capture_lost(struct nrs_recorded *r, const char *what);

/* Takes a frame of frame_len captured bytes that lies next in the input (behind its header), and moves past
 * it. False if the input ends inside it. */
bool nrs_capture_frame(struct nrs_recorded *r, uint32_t link, uint32_t frame_len, uint32_t wire_len,
                       uint64_t t_ns);

/* Runs `next` (1 = a packet or block was handled, 0 = end, negative errno) until max events were delivered;
 * at the end closes what is open. Returns like nrs_recorded_drain. */
int nrs_capture_drain(struct nrs_recorded *r, int (*next)(struct nrs_recorded *r), int max, nrs_flow_fn fn,
                      void *arg);

#endif
