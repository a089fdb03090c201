/* models/model_header.h - where the fields of a model file's header are (FORMAT.md), for reader and writer */
#ifndef NRS_MODEL_HEADER_H
#define NRS_MODEL_HEADER_H
#include "models/model.h"

#define NRS_MODEL_MAGIC  "NRSM" /* four bytes, no NUL */
#define NRS_MODEL_FORMAT 1

enum nrs_model_offset {
    NRS_AT_MAGIC = 0,
    NRS_AT_FORMAT = 4,
    NRS_AT_KIND = 5,
    NRS_AT_ZERO = 6,
    NRS_AT_SERIAL = 8,
    NRS_AT_MIN_AGENT = 12,
    NRS_AT_SCHEMA_HASH = 16,
    NRS_AT_EXPIRES_DAY = 24,
    NRS_AT_BODY_LEN = 28,
    NRS_AT_KEY_ID = 32,
    NRS_AT_DIGEST = NRS_MODEL_SIGNED,
    NRS_AT_SIGNATURE = NRS_AT_DIGEST + 32,
    NRS_AT_BODY = NRS_MODEL_HEADER
};

#endif
