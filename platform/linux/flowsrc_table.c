/* The live sources of Linux, best first; platform/README.md has what each sees. */
#include "platform/linux/sources.h"

const struct nrs_flowsrc_ops *const nrs_flowsrc_table[] = {&nrs_src_packet, &nrs_src_proc, NULL};
