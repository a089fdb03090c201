/* tools/simulate/actors_bots.c - bots of routers, cameras and servers */
#include "tools/simulate/rows.h"

#define SMALL NRS_SIM_IOT | NRS_SIM_SERVER

static const struct nrs_sim_actor rows[] = {
    {"mirai", "2 bytes every 60 s in one connection, reconnects after 1-10 s (bot/main.c)", NRS_SIM_C2, 6, NRS_SIM_SLEEPS, SMALL, CHECKINS,
     .timing = {NRS_SIM_HUMAN, SEC(1, 60), PC(20, 80)},
     .shape = {NRS_SIM_TCP, 0, {23, 48101, 6667, 5034, 666, 3778}, NULL, OF(2, 8), OF(2, 8), 0, MIN(1, 90), SEC(60, 60), NRS_SIM_SF, NRS_SIM_RSTR, PC(0, 80)}},
    {"mirai-orphan", "server gone: reconnects after 1-10 s, unanswered or refused", NRS_SIM_C2, 6, NRS_SIM_SLEEPS, SMALL, CHECKINS,
     .timing = {NRS_SIM_SYMMETRIC, SEC(1, 60), PC(5, 60)}, .shape = {NRS_SIM_TCP, 0, {23, 48101, 6667, 5034, 666, 3778}, NULL},
     .habits = {.dead_ppm = PC(100, 100)}},
    {"hakai", "retry 8.6 s MAD 1.5, then a pause of 48 s; two servers (measured)", NRS_SIM_C2, 5, NRS_SIM_BARE, SMALL, CHECKINS,
     .timing = {NRS_SIM_HUMAN, SEC(6, 20), PC(15, 60)}, .shape = {NRS_SIM_TCP, 0, {50, 666, 1337, 9375}, NULL},
     .habits = {.servers = OF(1, 2), .pick = NRS_SIM_ROUND, .dead_ppm = PC(100, 100)}},
    {"torii", "bursts of retries 8.5 s apart, half a day between (measured)", NRS_SIM_C2, 4, NRS_SIM_RESTS, SMALL, CHECKINS,
     .timing = {NRS_SIM_HUMAN, SEC(6, 12), PC(20, 90)},
     .shape = {NRS_SIM_TCP, 0, {443, 66, 5004}, NULL, OF(300, 20000), OF(300, 20000), NRS_SIM_PCT(5), SEC(1, 600)},
     .habits = {.dead_ppm = PC(85, 100)}},
    {"gafgyt", "PING and PONG about every 60 s in one connection (from memory)", NRS_SIM_C2, 4, NRS_SIM_SLEEPS | NRS_SIM_BARE, SMALL, CHECKINS,
     .timing = {NRS_SIM_HUMAN, SEC(2, 60), PC(20, 90)},
     .shape = {NRS_SIM_TCP, 0, {23, 666, 839, 12345}, NULL, OF(5, 12), OF(5, 60), NRS_SIM_PCT(10), MIN(2, 120), SEC(30, 65), NRS_SIM_SF, NRS_SIM_S3, PC(0, 60)}},
    {"irc-bot", "PING every 90-180 s; rejoins after it was thrown out", NRS_SIM_C2, 4, NRS_SIM_SLEEPS, NRS_SIM_ANY, CHECKINS,
     .timing = {NRS_SIM_HUMAN, SEC(5, 120), PC(20, 80)},
     .shape = {NRS_SIM_TCP, 0, {6667, 6697, 7000, 8080, 2407}, "irc", OF(10, 60), OF(20, 300), NRS_SIM_PCT(10), MIN(1, 100), SEC(90, 180), NRS_SIM_RSTR, NRS_SIM_SF, PC(0, 60)},
     .habits = {.servers = OF(1, 3), .pick = NRS_SIM_WALK, .dead_ppm = PC(0, 60)}},
    {"script-bot", "cron fetches its orders: wget or curl every 1-60 min", NRS_SIM_C2, 5, NRS_SIM_CRON, SMALL, CHECKINS,
     .timing = {NRS_SIM_STEADY, MIN(1, 60), PPM(0, 1000)},
     .shape = {NRS_SIM_TCP, 0, {80, 443, 8080}, "http", OF(70, 200), OF(150, 8000), 0, MS(30, 900)}, .habits = {.dead_ppm = PC(0, 25)}},
    {"webshell-poll", "an agent on a web server polls its panel", NRS_SIM_C2, 3, NRS_SIM_TUNED | NRS_SIM_TASKED, NRS_SIM_SERVER, CHECKINS,
     .timing = {NRS_SIM_SYMMETRIC, SEC(30, 300), PC(0, 20)},
     .shape = {NRS_SIM_TCP, 0, {80, 8080, 8888}, "http", OF(150, 600), OF(150, 900), NRS_SIM_PCT(3), MS(20, 500)}},
    {"udp-bot", "asks over UDP, mostly answered", NRS_SIM_C2, 4, NRS_SIM_BARE, SMALL, CHECKINS,
     .timing = {NRS_SIM_SYMMETRIC, SEC(5, 300), PC(0, 25)},
     .shape = {NRS_SIM_UDP, 0, {53413, 7547, 9999, 1194, 8000}, NULL, OF(8, 300), OF(8, 300), NRS_SIM_PCT(10), MS(10, 400), NONE, NRS_SIM_SF, NRS_SIM_S0, PC(0, 60)}},
    {"peer-bot", "a peer list, every peer again after minutes (ZeroAccess, Hajime, Mozi: public write-ups)", NRS_SIM_C2, 2, NRS_SIM_BARE,
     NRS_SIM_ANY, CHECKINS, .timing = {NRS_SIM_SYMMETRIC, SEC(20, 120), PC(5, 40)},
     .shape = {NRS_SIM_UDP, 0, {16464, 16471, 14737, 6881, 1434}, NULL, OF(16, 130), OF(30, 900), NRS_SIM_PCT(15), MS(20, 400), NONE, NRS_SIM_SF, NRS_SIM_S0, PC(10, 70)},
     .habits = {.servers = OF(2, 6), .pick = NRS_SIM_ROUND}},
    {"phone-spy", "a phone implant reports now and then", NRS_SIM_C2, 4, NRS_SIM_TASKED | NRS_SIM_NAMED, NRS_SIM_PHONE, CHECKINS,
     .timing = {NRS_SIM_SYMMETRIC, SEC(30, 900), PC(0, 40)},
     .shape = {NRS_SIM_TCP, 0, {443, 80, 8080, 1234}, "ssl", OF(300, 2000), OF(100, 1500), NRS_SIM_PCT(20), MS(100, 3000)}, .habits = {.dead_ppm = PC(0, 30)}},
    {"miner", "shares of a mining pool in one connection (stratum)", NRS_SIM_C2_OTHER, 3, NRS_SIM_SLEEPS, NRS_SIM_ANY, CHECKINS,
     .timing = {NRS_SIM_HUMAN, SEC(5, 60), PC(20, 90)},
     .shape = {NRS_SIM_TCP, 0, {3333, 4444, 14444, 443}, NULL, OF(150, 300), OF(80, 400), NRS_SIM_PCT(20), MIN(10, 600), SEC(10, 60)}},
};

TABLE(nrs_sim_bots, rows);
