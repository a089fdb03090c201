#include "agent/spool/spool_internal.h"

#include <stdlib.h>
#include <string.h>

#include "agent/spool/spool_cursor.h"
#include "models/base/error.h"
#include "platform/files.h"

int nrs_segment_load(struct nrs_spool *s, uint32_t no)
{
    int len = nrs_file_load(s->dir, nrs_segment_name(no).text, s->bytes, sizeof s->bytes);

    s->errors += len < 0;
    return len;
}

static void unlist_segment(struct nrs_spool *s, uint32_t i)
{
    s->n--;
    memmove(s->seg + i, s->seg + i + 1, (s->n - i) * sizeof *s->seg);
}

void nrs_segment_remove(struct nrs_spool *s, uint32_t i)
{
    nrs_file_remove(s->dir, nrs_segment_name(s->seg[i].no).text);
    unlist_segment(s, i);
}

static void forget_segment(struct nrs_spool *s, uint32_t i)
{
    nrs_pending_forget(s, s->seg[i].no);
    nrs_segment_remove(s, i);
}

/* Puts a segment number into the sorted list; when it is full the lowest number goes. */
static void note_segment(struct nrs_spool *s, uint32_t no)
{
    uint32_t i = s->n;

    if (s->n == NRS_SPOOL_SEGMENTS + 1) {
        uint32_t oldest = no < s->seg[0].no ? no : s->seg[0].no;

        nrs_file_remove(s->dir, nrs_segment_name(oldest).text);
        if (oldest == no)
            return;
        s->n--;
        i = s->n;
        memmove(s->seg, s->seg + 1, s->n * sizeof *s->seg);
    }
    for (; i > 0 && s->seg[i - 1].no > no; i--)
        s->seg[i] = s->seg[i - 1];
    s->seg[i] = (struct nrs_spool_segment){.no = no};
    s->n++;
}

static void note_name(void *arg, const char *name)
{
    char *end;
    unsigned long no = strtoul(name, &end, 16);

    if (no > 0 && no < UINT32_MAX && strcmp(end, ".seg") == 0 &&
        strcmp(name, nrs_segment_name((uint32_t)no).text) == 0)
        note_segment(arg, (uint32_t)no);
}

/* Records of which somebody still expects something: sent, or decided about. */
static bool is_of_interest(const struct nrs_spool *s, const struct nrs_record *r)
{
    if (r->flags & NRS_RECORD_SETTLED)
        return false;
    return r->flags & NRS_RECORD_PENDING || r->seq > s->acked_seq;
}

/* Counts what a found segment still holds. */
static void survey(struct nrs_spool *s, struct nrs_spool_segment *seg)
{
    int len = nrs_segment_load(s, seg->no);
    struct nrs_record r = {0};
    size_t at = 0;

    if (len < 0) { /* neither written to nor removed: it may be readable another time */
        seg->used = NRS_SPOOL_SEGMENT_MAX;
        seg->left = 1;
        return;
    }
    while (nrs_record_next(s->bytes, (size_t)len, &at, &r)) {
        seg->used = (uint32_t)at;
        if (!is_of_interest(s, &r))
            continue;
        if (r.flags & NRS_RECORD_PENDING)
            nrs_pending_note(s, seg, &r, at);
        else
            seg->left++;
    }
    if (r.seq >= s->next_seq)
        s->next_seq = r.seq + 1;
}

static int write_record(struct nrs_spool *s, const void *payload, size_t len, unsigned flags)
{
    uint8_t record[NRS_RECORD_HEAD + NRS_RECORD_PAYLOAD_MAX];
    struct nrs_spool_segment *seg = &s->seg[s->n - 1];
    size_t n = nrs_record_write(record, s->next_seq, flags, payload, len);

    if (nrs_file_write(s->fd, seg->used, record, n) != 0)
        return NRS_ERR_IO; /* what was written is no whole record, and the next one goes over it */
    seg->used += (uint32_t)n;
    if (flags & NRS_RECORD_PENDING)
        seg->pending++;
    else
        seg->left++;
    s->next_seq++;
    s->dirty = true;
    return 0;
}

/* Writes one record of a given-up segment again; a pending one keeps its handle. On a full disk that segment
 * makes the room, which a power cut at this moment would turn into a loss. */
