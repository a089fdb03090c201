/* agent/spool/spool.h - the agent's only durable queue
 *
 * A directory with segment files ("00000001.seg": records of spool_record.h) and a cursor ("acked": up to
 * which record the collector has confirmed). Append goes to the newest segment, reading starts at the oldest.
 *
 * Durable: after nrs_spool_sync everything appended before survives a power cut; an unsynced record survives
 *          a killed process. A cut or damaged file loses the records that it touches, never more, and never
 *          yields a wrong one; nothing needs a manual step.
 * Pending: a record may wait for a decision (nrs_spool_append_pending). It is on disk like any other, but no
 *          batch offers it. What is still pending when the spool is opened has lost whoever would decide, and
 *          becomes an ordinary record.
 * Limits:  `bytes` of the configuration in 4..64 segments of 16..64 KiB. When a new segment has no room, the
 *          oldest is given up; its records marked `keep` (verdicts, as opposed to evidence) are moved to
 *          the new one, as far as they fill half of it, before the oldest is removed. A power cut in between
 *          leaves both, and they are sent twice. What is lost is counted in `dropped`.
 * Errors:  a full disk or an I/O error loses the record at hand (counted in `errors`); the next call
 *          tries again. A segment that cannot be read is passed over until the next start.
 * Owner:   one process (the caller holds nrs_dir_lock). struct nrs_spool is the caller's, about 67 KiB;
 *          nothing allocates. */
#ifndef NRS_SPOOL_H
#define NRS_SPOOL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NRS_SPOOL_SEGMENTS 64
#define NRS_SPOOL_PENDING 32 /* pending records at once */
#define NRS_SPOOL_SEGMENT_MIN 16384
#define NRS_SPOOL_SEGMENT_MAX 65536
#define NRS_SPOOL_BYTES_MIN (4 * NRS_SPOOL_SEGMENT_MIN)
#define NRS_SPOOL_BYTES_MAX (NRS_SPOOL_SEGMENTS * NRS_SPOOL_SEGMENT_MAX)

struct nrs_spool_segment {
    uint32_t no;   /* its file name; grows */
    uint32_t used; /* bytes up to the end of the last whole record */
    uint32_t left; /* records not yet acknowledged, without pending ones */
    uint32_t pending;
};

struct nrs_spool_pending {
    uint32_t no, at; /* segment, and where in it the record begins; no 0: a free place */
    uint64_t seq;
};

struct nrs_spool {
    int dir, fd;           /* fd: the newest segment, -1 = none yet */
    bool dirty, dir_dirty; /* written since the last sync */
    uint32_t segment_bytes, n_max, n;
    /* [n], oldest first; the last one is written. One more than n_max after a power cut, two while the oldest
     * goes. */
    struct nrs_spool_segment seg[NRS_SPOOL_SEGMENTS + 2];
    struct nrs_spool_pending pending[NRS_SPOOL_PENDING];
    uint64_t next_seq, acked_seq;
    struct {
        uint32_t no, n; /* the last batch: its segment and number of records */
        uint64_t last_seq;
    } batch;
    uint32_t dropped; /* records given up for want of room */
    uint32_t errors;  /* records and cursors that could not be written or read */
    uint8_t bytes[NRS_SPOOL_SEGMENT_MAX + 1]; /* one segment, while it is read */
};

/* Finds what earlier runs left. dir stays the caller's. bytes is rounded to whole segments and clamped to the
 * limits above. 0, or NRS_ERR_IO if the directory cannot be listed. */
int nrs_spool_open(struct nrs_spool *s, int dir, uint32_t bytes);
void nrs_spool_close(struct nrs_spool *s);

/* Adds one record of 1..NRS_RECORD_PAYLOAD_MAX bytes. NRS_ERR_LIMIT, NRS_ERR_IO (the record is lost). */
int nrs_spool_append(struct nrs_spool *s, const void *payload, size_t len, bool keep);

/* Adds a record that waits for a decision. Returns its handle, 1..NRS_SPOOL_PENDING, or an error as above;
 * NRS_ERR_LIMIT also means that as many as possible are pending. */
int nrs_spool_append_pending(struct nrs_spool *s, const void *payload, size_t len);

/* The decision about a pending record was made: it is forgotten. If it is to be sent after all, append it
 * first: a process that is killed in between sends it twice. handle <= 0 does nothing. */
void nrs_spool_settle(struct nrs_spool *s, int handle);

/* Forces everything appended so far to disk; cheap if there is nothing new. */
int nrs_spool_sync(struct nrs_spool *s);

/* Offers the oldest unacknowledged records, at most `max` and all of one segment, until `take` says no.
 * Returns how many were taken; they are "the batch" until the next call. */
uint32_t nrs_spool_batch(struct nrs_spool *s, uint32_t max,
                         bool (*take)(void *arg, const uint8_t *payload, size_t len), void *arg);

/* Forgets the batch for good. */
void nrs_spool_ack(struct nrs_spool *s);

/* records not yet acknowledged, without pending ones */
uint32_t nrs_spool_waiting(const struct nrs_spool *s);

#endif
