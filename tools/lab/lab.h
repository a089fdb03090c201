/* tools/lab/lab.h - a harmless beacon and the server it calls, to see the agent at work
 *
 * What passes between them has the size of a small check-in: a request of 200 bytes and an answer of 180,
 * both of fixed text and padding. The client closes first, as an implant does. Nothing is executed, read from
 * disk or kept. */
#ifndef NRS_LAB_H
#define NRS_LAB_H
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#define NRS_LAB_TIMEOUT_MS 5000 /* for connect, request and answer alike */
#define NRS_LAB_DISTANCE_MS 100 /* the answer comes after so long, as from another continent */
#define NRS_LAB_REQUEST    200  /* bytes, at least NRS_LAB_LEAST */
#define NRS_LAB_ANSWER     180
#define NRS_LAB_LEAST      160  /* room for a head and the line that explains */

_Static_assert(NRS_LAB_REQUEST >= NRS_LAB_LEAST && NRS_LAB_ANSWER >= NRS_LAB_LEAST,
               "both messages are whole");

struct nrs_lab_beacon {
    struct sockaddr_in to;
    uint32_t every_ms, jitter_pct; /* waits every_ms +- jitter_pct, evenly */
    uint32_t for_s;                /* stops after so long; 0 = never */
};

/* "192.0.2.1:443"; 0 or -1. */
int nrs_lab_address(struct sockaddr_in *out, const char *text);
/* "500ms", "3s", "2m", "1h", a bare number is seconds; at least 1 ms, at most a day; 0 or -1. */
int nrs_lab_duration(uint32_t *ms, const char *text);
/* "20%" or "20", at most 100; 0 or -1. */
int nrs_lab_percent(uint32_t *pct, const char *text);

/* The next wait; *state is a random state that is not 0. */
uint32_t nrs_lab_wait_ms(const struct nrs_lab_beacon *b, uint64_t *state);

/* Fills out with an HTTP message of exactly len bytes: head, then a line for whoever captures it, then dots.
 */
void nrs_lab_message(char *out, size_t len, const char *first_line);

/* Waits until fd is ready for the poll(2) events; 0, or -1 after the timeout. */
int nrs_lab_ready(int fd, short events);

/* Run until their time is over or a signal ends them; 0, or -1 after one line on stderr. */
int nrs_lab_beacon_run(const struct nrs_lab_beacon *b);
/* Prints "serving ADDR:PORT" on stdout once it listens; port 0 takes a free one. */
int nrs_lab_serve(const struct sockaddr_in *at);

#endif
