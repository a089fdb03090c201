#include "tools/collector/records/fields.h"

#include <stdio.h>
#include <string.h>

#include "models/base/error.h"

#define B (1u << NRS_COL_BEACON)
#define E (1u << NRS_COL_EVIDENCE)
#define H (1u << NRS_COL_HEALTH)
#define P (1u << NRS_COL_PACKER)
#define C (1u << NRS_COL_COMBO)
#define ALL (B | E | H | P | C)

enum type { TEXT, ONE_OF, NUMBER, BASE64, TIME, OBJECT };

struct rule {
    const char *key;
    const char *choices; /* ONE_OF: " a b c " */
    int64_t lo, hi;      /* NUMBER: range; texts: length */
    uint8_t type;        /* enum type */
    uint8_t needed;      /* kinds that must have it */
};

#define COUNT (INT64_C(1) << 53) /* counters since start; a double holds them exactly */
#define DATASETS " noroshi.beacon noroshi.evidence noroshi.health noroshi.packer noroshi.combo "

/* The ranges are those of agent/VERDICT.md, generous where it names none: they bound what the page has to
 * show. */
static const struct rule rules[NRS_COL_FIELDS] = {
    [NRS_COL_F_TIME] = {"@timestamp", NULL, 20, 30, TIME, ALL},
    [NRS_COL_F_KIND] = {"event.kind", " alert event metric ", 0, 0, ONE_OF, ALL},
    [NRS_COL_F_DATASET] = {"event.dataset", DATASETS, 0, 0, ONE_OF, ALL},
    [NRS_COL_F_EVENT] = {"event.id", NULL, 5, NRS_COL_EVENT_MAX, TEXT, ALL},
    [NRS_COL_F_HOST] = {"host.id", NULL, 1, 64, TEXT, 0},
    [NRS_COL_F_RISK] = {"event.risk_score", NULL, 0, 99, NUMBER, B | P | C},
    [NRS_COL_F_SRC] = {"source.ip", NULL, 2, 45, TEXT, 0},
    [NRS_COL_F_DST] = {"destination.ip", NULL, 2, 45, TEXT, B | C},
    [NRS_COL_F_PORT] = {"destination.port", NULL, 0, 65535, NUMBER, 0},
    [NRS_COL_F_PROTO] = {"network.transport", NULL, 1, 16, TEXT, 0},
    [NRS_COL_F_NAME] = {"destination.domain", NULL, 0, 255, TEXT, 0},
    [NRS_COL_F_RULE] = {"rule.id", NULL, 1, 64, TEXT, B | P | C},
    [NRS_COL_F_VERSION] = {"agent.version", NULL, 0, NRS_COL_VERSION_MAX, TEXT, 0},
    [NRS_COL_F_PID] = {"process.pid", NULL, 0, UINT32_MAX, NUMBER, 0},
    [NRS_COL_F_PROGRAM] = {"process.executable", NULL, 0, 256, TEXT, P | C},
    [NRS_COL_F_SHA256] = {"process.hash.sha256", NULL, 64, 64, TEXT, 0},
    [NRS_COL_F_NOROSHI] = {"noroshi", NULL, 0, 0, OBJECT, ALL},
    [NRS_COL_F_V] = {"v", NULL, 1, 1000, NUMBER, ALL},
    [NRS_COL_F_ST] = {"st", " open update end ", 0, 0, ONE_OF, B},
    [NRS_COL_F_D] = {"d", NULL, 0, UINT32_MAX, NUMBER, B | E | C},
    [NRS_COL_F_W] = {"w", " 1h 6h 24h 7d ", 0, 0, ONE_OF, B},
    [NRS_COL_F_SCORE] = {"score", NULL, INT32_MIN, INT32_MAX, NUMBER, B | P},
    [NRS_COL_F_N] = {"n", NULL, 0, UINT32_MAX, NUMBER, B | C},
    [NRS_COL_F_FAILED] = {"f", NULL, 0, UINT32_MAX, NUMBER, 0},
    [NRS_COL_F_P] = {"p", NULL, 0, UINT32_MAX, NUMBER, 0},
    [NRS_COL_F_J] = {"j", NULL, 0, 999, NUMBER, 0},
    [NRS_COL_F_H] = {"h", NULL, 0, 168, NUMBER, 0},
    [NRS_COL_F_TX] = {"tx", NULL, 0, UINT32_MAX, NUMBER, 0},
    [NRS_COL_F_RX] = {"rx", NULL, 0, UINT32_MAX, NUMBER, 0},
    [NRS_COL_F_AGE] = {"age", NULL, 0, UINT32_MAX, NUMBER, 0},
    [NRS_COL_F_SIB] = {"sib", NULL, 0, 16, NUMBER, 0},
    [NRS_COL_F_COV] = {"cov", NULL, 0, 32, TEXT, 0},
    [NRS_COL_F_WHY] = {"why", NULL, 0, 512, TEXT, B},
    [NRS_COL_F_M] = {"m", NULL, 56, 56, BASE64, 0},
    [NRS_COL_F_OF] = {"of", NULL, 1, 33, TEXT, E | C},
    [NRS_COL_F_DAY] = {"day", NULL, 10, 10, TEXT, E},
    [NRS_COL_F_M4] = {"m4", NULL, 960, 960, BASE64, E},
    [NRS_COL_F_FILE] = {"file", NULL, 0, 64, TEXT, P | C},
    [NRS_COL_F_CLASS] = {"class", NULL, 1, 32, TEXT, P | C},
    [NRS_COL_F_SCHEMA] = {"sch", NULL, 16, 16, TEXT, 0},
    [NRS_COL_F_X] = {"x", NULL, 0, 1024, BASE64, 0},
    [NRS_COL_F_UP] = {"up", NULL, 0, COUNT, NUMBER, 0},
    [NRS_COL_F_SOURCE] = {"src", NULL, 0, 64, TEXT, 0},
    [NRS_COL_F_MODEL] = {"mdl", NULL, 0, 64, TEXT, 0},
    [NRS_COL_F_DESTS] = {"dst", NULL, 0, COUNT, NUMBER, 0},
    [NRS_COL_F_WATCHED] = {"wat", NULL, 0, COUNT, NUMBER, 0},
    [NRS_COL_F_FLOWS] = {"flows", NULL, 0, COUNT, NUMBER, 0},
    [NRS_COL_F_LOST] = {"lost", NULL, 0, COUNT, NUMBER, 0},
    [NRS_COL_F_EVICTED] = {"evict", NULL, 0, COUNT, NUMBER, 0},
    [NRS_COL_F_SUPPRESSED] = {"sup", NULL, 0, COUNT, NUMBER, 0},
    [NRS_COL_F_HELD] = {"hld", NULL, 0, COUNT, NUMBER, 0},
    [NRS_COL_F_SCANNER] = {"scn", NULL, 0, 9, NUMBER, 0},
    [NRS_COL_F_FILES] = {"fil", NULL, 0, COUNT, NUMBER, 0},
    [NRS_COL_F_LIMITED] = {"lim", NULL, 0, COUNT, NUMBER, 0},
    [NRS_COL_F_LOST_STARTS] = {"los", NULL, 0, COUNT, NUMBER, 0},
    [NRS_COL_F_PACKED] = {"pak", NULL, 0, COUNT, NUMBER, 0},
    [NRS_COL_F_QUEUE] = {"q", NULL, 0, COUNT, NUMBER, 0},
    [NRS_COL_F_DROPPED] = {"drop", NULL, 0, COUNT, NUMBER, 0},
    [NRS_COL_F_CLOCK] = {"clk", NULL, 0, 1, NUMBER, 0},
    [NRS_COL_F_RSS] = {"rss", NULL, 0, COUNT, NUMBER, 0},
};

