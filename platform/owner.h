/* platform/owner.h - which process has a connection open now
 *
 * One call reads the kernel's socket tables and, only if a socket fits, the descriptors of processes. A
 * connection that is already closed has no owner: nothing is guessed. The state is one per process and has a
 * fixed size; only the listing of a folder allocates. */
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

/* Opens the tables while the process has the right to. 0 or a negative errno. */
int nrs_owner_open(void);

/* Looks for all connections of the list at once. pid[i] is 0 if no process has list[i] open. n: at most
 * NRS_OWNER_MAX. */
#define NRS_OWNER_MAX 16
void nrs_owner_find(const struct nrs_connection *list, size_t n, uint32_t *pid);

#endif
