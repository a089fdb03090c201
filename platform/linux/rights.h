/* platform/linux/rights.h - the rights of a helper process (platform/helper.h) */
#ifndef NRS_RIGHTS_H
#define NRS_RIGHTS_H
#include "models/base/why.h"

/* Root: changes to `user`. Everyone: keeps only the capabilities CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE,
 * where it had them; forbids new ones and core dumps. 0, or a negative errno: rights may be left, the process
 * has to end, and `why` has the reason. */
int nrs_rights_keep_reading(const char *user, struct nrs_why *why);

#endif
