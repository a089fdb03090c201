/* platform/linux/packet_ring.h - a mapped TPACKET_V3 ring of a cooked packet socket
 *
 * The kernel fills blocks. It releases a block when the block is full, or 100 ms after the block's first
 * packet. So reading costs no system call for each packet. A packet is valid until the next call of
 * nrs_packet_ring_next. Linux 3.2 and later. */
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
    uint32_t block;     /* the block being read, or the next one to be released */
    uint32_t left;      /* packets of the block that are not yet read */
    bool holding;       /* the block is ours until we return it to the kernel */
    const uint8_t *next;
};

struct nrs_ring_packet {
    const uint8_t *ip;
    size_t cap_len, wire_len;
    uint64_t wall_ns;
    uint32_t ifindex;
    bool outgoing;
};

/* Makes eight blocks of about `bytes` bytes together. 0 or a negative errno; -ENOSYS: the kernel has no such
 * ring. */
int nrs_packet_ring_open(struct nrs_packet_ring *r, int fd, uint32_t bytes);
bool nrs_packet_ring_next(struct nrs_packet_ring *r, struct nrs_ring_packet *packet);
bool nrs_packet_ring_pending(const struct nrs_packet_ring *r); /* a packet is there to be read now */
void nrs_packet_ring_close(struct nrs_packet_ring *r);

#endif
