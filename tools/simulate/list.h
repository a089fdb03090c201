/* tools/simulate/list.h - the actors for people */
#ifndef NRS_SIM_LIST_H
#define NRS_SIM_LIST_H

/* One line for every actor on stdout: name, class, law, period, jitter, ports, source. */
void nrs_sim_list(void);

#endif
