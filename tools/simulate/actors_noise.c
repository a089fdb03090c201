/* tools/simulate/actors_noise.c - scans: strangers at the door, and a worm looking out */
#include "tools/simulate/rows.h"

static const struct nrs_sim_actor rows[] = {
    {"scan-inbound", "strangers try ports of a machine that faces the Internet",
     ATTACK, 1, BARE, SERVER | IOT, nrs_sim_run_scan_in,
     .timing = {RANDOM, SEC(5, 300), NONE},
     .shape = {TCP, AT_PUBLIC, {22, 23, 80, 445, 3389, 8080}, NULL}},
    {"scan-outbound", "a bot looks for victims on one port",
     ATTACK, 0, BARE | RESTS, IOT, nrs_sim_run_scan_out,
     .timing = {RANDOM, MS(200, 20000), NONE},
     .shape = {TCP, AT_PUBLIC, {23, 2323, 22, 80, 5555, 37215}, NULL}},
};

TABLE(nrs_sim_noise, rows);
