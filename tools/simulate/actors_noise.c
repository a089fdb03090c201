/* tools/simulate/actors_noise.c - scans: strangers at the door, and a worm looking out */
#include "tools/simulate/rows.h"

static const struct nrs_sim_actor rows[] = {
    {"scan-inbound", "strangers try ports of a machine that faces the Internet", NRS_SIM_ATTACK, 1, NRS_SIM_BARE, NRS_SIM_SERVER | NRS_SIM_IOT,
     nrs_sim_run_scan_in, .timing = {NRS_SIM_RANDOM, SEC(5, 300), NONE}, .shape = {NRS_SIM_TCP, 0, {22, 23, 80, 445, 3389, 8080}, NULL}},
    {"scan-outbound", "a bot looks for victims on one port", NRS_SIM_ATTACK, 0, NRS_SIM_BARE | NRS_SIM_RESTS, NRS_SIM_IOT, nrs_sim_run_scan_out,
     .timing = {NRS_SIM_RANDOM, MS(200, 20000), NONE}, .shape = {NRS_SIM_TCP, 0, {23, 2323, 22, 80, 5555, 37215}, NULL}},
};

TABLE(nrs_sim_noise, rows);
