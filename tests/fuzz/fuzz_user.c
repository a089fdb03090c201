/* Lines of /etc/passwd: who is found has two numbers below the largest, and no other name finds him. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "platform/linux/user.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void take_line(const uint8_t *bytes, size_t len)
{
    char *line = malloc(len ? len : 1);
    uid_t uid = 1;
    gid_t gid = 1;

    if (!line)
        abort();
    memcpy(line, bytes, len);
    if (nrs_user_line(line, len, "noroshi", &uid, &gid)) {
        if (uid == UINT32_MAX || gid == UINT32_MAX || memcmp(line, "noroshi:", 8) != 0 || nrs_user_line(line, len, "noro", &uid, &gid))
            abort();
    } else if (uid != 1 || gid != 1) {
        abort();
    }
    free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const uint8_t *newline;

    while ((newline = n ? memchr(data, '\n', n) : NULL) != NULL) {
        take_line(data, (size_t)(newline - data));
        n -= (size_t)(newline - data) + 1;
        data = newline + 1;
    }
    take_line(data, n);
    return 0;
}
