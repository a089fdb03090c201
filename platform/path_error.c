#include <string.h>

#include "platform/path_trust.h"

const char *nrs_path_strerror(int rc)
{
    switch (rc) {
    case NRS_PATH_LINK: return "is a symbolic link";
    case NRS_PATH_OWNER: return "belongs to another user";
    case NRS_PATH_WRITABLE: return "can be written by others";
    case NRS_PATH_READABLE: return "can be read by others";
    case NRS_PATH_FOREIGN: return "is not a file of ours";
    case NRS_PATH_USER: return "user is not known on this system";
    default: return strerror(rc < 0 ? -rc : 0);
    }
}
