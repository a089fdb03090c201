/* pcapng (draft-ietf-opsawg-pcapng), as far as packets need it:
 *
 *   file      = section { section }
 *   section   = section_header { block }
 *   block     = type:4 length:4 body[length - 12] length:4
 *   interface = link:2 reserved:2 snaplen:4 { option }      ; type 1; numbered from 0 within its section
 *   simple    = on_wire:4 bytes                             ; type 3; of interface 0, without a time
 *   enhanced  = interface:4 time_high:4 time_low:4 captured:4 on_wire:4 bytes  ; type 6
 *   option    = code:2 length:2 value, padded to 4
 *
 * Each section has its own byte order and interfaces. Other blocks (names, statistics, keys) are passed over.
 */
#include "platform/recorded/capture.h"

#include <errno.h>

#include "models/base/units.h"
#include "platform/recorded/link.h"

#define BLOCK_SECTION    0x0a0d0d0au
#define BLOCK_INTERFACE  1
#define BLOCK_SIMPLE     3
#define BLOCK_ENHANCED   6
#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define OPTION_TSRESOL   9
#define OPTION_TSOFFSET  14
#define BLOCK_FRAME      12 /* type and both lengths */
#define INTERFACES_MAX   256
#define SECONDS_MAX      (UINT64_C(1) << 34) /* times 10^9 still fits 64 bits */

struct interface {
    uint32_t link;
    uint32_t snaplen; /* 0 = no limit */
    uint64_t ticks_per_s;
    uint64_t offset_s;
};

struct pcapng {
    struct nrs_capture capture;
    bool big_endian;
    uint32_t n_interfaces;
    struct interface interface[INTERFACES_MAX];
};

