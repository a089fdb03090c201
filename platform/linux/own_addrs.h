/* platform/linux/own_addrs.h - the addresses of this machine, which separate its own packets from routed ones
 *
 * The list is read only on a machine that forwards. Elsewhere every packet is the machine's own, and no list
 * can be out of date. It holds at most NRS_OWN_ADDRS_MAX addresses; a machine with more counts every address
 * as its own. */
#ifndef NRS_OWN_ADDRS_H
#define NRS_OWN_ADDRS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/flow.h"

#define NRS_OWN_ADDRS_MAX 256

struct nrs_own_addrs {
    int fd;            /* routing netlink socket; -1: not used, every address counts as own */
    bool complete;
    size_t n;
    struct nrs_addr addr[NRS_OWN_ADDRS_MAX]; /* sorted */
};

bool nrs_machine_forwards(void); /* IPv4 or IPv6 forwarding is on */

/* Opens the socket and reads the list. Without netlink every address counts as own. It needs no privilege. */
void nrs_own_addrs_open(struct nrs_own_addrs *o);
void nrs_own_addrs_refresh(struct nrs_own_addrs *o);
bool nrs_own_addrs_has(const struct nrs_own_addrs *o, const struct nrs_addr *a);
void nrs_own_addrs_close(struct nrs_own_addrs *o);

#endif
