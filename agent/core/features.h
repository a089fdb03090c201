/* agent/core/features.h - a destination as the feature vector of the beacon schema
 *
 * Two steps: what is the same for every window is measured once (nrs_profile), then each window adds its own
 * (nrs_features_fill). Everything saturates at the maximum that models/beacon_features.h declares.
 *
 * Port classes (feature `port`), from IANA's assignments and research of which services poll:
 *   0 other registered (1,024..49,151)   1 NTP           2 DNS            3 DHCP         4 discovery (mDNS,
 *   SSDP, NetBIOS, ...) 5 HTTP                               6 HTTPS         7 HTTP elsewhere 8 push, MQTT
 *   9 remote administration 10 mail                              11 file sharing 12 other system port (<
 *   1,024)  13 ephemeral (> 49,151) 14 chat, IRC                         15 no port (ICMP)
 * Address classes (feature `place`):
 *   0 public   1 private or unique-local   2 multicast or broadcast   3 link-local
 * Loopback counts as public: it is sampled only where the configuration names it, and then it is judged. */
#ifndef NRS_FEATURES_H
#define NRS_FEATURES_H
#include "agent/core/day.h"
#include "agent/core/dest.h"
#include "agent/core/gaps.h"
#include "models/base/units.h"
#include "models/beacon_schema.h"

/* The week is judged only of slow destinations (median gap between visits) that are known for more than a
 * day. What is faster shows within a day, and would fill the four bits that the week has for an hour. */
#define NRS_SLOW_MS 1200000u
#define NRS_SLOW_KNOWN_S NRS_S_PER_DAY

/* Siblings that use fewer servers do not rotate: each server shows by itself. Their number of windows is
 * 0. */
#define NRS_SIBLINGS_MIN 3

/* What all windows share. */
struct nrs_profile {
    const struct nrs_dest *dest;
    const struct nrs_day *day;      /* its own, or `made` */
    struct nrs_gaps gaps, visits;
    uint32_t tx_med, rx_med;        /* UINT32_MAX = not known */
    uint16_t x[NRS_BEACON_N];       /* the shared features, filled in */
    unsigned n_windows;             /* how many windows say something, from the shortest on */
    uint64_t minutes[NRS_DAY_WORDS]; /* active ones of the 24 hours that end just before `now` */
    struct nrs_day made;            /* for a destination that has no day: made from its last connections */
};

/* What a window adds, beside the vector itself. */
struct nrs_window_facts {
    uint32_t n, n_failed, hours;
};

/* now: milliseconds since the epoch. day: NULL if not watched. */
void nrs_profile_make(struct nrs_profile *p, const struct nrs_dest *d, const struct nrs_day *day,
                      uint64_t now);

/* x: [NRS_BEACON_N]. window: enum nrs_window, less than p->n_windows; it ends just before `now`, the one that
 * the profile was made for. */
void nrs_features_fill(const struct nrs_profile *p, unsigned window, uint64_t now, uint16_t *x,
                       struct nrs_window_facts *facts);

unsigned nrs_port_class(uint16_t port, uint8_t proto);
unsigned nrs_place_class(const struct nrs_addr *a);

/* Whether a C2 server could be at the other end. False for inbound connections, for multicast, broadcast and
 * link-local destinations, and for a public address that connects to a private one: in a recorded file that
 * is an inbound connection. What cannot be C2 is scored on request like everything else, and never
 * flagged. */
bool nrs_key_can_be_c2(const struct nrs_key *k);

#endif
