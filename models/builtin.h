/* models/builtin.h - the models compiled into the program, made by the build from models/<kind>.nrm */
#ifndef NRS_BUILTIN_H
#define NRS_BUILTIN_H
#include <stddef.h>
#include <stdint.h>

extern const uint8_t nrs_builtin_beacon[], nrs_builtin_packer[], nrs_builtin_packer_pe[];
extern const size_t nrs_builtin_beacon_len, nrs_builtin_packer_len, nrs_builtin_packer_pe_len; /* 0 = none */

#endif