static uint32_t get_u32(const struct pcapng *f, const uint8_t *p)
{
    if (f->big_endian)
        return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static uint16_t get_u16(const struct pcapng *f, const uint8_t *p)
{
    return (uint16_t)(f->big_endian ? p[0] << 8 | p[1] : p[1] << 8 | p[0]);
}

static uint64_t power(uint64_t base, unsigned n)
{
    uint64_t v = 1;

    while (n-- > 0)
        v *= base;
    return v;
}

/* A resolution that 64 bits cannot hold stays at the default, microseconds. */
static void take_option(const struct pcapng *f, struct interface *i, unsigned code, const uint8_t *value,
                        unsigned len)
{
    if (code == OPTION_TSRESOL && len == 1) {
        unsigned digits = value[0] & 0x7f;

        if (value[0] & 0x80 && digits < 64)
            i->ticks_per_s = power(2, digits);
        else if (!(value[0] & 0x80) && digits < 20)
            i->ticks_per_s = power(10, digits);
    } else if (code == OPTION_TSOFFSET && len == 8) {
        uint64_t first = get_u32(f, value), second = get_u32(f, value + 4);

        i->offset_s = f->big_endian ? first << 32 | second : second << 32 | first;
    }
}

static void take_interface(struct pcapng *f, const uint8_t *body, size_t len)
{
    struct interface *i;
    size_t at = 8;

    if (f->n_interfaces == INTERFACES_MAX || len < 8)
        return;
    i = &f->interface[f->n_interfaces++];
    *i =
        (struct interface){.link = get_u16(f, body), .snaplen = get_u32(f, body + 4), .ticks_per_s = 1000000};
    while (len - at >= 4) {
        unsigned code = get_u16(f, body + at), n = get_u16(f, body + at + 2);

        at += 4;
        if (code == 0 || n > len - at)
            break;
        take_option(f, i, code, body + at, n);
        at += (n + 3u) / 4 * 4 < len - at ? (n + 3u) / 4 * 4 : len - at;
    }
}

/* False if the time is beyond what 64 bits of nanoseconds hold. */
static bool ticks_to_ns(const struct interface *i, uint64_t ticks, uint64_t *ns)
{
    uint64_t per_s = i->ticks_per_s, s = ticks / per_s, rest = ticks % per_s;

    s += i->offset_s; /* may be negative: two's complement makes the sum right */
    if (s >= SECONDS_MAX)
        return false;
    for (; per_s > SECONDS_MAX; per_s /= 2) /* finer than we keep: make room for the product */
        rest /= 2;
    *ns = s * NRS_NS_PER_S + rest * NRS_NS_PER_S / per_s;
    return true;
}

/* The packet blocks below are entered with the body next in the input, body_len bytes of it, and leave any
 * part of it unread; *used says how much they took. They return like `next`. */
static int damaged_packet(struct nrs_recorded *r, const char *what)
{
    nrs_recorded_damage(r, what);
    return 1;
}

static int take_frame(struct nrs_recorded *r, const struct interface *i, uint32_t captured, uint32_t on_wire,
                      uint64_t t_ns, uint32_t *used)
{
    if (captured > NRS_CAPTURE_FRAME_MAX)
        return damaged_packet(r, "its length is impossible");
    if (!nrs_link_known(i->link))
        return damaged_packet(r, "its link type is not known here");
    *used += captured;
    return nrs_capture_frame(r, i->link, captured, on_wire, t_ns) ? 1 : nrs_capture_cut(r);
}

static int enhanced_packet(struct nrs_recorded *r, uint32_t body_len, uint32_t *used)
{
    struct pcapng *f = r->state;
    const uint8_t *b;
    uint32_t number, captured, on_wire;
    uint64_t ticks, t_ns;

    if (body_len < 20)
        return damaged_packet(r, "the block is too short for a packet");
    if (nrs_input_need(&r->in, 20) < 20)
        return nrs_capture_cut(r);
    b = r->in.buf + r->in.at;
    number = get_u32(f, b);
    ticks = (uint64_t)get_u32(f, b + 4) << 32 | get_u32(f, b + 8);
    captured = get_u32(f, b + 12);
    on_wire = get_u32(f, b + 16);
    if (captured > body_len - 20)
        return damaged_packet(r, "the packet is longer than its block");
    if (number >= f->n_interfaces)
        return damaged_packet(r, "its interface was not described");
    if (!ticks_to_ns(&f->interface[number], ticks, &t_ns))
        return damaged_packet(r, "its time is out of range");
    r->in.at += 20;
    *used = 20;
    return take_frame(r, &f->interface[number], captured, on_wire, t_ns, used);
}

/* Simple packets have no time: they are as late as the one before. */
static int simple_packet(struct nrs_recorded *r, uint32_t body_len, uint32_t *used)
{
    struct pcapng *f = r->state;
    uint32_t captured, on_wire;

    if (body_len < 4)
        return damaged_packet(r, "the block is too short for a packet");
    if (nrs_input_need(&r->in, 4) < 4)
        return nrs_capture_cut(r);
    if (f->n_interfaces == 0)
        return damaged_packet(r, "its interface was not described");
    on_wire = captured = get_u32(f, r->in.buf + r->in.at);
    if (f->interface[0].snaplen > 0 && captured > f->interface[0].snaplen)
        captured = f->interface[0].snaplen;
    if (captured > body_len - 4)
        captured = body_len - 4;
    r->in.at += 4;
    *used = 4;
    return take_frame(r, &f->interface[0], captured, on_wire, f->capture.now_ns, used);
}

/* What does not fit the buffer holds options of no use to us: only its start is looked at. */
static int interface_block(struct nrs_recorded *r, uint32_t body_len)
{
    size_t want = body_len < NRS_INPUT_RUN ? body_len : NRS_INPUT_RUN;

    if (nrs_input_need(&r->in, want) < want)
        return nrs_capture_cut(r);
    take_interface(r->state, r->in.buf + r->in.at, want);
    return 1;
}

/* The byte order must be known before the length of the section header can be read. */
static bool begin_section(struct nrs_recorded *r)
{
    struct pcapng *f = r->state;
    const uint8_t *magic;

    if (nrs_input_need(&r->in, 12) < 12)
        return false;
    magic = r->in.buf + r->in.at + 8;
    f->n_interfaces = 0;
    f->big_endian = true;
    if (get_u32(f, magic) == BYTE_ORDER_MAGIC)
        return true;
    f->big_endian = false;
    return get_u32(f, magic) == BYTE_ORDER_MAGIC;
}

static int block_body(struct nrs_recorded *r, uint32_t type, uint32_t body_len, uint32_t *used)
{
    switch (type) {
    case BLOCK_INTERFACE: return interface_block(r, body_len);
    case BLOCK_SIMPLE: return simple_packet(r, body_len, used);
    case BLOCK_ENHANCED: return enhanced_packet(r, body_len, used);
    default: return 1;
    }
}

static int next_block(struct nrs_recorded *r)
{
    struct pcapng *f = r->state;
    size_t have = nrs_input_need(&r->in, 8);
    uint32_t type, length, used = 0;
    int rc;

    if (have == 0)
        return nrs_recorded_end(r);
    r->place++;
    if (have < 8)
        return nrs_capture_cut(r);
    type = get_u32(f, r->in.buf + r->in.at);
    if (type == BLOCK_SECTION && !begin_section(r))
        return nrs_capture_lost(r, "the section header has no byte order");
    length = get_u32(f, r->in.buf + r->in.at + 4);
    if (length < BLOCK_FRAME || length % 4 != 0)
        return nrs_capture_lost(r, "its length is impossible; nothing after it can be read");
    r->in.at += 8;
    rc = block_body(r, type, length - BLOCK_FRAME, &used);
    if (rc <= 0)
        return rc;
    if (!nrs_input_skip(&r->in, length - BLOCK_FRAME - used) || nrs_input_need(&r->in, 4) < 4)
        return nrs_capture_cut(r);
    if (get_u32(f, r->in.buf + r->in.at) != length)
        return nrs_capture_lost(r, "its two lengths differ; nothing after it can be read");
    r->in.at += 4;
    return 1;
}

static int pcapng_drain(struct nrs_recorded *r, int max, nrs_flow_fn fn, void *arg)
{
    return nrs_capture_drain(r, next_block, max, fn, arg);
}

static int pcapng_open(struct nrs_recorded *r)
{
    return nrs_capture_open(r, sizeof(struct pcapng));
}

const struct nrs_reader nrs_reader_pcapng = {
    .format = "pcapng", .unit = "block ", .open = pcapng_open, .drain = pcapng_drain};
