#include "tools/collector/store/export.h"

#include <errno.h>
#include <string.h>
#include <sqlite3.h>

#include "tools/collector/fleet/init.h"
#include "tools/collector/store/store.h"

#define FROM " FROM record r JOIN device d ON d.id=r.device WHERE r.id>?1"
#define KEY(name) "json_extract(r.line,'$.\"" name "\"')"

/* ndjson: as it came, with the host that the certificate vouches for. ecs: and the constants that the wire leaves
 * out. ocsf: detection findings (class 2004) of the verdicts. */
static const char *const sql[NRS_COL_FORMATS] = {
    [NRS_COL_NDJSON] = "SELECT json_set(r.line,'$.\"host.id\"',d.name)" FROM " ORDER BY r.id",
    [NRS_COL_ECS] =
        "SELECT json_set(iif(r.kind IN (0,3,4),json_set(r.line,'$.\"threat.framework\"','MITRE ATT&CK',"
        "'$.\"threat.technique.id\"',CASE WHEN r.kind=0 OR json_extract(r.line,'$.noroshi.class')='none' THEN "
        "json_array('T1071') WHEN r.kind=3 THEN json_array('T1027.002') ELSE json_array('T1071','T1027.002') END),"
        "r.line),"
        "'$.\"host.id\"',d.name,'$.\"ecs.version\"','8.11.0','$.\"event.module\"','noroshi','$.\"agent.type\"',"
        "'noroshi','$.\"event.ingested\"',strftime('%Y-%m-%dT%H:%M:%SZ',r.received,'unixepoch'))" FROM
        " ORDER BY r.id",
    [NRS_COL_OCSF] =
        "SELECT json_object('class_uid',2004,'category_uid',2,'activity_id',a,'type_uid',200400+a,'is_alert',"
        "json('true'),'severity_id',iif(risk>=95,5,iif(risk>=80,4,iif(risk>=50,3,2))),'risk_score',risk,"
        "'confidence_score',risk,'time',coalesce(strftime('%s',at),received)*1000,'logged_time',received*1000,"
        "'metadata',json_object('version','1.3.0','uid',uid,'product',json_object('name','noroshi','vendor_name',"
        "'noroshi')),'device',json_object('uid',name,'type_id',0),"
        "'finding_info',json_object('uid',uid,'title','Periodic connections that look like command and control',"
        "'analytic',json_object('name',dataset,'uid',rule,'type_id',4),'attacks',json_array(json_object("
        "'technique',json_object('uid','T1071','name','Application Layer Protocol')))),"
        "'evidences',json_array(json_object('src_endpoint',json_object('ip',src),'dst_endpoint',json_object("
        "'ip',dst,'port',port,'domain',domain),'connection_info',json_object('direction_id',2,'protocol_name',proto),"
        "'data',json(data)))) FROM (SELECT r.id AS id,r.received AS received,d.name AS name,"
        "CASE json_extract(r.line,'$.noroshi.st') WHEN 'open' THEN 1 WHEN 'end' THEN 3 ELSE 2 END AS a,"
        KEY("event.risk_score") " AS risk," KEY("@timestamp") " AS at," KEY("event.id") " AS uid,"
        KEY("event.dataset") " AS dataset," KEY("rule.id") " AS rule," KEY("source.ip") " AS src,"
        KEY("destination.ip") " AS dst," KEY("destination.port") " AS port," KEY("destination.domain") " AS domain,"
        KEY("network.transport") " AS proto,json_extract(r.line,'$.noroshi') AS data" FROM
        " AND r.kind=0) ORDER BY id",
};

enum nrs_col_format nrs_col_format_named(const char *name)
{
    static const char *const names[NRS_COL_FORMATS] = {"ndjson", "ecs", "ocsf"};
    unsigned i = 0;

    while (i < NRS_COL_FORMATS && strcmp(names[i], name) != 0)
        i++;
    return (enum nrs_col_format)i;
}

int nrs_col_export(const char *dir, enum nrs_col_format format, long long after, FILE *out)
{
    char why[160];
    sqlite3 *db = nrs_col_store_reader(dir, why, sizeof why);
    sqlite3_stmt *s = NULL;
    int rc = SQLITE_ERROR, code = 0;

    if (db == NULL)
        return nrs_col_complain(dir, why);
    if (sqlite3_prepare_v2(db, sql[format], -1, &s, NULL) == SQLITE_OK) {
        (void)sqlite3_bind_int64(s, 1, after);
        while ((rc = sqlite3_step(s)) == SQLITE_ROW && fprintf(out, "%s\n", sqlite3_column_text(s, 0)) > 0)
            ;
    }
    if (rc == SQLITE_ROW || fflush(out) != 0)
        code = nrs_col_complain("output", strerror(errno));
    else if (rc != SQLITE_DONE)
        code = nrs_col_complain(dir, sqlite3_errmsg(db));
    sqlite3_finalize(s);
    sqlite3_close(db);
    return code;
}
