/* Requests as the collector reads them, then their bodies as posts; the first byte says where the bytes are cut. */
#include <stdint.h>
#include <stdlib.h>

#include "tools/collector/records/post.h"
#include "tools/collector/routes/routes.h"
#include "tools/collector/serve/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void handle(struct nrs_col_http *h, struct nrs_col_budget *budget)
{
    char why[NRS_COL_WHY + 16];
    struct nrs_col_query q;
    size_t len, charge;
    char *body = nrs_col_http_take_body(h, &len, &charge);

    budget->used -= charge;
    if (h->status == 0) {
        (void)nrs_col_route_query(&q, h->url);
        nrs_col_post_free(nrs_col_post_read("device", body, len, why));
    }
    free(body);
    nrs_col_http_next(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct nrs_col_budget budget = {.cap = 65536};
    struct nrs_col_http h;
    size_t step;

    if (n < 1 || n > 65536)
        return 0;
    nrs_col_line_init();
    nrs_col_http_init(&h, 16384, &budget);
    step = (size_t)data[0] + 1;
    for (size_t i = 1; i < n; i += step) {
        if (nrs_col_http_feed(&h, (const char *)data + i, n - i < step ? n - i : step))
            handle(&h, &budget);
    }
    nrs_col_http_done(&h);
    if (budget.used != 0)
        abort();
    return 0;
}
