#include "platform/packet/dns.h"

#include <stdbool.h>

#include "platform/packet/bytes_be.h"
#include "platform/packet/ip.h"
#include "platform/packet/name_text.h"

enum { HEADER = 12, QUESTION_TAIL = 4, RECORD_TAIL = 10 };
enum { TYPE_A = 1, TYPE_AAAA = 28, CLASS_IN = 1 };
enum { LABEL_MAX = 63, POINTER = 0xc0 };

/* Reads the labels at `at` as dotted text. Returns the position after them, 0 if this is no usable name. */
static size_t read_name(char name[NRS_DNS_NAME_MAX + 1], const uint8_t *msg, size_t len, size_t at)
{
    size_t n = 0;

    while (at < len && msg[at] != 0) {
        size_t label = msg[at++];

        if (label > LABEL_MAX || label > len - at || n + label + 1 > NRS_DNS_NAME_MAX + 1)
            return 0;
        if (n)
            name[n - 1] = '.';
        for (size_t i = 0; i < label; i++) {
            name[n + i] = nrs_name_byte(msg[at + i]);
            if (!name[n + i])
                return 0;
        }
        at += label;
        n += label + 1;
        name[n - 1] = 0;
    }
    return at < len && n ? at + 1 : 0;
}

/* Returns the position after the name at `at`, which may end in a pointer; 0 if the message ends first. */
static size_t skip_name(const uint8_t *msg, size_t len, size_t at)
{
    while (at < len) {
        size_t label = msg[at];

        if (label == 0)
            return at + 1;
        if ((label & POINTER) == POINTER)
            return len - at >= 2 ? at + 2 : 0;
        if (label > LABEL_MAX)
            return 0;
        at += label + 1;
    }
    return 0;
}

static bool is_answer(const uint8_t *msg)
{
    bool response = msg[2] & 0x80, query_opcode = (msg[2] & 0x78) == 0, no_error = (msg[3] & 15) == 0;

    return response && query_opcode && no_error && nrs_get_u16be(msg + 4) == 1;
}

/* The address in a record's data; false if it holds none. */
static bool address_of(struct nrs_addr *a, uint16_t type, const uint8_t *data, size_t len)
{
    if (type == TYPE_A && len == 4)
        nrs_ip_addr(a, data, 4);
    else if (type == TYPE_AAAA && len == 16)
        nrs_ip_addr(a, data, 6);
    else
        return false;
    return true;
}

int nrs_dns_answers(const uint8_t *msg, size_t len, nrs_dns_fn fn, void *arg)
{
    char name[NRS_DNS_NAME_MAX + 1];
    size_t at;
    int n_records, n_told = 0;

    if (len < HEADER || !is_answer(msg))
        return 0;
    at = read_name(name, msg, len, HEADER);
    if (!at)
        return 0;
    at += QUESTION_TAIL;
    n_records = nrs_get_u16be(msg + 6);
    if (n_records > NRS_DNS_RECORDS_MAX)
        n_records = NRS_DNS_RECORDS_MAX;
    for (int i = 0; i < n_records; i++) {
        struct nrs_addr a;
        size_t data_len;

        at = skip_name(msg, len, at);
        if (!at || at > len || len - at < RECORD_TAIL)
            break;
        data_len = nrs_get_u16be(msg + at + 8);
        if (data_len > len - at - RECORD_TAIL)
            break;
        if (nrs_get_u16be(msg + at + 2) == CLASS_IN &&
            address_of(&a, nrs_get_u16be(msg + at), msg + at + RECORD_TAIL, data_len)) {
            fn(arg, &a, name);
            n_told++;
        }
        at += RECORD_TAIL + data_len;
    }
    return n_told;
}
