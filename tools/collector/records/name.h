/* tools/collector/records/name.h - names of devices and hosts: [A-Za-z0-9._-] */
#ifndef NRS_COL_NAME_H
#define NRS_COL_NAME_H
#include <stdbool.h>

#define NRS_COL_NAME_MAX 64 /* bytes, without the NUL */

bool nrs_col_is_name_char(char c);

/* Is this a device's name: 1 to 64 such characters, beginning with a letter, a digit or '_'? 0 or
 * NRS_ERR_FORMAT. */
int nrs_col_name_check(const char *name);

#endif
