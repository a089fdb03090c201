/* tools/model/protobuf.h - the wire format of Protocol Buffers, field by field
 *
 *   message = *( key value )     key = varint(number << 3 | wire)
 *   value   = wire 0: varint, 1: 8 bytes, 2: varint length and that many bytes, 5: 4 bytes
 *
 * Nothing is allocated. Every length is compared with the bytes that are left. Groups (3, 4) are refused. */
#ifndef NRS_TOOL_PROTOBUF_H
#define NRS_TOOL_PROTOBUF_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nrs_protobuf {
    const uint8_t *at, *end;
};

enum { NRS_WIRE_VARINT = 0, NRS_WIRE_64 = 1, NRS_WIRE_BYTES = 2, NRS_WIRE_32 = 5 };

struct nrs_protobuf_field {
    uint32_t number;
    uint8_t wire;
    uint64_t value;         /* wire 0, 1, 5 */
    struct nrs_protobuf bytes; /* wire 2 */
};

/* 1 and a field, 0 at the end, or NRS_ERR_FORMAT. */
int nrs_protobuf_next(struct nrs_protobuf *p, struct nrs_protobuf_field *f);

/* The numbers of a repeated field, packed or one by one: takes the next of them from a field of wire type
 * `wire`, or from its bytes. Starts with the field as nrs_protobuf_next gave it; false at its end (or where a
 * varint is cut off). */
bool nrs_protobuf_number(struct nrs_protobuf_field *f, uint8_t wire, uint64_t *value);

bool nrs_protobuf_is(struct nrs_protobuf bytes, const char *text);
bool nrs_protobuf_same(struct nrs_protobuf a, struct nrs_protobuf b);

#endif
