/* The lines of `noroshi scan` (README.md is their contract). */
#include "models/base/hex.h"
#include "models/base/text.h"
#include "agent/scan/scan.h"
#include "models/base/error.h"

static const struct {
    uint16_t rule;
    const char *name;
} rule_names[] = {{NRS_RULE_RWX, "rwx_segment"},
                  {NRS_RULE_RWX_DENSE, "dense_beside_rwx"},
                  {NRS_RULE_WRITABLE_ENTRY, "writable_entry_section"},
                  {NRS_RULE_ENTRY_LAST, "entry_in_last_segment"},
                  {NRS_RULE_DENSE_ENTRY, "dense_entry_segment"},
                  {NRS_RULE_DENSE_DATA, "dense_data_segment"},
                  {NRS_RULE_PAYLOAD, "appended_payload"},
                  {NRS_RULE_SCRIPT, "script_with_payload"},
                  {NRS_RULE_NO_SECTIONS, "no_section_table"},
                  {NRS_RULE_DENSE_HINT, "dense_start"}};

static void put_bool(struct nrs_text *t, const char *key, bool value)
{
    nrs_text_raw(t, key);
    nrs_text_raw(t, value ? "true" : "false");
}

static void put_hex(struct nrs_text *t, unsigned value)
{
    uint8_t byte = (uint8_t)value;
    char two[3];

    nrs_hex_write(two, &byte, 1);
    nrs_text_raw(t, two);
}

/* "name+12," */
static void put_part(struct nrs_text *t, const char *name, int64_t mlogit)
{
    nrs_text_raw(t, name);
    nrs_text_raw(t, mlogit < 0 ? "" : "+");
    nrs_text_i64(t, mlogit);
    nrs_text_raw(t, ",");
}

static void put_facts(struct nrs_text *t, const struct nrs_scan_facts *f)
{
    for (size_t i = 0; i < sizeof rule_names / sizeof rule_names[0]; i++)
        if (f->rules & rule_names[i].rule) {
            nrs_text_raw(t, rule_names[i].name);
            nrs_text_raw(t, ",");
        }
    if (f->upx != NRS_UPX_ABSENT)
        nrs_text_raw(t, f->upx == NRS_UPX_INTACT ? "upx_header=intact," : "upx_header=tampered,");
    if (f->dense_kib > 0) {
        nrs_text_raw(t, "dense_kib=");
        nrs_text_u64(t, f->dense_kib);
        nrs_text_raw(t, ",");
    }
}

/* The parts of the score, exactly: the largest, the others together, the bias. */
static void put_reasons(struct nrs_text *t, const struct nrs_scan_result *r)
{
    int64_t rest = (int64_t)r->score_mlogit - r->bias_mlogit;

    for (unsigned i = 0; i < r->n_reasons; i++) {
        put_part(t, r->reason[i].name, r->reason[i].mlogit);
        rest -= r->reason[i].mlogit;
    }
    if (rest != 0)
        put_part(t, "rest", rest);
    if (r->bias_mlogit != 0)
        put_part(t, "bias", r->bias_mlogit);
}

static void drop_comma(struct nrs_text *t)
{
    if (!t->full && t->len > 0 && t->buf[t->len - 1] == ',')
        t->buf[--t->len] = '\0';
}

static void put_grams(struct nrs_text *t, const struct nrs_scan_line *line)
{
    const struct nrs_scan_facts *f = line->facts;

    for (unsigned i = 0; i < line->result->n_grams; i++) {
        unsigned at = line->result->gram[i].at;

        nrs_text_raw(t, i > 0 ? "," : ",\"grams\":\"");
        for (unsigned b = 0; b < line->result->gram[i].n; b++)
            put_hex(t, f->x[f->schema->n_features + at + b]);
        nrs_text_raw(t, "@");
        nrs_text_u64(t, at);
        nrs_text_raw(t, line->result->gram[i].mlogit < 0 ? "" : "+");
        nrs_text_i64(t, line->result->gram[i].mlogit);
    }
    if (line->result->n_grams > 0)
        nrs_text_raw(t, "\"");
}

static int finish(struct nrs_text *t)
{
    nrs_text_raw(t, "\n");
    return t->full ? NRS_ERR_SPACE : (int)t->len;
}

static void begin(struct nrs_text *t, char *buf, size_t cap, const char *path)
{
    nrs_text_init(t, buf, cap);
    nrs_text_raw(t, "{\"file.path\":");
    nrs_text_string(t, path);
}

int nrs_scan_write(char *buf, size_t cap, const struct nrs_scan_line *line)
{
    const struct nrs_scan_result *r = line->result;
    struct nrs_text t;

    begin(&t, buf, cap, line->path);
    if (line->sha256 != NULL) {
        nrs_text_raw(&t, ",\"file.hash.sha256\":\"");
        for (unsigned i = 0; i < 32; i++)
            put_hex(&t, line->sha256[i]);
        nrs_text_raw(&t, "\"");
    }
    if (line->pid != 0) {
        nrs_text_raw(&t, ",\"process.pid\":");
        nrs_text_u64(&t, line->pid);
    }
    put_bool(&t, ",\"noroshi\":{\"packed\":", r->packed);
    nrs_text_raw(&t, ",\"class\":");
    nrs_text_string(&t, r->name);
    nrs_text_raw(&t, ",\"score\":");
    nrs_text_i64(&t, r->score_mlogit);
    put_bool(&t, ",\"tampered\":", r->tampered);
    if (line->facts->incomplete)
        put_bool(&t, ",\"incomplete\":", true);
    if (line->deleted)
        put_bool(&t, ",\"deleted\":", true);
    if (line->facts->skipped != NULL) {
        nrs_text_raw(&t, ",\"skipped\":");
        nrs_text_string(&t, line->facts->skipped);
    } else {
        nrs_text_raw(&t, ",\"why\":\"");
        put_facts(&t, line->facts);
        put_reasons(&t, r);
        drop_comma(&t);
        nrs_text_raw(&t, "\"");
        put_grams(&t, line);
    }
    nrs_text_raw(&t, "}}");
    return finish(&t);
}

int nrs_scan_write_features(char *buf, size_t cap, const char *path, const struct nrs_scan_facts *facts)
{
    static const char *const formats[] = {"other", "elf", "pe", "script"};
    const struct nrs_schema *schema = facts->schema;
    struct nrs_text t;

    begin(&t, buf, cap, path);
    nrs_text_raw(&t, ",\"format\":\"");
    nrs_text_raw(&t, formats[facts->format]);
    if (schema == NULL) {
        nrs_text_raw(&t, "\",\"skipped\":\"");
        nrs_text_raw(&t, facts->skipped != NULL ? facts->skipped : "script");
        nrs_text_raw(&t, "\"}");
        return finish(&t);
    }
    nrs_text_raw(&t, "\",\"schema\":\"");
    nrs_text_raw(&t, schema->name);
    nrs_text_raw(&t, "\",\"x\":[");
    for (unsigned i = 0; i < schema->n_features; i++) {
        nrs_text_u64(&t, facts->x[i]);
        nrs_text_raw(&t, i + 1u < schema->n_features ? "," : "],\"start\":\"");
    }
    for (unsigned i = 0; i < schema->n_bytes; i++) {
        uint16_t byte = facts->x[schema->n_features + i];

        if (byte == NRS_BYTE_ABSENT)
            nrs_text_raw(&t, "..");
        else
            put_hex(&t, byte);
    }
    nrs_text_raw(&t, "\"}");
    return finish(&t);
}
