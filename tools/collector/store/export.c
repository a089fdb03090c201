#include "tools/collector/store/export.h"

#include <errno.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/collector/files.h"
#include "tools/collector/store/store.h"

/* The longest line that is stored, and the constants of OCSF around its noroshi. */
#define EXPORT_MAX (NRS_COL_LINE_MAX * 2 + 2048)

struct export {
    enum nrs_col_format format;
    FILE *out;
    char text[EXPORT_MAX];
    char why[NRS_COL_WHY];
    unsigned skipped;
};

static void member(struct nrs_text *t, const char *name, const char *value)
{
    nrs_text_raw(t, ",");
    nrs_text_string(t, name);
    nrs_text_raw(t, ":");
    nrs_text_string(t, value);
}

/* A text of the record; NULL becomes null. */
static void field(struct nrs_text *t, const char *before, const struct nrs_col_fields *f,
                  enum nrs_col_field id)
{
    nrs_text_raw(t, before);
    if (f->text[id] != NULL)
        nrs_text_string(t, f->text[id]);
    else
        nrs_text_raw(t, "null");
}

static void number(struct nrs_text *t, const char *before, int64_t value)
{
    nrs_text_raw(t, before);
    nrs_text_i64(t, value);
}

static void write_techniques(struct nrs_text *t, const struct nrs_col_fields *f)
{
    bool packed = f->kind == NRS_COL_PACKER ||
                  (f->kind == NRS_COL_COMBO && strcmp(f->text[NRS_COL_F_CLASS], "none") != 0);
    bool calls = f->kind != NRS_COL_PACKER;

    nrs_text_raw(t, ",\"threat.framework\":\"MITRE ATT&CK\",\"threat.technique.id\":[");
    nrs_text_raw(t, calls ? "\"T1071\"" : "");
    nrs_text_raw(t, calls && packed ? "," : "");
    nrs_text_raw(t, packed ? "\"T1027.002\"]" : "]");
}

/* The record as it was reported, and the constants that the wire leaves out. */
static void write_ecs(struct nrs_text *t, const struct nrs_col_fields *f, const struct nrs_col_stored *r)
{
    nrs_text_raw(t, "{");
    nrs_col_fields_write(t, f, r->device);
    if (f->kind != NRS_COL_EVIDENCE)
        write_techniques(t, f);
    member(t, "ecs.version", "8.11.0");
    member(t, "event.module", "noroshi");
    member(t, "agent.type", "noroshi");
    nrs_text_raw(t, ",\"event.ingested\":\"");
    nrs_text_time(t, (uint64_t)r->received);
    nrs_text_raw(t, "\"}");
}

/* Days since 1970 of a Gregorian date; the year starts in March, so that the leap day is its last. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month > 2 ? year : year - 1, era = y / 400, in_era = y % 400;
    int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

/* "2026-11-21T20:05:00Z", which was checked, as epoch milliseconds. */
static int64_t time_ms(const char *s)
{
    int64_t part[6] = {0};
    static const unsigned char at[6] = {0, 5, 8, 11, 14, 17};

    for (int i = 0; i < 6; i++) {
        for (int k = 0; k < (i == 0 ? 4 : 2); k++)
            part[i] = part[i] * 10 + (s[at[i] + k] - '0');
    }
    return (days_of(part[0], part[1], part[2]) * 86400 + part[3] * 3600 + part[4] * 60 + part[5]) * 1000;
}

static void write_finding(struct nrs_text *t, const struct nrs_col_fields *f)
{
    field(t, ",\"finding_info\":{\"uid\":", f, NRS_COL_F_EVENT);
    member(t, "title", "Periodic connections that look like command and control");
    field(t, ",\"analytic\":{\"name\":", f, NRS_COL_F_DATASET);
    field(t, ",\"uid\":", f, NRS_COL_F_RULE);
    nrs_text_raw(t, ",\"type_id\":4},\"attacks\":[{\"technique\":{\"uid\":\"T1071\",\"name\":"
                    "\"Application Layer Protocol\"}}]}");
    field(t, ",\"evidences\":[{\"src_endpoint\":{\"ip\":", f, NRS_COL_F_SRC);
    field(t, "},\"dst_endpoint\":{\"ip\":", f, NRS_COL_F_DST);
    if (f->seen[NRS_COL_F_PORT])
        number(t, ",\"port\":", f->number[NRS_COL_F_PORT]);
    else
        nrs_text_raw(t, ",\"port\":null");
    field(t, ",\"domain\":", f, NRS_COL_F_NAME);
    field(t, "},\"connection_info\":{\"direction_id\":2,\"protocol_name\":", f, NRS_COL_F_PROTO);
    nrs_text_raw(t, "},\"data\":");
    nrs_col_fields_write_noroshi(t, f);
    nrs_text_raw(t, "}]}");
}

