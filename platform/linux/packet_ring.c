#include "platform/linux/packet_ring.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "models/base/units.h"

#define N_BLOCKS  8u
/* the largest packet kept is a ClientHello of 1,600 bytes; V3 packs smaller ones closely */
#define FRAME     2048u
#define BLOCK_MIN 8192u
#define BLOCK_MAX 1048576u
#define LINK_AT   ((sizeof(struct tpacket3_hdr) + TPACKET_ALIGNMENT - 1) & ~(size_t)(TPACKET_ALIGNMENT - 1))

/* A power of two, so that it is a multiple of the page size whatever that is. */
static uint32_t block_size(uint32_t bytes)
{
    uint32_t size = BLOCK_MIN, page = (uint32_t)getauxval(AT_PAGESZ);

    while (size < page || (size < bytes / N_BLOCKS && size < BLOCK_MAX))
        size *= 2;
    return size;
}

int nrs_packet_ring_open(struct nrs_packet_ring *r, int fd, uint32_t bytes)
{
    uint32_t block = block_size(bytes);
    int version = TPACKET_V3;
    struct tpacket_req3 request = {.tp_block_size = block, .tp_block_nr = N_BLOCKS, .tp_frame_size = FRAME,
                                   .tp_frame_nr = N_BLOCKS * (block / FRAME),
                                   .tp_retire_blk_tov = NRS_PACKET_RING_TIMEOUT_MS};
    void *map;

    if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0)
        return errno == EINVAL || errno == ENOPROTOOPT ? -ENOSYS : -errno;
    if (setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0)
        return -errno;
    map = mmap(NULL, (size_t)block * N_BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return -errno;
    *r = (struct nrs_packet_ring){.map = map, .block_bytes = block, .n_blocks = N_BLOCKS};
    return 0;
}

static struct tpacket_block_desc *block_of(const struct nrs_packet_ring *r)
{
    return (struct tpacket_block_desc *)(void *)(r->map + r->block * r->block_bytes);
}

static bool handed_over(const struct nrs_packet_ring *r)
{
    return (__atomic_load_n(&block_of(r)->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) != 0;
}

static void give_back(struct nrs_packet_ring *r)
{
    __atomic_store_n(&block_of(r)->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
    r->block = (r->block + 1) % r->n_blocks;
    r->holding = false;
}

/* Makes `next` point to an unread packet; false if there is none yet. */
static bool advance(struct nrs_packet_ring *r)
{
    while (r->left == 0) {
        const struct tpacket_hdr_v1 *h;

        if (r->holding)
            give_back(r);
        if (!handed_over(r))
            return false;
        h = &block_of(r)->hdr.bh1;
        r->holding = true;
        r->left = h->num_pkts;
        r->next = (const uint8_t *)block_of(r) + h->offset_to_first_pkt;
    }
    return true;
}

bool nrs_packet_ring_next(struct nrs_packet_ring *r, struct nrs_ring_packet *packet)
{
    const struct tpacket3_hdr *h;
    const struct sockaddr_ll *link;

    if (!advance(r))
        return false;
    h = (const struct tpacket3_hdr *)(const void *)r->next;
    link = (const struct sockaddr_ll *)(const void *)(r->next + LINK_AT);
    *packet = (struct nrs_ring_packet){.ip = r->next + h->tp_net,
                                       .cap_len = h->tp_snaplen,
                                       .wire_len = h->tp_len,
                                       .wall_ns = (uint64_t)h->tp_sec * NRS_NS_PER_S + h->tp_nsec,
                                       .ifindex = (uint32_t)link->sll_ifindex,
                                       .outgoing = link->sll_pkttype == PACKET_OUTGOING};
    r->next += h->tp_next_offset;
    r->left--;
    return true;
}

bool nrs_packet_ring_pending(const struct nrs_packet_ring *r)
{
    return r->left > 0 || (!r->holding && handed_over(r));
}

void nrs_packet_ring_close(struct nrs_packet_ring *r)
{
    if (r->map)
        munmap(r->map, r->block_bytes * r->n_blocks);
    r->map = NULL;
}
