/* agent/programs/record.h - what the agent and its scanner process say to each other
 *
 * One message, one record of fixed size, little-endian. The agent trusts the scanner no more than any other
 * source of bytes: the scanner reads hostile files. */
#ifndef NRS_PROGRAMS_RECORD_H
#define NRS_PROGRAMS_RECORD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/owner.h"

#define NRS_ASK_BYTES   48
#define NRS_FOUND_BYTES 320
#define NRS_FOUND_PATH_MAX 199
#define NRS_FOUND_CLASS_MAX 23

/* From the agent: who owns the connections of this destination? It is sent when a verdict opens, and again
 * whenever a connection begins, until the answer comes. */
struct nrs_ask {
    uint32_t d; /* the verdict's number, never 0 */
    struct nrs_connection connection;
    uint32_t due_ms;    /* the next connection is expected after this time; 0 = it is not known when */
    uint32_t spread_ms; /* the expectation is right within this time, both ways */
};

/* What speaks against a file, as bits; agent/verdicts/program_lines.c has their names on the wire. */
enum nrs_mark {
    NRS_MARK_PACKED = 1,
    NRS_MARK_TAMPERED = 2,  /* built like UPX, header damaged */
    NRS_MARK_DELETED = 4,   /* it runs, but its file has no name any more */
    NRS_MARK_TEMPORARY = 8, /* below /tmp, /var/tmp, /dev/shm, /run/user */
    NRS_MARK_NEW = 16,      /* written less than a day before it was looked at */
    NRS_MARKS = 31
};
#define NRS_N_MARKS 5

struct nrs_programs_counts {
    uint32_t seen;    /* programs of processes; a program counts each time that it is seen */
    uint32_t cached;  /* seen, and known already: same device, inode, size and time */
    uint32_t scanned;
    uint32_t limited; /* put off by the rate limit */
    uint32_t lost;    /* how often the kernel lost notices of starts (platform/execs.h); a walk follows */
    uint32_t packed;
};

/* From the scanner: a file, and how the scanner is doing. Every record has the counts; some have nothing
 * else. */
struct nrs_found {
    uint32_t d;       /* the question this answers; 0 = found on its own */
    uint32_t pid;     /* 0 = not visible from here */
    uint8_t marks;    /* enum nrs_mark */
    uint8_t risk;     /* of the packer model, 0..99 */
    bool hashed;      /* sha256 is known */
    /* path leads to this file for everybody (platform/walk.h); cut, it is no rule's any more */
    bool named;
    uint8_t notice_error; /* 0: the kernel notifies the scanner of what starts; else why not, an errno */
    uint8_t sha256[32];
    uint32_t serial;  /* of the packer model, 0 = rules alone */
    int32_t score_mlogit;
    char class[NRS_FOUND_CLASS_MAX + 1]; /* "none", a packer, "unknown" */
    char path[NRS_FOUND_PATH_MAX + 1];   /* cut at its front if it is longer; "" = counts only */
    struct nrs_programs_counts counts;
};

void nrs_ask_write(uint8_t bytes[NRS_ASK_BYTES], const struct nrs_ask *a);
int nrs_ask_read(struct nrs_ask *a, const uint8_t *bytes, size_t len); /* 0 or NRS_ERR_FORMAT */
void nrs_found_write(uint8_t bytes[NRS_FOUND_BYTES], const struct nrs_found *f);
int nrs_found_read(struct nrs_found *f, const uint8_t *bytes, size_t len);

#endif
