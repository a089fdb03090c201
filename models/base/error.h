/* models/base/error.h - the error numbers of models/, agent/ and tools/
 *
 * Every function that can fail returns 0 or one of these numbers, always negative, and leaves its outputs
 * as they were. platform/ does not use them: it returns 0 or a negative errno, because its callers want to
 * know what the kernel said. The exception is platform/path_trust.h, whose NRS_PATH_* lie below -8191. The
 * numbers begin at -4096, below every errno (Linux keeps 1..4095 for those), so that one kind can never be
 * taken for the other. */
#ifndef NRS_ERROR_H
#define NRS_ERROR_H

enum nrs_err {
    NRS_ERR_SHORT = -4096,       /* the input ends before what it promises */
    NRS_ERR_FORMAT = -4097,      /* not in the format at all: magic, version, syntax */
    NRS_ERR_RANGE = -4098,       /* a value outside its declared range */
    NRS_ERR_LIMIT = -4099,       /* more of something than we accept (size, count, depth) */
    NRS_ERR_SCHEMA = -4100,      /* made for another feature schema or model kind */
    NRS_ERR_OVERFLOW = -4101,    /* a sum cannot be proven to fit 32 bits */
    NRS_ERR_SELFTEST = -4102,    /* golden pairs do not come out as stored */
    NRS_ERR_SIGNATURE = -4103,   /* digest or signature does not fit, or no key for it */
    NRS_ERR_STALE = -4104,       /* expired, or an older serial than allowed */
    NRS_ERR_IO = -4105,          /* reading or writing failed; errno has the reason */
    NRS_ERR_SPACE = -4106,       /* the caller's buffer or memory is too small */
    NRS_ERR_UNSUPPORTED = -4107  /* this build or system cannot do it */
};

/* A short lower-case phrase for people, never NULL, also for numbers that are not ours. */
const char *nrs_strerror(int err);

#endif
