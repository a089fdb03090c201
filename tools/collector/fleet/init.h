/* tools/collector/fleet/init.h - the commands `init` and `device`: folders, keys, certificates, the empty
 * database
 *
 * Each says what went wrong in one line on stderr. Returns an exit code: 0 or 2. */
#ifndef NRS_COL_INIT_H
#define NRS_COL_INIT_H
#include <stddef.h>

#include "tools/collector/config.h"

/* names: further names of the server, besides localhost, 127.0.0.1, ::1, the host name and the listen
 * address. */
int nrs_col_init(const char *dir, const struct nrs_col_config *c, const char *const *names, size_t n);

/* DIR/devices/NAME/{device.pem,device-key.pem,ca.pem,noroshi.json} */
int nrs_col_device(const char *dir, const char *name);

#endif
