#include "tools/collector/store/migrate.h"

#include <stdio.h>

#include "models/base/error.h"

/* record.verdict is the id of the first record of its verdict, NULL in that first record itself. So a
 * verdict's id is the id of its first record, and any record's id leads to its verdict. Records on packed
 * files belong to no verdict: NULL. */
static const char step_1[] =
    "CREATE TABLE device("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE,"  /* CN of its certificate */
    " issued INTEGER,"             /* epoch s; NULL = the certificate was not made by this database */
    " first_seen INTEGER,"
    " last_seen INTEGER,"
    " version TEXT,"               /* of the agent */
    " health TEXT,"                /* the newest health line */
    " health_at INTEGER);"
    "CREATE TABLE record("
    " id INTEGER PRIMARY KEY,"
    " device INTEGER NOT NULL REFERENCES device,"
    " event TEXT NOT NULL,"        /* event.id */
    " received INTEGER NOT NULL,"
    " kind INTEGER NOT NULL,"      /* 0 beacon, 1 evidence, 3 packer, 4 combo */
    " verdict INTEGER,"
    " line TEXT NOT NULL);"
    "CREATE UNIQUE INDEX record_event ON record(device, event);"
    "CREATE INDEX record_verdict ON record(verdict) WHERE verdict IS NOT NULL;"
    "CREATE TABLE verdict("
    " id INTEGER PRIMARY KEY,"
    " device INTEGER NOT NULL REFERENCES device,"
    " boot TEXT NOT NULL,"
    " d INTEGER NOT NULL,"         /* noroshi.d */
    " seq INTEGER NOT NULL,"       /* of the newest beacon record, -1 = only evidence so far */
    " last INTEGER,"               /* that record's id */
    " opened INTEGER NOT NULL,"    /* epoch s of the first record */
    " risk INTEGER,"
    " dst TEXT,"
    " port INTEGER,"
    " evidence INTEGER);"          /* id of the newest evidence record */
    "CREATE UNIQUE INDEX verdict_number ON verdict(device, boot, d);"
    "CREATE INDEX verdict_last ON verdict(last) WHERE last IS NOT NULL;"
    "CREATE INDEX verdict_dst ON verdict(dst, port, device) WHERE dst IS NOT NULL;";

/* What the lists show is counted when a record is stored and not when somebody looks: records and joined
 * record of a verdict, verdicts of a device, devices of a destination. Triggers keep the counts, whatever
 * changes a verdict. Programs of version 1 made the index on packed files when they started; some files
 * have it, others do not. */
