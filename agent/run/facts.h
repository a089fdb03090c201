/* agent/run/facts.h - the members of a JSON object, as the health record and the status file are made of
 *
 * Each function writes a separator unless the object has just begun, then `"key":value`. Keys are ours and
 * need no escapes; string values may be anything (models/base/text.h). */
#ifndef NRS_FACTS_H
#define NRS_FACTS_H
#include <stdint.h>

#include "models/base/text.h"

struct nrs_facts {
    struct nrs_text text;
    const char *separator; /* "," or ",\n" */
};

/* Writes the first bytes, up to and with the '{' of the object. */
void nrs_facts_begin(struct nrs_facts *f, char *buf, size_t cap, const char *separator, const char *first);
void nrs_facts_number(struct nrs_facts *f, const char *key, uint64_t value);
void nrs_facts_string(struct nrs_facts *f, const char *key, const char *value);

/* Writes the last bytes. Returns the length of everything, or 0 if it does not fit. */
int nrs_facts_end(struct nrs_facts *f, const char *last);

#endif