static bool is_base64_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/* "2026-11-21T20:05:00Z", also with a fraction of a second. Ranges beyond two digits do not matter:
 * nothing is computed from it here. */
static bool is_time(const char *s)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    size_t i;

    for (i = 0; shape[i] != '\0'; i++) {
        if (shape[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != shape[i])
            return false;
    }
    if (s[i] == '.')
        i += 1 + strspn(s + i + 1, "0123456789");
    return strcmp(s + i, "Z") == 0;
}

static bool is_choice(const char *choices, const char *s)
{
    size_t n = strlen(s);

    if (n == 0 || strchr(s, ' ') != NULL)
        return false;
    for (const char *p = strstr(choices, s); p != NULL; p = strstr(p + 1, s)) {
        if (p[-1] == ' ' && p[n] == ' ')
            return true;
    }
    return false;
}

/* Takes one value; returns NULL or what is wrong with it. */
static const char *take_value(struct nrs_col_fields *f, enum nrs_col_field id, const cJSON *v)
{
    const struct rule *r = &rules[id];
    const char *s = v->valuestring;
    int64_t len;

    if (r->type == OBJECT)
        return cJSON_IsObject(v) ? NULL : "not an object";
    if (r->type == NUMBER) {
        if (!cJSON_IsNumber(v) || v->valuedouble < (double)r->lo || v->valuedouble > (double)r->hi ||
            v->valuedouble != (double)(int64_t)v->valuedouble)
            return "not a whole number in its range";
        f->number[id] = (int64_t)v->valuedouble;
        return NULL;
    }
    if (!cJSON_IsString(v))
        return "not a string";
    f->text[id] = s;
    if (r->type == ONE_OF)
        return is_choice(r->choices, s) ? NULL : "unknown value";
    len = (int64_t)strlen(s);
    if (len < r->lo || len > r->hi)
        return len < r->lo ? "too short" : "too long";
    if (r->type == TIME)
        return is_time(s) ? NULL : "not a UTC time";
    if (r->type == BASE64 && r->lo < r->hi)
        len = (int64_t)strcspn(s, "="); /* a text of any length may be padded */
    for (int64_t i = 0; r->type == BASE64 && i < len; i++) {
        if (!is_base64_char(s[i]))
            return "not base64";
    }
    return r->type != BASE64 || strspn(s + len, "=") == strlen(s + len) ? NULL : "not base64";
}

