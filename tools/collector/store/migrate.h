/* tools/collector/store/migrate.h - the tables of the SQLite file as a numbered ladder
 *
 * PRAGMA user_version is the number of the last step that a file has taken. A new file takes all steps, a
 * file of an older version those that it lacks; each step is one transaction. A step that was published is
 * never changed: what comes later is a further step. Steps only add, so that a reader of a newer program
 * understands an older file's records and devices. */
#ifndef NRS_COL_MIGRATE_H
#define NRS_COL_MIGRATE_H
#include <stddef.h>
#include <sqlite3.h>

/* The number of the last step. */
extern const int nrs_col_schema;

/* Reads the file's number; negative when it cannot be read. */
int nrs_col_schema_of(sqlite3 *db);

/* Takes the steps that the file lacks. 0, NRS_ERR_SCHEMA for a file of a newer version, or NRS_ERR_IO; why
 * then has one line. */
int nrs_col_migrate(sqlite3 *db, char *why, size_t cap);

#endif
