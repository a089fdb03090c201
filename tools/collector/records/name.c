#include "tools/collector/records/name.h"

#include <string.h>

#include "models/base/error.h"

bool nrs_col_is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

int nrs_col_name_check(const char *name)
{
    size_t n = strlen(name);

    if (n == 0 || n > NRS_COL_NAME_MAX || name[0] == '.' || name[0] == '-')
        return NRS_ERR_FORMAT;
    for (; *name != '\0'; name++) {
        if (!nrs_col_is_name_char(*name))
            return NRS_ERR_FORMAT;
    }
    return 0;
}
