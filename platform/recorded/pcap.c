/* pcap (draft-ietf-opsawg-pcap), every number in the writer's byte order:
 *
 *   file   = magic:4 major:2 minor:2 reserved:8 snaplen:4 link:4 { packet }
 *   packet = seconds:4 fraction:4 captured:4 on_wire:4 bytes[captured]
 *
 * The magic number gives the byte order, and whether the fraction is micro- or nanoseconds. */
#include "platform/recorded/capture.h"

#include "models/base/units.h"
#include "platform/recorded/link.h"

#define FILE_HEADER   24
#define PACKET_HEADER 16
#define MAGIC_US      0xa1b2c3d4u
#define MAGIC_NS      0xa1b23c4du

struct pcap {
    struct nrs_capture capture;
    bool big_endian;
    uint32_t fraction_ns; /* worth of one unit of the fraction */
    uint32_t link;
};

static uint32_t get_u32(bool big_endian, const uint8_t *p)
{
    if (big_endian)
        return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static int next_packet(struct nrs_recorded *r)
{
    const struct pcap *f = r->state;
    size_t have = nrs_input_need(&r->in, PACKET_HEADER);
    uint32_t seconds, fraction, captured, on_wire;
    const uint8_t *h = r->in.buf + r->in.at;

    if (have == 0)
        return nrs_recorded_end(r);
    r->place++;
    if (have < PACKET_HEADER)
        return nrs_capture_cut(r);
    seconds = get_u32(f->big_endian, h);
    fraction = get_u32(f->big_endian, h + 4);
    captured = get_u32(f->big_endian, h + 8);
    on_wire = get_u32(f->big_endian, h + 12);
    r->in.at += PACKET_HEADER;
    if (captured > NRS_CAPTURE_FRAME_MAX)
        return nrs_capture_lost(r, "its length is impossible; nothing after it can be read");
    if (!nrs_capture_frame(r, f->link, captured, on_wire,
                           (uint64_t)seconds * NRS_NS_PER_S + (uint64_t)fraction * f->fraction_ns))
        return nrs_capture_cut(r);
    return 1;
}

static int pcap_drain(struct nrs_recorded *r, int max, nrs_flow_fn fn, void *arg)
{
    return nrs_capture_drain(r, next_packet, max, fn, arg);
}

static int pcap_open(struct nrs_recorded *r)
{
    const uint8_t *h;
    struct pcap *f;
    uint32_t magic;
    int rc;

    if (nrs_input_need(&r->in, FILE_HEADER) < FILE_HEADER)
        return nrs_recorded_refuse(r, "a pcap that ends inside its header");
    rc = nrs_capture_open(r, sizeof *f);
    if (rc)
        return rc;
    f = r->state;
    h = r->in.buf + r->in.at;
    magic = get_u32(true, h);
    f->big_endian = magic == MAGIC_US || magic == MAGIC_NS;
    f->fraction_ns = get_u32(f->big_endian, h) == MAGIC_NS ? 1 : 1000;
    f->link = get_u32(f->big_endian, h + 20) & 0xffff; /* above it: how long a checksum behind frames is */
    r->in.at += FILE_HEADER;
    if (!nrs_link_known(f->link))
        return nrs_recorded_refuse(r, "a capture of link type %u, which is not read here", (unsigned)f->link);
    return 0;
}

const struct nrs_reader nrs_reader_pcap = {
    .format = "pcap", .unit = "packet ", .open = pcap_open, .drain = pcap_drain};