static const char step_2[] =
    "CREATE INDEX IF NOT EXISTS record_packer ON record(id) WHERE kind=3;"
    "DROP INDEX record_verdict;"
    "CREATE INDEX record_verdict ON record(verdict, kind) WHERE verdict IS NOT NULL;"
    "DROP INDEX verdict_dst;"
    "CREATE INDEX verdict_dst ON verdict(dst, port, last) WHERE dst IS NOT NULL;"
    "CREATE INDEX device_seen ON device(last_seen DESC, id);"
    "ALTER TABLE verdict ADD COLUMN records INTEGER NOT NULL DEFAULT 0;" /* beacon records */
    "ALTER TABLE verdict ADD COLUMN combo INTEGER;"                      /* id of the newest joined record */
    "ALTER TABLE device ADD COLUMN verdicts INTEGER NOT NULL DEFAULT 0;" /* with a beacon record */
    "CREATE TABLE sighting("
    " dst TEXT NOT NULL, port INTEGER NOT NULL, device INTEGER NOT NULL,"
    " verdicts INTEGER NOT NULL,"  /* of this device at this destination */
    " PRIMARY KEY(dst, port, device)) WITHOUT ROWID;"
    "CREATE TABLE destination("
    " dst TEXT NOT NULL, port INTEGER NOT NULL,"
    " devices INTEGER NOT NULL,"   /* rows of sighting */
    " PRIMARY KEY(dst, port)) WITHOUT ROWID;"
    "INSERT INTO sighting SELECT dst, port, device, count(*) FROM verdict WHERE dst IS NOT NULL"
    " GROUP BY 1, 2, 3;"
    "INSERT INTO destination SELECT dst, port, count(*) FROM sighting GROUP BY 1, 2;"
    "UPDATE verdict SET records=(SELECT count(*) FROM record r WHERE r.verdict=verdict.id AND r.kind=0)"
    " +(SELECT count(*) FROM record r WHERE r.id=verdict.id AND r.kind=0),"
    " combo=(SELECT max(r.id) FROM record r WHERE r.verdict=verdict.id AND r.kind=4);"
    "UPDATE device SET verdicts="
    "(SELECT count(*) FROM verdict v WHERE v.device=device.id AND v.dst IS NOT NULL);"
    "CREATE TRIGGER sighting_new AFTER INSERT ON sighting BEGIN"
    " INSERT INTO destination VALUES(new.dst, new.port, 1) ON CONFLICT DO UPDATE SET devices=devices+1; END;"
    "CREATE TRIGGER sighting_old AFTER DELETE ON sighting BEGIN"
    " UPDATE destination SET devices=devices-1 WHERE dst=old.dst AND port=old.port;"
    " DELETE FROM destination WHERE dst=old.dst AND port=old.port AND devices<=0; END;"
    "CREATE TRIGGER verdict_new AFTER INSERT ON verdict WHEN new.dst IS NOT NULL BEGIN"
    " INSERT INTO sighting VALUES(new.dst, new.port, new.device, 1)"
    " ON CONFLICT DO UPDATE SET verdicts=verdicts+1;"
    " UPDATE device SET verdicts=verdicts+1 WHERE id=new.device; END;"
    "CREATE TRIGGER verdict_old AFTER DELETE ON verdict WHEN old.dst IS NOT NULL BEGIN"
    " UPDATE sighting SET verdicts=verdicts-1 WHERE dst=old.dst AND port=old.port AND device=old.device;"
    " DELETE FROM sighting WHERE dst=old.dst AND port=old.port AND device=old.device AND verdicts<=0;"
    " UPDATE device SET verdicts=verdicts-1 WHERE id=old.device; END;"
    "CREATE TRIGGER verdict_moved AFTER UPDATE OF dst, port ON verdict"
    " WHEN new.dst IS NOT old.dst OR new.port IS NOT old.port BEGIN"
    " UPDATE device SET verdicts=verdicts+1 WHERE id=new.device AND old.dst IS NULL;"
    " UPDATE sighting SET verdicts=verdicts-1 WHERE dst=old.dst AND port=old.port AND device=old.device;"
    " DELETE FROM sighting WHERE dst=old.dst AND port=old.port AND device=old.device AND verdicts<=0;"
    " INSERT INTO sighting VALUES(new.dst, new.port, new.device, 1)"
    " ON CONFLICT DO UPDATE SET verdicts=verdicts+1; END;";

/* What the store itself notes. */
static const char step_3[] = "CREATE TABLE note(name TEXT PRIMARY KEY, value) WITHOUT ROWID;";

/* How many new records a device stored on its newest day. */
static const char step_4[] =
    "ALTER TABLE device ADD COLUMN day INTEGER NOT NULL DEFAULT 0;" /* UTC days since 1970 */
    "ALTER TABLE device ADD COLUMN day_records INTEGER NOT NULL DEFAULT 0;";

/* To find what is left of verdicts whose records were deleted. */
static const char step_5[] = "CREATE INDEX verdict_evidence ON verdict(evidence) WHERE evidence IS NOT NULL;";

static const char *const steps[] = {step_1, step_2, step_3, step_4, step_5};

const int nrs_col_schema = (int)(sizeof steps / sizeof steps[0]);

int nrs_col_schema_of(sqlite3 *db)
{
    sqlite3_stmt *q = NULL;
    int version = -1;

    if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &q, NULL) == SQLITE_OK &&
        sqlite3_step(q) == SQLITE_ROW)
        version = sqlite3_column_int(q, 0);
    sqlite3_finalize(q);
    return version;
}

static int take_step(sqlite3 *db, int step)
{
    char end[64];
    int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

    (void)snprintf(end, sizeof end, "PRAGMA user_version=%d; COMMIT", step);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, steps[step - 1], NULL, NULL, NULL);
    return rc == SQLITE_OK ? sqlite3_exec(db, end, NULL, NULL, NULL) : rc;
}

int nrs_col_migrate(sqlite3 *db, char *why, size_t cap)
{
    int version = nrs_col_schema_of(db);

    if (version > nrs_col_schema) {
        (void)snprintf(why, cap, "schema %d, this program knows %d", version, nrs_col_schema);
        return NRS_ERR_SCHEMA;
    }
    for (int step = version + 1; version >= 0 && step <= nrs_col_schema; step++) {
        if (take_step(db, step) != SQLITE_OK)
            version = -1;
    }
    if (version >= 0)
        return 0;
    (void)snprintf(why, cap, "%s", sqlite3_errmsg(db));
    (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return NRS_ERR_IO;
}
