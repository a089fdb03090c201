/* Zeek's JSON form: one object a line, keys in any order, unset fields left out or null. `ts` is a number of
 * seconds or, with LogAscii::json_timestamps = JSON::TS_ISO8601, a string. */
#include "platform/recorded/reader.h"

#include "platform/recorded/json_scan.h"
#include "platform/recorded/zeek_fields.h"

struct json_record {
    struct nrs_zeek_record rec;
    enum nrs_zeek_field bad; /* the field that `wrong` is about */
    const char *wrong;
};

static bool take_member(void *arg, const struct nrs_json_value *v)
{
    struct json_record *j = arg;
    enum nrs_zeek_field f = nrs_zeek_field_of(v->path, v->path_len);

    if (f == NRS_ZEEK_NONE || v->type == NRS_JSON_WORD)
        return true;
    j->wrong = nrs_zeek_take(&j->rec, f, v->text, v->len);
    j->bad = f;
    return !j->wrong;
}

static bool read_record(struct nrs_recorded *r, const char *line, size_t len, struct json_record *j)
{
    const char *wrong;

    nrs_zeek_begin(&j->rec);
    j->wrong = NULL;
    wrong = nrs_json_scan(line, len, take_member, j);
    if (wrong) {
        nrs_recorded_damage(r, wrong);
        return false;
    }
    if (!j->wrong) {
        j->bad = nrs_zeek_finish(&j->rec);
        j->wrong = j->bad == NRS_ZEEK_NONE ? NULL : "missing";
    }
    if (j->wrong)
        nrs_recorded_damage2(r, nrs_zeek_field_name(j->bad), j->wrong);
    return !j->wrong;
}

static int json_drain(struct nrs_recorded *r, int max, nrs_flow_fn fn, void *arg)
{
    struct json_record j;
    const char *line;
    size_t len;
    int n = 0;

    while (n < max) {
        int rc = nrs_recorded_line(r, &line, &len);

        if (rc <= 0)
            return n > 0 ? n : rc;
        if (read_record(r, line, len, &j)) {
            r->st.records++;
            n++;
            fn(arg, &j.rec.flow, NULL);
        }
    }
    return n;
}

static int json_open(struct nrs_recorded *r)
{
    (void)r;
    return 0;
}

const struct nrs_reader nrs_reader_zeek_json = {
    .format = "zeek-json", .unit = "", .open = json_open, .drain = json_drain};
