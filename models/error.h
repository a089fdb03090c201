/* models/error.h - the error numbers of models/ and agent/
 *
 * Every function that can fail returns 0 or one of these, always negative, and leaves its outputs as they
 * were. platform/ does not use them: it returns 0 or a negative errno, because its callers want to know
 * what the kernel said. */
#ifndef NRS_ERROR_H
#define NRS_ERROR_H

enum nrs_err {
    NRS_ERR_SHORT = -1,       /* the input ends before what it promises */
    NRS_ERR_FORMAT = -2,      /* not in the format at all: magic, version, syntax */
    NRS_ERR_RANGE = -3,       /* a value outside its declared range */
    NRS_ERR_LIMIT = -4,       /* more of something than we accept (size, count, depth) */
    NRS_ERR_SCHEMA = -5,      /* made for another feature schema or model kind */
    NRS_ERR_OVERFLOW = -6,    /* a sum cannot be proven to fit 32 bits */
    NRS_ERR_SELFTEST = -7,    /* golden pairs do not come out as stored */
    NRS_ERR_SIGNATURE = -8,   /* digest or signature does not fit, or no key for it */
    NRS_ERR_STALE = -9,       /* expired, or an older serial than allowed */
    NRS_ERR_IO = -10,         /* reading or writing failed; errno has the reason */
    NRS_ERR_SPACE = -11,      /* the caller's buffer or memory is too small */
    NRS_ERR_UNSUPPORTED = -12 /* this build or system cannot do it */
};

/* A short lower-case phrase for people, never NULL, also for numbers that are not ours. */
const char *nrs_strerror(int err);

#endif