/* An unknown key of noroshi: kept if it is a number or a short string. */
static bool keep_extra(struct nrs_col_fields *f, const cJSON *v)
{
    bool whole = cJSON_IsNumber(v) && v->valuedouble >= -(double)COUNT && v->valuedouble <= (double)COUNT &&
                 v->valuedouble == (double)(int64_t)v->valuedouble;
    bool text = cJSON_IsString(v) && strlen(v->valuestring) <= NRS_COL_EXTRA_MAX;

    if (f->n_extra == NRS_COL_EXTRAS || strlen(v->string) > NRS_COL_EXTRA_MAX || !(whole || text))
        return false;
    for (unsigned i = 0; i < f->n_extra; i++) {
        if (strcmp(f->extra[i]->string, v->string) == 0)
            return false;
    }
    f->extra[f->n_extra++] = v;
    return true;
}

/* Reads the keys rules[from..to) of one object. */
static int read_object(struct nrs_col_fields *f, const cJSON *object, unsigned from, unsigned to,
                       char why[NRS_COL_WHY])
{
    const cJSON *v;
    unsigned id;

    cJSON_ArrayForEach(v, object)
    {
        const char *bad;

        for (id = from; id < to && strcmp(rules[id].key, v->string) != 0; id++)
            ;
        if (id == to) {
            if (from == 0 || !keep_extra(f, v))
                f->n_dropped++;
            continue;
        }
        bad = f->seen[id] ? "given twice" : take_value(f, (enum nrs_col_field)id, v);
        if (bad != NULL) {
            (void)snprintf(why, NRS_COL_WHY, "%s: %s", rules[id].key, bad);
            return NRS_ERR_FORMAT;
        }
        f->seen[id] = true;
    }
    return 0;
}

