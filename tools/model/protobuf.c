#include "tools/model/protobuf.h"

#include <string.h>

#include "models/base/bytes.h"
#include "models/base/error.h"

static bool read_varint(struct nrs_protobuf *p, uint64_t *value)
{
    uint64_t v = 0;

    for (unsigned shift = 0; shift < 64 && p->at < p->end; shift += 7) {
        uint8_t byte = *p->at++;

        v |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) {
            *value = v;
            return true;
        }
    }
    return false;
}

static bool read_fixed(struct nrs_protobuf *p, size_t width, uint64_t *value)
{
    if ((size_t)(p->end - p->at) < width)
        return false;
    *value = width == 8 ? nrs_get_u64le(p->at) : nrs_get_u32le(p->at);
    p->at += width;
    return true;
}

static bool read_plain(struct nrs_protobuf *p, uint8_t wire, uint64_t *value)
{
    return wire == NRS_WIRE_VARINT ? read_varint(p, value)
                                   : read_fixed(p, wire == NRS_WIRE_64 ? 8 : 4, value);
}

int nrs_protobuf_next(struct nrs_protobuf *p, struct nrs_protobuf_field *f)
{
    uint64_t key;

    if (p->at == p->end)
        return 0;
    if (!read_varint(p, &key) || key >> 3 == 0 || key >> 3 > UINT32_MAX)
        return NRS_ERR_FORMAT;
    memset(f, 0, sizeof *f);
    f->number = (uint32_t)(key >> 3);
    f->wire = key & 7;
    switch (f->wire) {
    case NRS_WIRE_VARINT:
    case NRS_WIRE_64:
    case NRS_WIRE_32: return read_plain(p, f->wire, &f->value) ? 1 : NRS_ERR_FORMAT;
    case NRS_WIRE_BYTES:
        if (!read_varint(p, &f->value) || f->value > (uint64_t)(p->end - p->at))
            return NRS_ERR_FORMAT;
        f->bytes = (struct nrs_protobuf){p->at, p->at + f->value};
        p->at += f->value;
        return 1;
    default: return NRS_ERR_FORMAT;
    }
}

bool nrs_protobuf_number(struct nrs_protobuf_field *f, uint8_t wire, uint64_t *value)
{
    if (f->wire == NRS_WIRE_BYTES)
        return f->bytes.at < f->bytes.end && read_plain(&f->bytes, wire, value);
    if (f->wire != wire)
        return false;
    *value = f->value;
    f->wire = NRS_WIRE_BYTES; /* taken: nothing is left */
    f->bytes = (struct nrs_protobuf){NULL, NULL};
    return true;
}

bool nrs_protobuf_is(struct nrs_protobuf bytes, const char *text)
{
    size_t len = strlen(text);

    return (size_t)(bytes.end - bytes.at) == len && (len == 0 || memcmp(bytes.at, text, len) == 0);
}

bool nrs_protobuf_same(struct nrs_protobuf a, struct nrs_protobuf b)
{
    size_t len = (size_t)(a.end - a.at);

    return (size_t)(b.end - b.at) == len && (len == 0 || memcmp(a.at, b.at, len) == 0);
}
