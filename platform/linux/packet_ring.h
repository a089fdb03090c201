/* platform/linux/packet_ring.h - a mapped TPACKET_V3 ring of a cooked packet socket
 *
 * The kernel fills blocks and hands one over when it is full or 100 ms after its first packet, so reading
 * costs no system call a packet. A packet is valid until the next call of nrs_packet_ring_next. Linux 3.2 and
 * later. */
#ifndef NRS_PACKET_RING_H
#define NRS_PACKET_RING_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NRS_PACKET_RING_TIMEOUT_MS 100

struct nrs_packet_ring {
    uint8_t *map;
    size_t block_bytes;
    uint32_t n_blocks;
    uint32_t block;     /* the one being read, or the next one to be handed over */
    uint32_t left;      /* packets of it not yet read */
    bool holding;       /* the block is ours until we give it back */
    const uint8_t *next;
};

struct nrs_ring_packet {
    const uint8_t *ip;
    size_t cap_len, wire_len;
    uint64_t wall_ns;
    uint32_t ifindex;
    bool outgoing;
};

/* Eight blocks that together are about `bytes`. 0 or a
 * negative errno; -ENOSYS: the kernel has no such ring. */
int nrs_packet_ring_open(struct nrs_packet_ring *r, int fd, uint32_t bytes);
bool nrs_packet_ring_next(struct nrs_packet_ring *r, struct nrs_ring_packet *packet);
bool nrs_packet_ring_pending(const struct nrs_packet_ring *r); /* a packet is there to be read now */
void nrs_packet_ring_close(struct nrs_packet_ring *r);

#endif