static int check_needed(const struct nrs_col_fields *f, char why[NRS_COL_WHY])
{
    for (unsigned id = 0; id < NRS_COL_FIELDS; id++) {
        if ((rules[id].needed >> f->kind & 1) && !f->seen[id]) {
            (void)snprintf(why, NRS_COL_WHY, "%s: missing", rules[id].key);
            return NRS_ERR_FORMAT;
        }
    }
    return 0;
}

int nrs_col_fields_read(struct nrs_col_fields *f, const cJSON *root, char why[NRS_COL_WHY])
{
    static const char *const dataset[NRS_COL_KINDS] = {"noroshi.beacon", "noroshi.evidence", "noroshi.health",
                                                       "noroshi.packer", "noroshi.combo"};
    static const char *const kind[NRS_COL_KINDS] = {"alert", "event", "metric", "alert", "alert"};
    int rc;

    memset(f, 0, sizeof *f);
    rc = read_object(f, root, 0, NRS_COL_F_V, why);
    if (rc == 0 && f->seen[NRS_COL_F_NOROSHI])
        rc = read_object(f, cJSON_GetObjectItemCaseSensitive(root, "noroshi"), NRS_COL_F_V, NRS_COL_FIELDS,
                         why);
    if (rc != 0)
        return rc;
    while (f->text[NRS_COL_F_DATASET] != NULL && strcmp(dataset[f->kind], f->text[NRS_COL_F_DATASET]) != 0)
        f->kind++;
    rc = check_needed(f, why);
    if (rc == 0 && strcmp(kind[f->kind], f->text[NRS_COL_F_KIND]) != 0) {
        (void)snprintf(why, NRS_COL_WHY, "event.kind: does not go with this event.dataset");
        rc = NRS_ERR_FORMAT;
    }
    return rc;
}

static void write_key(struct nrs_text *t, bool *any, const char *name)
{
    nrs_text_raw(t, *any ? "," : "");
    *any = true;
    nrs_text_string(t, name);
    nrs_text_raw(t, ":");
}

static void write_range(struct nrs_text *t, const struct nrs_col_fields *f, unsigned from, unsigned to,
                        bool *any)
{
    for (unsigned id = from; id < to; id++) {
        if (!f->seen[id] || id == NRS_COL_F_HOST || id == NRS_COL_F_NOROSHI)
            continue;
        write_key(t, any, rules[id].key);
        if (rules[id].type == NUMBER)
            nrs_text_i64(t, f->number[id]);
        else
            nrs_text_string(t, f->text[id]);
    }
}

void nrs_col_fields_write_noroshi(struct nrs_text *t, const struct nrs_col_fields *f)
{
    bool any = false;

    nrs_text_raw(t, "{");
    write_range(t, f, NRS_COL_F_V, NRS_COL_FIELDS, &any);
    for (unsigned i = 0; i < f->n_extra; i++) {
        write_key(t, &any, f->extra[i]->string);
        if (cJSON_IsNumber(f->extra[i]))
            nrs_text_i64(t, (int64_t)f->extra[i]->valuedouble);
        else
            nrs_text_string(t, f->extra[i]->valuestring);
    }
    nrs_text_raw(t, "}");
}

void nrs_col_fields_write(struct nrs_text *t, const struct nrs_col_fields *f, const char *host)
{
    bool any = false;

    write_range(t, f, NRS_COL_F_TIME, NRS_COL_F_HOST, &any);
    write_key(t, &any, "host.id");
    nrs_text_string(t, host);
    write_range(t, f, NRS_COL_F_RISK, NRS_COL_F_V, &any);
    if (!f->seen[NRS_COL_F_NOROSHI])
        return;
    write_key(t, &any, "noroshi");
    nrs_col_fields_write_noroshi(t, f);
}
