#include "agent/run/facts.h"

static void add_key(struct nrs_facts *f, const char *key)
{
    struct nrs_text *t = &f->text;

    if (t->len > 0 && t->buf[t->len - 1] != '{')
        nrs_text_raw(t, f->separator);
    nrs_text_raw(t, "\"");
    nrs_text_raw(t, key);
    nrs_text_raw(t, "\":");
}

void nrs_facts_begin(struct nrs_facts *f, char *buf, size_t cap, const char *separator, const char *first)
{
    f->separator = separator;
    nrs_text_init(&f->text, buf, cap);
    nrs_text_raw(&f->text, first);
}

void nrs_facts_number(struct nrs_facts *f, const char *key, uint64_t value)
{
    add_key(f, key);
    nrs_text_u64(&f->text, value);
}

void nrs_facts_string(struct nrs_facts *f, const char *key, const char *value)
{
    add_key(f, key);
    nrs_text_string(&f->text, value);
}

int nrs_facts_end(struct nrs_facts *f, const char *last)
{
    nrs_text_raw(&f->text, last);
    return f->text.full ? 0 : (int)f->text.len;
}