static bool rewrite(struct nrs_spool *s, const struct nrs_record *r, uint32_t given_up)
{
    struct nrs_spool_segment *seg = &s->seg[s->n - 1];
    struct nrs_spool_pending *p = r->flags & NRS_RECORD_PENDING ? nrs_pending_place(s, r->seq) : NULL;
    const struct nrs_spool_pending now = {seg->no, seg->used, s->next_seq};

    if (!(r->flags & NRS_RECORD_KEEP) || seg->used + NRS_RECORD_HEAD + r->len > s->segment_bytes / 2)
        return false;
    if (write_record(s, r->payload, r->len, r->flags) != 0) {
        nrs_file_remove(s->dir, nrs_segment_name(given_up).text);
        if (write_record(s, r->payload, r->len, r->flags) != 0)
            return false;
    }
    if (p != NULL)
        *p = now;
    return true;
}

/* Gives up the oldest segment. What is worth keeping is written again, and is on disk before the segment's
 * file goes; the rest counts as dropped. */
static void give_up_oldest(struct nrs_spool *s)
{
    uint32_t no = s->seg[0].no;
    int len = nrs_segment_is_empty(&s->seg[0]) ? 0 : nrs_segment_load(s, no);
    struct nrs_record r = {.seq = 0};
    size_t at = 0;

    unlist_segment(s, 0);
    while (len > 0 && nrs_record_next(s->bytes, (size_t)len, &at, &r))
        if (is_of_interest(s, &r) && !rewrite(s, &r, no))
            s->dropped++;
    if (s->dirty)
        nrs_spool_sync(s);
    nrs_file_remove(s->dir, nrs_segment_name(no).text);
    nrs_pending_forget(s, no); /* those that were not written again */
}

/* Begins a new segment, at the cost of the oldest if there are as many as allowed. */
static int next_segment(struct nrs_spool *s)
{
    uint32_t no = s->n > 0 ? s->seg[s->n - 1].no + 1 : 1;
    int fd = nrs_file_open(s->dir, nrs_segment_name(no).text);

    if (fd < 0)
        return NRS_ERR_IO;
    nrs_spool_sync(s);
    nrs_file_close(s->fd);
    s->fd = fd;
    s->dir_dirty = true;
    if (s->n > 0 && nrs_segment_is_empty(&s->seg[s->n - 1]))
        forget_segment(s, s->n - 1);
    s->seg[s->n++] = (struct nrs_spool_segment){.no = no};
    while (s->n > s->n_max)
        give_up_oldest(s);
    return 0;
}

/* Into the newest segment, or a new one. */
static int append(struct nrs_spool *s, const void *payload, size_t len, unsigned flags)
{
    int rc = 0;

    if (len == 0 || len > NRS_RECORD_PAYLOAD_MAX)
        return NRS_ERR_LIMIT;
    if (s->fd < 0 || s->seg[s->n - 1].used + NRS_RECORD_HEAD + len > s->segment_bytes)
        rc = next_segment(s);
    if (rc == 0)
        rc = write_record(s, payload, len, flags);
    s->errors += rc != 0;
    return rc;
}

int nrs_spool_append(struct nrs_spool *s, const void *payload, size_t len, bool keep)
{
    return append(s, payload, len, keep ? NRS_RECORD_KEEP : 0);
}

int nrs_spool_append_pending(struct nrs_spool *s, const void *payload, size_t len)
{
    struct nrs_spool_pending *p = nrs_pending_place(s, 0);
    int rc = p == NULL ? NRS_ERR_LIMIT : append(s, payload, len, NRS_RECORD_KEEP | NRS_RECORD_PENDING);
    struct nrs_spool_segment *seg = &s->seg[s->n - 1];

    if (rc != 0)
        return rc;
    *p = (struct nrs_spool_pending){seg->no, seg->used - (uint32_t)(NRS_RECORD_HEAD + len), s->next_seq - 1};
    return (int)(p - s->pending) + 1;
}

