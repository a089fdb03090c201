/* tools/model/commands.h - one function a subcommand; each gets its own argv, with argv[0] the subcommand
 *
 * Returns the program's exit code: 0 done, 1 a negative answer (verify, inspect), 2 usage or input. */
#ifndef NRS_TOOL_COMMANDS_H
#define NRS_TOOL_COMMANDS_H
#include <getopt.h>

#include "tools/model/columns.h"
#include "tools/model/nrm.h"

enum { NRS_CMD_OK = 0, NRS_CMD_NO = 1, NRS_CMD_USAGE = 2 };

int nrs_cmd_schema(int argc, char **argv);
int nrs_cmd_features(int argc, char **argv);
int nrs_cmd_export(int argc, char **argv);
int nrs_cmd_evaluate(int argc, char **argv);
int nrs_cmd_compare(int argc, char **argv);
int nrs_cmd_emit_c(int argc, char **argv);
int nrs_cmd_update(int argc, char **argv);
int nrs_cmd_inspect(int argc, char **argv);
int nrs_cmd_keygen(int argc, char **argv);
int nrs_cmd_sign(int argc, char **argv);
int nrs_cmd_verify(int argc, char **argv);
int nrs_cmd_bump(int argc, char **argv);

/* "noroshi-model: place: what" on stderr; returns the code given. */
int nrs_cmd_fail(int exit_code, const char *place, const char *what);

/* Reads all options of a command: `letters` and `options` as getopt_long has them. take: keeps one option,
 * whose value is in optarg; it may say in `why` why it does not accept the value. Says what is wrong;
 * returns an exit code. */
int nrs_cmd_options(int argc, char **argv, const char *letters, const struct option *options,
                    int (*take)(void *choice, int c, struct nrs_why *why), void *choice);

/* Says which option getopt_long (with opterr 0) did not like; the usage code. */
int nrs_cmd_bad_option(char **argv);

/* What is left of argv must be exactly one FILE; NULL (and said so) if not. */
const char *nrs_cmd_only_file(int argc, char **argv);

/* A whole decimal number up to max; NRS_ERR_RANGE. */
int nrs_cmd_number(const char *text, uint32_t max, uint32_t *out);

/* Reads a whole file of less than cap bytes and puts a NUL after it; `why` says why not. */
int nrs_cmd_load(const char *path, void *buf, size_t cap, size_t *len, struct nrs_why *why);

/* Reads a model file with its digest checked; says what is wrong. Returns an exit code. */
int nrs_cmd_open(const char *path, struct nrs_nrm *f, struct nrs_model_envelope *e);

/* Writes a model file; says what is wrong. Returns an exit code. */
int nrs_cmd_save(const char *path, const struct nrs_nrm *f);

/* The same, loaded by the device's loader; the model points into f. schema NULL: the one that the file
 * names. */
int nrs_cmd_open_model(const char *path, struct nrs_nrm *f, struct nrs_model_envelope *e, struct nrs_model *m,
                       const struct nrs_schema *schema);

/* Columns: raw, or over the bins of the model at `expand`, which stays in memory; with the n-grams that are
 * wanted. expand, grams: NULL = none. Says what is wrong; returns an exit code. */
int nrs_cmd_columns(struct nrs_columns *c, const struct nrs_schema *schema, const char *expand,
                    const char *grams);

/* Where a weight of a model counts: "gap_mad=10..27", "gap_mad=10..27 fill=0", "start bucket 7"; of a
 * linear term at the feature's maximum. */
void nrs_cmd_print_cell(const struct nrs_model *m, unsigned term, unsigned cell);

#endif
