/* tools/model/json.h - what the readers of JSON share: refusals that name the place */
#ifndef NRS_TOOL_JSON_H
#define NRS_TOOL_JSON_H
#include <cJSON.h>

#include "models/base/why.h"

/* place is put before the key in a refusal: "terms[3]: ", or "". */

/* Exactly n numbers of a list. */
int nrs_json_numbers(const cJSON *array, unsigned n, const char *place, const char *key, double *out,
                     struct nrs_why *why);

/* Every key of an object is one of those allowed (up to a NULL). */
int nrs_json_keys(const cJSON *object, const char *const *allowed, const char *place, struct nrs_why *why);

/* Length of a list, -1 for anything else (also no item at all). */
int nrs_json_length(const cJSON *array);

#endif
