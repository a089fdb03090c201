#include "platform/interfaces.h"

#include <net/if.h>

int nrs_interface_exists(const char *name)
{
    return if_nametoindex(name) != 0;
}
