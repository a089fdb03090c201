/* No interfaces. */
#include "platform/interfaces.h"

int nrs_interface_exists(const char *name)
{
    (void)name;
    return 0;
}
