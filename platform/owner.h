/* platform/owner.h - which process has a connection open just now
 *
 * One look reads the kernel's socket tables and, only if a socket fits, the descriptors of processes. What is
 * closed already has no owner: nothing is guessed. State is one per process, fixed; nothing allocates but
 * folder listings. */
#ifndef NRS_OWNER_H
#define NRS_OWNER_H
#include <stddef.h>
#include <stdint.h>

#include "platform/flow.h"

struct nrs_connection {
    struct nrs_addr local, remote;
    uint16_t rport;
    uint8_t proto; /* TCP or UDP */
};

/* Opens the tables, while it may. 0 or a negative errno. */
int nrs_owner_open(void);

/* Looks for all of them at once: pid[i] is 0 if nobody has list[i] open. n at most NRS_OWNER_MAX. */
#define NRS_OWNER_MAX 16
void nrs_owner_find(const struct nrs_connection *list, size_t n, uint32_t *pid);

#endif
