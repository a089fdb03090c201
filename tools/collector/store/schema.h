/* tools/collector/store/schema.h - the tables and the statements that fill them (README.md explains them) */
#ifndef NRS_COL_SCHEMA_H
#define NRS_COL_SCHEMA_H
#include "tools/collector/store/store.h"

extern const char nrs_col_schema_sql[];
extern const char nrs_col_schema_later_sql[]; /* run at every start: what came later, and an older program does not mind */
extern const char *const nrs_col_statement_sql[NRS_COL_STATEMENTS];

#endif
