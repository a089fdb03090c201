#include "tools/collector/store/schema.h"

/* record.verdict is the id of the first record of its verdict, NULL in that first record itself; so a verdict's id
 * is the id of its first record, and any record's id leads to its verdict. Records on packed files belong to no verdict: NULL. */
const char nrs_col_schema_sql[] =
    "PRAGMA journal_mode=WAL;"
    "BEGIN;"
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
    "CREATE INDEX verdict_dst ON verdict(dst, port, device) WHERE dst IS NOT NULL;"
    "PRAGMA user_version=1;"
    "COMMIT;";

const char nrs_col_schema_later_sql[] = "CREATE INDEX IF NOT EXISTS record_packer ON record(id) WHERE kind=3";

const char *const nrs_col_statement_sql[NRS_COL_STATEMENTS] = {
    [NRS_COL_SQL_BEGIN] = "BEGIN IMMEDIATE",
    [NRS_COL_SQL_COMMIT] = "COMMIT",
    [NRS_COL_SQL_ROLLBACK] = "ROLLBACK",
    /* 1 name, 2 now */
    [NRS_COL_SQL_DEVICE] = "INSERT INTO device(name, first_seen, last_seen) VALUES(?1, ?2, ?2)"
                           " ON CONFLICT(name) DO UPDATE SET last_seen=?2, first_seen=coalesce(first_seen, ?2)"
                           " RETURNING id",
    /* 1 device, 2 line, 3 now, 4 version or NULL */
    [NRS_COL_SQL_HEALTH] = "UPDATE device SET health=?2, health_at=?3, version=coalesce(?4, version) WHERE id=?1",
    /* 1 device, 2 event, 3 now, 4 kind, 5 line, 6 boot, 7 d */
    [NRS_COL_SQL_RECORD] = "INSERT OR IGNORE INTO record(device, event, received, kind, verdict, line)"
                           " VALUES(?1, ?2, ?3, ?4,"
                           " (SELECT id FROM verdict WHERE device=?1 AND boot=?6 AND d=?7), ?5)",
    /* 1 record, 2 device, 3 boot, 4 d, 5 seq, 6 now, 7 risk, 8 dst, 9 port */
    [NRS_COL_SQL_BEACON] =
        "INSERT INTO verdict(id, device, boot, d, seq, last, opened, risk, dst, port)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?1, ?6, ?7, ?8, ?9)"
        " ON CONFLICT(device, boot, d) DO UPDATE SET seq=?5, last=?1, risk=?7, dst=?8, port=?9 WHERE ?5>seq",
    /* 1 record, 2 device, 3 boot, 4 d, 5 now */
    [NRS_COL_SQL_EVIDENCE] = "INSERT INTO verdict(id, device, boot, d, seq, opened, evidence)"
                             " VALUES(?1, ?2, ?3, ?4, -1, ?5, ?1)"
                             " ON CONFLICT(device, boot, d) DO UPDATE SET evidence=?1",
};