/* A detection finding (class 2004) of a beacon verdict. */
static void write_ocsf(struct nrs_text *t, const struct nrs_col_fields *f, const struct nrs_col_stored *r)
{
    const char *st = f->text[NRS_COL_F_ST];
    int64_t activity = strcmp(st, "open") == 0  ? 1
                       : strcmp(st, "end") == 0 ? 3
                                                : 2,
            risk = f->number[NRS_COL_F_RISK];

    nrs_text_raw(t, "{\"class_uid\":2004,\"category_uid\":2");
    number(t, ",\"activity_id\":", activity);
    number(t, ",\"type_uid\":", 200400 + activity);
    number(t, ",\"is_alert\":true,\"severity_id\":", risk >= 95 ? 5 : risk >= 80 ? 4 : risk >= 50 ? 3 : 2);
    number(t, ",\"risk_score\":", risk);
    number(t, ",\"confidence_score\":", risk);
    number(t, ",\"time\":", time_ms(f->text[NRS_COL_F_TIME]));
    number(t, ",\"logged_time\":", r->received * 1000);
    field(t, ",\"metadata\":{\"version\":\"1.3.0\",\"uid\":", f, NRS_COL_F_EVENT);
    nrs_text_raw(t, ",\"product\":{\"name\":\"noroshi\",\"vendor_name\":\"noroshi\"}},\"device\":{\"uid\":");
    nrs_text_string(t, r->device);
    nrs_text_raw(t, ",\"type_id\":0}");
    write_finding(t, f);
}

enum nrs_col_format nrs_col_format_named(const char *name)
{
    static const char *const names[NRS_COL_FORMATS] = {"ndjson", "ecs", "ocsf"};
    unsigned i = 0;

    while (i < NRS_COL_FORMATS && strcmp(names[i], name) != 0)
        i++;
    return (enum nrs_col_format)i;
}

/* 0 to go on, NRS_ERR_IO when the output does not take more. */
static int write_row(void *arg, const struct nrs_col_stored *r)
{
    struct export *e = arg;
    struct nrs_col_fields f;
    struct nrs_text t;

    if (e->format == NRS_COL_OCSF && r->kind != NRS_COL_BEACON)
        return 0;
    if (nrs_col_line_parse(&f, r->line, strlen(r->line), e->why) != 0) {
        e->skipped++;
        return 0;
    }
    nrs_text_init(&t, e->text, sizeof e->text);
    if (e->format == NRS_COL_OCSF) {
        write_ocsf(&t, &f, r);
    } else if (e->format == NRS_COL_ECS) {
        write_ecs(&t, &f, r);
    } else {
        nrs_text_raw(&t, "{");
        nrs_col_fields_write(&t, &f, r->device);
        nrs_text_raw(&t, "}");
    }
    return fprintf(e->out, "%s\n", e->text) > 0 ? 0 : NRS_ERR_IO;
}

int nrs_col_export(const char *dir, enum nrs_col_format format, int64_t after, FILE *out)
{
    struct nrs_col_store *store = NULL;
    struct export e = {.format = format, .out = out};
    char why[NRS_COL_STORE_WHY];
    int code = 0;

    if (nrs_col_store_sqlite.open(&store, dir, NRS_COL_STORE_READ, why) != 0)
        return nrs_col_complain(dir, why);
    nrs_col_line_init();
    if (store->ops->each(store, after, write_row, &e) != 0 && !ferror(out))
        code = nrs_col_complain(dir, store->why);
    else if (ferror(out) || fflush(out) != 0)
        code = nrs_col_complain("output", strerror(errno));
    if (e.skipped > 0)
        (void)fprintf(stderr, "noroshi-collector: %s: %u records were skipped; the last: %s\n", dir,
                      e.skipped, e.why);
    store->ops->close(store);
    return code;
}
