/* tools/collector/serve/http.h - one HTTP/1.1 request out of the bytes of a connection
 *
 * A thin layer over llhttp, which is strict: it keeps the path, the few headers that matter here and the
 * body, all bounded. Refused with 400 besides what is no HTTP: two Host headers, and a Transfer-Encoding
 * that is not "chunked" alone. One request at a time: after a whole one, nrs_col_http_next is called when
 * it was answered. Bytes that a client sends before that (pipelining) are dropped, and keep_alive says no,
 * so that it sends them again elsewhere.
 *
 * Memory: the body grows as it arrives, never by what a header promises; every byte of it is taken from a
 *         budget that all connections share. Without a body a request costs no allocation.
 * Errors: a request that is refused is "whole" with the HTTP status to answer and one phrase in why. */
#ifndef NRS_COL_HTTP_H
#define NRS_COL_HTTP_H
#include <stdbool.h>
#include <stddef.h>
#include <llhttp.h>

#define NRS_COL_HEAD_MAX 8192 /* bytes of request line and headers */

struct nrs_col_budget {
    size_t used, cap;
};

struct nrs_col_http {
    llhttp_t parser;
    struct nrs_col_budget *budget;
    size_t body_max;
    char *body;
    size_t body_len, body_cap; /* body_cap is what the budget was charged */
    size_t head_len; /* bytes of names, values and the address so far */
    const char *method; /* "GET" */
    char url[256], content_type[64], host[128], etag[48], coding[16];
    char field[20];  /* name of the header that is being read, lower case, as far as it fits */
    bool in_value, begun, keep_alive, pipelined;
    int status;      /* 0 = good; else refused */
    const char *why;
};

/* The phrase of a status line. */
const char *nrs_col_http_phrase(int status);

void nrs_col_http_init(struct nrs_col_http *h, size_t body_max, struct nrs_col_budget *budget);

/* Returns true when a request is whole or refused; then nothing more may be fed before nrs_col_http_next. */
bool nrs_col_http_feed(struct nrs_col_http *h, const char *bytes, size_t len);
void nrs_col_http_next(struct nrs_col_http *h);

/* Hands the body over to the caller, who frees it and gives *charge back to the budget. */
char *nrs_col_http_take_body(struct nrs_col_http *h, size_t *len, size_t *charge);
void nrs_col_http_done(struct nrs_col_http *h);

#endif
