/* platform/linux/procnet.h - one line of /proc/net/{tcp,tcp6,udp,udp6} */
#ifndef NRS_PROCNET_H
#define NRS_PROCNET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/flow.h"

enum nrs_procnet_state { /* as the kernel numbers them; a connected UDP socket is ESTABLISHED */
    NRS_PROCNET_ESTABLISHED = 1,
    NRS_PROCNET_SYN_SENT = 2,
    NRS_PROCNET_SYN_RECV = 3,
    NRS_PROCNET_FIN_WAIT1 = 4,
    NRS_PROCNET_FIN_WAIT2 = 5,
    NRS_PROCNET_TIME_WAIT = 6,
    NRS_PROCNET_CLOSE = 7,
    NRS_PROCNET_CLOSE_WAIT = 8,
    NRS_PROCNET_LAST_ACK = 9,
    NRS_PROCNET_LISTEN = 10,
    NRS_PROCNET_CLOSING = 11
};

struct nrs_procnet_socket {
    struct nrs_addr local, remote;
    uint16_t lport, rport;
    uint8_t state;
    uint8_t timer;       /* 3 = TIME_WAIT */
    uint32_t when_ticks; /* clock ticks (usually 1/100 s) until the timer expires */
    uint32_t uid;        /* NRS_ID_UNKNOWN where the kernel does not keep it (TIME_WAIT) */
    uint32_t inode;      /* of the socket, 0 = no process has it, or none has it any more */
};

/* line: without its newline, no NUL needed. False for the heading and for anything that is not a socket. */
bool nrs_procnet_line(struct nrs_procnet_socket *s, const char *line, size_t len);

#endif
