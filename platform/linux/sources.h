/* platform/linux/sources.h - the live sources of Linux, one per file src_NAME.c */
#ifndef NRS_LINUX_SOURCES_H
#define NRS_LINUX_SOURCES_H
#include "platform/flowsrc_ops.h"

extern const struct nrs_flowsrc_ops nrs_src_packet; /* AF_PACKET with a kernel filter and a mapped ring */
extern const struct nrs_flowsrc_ops nrs_src_proc;   /* polls /proc/net/{tcp,tcp6,udp,udp6} */

#endif
