/* Test builds for a target have zlib only. */
#include "platform/recorded/unpack.h"

const struct nrs_unpack_kind *const nrs_unpack_more[] = {NULL};
