/* tools/simulate/output.h - the files of a capture: Zeek's conn.log, its labels, its families
 *
 * Plain text, or gzip when the name ends in .gz. Errors are remembered and returned by _close: 0, or -1 when
 * anything could not be written. */
#ifndef NRS_SIM_OUTPUT_H
#define NRS_SIM_OUTPUT_H
#include "tools/simulate/actor.h"

struct nrs_sim_out {
    void *file; /* gzFile */
    bool failed;
};

int nrs_sim_out_open(struct nrs_sim_out *o, const char *path);
void nrs_sim_out_put(struct nrs_sim_out *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
int nrs_sim_out_close(struct nrs_sim_out *o);

/* Longest dotted address with its NUL. */
#define NRS_SIM_ADDR_TEXT 16
void nrs_sim_addr_text(char out[NRS_SIM_ADDR_TEXT], uint32_t addr);
const char *nrs_sim_proto_name(unsigned proto);

/* The world must be sorted. */
void nrs_sim_write_log(struct nrs_sim_out *o, const struct nrs_sim_world *w);

void nrs_sim_write_label_header(struct nrs_sim_out *labels, struct nrs_sim_out *families);
/* One line for every (originator, responder, port, protocol) in the log. Sorts the records by these; the log
 * has to be written before. */
void nrs_sim_write_labels(struct nrs_sim_out *labels, struct nrs_sim_out *families, struct nrs_sim_world *w,
                          const char *source);

#endif
