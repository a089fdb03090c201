/* tools/collector/config.h - DIR/collector.json
 *
 * Every key is optional, unknown keys are errors; README.md lists them. The command line goes before the
 * file. */
#ifndef NRS_COL_CONFIG_H
#define NRS_COL_CONFIG_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define NRS_COL_CONFIG_MAX 65536 /* bytes of the file */

struct nrs_col_config {
    char listen[64];            /* agents: "127.0.0.1:8443", "[::]:8443" */
    char page[64];              /* people: "127.0.0.1:8080" */
    char name[256];             /* how agents reach us; goes into the configurations of devices */
    char proxy_from[256];       /* balancers that speak PROXY protocol 2: addresses, with commas */
    unsigned body_kib;          /* of one request */
    unsigned connections;       /* of agents at a time */
    unsigned pending_kib;       /* bodies on their way into the store, of all connections together */
    unsigned posts_per_s, posts_burst; /* of one device: a second, and at once */
    unsigned records_per_day;   /* of one device, UTC days */
    unsigned device_connections; /* of one device at a time */
    unsigned address_unknown;   /* connections of one address at a time whose device is not known (yet) */
    unsigned address_handshakes; /* of one address, a second; four times as many at once */
    unsigned retain_days, retain_mib; /* records are kept as long, and as many; 0 = no limit */
    unsigned gather_ms;         /* a transaction waits this long for more requests */
    unsigned tls_min, tls_max;  /* 12 or 13 */
    unsigned request_s, idle_s; /* a request, handshake included, must be whole after; silence ends after */
};

void nrs_col_config_defaults(struct nrs_col_config *c);

/* Reads text of n bytes over the defaults in c. NRS_ERR_FORMAT with one line in why. */
int nrs_col_config_read(struct nrs_col_config *c, const char *text, size_t n, char why[160]);

/* Reads and writes DIR/collector.json; c is as the defaults left it on error. */
int nrs_col_config_load(struct nrs_col_config *c, const char *dir, char why[160]);
int nrs_col_config_save(const struct nrs_col_config *c, const char *dir);

/* Why `page` may be on loopback only: a proxy with a login can pass requests on to it. */
extern const char nrs_col_page_fault[];

/* Is the address of a connection in a list "192.0.2.1,2001:db8::1"? */
bool nrs_col_address_listed(const char *list, const struct sockaddr_storage *from);

/* Is this address of the machine itself: 127.0.0.0/8 or ::1? The text is one that nrs_col_address_read
 * takes. */
bool nrs_col_address_is_loopback(const char *text);

/* "127.0.0.1:8443" or "[::1]:8443" to an address; NRS_ERR_FORMAT. The host part goes to host (cap bytes). */
int nrs_col_address_read(const char *text, struct sockaddr_storage *out, char *host, size_t cap);

#endif
