/* Records that wait for a decision: their places, what becomes of them. */
#include <string.h>

#include "agent/spool/spool_internal.h"
#include "platform/files.h"

struct nrs_spool_pending *nrs_pending_place(struct nrs_spool *s, uint64_t seq)
{
    for (struct nrs_spool_pending *p = s->pending; p < s->pending + NRS_SPOOL_PENDING; p++)
        if (seq == 0 ? p->no == 0 : p->no != 0 && p->seq == seq)
            return p;
    return NULL;
}

void nrs_pending_note(struct nrs_spool *s, struct nrs_spool_segment *seg, const struct nrs_record *r,
                      size_t end)
{
    struct nrs_spool_pending *p = nrs_pending_place(s, 0);

    if (p == NULL) {
        s->dropped++;
        return;
    }
    *p = (struct nrs_spool_pending){seg->no, (uint32_t)(end - r->len - NRS_RECORD_HEAD), r->seq};
    seg->pending++;
}

void nrs_pending_forget(struct nrs_spool *s, uint32_t no)
{
    for (struct nrs_spool_pending *p = s->pending; p < s->pending + NRS_SPOOL_PENDING; p++)
        if (p->no == no)
            *p = (struct nrs_spool_pending){0};
}

/* Reads the record at a place; its payload is in s->bytes. */
static bool read_pending(struct nrs_spool *s, const struct nrs_spool_pending *p, struct nrs_record *r)
{
    int len = nrs_segment_load(s, p->no);
    size_t at = p->at;

    *r = (struct nrs_record){.seq = p->seq - 1};
    return len > 0 && nrs_record_next(s->bytes, (size_t)len, &at, r) && r->seq == p->seq;
}

/* Writes the head of the record in s->bytes again. One of an older segment is synced at once: nobody will do
 * it later. */
static int mark_settled(struct nrs_spool *s, const struct nrs_spool_pending *p, const struct nrs_record *r)
{
    bool newest = p->no == s->seg[s->n - 1].no;
    int fd = newest ? s->fd : nrs_file_open(s->dir, nrs_segment_name(p->no).text), rc = fd < 0 ? fd : 0;
    uint8_t head[NRS_RECORD_HEAD];

    nrs_record_set_flags(head, r, NRS_RECORD_SETTLED);
    if (rc == 0)
        rc = nrs_file_write(fd, p->at, head, sizeof head);
    if (newest) {
        s->dirty = true;
        return rc;
    }
    if (rc == 0)
        rc = nrs_file_sync(fd);
    nrs_file_close(fd);
    return rc;
}

void nrs_spool_settle(struct nrs_spool *s, int handle)
{
    struct nrs_spool_pending *p = &s->pending[handle > 0 ? handle - 1 : 0];
    struct nrs_record r;

    if (handle <= 0 || p->no == 0)
        return;
    if (!read_pending(s, p, &r) || mark_settled(s, p, &r) != 0)
        s->errors++;
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->seg[i].no != p->no)
            continue;
        s->seg[i].pending--;
        if (nrs_segment_is_empty(&s->seg[i]) && i + 1 < s->n)
            nrs_segment_remove(s, i);
        break;
    }
    *p = (struct nrs_spool_pending){0};
}

void nrs_pending_release(struct nrs_spool *s)
{
    uint8_t payload[NRS_RECORD_PAYLOAD_MAX];
    struct nrs_record r;

    for (int handle = 1; handle <= NRS_SPOOL_PENDING; handle++) {
        const struct nrs_spool_pending *p = &s->pending[handle - 1];

        if (p->no == 0 || !read_pending(s, p, &r))
            continue;
        memcpy(payload, r.payload, r.len);
        if (nrs_spool_append(s, payload, r.len, true) == 0)
            nrs_spool_settle(s, handle);
    }
}
