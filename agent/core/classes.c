#include <string.h>

#include "agent/core/features.h"

enum { PUBLIC, PRIVATE, MULTICAST, LINK_LOCAL }; /* places, see features.h */

struct port_class {
    uint16_t port;
    uint8_t class;
};

/* By number. */
static const struct port_class known_ports[] = {
    {20, 11},   {21, 11},   {22, 9},    {23, 9},    {25, 10},   {53, 2},    {67, 3},    {68, 3},
    {80, 5},    {110, 10},  {111, 12},  {123, 1},   {137, 4},   {138, 4},   {139, 11},  {143, 10},
    {161, 4},   {443, 6},   {445, 11},  {465, 10},  {546, 3},   {547, 3},   {587, 10},  {853, 2},
    {993, 10},  {995, 10},  {1194, 9},  {1883, 8},  {1900, 4},  {2049, 11}, {2323, 9},  {3389, 9},
    {3702, 4},  {4070, 8},  {4369, 12}, {5222, 8},  {5223, 8},  {5228, 8},  {5229, 8},  {5230, 8},
    {5353, 4},  {5355, 4},  {5900, 9},  {6660, 14}, {6661, 14}, {6662, 14}, {6663, 14}, {6664, 14},
    {6665, 14}, {6666, 14}, {6667, 14}, {6668, 14}, {6669, 14}, {6697, 14}, {8000, 7},  {8008, 7},
    {8080, 7},  {8081, 7},  {8088, 7},  {8443, 7},  {8883, 8},  {8888, 7},  {9443, 7},
};

unsigned nrs_port_class(uint16_t port, uint8_t proto)
{
    size_t low = 0, high = sizeof known_ports / sizeof known_ports[0];

    if (proto != NRS_PROTO_TCP && proto != NRS_PROTO_UDP)
        return 15;
    while (low < high) {
        size_t middle = (low + high) / 2;

        if (known_ports[middle].port == port)
            return known_ports[middle].class;
        if (known_ports[middle].port < port)
            low = middle + 1;
        else
            high = middle;
    }
    return port < 1024 ? 12 : port > 49151 ? 13 : 0;
}

static unsigned place_v4(const uint8_t *b)
{
    if (b[0] == 10 || (b[0] == 172 && b[1] >> 4 == 1) || (b[0] == 192 && b[1] == 168) ||
        (b[0] == 100 && b[1] >> 6 == 1))
        return PRIVATE;
    if (b[0] >= 224)
        return MULTICAST;
    if (b[0] == 169 && b[1] == 254)
        return LINK_LOCAL;
    return PUBLIC;
}

unsigned nrs_place_class(const struct nrs_addr *a)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    if (!memcmp(a->b, mapped, sizeof mapped))
        return place_v4(a->b + 12);
    if (a->b[0] == 0xff)
        return MULTICAST;
    if (a->b[0] == 0xfe && a->b[1] >> 6 == 2)
        return LINK_LOCAL;
    if ((a->b[0] & 0xfe) == 0xfc)
        return PRIVATE;
    return PUBLIC;
}

bool nrs_key_can_be_c2(const struct nrs_key *k)
{
    unsigned place = nrs_place_class(&k->remote);

    if (k->inbound || place == MULTICAST || place == LINK_LOCAL)
        return false;
    return place != PRIVATE || nrs_place_class(&k->local) != PUBLIC;
}
