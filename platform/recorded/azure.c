/* Flow logs of Azure: of network security groups (version 2) and of virtual networks. Both are JSON whose
 * connections are strings in arrays called flowTuples, one for the beginning of a connection, one for each
 * five minutes, one for its end:
 *
 *   tuple  = time "," from "," to "," port "," port "," protocol "," way "," rest
 *   rest   = ("A" | "D") "," state [counts]               ; security groups: allowed, denied. Time in seconds
 *          | state "," encryption [counts]                ; virtual networks. Time in milliseconds
 *   state  = "B" | "C" | "E" | "D" | ""                   ; begins, continues, ends, denied
 *   counts = "," packets "," bytes "," packets "," bytes  ; there and back since the tuple before
 *
 * Every string of the file is looked at; one that is no tuple passes. */
#include "platform/recorded/exported.h"
#include "platform/recorded/text.h"

#define PARTS 13 /* of the longer form */

struct part {
    const char *text;
    size_t len;
};

static unsigned split(const char *text, size_t len, struct part part[PARTS])
{
    const char *end = text + len;
    unsigned n = 0;

    for (; n < PARTS; n++) {
        const char *comma = memchr(text, ',', (size_t)(end - text));

        part[n] = (struct part){text, (size_t)((comma ? comma : end) - text)};
        if (!comma)
            return n + 1;
        text = comma + 1;
    }
    return PARTS + 1; /* too many */
}

static const char *proto_of(const struct part *p)
{
    if (p->len == 1 && *p->text == 'T')
        return "tcp";
    return p->len == 1 && *p->text == 'U' ? "udp" : NULL;
}

static bool take(struct nrs_recorded *r, const char *text, size_t len)
{
    static const enum nrs_exported_field head[] = {NRS_EXPORTED_START, NRS_EXPORTED_SRC, NRS_EXPORTED_DST,
                                                   NRS_EXPORTED_SPORT, NRS_EXPORTED_DPORT};
    static const enum nrs_exported_field counts[] = {NRS_EXPORTED_PACKETS, NRS_EXPORTED_BYTES,
                                                     NRS_EXPORTED_PACKETS_BACK, NRS_EXPORTED_BYTES_BACK};
    struct part part[PARTS];
    unsigned n = split(text, len, part), i;
    struct nrs_exported e;
    const char *proto;

    if (n < 8 || n > PARTS || part[0].len < 10 || *part[0].text < '0' || *part[0].text > '9')
        return false;
    nrs_exported_begin(&e);
    for (i = 0; i < sizeof head / sizeof *head; i++)
        nrs_exported_take(&e, head[i], part[i].text, part[i].len);
    proto = proto_of(&part[5]);
    nrs_exported_take(&e, NRS_EXPORTED_PROTO, proto ? proto : part[5].text, proto ? 3 : part[5].len);
    for (i = 0; n == PARTS && i < sizeof counts / sizeof *counts; i++) {
        if (part[9 + i].len > 0)
            nrs_exported_take(&e, counts[i], part[9 + i].text, part[9 + i].len);
    }
    return nrs_exported_keep(r, &e);
}

const struct nrs_reader nrs_reader_azure = {.format = "azure", .unit = "string ", .take = take};
