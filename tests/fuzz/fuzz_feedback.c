/* Any bytes as marks and evidence. */
#include <stdlib.h>

#include "tests/model_fixture.h"
#include "tools/model/feedback.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = malloc(n + 1);
    struct nrs_feedback feedback;
    struct nrs_why why;

    if (text == NULL)
        return 0;
    memcpy(text, bytes, n);
    text[n] = '\0';
    nrs_feedback_init(&feedback, &fx_beacon);
    if (nrs_feedback_parse(&feedback, text, &why) == 0 && nrs_feedback_join(&feedback, &why) == 0)
        for (size_t i = 0; i < feedback.n_marks; i++)
            for (unsigned f = 0; f < FX_FEATURES; f++)
                if (feedback.mark[i].x[f] > fx_features[f].max)
                    abort();
    nrs_feedback_done(&feedback);
    free(text);
    return 0;
}
