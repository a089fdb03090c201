/* Any bytes as a label file: read, and every label looked up again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/model/labels.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const ids[] = {"source", "source.ip", "destination.port", "file.hash.sha256"};
    char *text = malloc(n + 1);
    struct nrs_labels labels;
    struct nrs_why why;

    if (text == NULL)
        return 0;
    memcpy(text, data, n);
    text[n] = '\0';
    if (nrs_labels_take(&labels, text, "label", ids, 4, &why) == 0) {
        for (size_t i = 0; i < labels.n; i++) {
            const char *id[4];

            for (unsigned k = 0; k < 4; k++)
                id[k] = labels.label[i].key[k] ? labels.label[i].key[k] : "any";
            if (nrs_labels_find(&labels, id) == NULL)
                abort();
        }
    }
    nrs_labels_done(&labels);
    return 0;
}
