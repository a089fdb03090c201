/* tools/simulate/rows.h - short words for the tables in actors_*.c
 *
 * A row: name, source, label, weight, flags, kinds of machine, engine, .timing {law, period, jitter},
 * .shape {protocol, place, ports, service, sizes, duration ...} and .habits. What is left out is zero;
 * actor.h explains each. Included by those tables alone, for its names are everybody's. */
#ifndef NRS_SIM_ROWS_H
#define NRS_SIM_ROWS_H
#include "tools/simulate/play.h"

#define TABLE(name, rows) const struct nrs_sim_table name = {rows, sizeof(rows) / sizeof((rows)[0])}
#define CHECKINS          nrs_sim_run_checkins

/* Ranges. */
#define MS(lo, hi)  {(lo), (hi)}
#define SEC(lo, hi) {(lo) * 1000u, (hi) * 1000u}
#define MIN(lo, hi) {(lo) * 60000u, (hi) * 60000u}
#define PC(lo, hi)  {(lo) * 10000u, (hi) * 10000u}
#define PPM(lo, hi) {(lo), (hi)}
#define OF(lo, hi)  {(lo), (hi)}
#define NONE        {0, 0}
#define PCT(x)      NRS_SIM_PCT(x)

/* Labels. */
#define BENIGN          NRS_SIM_BENIGN
#define BENIGN_PROTOCOL NRS_SIM_BENIGN_PROTOCOL
#define C2              NRS_SIM_C2
#define C2_OTHER        NRS_SIM_C2_OTHER
#define ATTACK          NRS_SIM_ATTACK

/* Flags. */
#define TUNED     NRS_SIM_TUNED
#define TASKED    NRS_SIM_TASKED
#define SLEEPS    NRS_SIM_SLEEPS
#define NAMED     NRS_SIM_NAMED
#define BARE      NRS_SIM_BARE
#define PADDED    NRS_SIM_PADDED
#define RESTS     NRS_SIM_RESTS
#define CRON      NRS_SIM_CRON
#define SAME_PORT NRS_SIM_SAME_PORT
#define CENTRAL   NRS_SIM_CENTRAL
#define JOBS      NRS_SIM_JOBS

/* Machines. */
#define DESKTOP NRS_SIM_DESKTOP
#define SERVER  NRS_SIM_SERVER
#define PHONE   NRS_SIM_PHONE
#define IOT     NRS_SIM_IOT
#define ANY     NRS_SIM_ANY

/* Laws. */
#define STEADY    NRS_SIM_STEADY
#define ONE_SIDED NRS_SIM_ONE_SIDED
#define ADDITIVE  NRS_SIM_ADDITIVE
#define SYMMETRIC NRS_SIM_SYMMETRIC
#define HUMAN     NRS_SIM_HUMAN
#define RANDOM    NRS_SIM_RANDOM
#define BACKOFF   NRS_SIM_BACKOFF

/* Protocols and places. */
#define TCP          NRS_SIM_TCP
#define UDP          NRS_SIM_UDP
#define ICMP         NRS_SIM_ICMP
#define AT_PUBLIC    NRS_SIM_AT_PUBLIC
#define AT_LAN       NRS_SIM_AT_LAN
#define AT_GATEWAY   NRS_SIM_AT_GATEWAY
#define AT_RESOLVER  NRS_SIM_AT_RESOLVER
#define AT_BROADCAST NRS_SIM_AT_BROADCAST
#define AT_SUBNET    NRS_SIM_AT_SUBNET
#define AT_MDNS      NRS_SIM_AT_MDNS
#define AT_SSDP      NRS_SIM_AT_SSDP

/* Endings. */
#define SF   NRS_SIM_SF
#define S0   NRS_SIM_S0
#define S3   NRS_SIM_S3
#define S1   NRS_SIM_S1
#define RSTO NRS_SIM_RSTO
#define RSTR NRS_SIM_RSTR
#define OTH  NRS_SIM_OTH

/* Choice of a server. */
#define ROUND NRS_SIM_ROUND
#define MIX   NRS_SIM_MIX
#define WALK  NRS_SIM_WALK

#endif
