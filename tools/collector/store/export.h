/* tools/collector/store/export.h - the command `export`: stored records as NDJSON on stdout */
#ifndef NRS_COL_EXPORT_H
#define NRS_COL_EXPORT_H
#include <stdint.h>
#include <stdio.h>

enum nrs_col_format { NRS_COL_NDJSON, NRS_COL_ECS, NRS_COL_OCSF, NRS_COL_FORMATS };

/* "ndjson", "ecs", "ocsf"; NRS_COL_FORMATS for another name. */
enum nrs_col_format nrs_col_format_named(const char *name);

/* Writes the records with an id above `after`, in the order they came. Every record is read and checked
 * again, so that a record that an older version stored is exported as a new one would be. Returns an exit
 * code, with one line on stderr when it is not 0. */
int nrs_col_export(const char *dir, enum nrs_col_format format, int64_t after, FILE *out);

#endif
