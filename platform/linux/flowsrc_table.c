/* The live sources of Linux, best first; the README of platform/ says what each one sees. */
#include "platform/linux/sources.h"

const struct nrs_flowsrc_ops *const nrs_flowsrc_table[] = {
#if NRS_WITH_PACKET
    &nrs_src_packet,
#endif
#if NRS_WITH_PROC
    &nrs_src_proc,
#endif
    NULL};
