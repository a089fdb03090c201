#include "tools/model/json.h"

#include <string.h>

#include "models/base/error.h"

int nrs_json_numbers(const cJSON *array, unsigned n, const char *place, const char *key, double *out,
                     struct nrs_why *why)
{
    unsigned i = 0;

    if (!cJSON_IsArray(array) || (unsigned)cJSON_GetArraySize(array) != n)
        return nrs_why(why, NRS_ERR_FORMAT, "%s%s: not %u numbers", place, key, n);
    for (const cJSON *item = array->child; item; item = item->next) {
        if (!cJSON_IsNumber(item))
            return nrs_why(why, NRS_ERR_FORMAT, "%s%s[%u]: not a number", place, key, i);
        out[i++] = item->valuedouble;
    }
    return 0;
}

int nrs_json_keys(const cJSON *object, const char *const *allowed, const char *place, struct nrs_why *why)
{
    for (const cJSON *item = object->child; item; item = item->next) {
        const char *const *key = allowed;

        while (*key && strcmp(*key, item->string) != 0)
            key++;
        if (*key == NULL)
            return nrs_why(why, NRS_ERR_FORMAT, "%s%.60s: unknown key", place, item->string);
    }
    return 0;
}

int nrs_json_length(const cJSON *array)
{
    return cJSON_IsArray(array) ? cJSON_GetArraySize(array) : -1;
}
