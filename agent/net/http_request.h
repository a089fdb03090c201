/* agent/net/http_request.h - the heads of the two requests that the uplink makes */
#ifndef NRS_HTTP_REQUEST_H
#define NRS_HTTP_REQUEST_H
#include <stddef.h>

#include "agent/net/url.h"

#define NRS_REQUEST_HEAD_MAX 1024

/* Each returns the length of the head, or NRS_ERR_SPACE. */
int nrs_http_post_head(char *buf, size_t cap, const struct nrs_url *to, const char *content_type,
                       size_t body_len);
int nrs_http_connect_head(char *buf, size_t cap, const struct nrs_url *to);

#endif
