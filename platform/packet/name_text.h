/* platform/packet/name_text.h - the one rule for the bytes of names in packets
 *
 * Allowed is printable ASCII without blank and dot. Letters become lower case, because resolvers mix the case
 * on purpose. A name with any other byte is not reported at all. */
#ifndef NRS_NAME_TEXT_H
#define NRS_NAME_TEXT_H
#include <stdint.h>

/* The byte as it goes into the name, or 0 if it may not. */
static inline char nrs_name_byte(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c + ('a' - 'A'));
    return c > ' ' && c < 0x7f && c != '.' ? (char)c : 0;
}

#endif
