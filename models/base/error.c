#include "models/base/error.h"

const char *nrs_strerror(int err)
{
    switch (err) {
    case 0: return "no error";
    case NRS_ERR_SHORT: return "ends too early";
    case NRS_ERR_FORMAT: return "not in the expected format";
    case NRS_ERR_RANGE: return "value out of range";
    case NRS_ERR_LIMIT: return "larger than accepted";
    case NRS_ERR_SCHEMA: return "made for another schema or kind";
    case NRS_ERR_OVERFLOW: return "sum may not fit 32 bits";
    case NRS_ERR_SELFTEST: return "golden pairs do not match";
    case NRS_ERR_SIGNATURE: return "digest or signature not accepted";
    case NRS_ERR_STALE: return "expired or older than allowed";
    case NRS_ERR_IO: return "input/output failed";
    case NRS_ERR_SPACE: return "not enough room";
    case NRS_ERR_UNSUPPORTED: return "not supported here";
    default: return "unknown error";
    }
}
