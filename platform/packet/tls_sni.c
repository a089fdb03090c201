/* Accepted grammar, lengths big-endian:
 *
 *   record     22, 3, any, u16 length, handshake
 *   handshake  1, u24 length, u16 version, 32 random, u8-vector session, u16-vector ciphers,
 *              u8-vector compressions, u16-vector of extensions
 *   extension  u16 type, u16-vector; type 0: u16-vector of names, each u8 type (0 = host name), u16-vector
 *
 * Outer lengths are not compared with inner ones: the hello may continue in the next segment, which we do not
 * have. */
#include "platform/packet/tls_sni.h"

#include "platform/packet/bytes_be.h"
#include "platform/packet/name_text.h"

enum { CLIENT_HELLO = 1, EXTENSION_SERVER_NAME = 0, NAME_TYPE_HOST = 0 };
enum { BEFORE_SESSION = 5 + 4 + 2 + 32 };

struct reader {
    const uint8_t *at;
    size_t left;
};

static bool skip(struct reader *r, size_t n)
{
    if (n > r->left)
        return false;
    r->at += n;
    r->left -= n;
    return true;
}

static bool read_u8(struct reader *r, size_t *v)
{
    const uint8_t *at = r->at;

    if (!skip(r, 1))
        return false;
    *v = at[0];
    return true;
}

static bool read_u16(struct reader *r, size_t *v)
{
    const uint8_t *at = r->at;

    if (!skip(r, 2))
        return false;
    *v = nrs_get_u16be(at);
    return true;
}

static bool skip_vector8(struct reader *r)
{
    size_t n;

    return read_u8(r, &n) && skip(r, n);
}

static bool skip_vector16(struct reader *r)
{
    size_t n;

    return read_u16(r, &n) && skip(r, n);
}

static bool copy_name(char name[NRS_SNI_MAX + 1], const uint8_t *from, size_t len)
{
    if (len == 0 || len > NRS_SNI_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        name[i] = from[i] == '.' ? '.' : nrs_name_byte(from[i]);
        if (!name[i])
            return false;
    }
    name[len] = 0;
    return true;
}

/* RFC 6066 allows no addresses here, but clients send them; the last label of a host name has a letter. */
static bool is_address(const char *name)
{
    for (const char *at = name; *at; at++)
        if (*at != '.' && (*at < '0' || *at > '9'))
            return false;
    return true;
}

/* The body of the server_name extension; its first name is the host. */
static bool read_host_name(char name[NRS_SNI_MAX + 1], struct reader *r)
{
    size_t list, type, len;

    return read_u16(r, &list) && read_u8(r, &type) && type == NAME_TYPE_HOST && read_u16(r, &len) &&
           len <= r->left && copy_name(name, r->at, len) && !is_address(name);
}

bool nrs_tls_sni(char name[NRS_SNI_MAX + 1], const uint8_t *bytes, size_t len)
{
    struct reader r = {bytes, len};
    size_t extensions, type;

    if (len < BEFORE_SESSION || bytes[0] != NRS_TLS_HANDSHAKE || bytes[1] != 3 || bytes[5] != CLIENT_HELLO)
        return false;
    if (!skip(&r, BEFORE_SESSION) || !skip_vector8(&r) || !skip_vector16(&r) || !skip_vector8(&r) ||
        !read_u16(&r, &extensions))
        return false;
    while (read_u16(&r, &type)) {
        if (type == EXTENSION_SERVER_NAME)
            return skip(&r, 2) && read_host_name(name, &r);
        if (!skip_vector16(&r))
            return false;
    }
    return false;
}
