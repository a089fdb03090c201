/* A system without live sources: recorded files only. */
#include "platform/flowsrc_ops.h"

const struct nrs_flowsrc_ops *const nrs_flowsrc_table[] = {NULL};
