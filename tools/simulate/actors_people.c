/* tools/simulate/actors_people.c - people at their machines, and lookups made for them */
#include "tools/simulate/rows.h"

#define SCREEN NRS_SIM_DESKTOP | NRS_SIM_PHONE

const struct nrs_sim_actor nrs_sim_resolver_row = {
    "dns-lookup", "lookups that other actors make", NRS_SIM_BENIGN, 0, 0, 0, NULL, .shape = {NRS_SIM_UDP, NRS_SIM_AT_RESOLVER, {53}, "dns"}};

static const struct nrs_sim_actor rows[] = {
    {"browsing", "sessions of pages: bursts of many destinations, log-normal thinking", NRS_SIM_BENIGN, 12, NRS_SIM_NAMED, SCREEN,
     nrs_sim_run_browsing, .timing = {NRS_SIM_HUMAN, MIN(10, 90), PC(60, 120)},
     .shape = {NRS_SIM_TCP, 0, {443}, "ssl", OF(900, 4000), OF(3000, 30000), 0, MS(100, 60000)}},
    {"web-application", "a page left open that asks for news by itself", NRS_SIM_BENIGN, 7, NRS_SIM_NAMED | NRS_SIM_RESTS, SCREEN, CHECKINS,
     .timing = {NRS_SIM_SYMMETRIC, SEC(2, 120), PC(0, 30)},
     .shape = {NRS_SIM_TCP, 0, {443}, "ssl", OF(700, 3000), OF(400, 20000), NRS_SIM_PCT(30), MS(60, 30000), .other_end = NRS_SIM_S3, .other_ppm = PC(0, 20)}, .habits = {.servers = OF(1, 3), .pick = NRS_SIM_MIX}},
    {"chat-websocket", "Slack, Teams: pings inside, reconnects after minutes to hours", NRS_SIM_BENIGN, 6, NRS_SIM_SLEEPS | NRS_SIM_NAMED, SCREEN, CHECKINS,
     .timing = {NRS_SIM_HUMAN, SEC(1, 60), PC(30, 120)},
     .shape = {NRS_SIM_TCP, 0, {443}, "ssl", OF(60, 300), OF(60, 600), NRS_SIM_PCT(40), MIN(2, 180), SEC(10, 30), NRS_SIM_SF, NRS_SIM_RSTR, PC(0, 40)}, .habits = {.servers = OF(1, 3), .pick = NRS_SIM_MIX}},
    {"messenger", "messages as people write", NRS_SIM_BENIGN, 6, NRS_SIM_NAMED, SCREEN, CHECKINS, .timing = {NRS_SIM_HUMAN, SEC(30, 900), PC(80, 180)},
     .shape = {NRS_SIM_TCP, 0, {443, 5222, 5228}, "ssl", OF(300, 5000), OF(200, 9000), NRS_SIM_PCT(80), MS(100, 120000), .other_end = NRS_SIM_RSTO, .other_ppm = PC(0, 40)}, .habits = {.servers = OF(1, 5), .pick = NRS_SIM_MIX}},
    {"streaming", "segments of a few seconds, in long connections or one by one", NRS_SIM_BENIGN, 5, NRS_SIM_NAMED | NRS_SIM_RESTS, SCREEN | NRS_SIM_IOT, CHECKINS,
     .timing = {NRS_SIM_SYMMETRIC, SEC(2, 60), PC(5, 60)},
     .shape = {NRS_SIM_TCP, 0, {443, 80}, "ssl", OF(600, 3000), OF(200000, 9000000), NRS_SIM_PCT(70), MS(300, 60000)}, .habits = {.servers = OF(1, 3), .pick = NRS_SIM_MIX}},
    {"game", "a game's lobby and its matches", NRS_SIM_BENIGN, 3, NRS_SIM_RESTS, SCREEN, CHECKINS, .timing = {NRS_SIM_HUMAN, SEC(20, 900), PC(30, 90)},
     .shape = {NRS_SIM_UDP, 0, {27015, 3074, 9000, 5055}, NULL, OF(200, 90000), OF(200, 300000), NRS_SIM_PCT(80), SEC(1, 600)}, .habits = {.servers = OF(1, 8), .pick = NRS_SIM_MIX}},
    {"feed-reader", "feeds every 10-60 min, all at once", NRS_SIM_BENIGN, 4, NRS_SIM_NAMED, SCREEN, CHECKINS, .timing = {NRS_SIM_STEADY, MIN(5, 60), PPM(100, 50000)},
     .shape = {NRS_SIM_TCP, 0, {443, 80}, "ssl", OF(400, 1500), OF(500, 60000), NRS_SIM_PCT(10), MS(80, 2000)}, .habits = {.fan = OF(1, 5), .fan_ms = MS(10, 400)}},
    {"sync-client", "files as they change, and a check every few minutes", NRS_SIM_BENIGN, 5, NRS_SIM_NAMED, SCREEN, CHECKINS, .timing = {NRS_SIM_HUMAN, SEC(30, 900), PC(20, 120)},
     .shape = {NRS_SIM_TCP, 0, {443}, "ssl", OF(1000, 60000), OF(1000, 60000), NRS_SIM_PCT(60), MS(100, 10000)}, .habits = {.servers = OF(1, 4), .pick = NRS_SIM_MIX}},
    {"advertising", "beacons of advertisers while pages are open", NRS_SIM_BENIGN, 5, NRS_SIM_NAMED | NRS_SIM_RESTS, SCREEN, CHECKINS,
     .timing = {NRS_SIM_SYMMETRIC, SEC(5, 300), PC(0, 60)},
     .shape = {NRS_SIM_TCP, 0, {443}, "ssl", OF(900, 3500), OF(300, 6000), NRS_SIM_PCT(30), MS(60, 5000)}, .habits = {.fan = OF(1, 2), .fan_ms = MS(5, 300), .servers = OF(1, 4), .pick = NRS_SIM_MIX}},
    {"torrent", "a tracker every 30 min, peers as they come", NRS_SIM_BENIGN, 2, 0, NRS_SIM_DESKTOP, CHECKINS, .timing = {NRS_SIM_HUMAN, SEC(5, 300), PC(60, 160)},
     .shape = {NRS_SIM_UDP, 0, {6881, 51413, 1337, 6969}, NULL, OF(60, 900), OF(60, 9000), NRS_SIM_PCT(80), MS(30, 20000), .other_end = NRS_SIM_S0, .other_ppm = PC(5, 50)}, .habits = {.servers = OF(8, 16), .pick = NRS_SIM_MIX}},
    {"local-web", "somebody works in a web application of the house", NRS_SIM_BENIGN, 5, NRS_SIM_BARE, NRS_SIM_DESKTOP | NRS_SIM_SERVER, CHECKINS,
     .timing = {NRS_SIM_HUMAN, SEC(2, 300), PC(50, 170)},
     .shape = {NRS_SIM_TCP, NRS_SIM_AT_LAN, {8888, 80, 443, 3000, 8080, 8006}, "http", OF(400, 4000), OF(200, 90000), NRS_SIM_PCT(70), MS(5, 60000), .other_end = NRS_SIM_S3, .other_ppm = PC(0, 20)},
     .habits = {.fan = OF(1, 4), .fan_ms = MS(1, 300)}},
    {"script", "a loop that somebody wrote: fetches, waits, fetches", NRS_SIM_BENIGN, 4, NRS_SIM_SLEEPS | NRS_SIM_RESTS, NRS_SIM_DESKTOP | NRS_SIM_SERVER, CHECKINS,
     .timing = {NRS_SIM_SYMMETRIC, SEC(1, 300), PC(0, 30)},
     .shape = {NRS_SIM_TCP, 0, {443, 80, 8080}, "ssl", OF(300, 2000), OF(2000, 200000), NRS_SIM_PCT(40), MS(50, 5000)}, .habits = {.servers = OF(1, 8), .pick = NRS_SIM_ROUND}},
    {"name-over-tcp", "lookups over TCP or TLS", NRS_SIM_BENIGN, 4, NRS_SIM_BARE, NRS_SIM_ANY, CHECKINS, .timing = {NRS_SIM_HUMAN, SEC(2, 300), PC(50, 180)},
     .shape = {NRS_SIM_TCP, 0, {53, 853, 443}, "dns", OF(40, 900), OF(60, 2000), NRS_SIM_PCT(40), MS(5, 30000)}, .habits = {.servers = OF(1, 2), .pick = NRS_SIM_MIX}},
};

TABLE(nrs_sim_people, rows);
