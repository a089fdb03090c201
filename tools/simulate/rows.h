/* tools/simulate/rows.h - units for the tables in actors_*.c */
#ifndef NRS_SIM_ROWS_H
#define NRS_SIM_ROWS_H
#include "tools/simulate/play.h"

#define MS(lo, hi) {(lo), (hi)}
#define SEC(lo, hi) {(lo) * 1000u, (hi) * 1000u}
#define MIN(lo, hi) {(lo) * 60000u, (hi) * 60000u}
#define PC(lo, hi) {(lo) * 10000u, (hi) * 10000u}
#define PPM(lo, hi) {(lo), (hi)}
#define OF(lo, hi) {(lo), (hi)}
#define NONE {0, 0}

#define TABLE(name, rows)                                                                                              \
    const struct nrs_sim_table name = {rows, sizeof(rows) / sizeof((rows)[0])}

#define CHECKINS .run = nrs_sim_run_checkins

#endif
