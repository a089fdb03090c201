#include "platform/recorded/json_wrap.h"

#include <string.h>

#include "models/base/hex.h"

struct unwrap {
    const struct nrs_json_wrap *w;
    nrs_json_fn fn;
    void *arg;
    size_t plain_len; /* of the string at w->inside; 0 = not there */
};

static bool below_prefix(void *arg, const struct nrs_json_value *v)
{
    const struct unwrap *u = arg;
    struct nrs_json_value inner = *v;
    size_t n = u->w->prefix_len;

    if (v->path_len <= n || memcmp(v->path, u->w->prefix, n) != 0)
        return true;
    inner.path += n;
    inner.path_len -= n;
    return u->fn(u->arg, &inner);
}

static bool find_inside(void *arg, const struct nrs_json_value *v)
{
    struct unwrap *u = arg;

    if (v->type != NRS_JSON_STRING || v->path_len != u->w->inside_len ||
        memcmp(v->path, u->w->inside, v->path_len) != 0)
        return true;
    u->plain_len = nrs_json_unescape(u->w->plain, v->text, v->len);
    return false;
}

static const char *scan_prefixed(struct unwrap *u, const char *text, size_t len)
{
    if (u->w->prefix_len == 0)
        return nrs_json_scan(text, len, u->fn, u->arg);
    return nrs_json_scan(text, len, below_prefix, u);
}

const char *nrs_json_wrap_scan(const struct nrs_json_wrap *w, const char *text, size_t len, nrs_json_fn fn,
                               void *arg)
{
    struct unwrap u = {.w = w, .fn = fn, .arg = arg};
    const char *wrong;

    if (w->inside_len == 0)
        return scan_prefixed(&u, text, len);
    wrong = nrs_json_scan(text, len, find_inside, &u);
    if (wrong || u.plain_len == 0)
        return wrong;
    return scan_prefixed(&u, w->plain, u.plain_len);
}

static int hex4(const char *text)
{
    int v = 0, i;

    for (i = 0; i < 4; i++) {
        int digit = nrs_hex_value(text[i]);

        if (digit < 0)
            return '?';
        v = v << 4 | digit;
    }
    return v < 0x80 ? v : '?';
}

size_t nrs_json_unescape(char *out, const char *text, size_t len)
{
    static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
    size_t i, n = 0;

    for (i = 0; i < len; i++) {
        char c = text[i];

        if (c == '\\' && i + 1 < len) {
            const char *known = strchr(from, text[++i]);

            if (text[i] == 'u' && len - i > 4) {
                c = (char)hex4(text + i + 1);
                i += 4;
            } else {
                c = known && *known ? to[known - from] : text[i];
            }
        }
        out[n++] = c;
    }
    return n;
}
