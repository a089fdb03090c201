/* Zeek's JSON form: objects with keys in any order, unset fields left out or null. `ts` is a number of
 * seconds, or as LogAscii::json_timestamps has it a string (JSON::TS_ISO8601) or milliseconds
 * (JSON::TS_MILLIS). */
#include "platform/recorded/reader.h"

#include "platform/recorded/text.h"
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

    if (f == NRS_ZEEK_NONE ||
        (v->type == NRS_JSON_WORD && f != NRS_ZEEK_LOCAL_ORIG && f != NRS_ZEEK_LOCAL_RESP) ||
        (v->type == NRS_JSON_ARRAY && f != NRS_ZEEK_ANSWERS))
        return true;
    j->wrong = nrs_zeek_take(&j->rec, f, v->text, v->len);
    j->bad = f;
    return !j->wrong;
}

static bool json_take(struct nrs_recorded *r, const char *text, size_t len)
{
    struct json_record j;
    const char *wrong;

    nrs_zeek_begin(&j.rec);
    j.wrong = NULL;
    wrong = nrs_json_wrap_scan(&r->wrap, text, len, take_member, &j);
    if (wrong) {
        nrs_recorded_damage(r, wrong);
        return false;
    }
    if (!j.wrong && !r->names) {
        j.bad = nrs_zeek_finish(&j.rec);
        j.wrong = j.bad == NRS_ZEEK_NONE ? NULL : "missing";
    }
    if (j.wrong)
        nrs_recorded_damage2(r, nrs_zeek_field_name(j.bad), j.wrong);
    else if (r->names)
        nrs_zeek_names(&j.rec, r->names, nrs_text_flow, r);
    else
        nrs_text_flow(r, &j.rec.flow, NULL);
    return !j.wrong;
}

const struct nrs_reader nrs_reader_zeek_json = {.format = "zeek-json", .take = json_take};
