/* ICMP and ICMPv6: echo exchanges, and unreachable messages that end an unanswered flow. */
#include "platform/packet/icmp.h"

#include "platform/packet/bytes_be.h"
#include "platform/packet/datagram.h"
#include "platform/packet/tcp.h"

enum { HEADER = 8, PORTS_AND_SEQ = 8 };
enum { ECHO_REPLY = 0, UNREACHABLE = 3, ECHO_REQUEST = 8, CODE_TOO_BIG = 4 };    /* RFC 792 */
enum { UNREACHABLE_6 = 1, ECHO_REQUEST_6 = 128, ECHO_REPLY_6 = 129 };            /* RFC 4443 */

/* The message quotes the packet that failed, at least to the end of eight bytes of its transport header. */
static void on_unreachable(struct nrs_one_packet *k)
{
    struct nrs_one_packet failed = *k;
    const uint8_t *h = k->ip.body + HEADER;

    if (nrs_ip_parse(&failed.ip, h, k->ip.body_cap - HEADER, SIZE_MAX) != NRS_IP_OK ||
        failed.ip.body_cap < PORTS_AND_SEQ) {
        k->p->stats.malformed++;
        return;
    }
    h = failed.ip.body;
    nrs_packet_key(&failed, nrs_get_u16be(h), nrs_get_u16be(h + 2));
    if (failed.ip.proto == NRS_PROTO_TCP)
        nrs_tcp_unreachable(&failed, nrs_get_u32be(h + 4));
    else if (failed.ip.proto == NRS_PROTO_UDP)
        nrs_datagram_unreachable(&failed);
    else
        k->p->stats.skipped++;
}

/* Ports as Zeek has them: the request's type on the asking side, its code on the other. */
static void on_echo(struct nrs_one_packet *k, uint8_t request_type, bool is_reply)
{
    uint8_t code = k->ip.body[1];

    nrs_packet_key(k, is_reply ? code : request_type, is_reply ? request_type : code);
    (void)nrs_datagram_take(k, k->ip.body_wire - HEADER);
}

void nrs_icmp_take(struct nrs_one_packet *k)
{
    uint8_t type, code;

    if (k->ip.body_cap < HEADER) {
        k->p->stats.malformed++;
        return;
    }
    type = k->ip.body[0];
    code = k->ip.body[1];
    if (k->ip.proto == NRS_PROTO_ICMP && (type == ECHO_REQUEST || type == ECHO_REPLY))
        on_echo(k, ECHO_REQUEST, type == ECHO_REPLY);
    else if (k->ip.proto == NRS_PROTO_ICMP6 && (type == ECHO_REQUEST_6 || type == ECHO_REPLY_6))
        on_echo(k, ECHO_REQUEST_6, type == ECHO_REPLY_6);
    else if (k->ip.proto == NRS_PROTO_ICMP ? type == UNREACHABLE && code != CODE_TOO_BIG
                                           : type == UNREACHABLE_6)
        on_unreachable(k);
    else
        k->p->stats.skipped++;
}
