/* agent/net/url.h - the one kind of address that the uplink knows: scheme://host[:port][/path] */
#ifndef NRS_URL_H
#define NRS_URL_H
#include <stdint.h>

struct nrs_url {
    char host[254];  /* name or address, without brackets; "" = no URL */
    char host_header[264]; /* as it goes into a request: with brackets, with the port if it was given */
    char path[256];  /* from the '/' on, query included; at least "/" */
    uint16_t port;
};

/* Reads `text`, which must begin with `scheme` ("https"); default_port if it names none. User names,
 * fragments, blanks and control characters are refused. 0, NRS_ERR_FORMAT, NRS_ERR_RANGE (port),
 * NRS_ERR_LIMIT (too long). */
int nrs_url_parse(struct nrs_url *u, const char *text, const char *scheme, uint16_t default_port);

#endif
