/* tools/simulate/actors_clocks.c - time, leases and discovery: periodic protocols */
#include "tools/simulate/rows.h"

#define NTP(extra) {NRS_SIM_UDP, NRS_SIM_AT_PUBLIC, {123}, extra, OF(48, 48), OF(48, 48), 0, MS(2, 120), NONE, NRS_SIM_SF, NRS_SIM_S0, PC(0, 40)}

static const struct nrs_sim_actor rows[] = {
    {"ntpd", "64-66 s MAD 1, backing off to 1,024 s and more (measured on 5 hosts)", NRS_SIM_BENIGN_PROTOCOL, 6,
     NRS_SIM_SAME_PORT | NRS_SIM_NAMED, NRS_SIM_IOT | NRS_SIM_SERVER | NRS_SIM_DESKTOP, CHECKINS,
     .timing = {NRS_SIM_BACKOFF, SEC(32, 66), PPM(3000, 16000)}, .shape = NTP("ntp"), .habits = {.servers = OF(1, 1), .miss_ppm = PC(0, 5)}},
    {"ntpd-pool", "a pool of servers, each at its own poll (measured)", NRS_SIM_BENIGN_PROTOCOL, 4, NRS_SIM_SAME_PORT | NRS_SIM_NAMED,
     NRS_SIM_IOT | NRS_SIM_SERVER, CHECKINS, .timing = {NRS_SIM_STEADY, SEC(16, 80), PPM(3000, 30000)}, .shape = NTP("ntp"),
     .habits = {.servers = OF(2, 8), .pick = NRS_SIM_ROUND, .dead_ppm = PC(0, 15)}},
    {"ntpd-steady", "minpoll held: 64 s for days (measured: n 1,301, 64 / 66 / 67 s)", NRS_SIM_BENIGN_PROTOCOL, 4, NRS_SIM_SAME_PORT,
     NRS_SIM_IOT | NRS_SIM_SERVER, CHECKINS, .timing = {NRS_SIM_STEADY, SEC(16, 1100), PPM(2000, 20000)}, .shape = NTP(NULL)},
    {"timesyncd", "32 s doubling to 2,048 s (read; measured 42-43 a day)", NRS_SIM_BENIGN_PROTOCOL, 4, NRS_SIM_NAMED,
     NRS_SIM_SERVER | NRS_SIM_DESKTOP | NRS_SIM_IOT, CHECKINS, .timing = {NRS_SIM_BACKOFF, SEC(32, 64), PPM(100, 3000)}, .shape = NTP("ntp")},
    {"sntp-hourly", "3,100-4,200 s, four servers in turn (Hue bridge, measured)", NRS_SIM_BENIGN_PROTOCOL, 3, NRS_SIM_NAMED,
     NRS_SIM_IOT | NRS_SIM_PHONE, CHECKINS, .timing = {NRS_SIM_SYMMETRIC, SEC(600, 4200), PC(0, 15)}, .shape = NTP("ntp"),
     .habits = {.servers = OF(1, 4), .pick = NRS_SIM_ROUND}},
    {"sntp-unanswered", "an unanswered time server asked in a row of 32-s steps (measured)", NRS_SIM_BENIGN_PROTOCOL, 3, NRS_SIM_RESTS,
     NRS_SIM_DESKTOP | NRS_SIM_IOT, CHECKINS, .timing = {NRS_SIM_STEADY, SEC(5, 130), PPM(500, 60000)}, .shape = NTP(NULL),
     .habits = {.dead_ppm = PC(80, 100)}},
    {"dhcp-renewal", "half the lease: 3,600 s MAD 0.0 and others (measured on 6 devices)", NRS_SIM_BENIGN_PROTOCOL, 5, NRS_SIM_BARE,
     NRS_SIM_ANY, CHECKINS, .timing = {NRS_SIM_STEADY, MIN(2, 120), PPM(10, 3000)},
     .shape = {NRS_SIM_UDP, NRS_SIM_AT_GATEWAY, {67}, "dhcp", OF(300, 320), OF(300, 320), 0, MS(1, 40)}},
    {"dhcp-broadcast", "discover 128 s or 480 s apart without a server (measured)", NRS_SIM_BENIGN_PROTOCOL, 2, NRS_SIM_BARE, NRS_SIM_ANY,
     CHECKINS, .timing = {NRS_SIM_STEADY, SEC(64, 490), PPM(1000, 60000)},
     .shape = {NRS_SIM_UDP, NRS_SIM_AT_BROADCAST, {67}, "dhcp", OF(300, 600), OF(0, 0), 0, MS(0, 20000), NONE, NRS_SIM_S0}},
    {"mdns", "45-120 s (measured)", NRS_SIM_BENIGN_PROTOCOL, 5, NRS_SIM_BARE | NRS_SIM_SAME_PORT, NRS_SIM_ANY, CHECKINS,
     .timing = {NRS_SIM_SYMMETRIC, SEC(20, 3600), PC(0, 50)},
     .shape = {NRS_SIM_UDP, NRS_SIM_AT_MDNS, {5353}, "dns", OF(60, 1000), OF(0, 0), NRS_SIM_PCT(40), MS(0, 6000), NONE, NRS_SIM_S0}},
    {"ssdp", "120 s, a few datagrams each (measured)", NRS_SIM_BENIGN_PROTOCOL, 4, NRS_SIM_BARE, NRS_SIM_ANY, CHECKINS,
     .timing = {NRS_SIM_STEADY, SEC(30, 900), PPM(500, 100000)},
     .shape = {NRS_SIM_UDP, NRS_SIM_AT_SSDP, {1900}, NULL, OF(120, 700), OF(0, 0), NRS_SIM_PCT(2), MS(0, 6100), NONE, NRS_SIM_S0},
     .habits = {.fan = OF(1, 4), .fan_ms = MS(1, 300)}},
    {"netbios", "39.0 s or minutes on the subnet's broadcast (measured)", NRS_SIM_BENIGN_PROTOCOL, 3, NRS_SIM_BARE | NRS_SIM_SAME_PORT,
     NRS_SIM_DESKTOP | NRS_SIM_SERVER, CHECKINS, .timing = {NRS_SIM_SYMMETRIC, SEC(30, 740), PC(0, 20)},
     .shape = {NRS_SIM_UDP, NRS_SIM_AT_SUBNET, {137, 138}, NULL, OF(50, 900), OF(0, 0), NRS_SIM_PCT(5), MS(0, 10000), NONE, NRS_SIM_S0}},
    {"vendor-discovery", "an appliance calls for its kin by broadcast", NRS_SIM_BENIGN_PROTOCOL, 3, NRS_SIM_BARE | NRS_SIM_SAME_PORT,
     NRS_SIM_IOT | NRS_SIM_DESKTOP, CHECKINS, .timing = {NRS_SIM_STEADY, SEC(5, 300), PPM(100, 50000)},
     .shape = {NRS_SIM_UDP, NRS_SIM_AT_BROADCAST, {6667, 10001, 17500, 5678, 9956}, NULL, OF(40, 300), OF(0, 0), 0, MS(0, 100), NONE, NRS_SIM_S0}},
};

TABLE(nrs_sim_clocks, rows);