int nrs_spool_open(struct nrs_spool *s, int dir, uint32_t bytes)
{
    uint32_t quarter;

    memset(s, 0, offsetof(struct nrs_spool, bytes));
    s->dir = dir;
    s->fd = -1;
    bytes = bytes < NRS_SPOOL_BYTES_MIN ? NRS_SPOOL_BYTES_MIN : bytes;
    bytes = bytes > NRS_SPOOL_BYTES_MAX ? NRS_SPOOL_BYTES_MAX : bytes;
    quarter = bytes / 4;
    s->segment_bytes = quarter < NRS_SPOOL_SEGMENT_MAX ? quarter : NRS_SPOOL_SEGMENT_MAX;
    s->n_max = bytes / s->segment_bytes;
    s->acked_seq = nrs_spool_cursor_load(dir);
    s->next_seq = s->acked_seq + 1;
    if (nrs_dir_each(dir, note_name, s) != 0)
        return NRS_ERR_IO;
    for (uint32_t i = 0; i < s->n; i++)
        survey(s, &s->seg[i]);
    while (s->n > s->n_max + 1) { /* one more: the power was cut while the oldest was given up */
        s->dropped += s->seg[0].left + s->seg[0].pending;
        forget_segment(s, 0);
    }
    for (uint32_t i = s->n; i-- > 0;)
        if (nrs_segment_is_empty(&s->seg[i]) && i + 1 < s->n)
            forget_segment(s, i);
    if (s->n > 0)
        s->fd = nrs_file_open(dir, nrs_segment_name(s->seg[s->n - 1].no).text);
    nrs_pending_release(s);
    return 0;
}

void nrs_spool_close(struct nrs_spool *s)
{
    nrs_spool_sync(s);
    nrs_file_close(s->fd);
    s->fd = -1;
}

int nrs_spool_sync(struct nrs_spool *s)
{
    int rc = 0;

    if (s->dirty)
        rc = nrs_file_sync(s->fd);
    if (rc == 0 && s->dir_dirty)
        rc = nrs_dir_sync(s->dir);
    s->dirty = s->dir_dirty = false;
    s->errors += rc != 0;
    return rc != 0 ? NRS_ERR_IO : 0;
}

/* Offers what segment i holds. */
static uint32_t offer(struct nrs_spool *s, uint32_t i, uint32_t max,
                      bool (*take)(void *arg, const uint8_t *payload, size_t len), void *arg)
{
    int len = nrs_segment_load(s, s->seg[i].no);
    struct nrs_record r = {.seq = s->acked_seq};
    bool any = false;
    uint32_t n = 0;
    size_t at = 0;

    while (n < max && len > 0 && nrs_record_next(s->bytes, (size_t)len, &at, &r)) {
        if (r.flags & (NRS_RECORD_PENDING | NRS_RECORD_SETTLED))
            continue;
        any = true;
        if (!take(arg, r.payload, r.len))
            break;
        s->batch.last_seq = r.seq;
        n++;
    }
    if (!any)
        s->seg[i].left = 0; /* nothing whole is left in it */
    return n;
}

uint32_t nrs_spool_batch(struct nrs_spool *s, uint32_t max,
                         bool (*take)(void *arg, const uint8_t *payload, size_t len), void *arg)
{
    s->batch.n = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->seg[i].left == 0)
            continue;
        s->batch.no = s->seg[i].no;
        s->batch.n = offer(s, i, max, take, arg);
        if (s->seg[i].left > 0)
            break;
    }
    return s->batch.n;
}

void nrs_spool_ack(struct nrs_spool *s)
{
    if (s->batch.n == 0)
        return;
    s->acked_seq = s->batch.last_seq;
    if (nrs_spool_cursor_save(s->dir, s->acked_seq) != 0)
        s->errors++;
    for (uint32_t i = 0; i < s->n; i++) {
        struct nrs_spool_segment *seg = &s->seg[i];

        if (seg->no != s->batch.no)
            continue;
        seg->left -= s->batch.n < seg->left ? s->batch.n : seg->left;
        if (nrs_segment_is_empty(seg) && i + 1 < s->n)
            forget_segment(s, i);
        break;
    }
    s->batch.n = 0;
}

uint32_t nrs_spool_waiting(const struct nrs_spool *s)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < s->n; i++)
        n += s->seg[i].left;
    return n;
}
