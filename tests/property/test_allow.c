/* Random rules against a slow reference, and against the counts of a core that lives under them. A failure prints its
 * seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <strings.h>
#include <cmocka.h>

#include "tests/core_fixture.h"

#define check(seed, statement)                                                                                \
    do {                                                                                                      \
        if (!(statement)) {                                                                                   \
            fprintf(stderr, "seed %u: %s\n", (unsigned)(seed), #statement);                                   \
            fail();                                                                                           \
        }                                                                                                     \
    } while (0)

static const char *const domains[] = {"", "com", "example.com", "a.example.com", "ample.com", "b"};
static const char *const names[] = {NULL, "", "com", "example.com", "Example.Com", "a.example.com", "b.a.example.com",
                                    "badexample.com", "ample.com", "x.ample.com", "b", "bb", "example.com.b"};
static const char *const processes[] = {"", "/bin/a", "/bin/b", "/bin/a/"};
static const uint8_t protos[] = {0, NRS_PROTO_ICMP, NRS_PROTO_TCP, NRS_PROTO_UDP, NRS_PROTO_ICMP6, 132};

#define pick(seed, list) (list)[cf_random(seed) % (sizeof(list) / sizeof *(list))]

static struct nrs_addr random_addr(uint32_t *seed)
{
    struct nrs_addr a = cf_v4(192, 0, 2, 0);

    if (cf_random(seed) % 2)
        a = (struct nrs_addr){{0}};
    for (unsigned flips = cf_random(seed) % 4; flips; flips--)
        a.b[cf_random(seed) % 16] ^= (uint8_t)(1u << cf_random(seed) % 8);
    return a;
}

static bool bit(const struct nrs_addr *a, unsigned i)
{
    return a->b[i / 8] >> (7 - i % 8) & 1;
}

static struct nrs_allow_rule random_rule(uint32_t *seed)
{
    struct nrs_allow_rule r = {.has_net = cf_random(seed) % 2, .proto = protos[cf_random(seed) % 4],
                               .port = (uint16_t)(cf_random(seed) % 3), .end_day = cf_random(seed) % 4};

    if (r.has_net) {
        r.net = random_addr(seed);
        r.prefix = (uint8_t)(cf_random(seed) % 129);
        for (unsigned i = r.prefix; i < 128; i++)
            r.net.b[i / 8] &= (uint8_t)~(1u << (7 - i % 8));
    }
    strcpy(r.domain, pick(seed, domains));
    strcpy(r.process, cf_random(seed) % 2 ? "" : pick(seed, processes));
    return r;
}

static bool reference_v4(const struct nrs_addr *a)
{
    for (unsigned i = 0; i < 96; i++)
        if (bit(a, i) != (i >= 80))
            return false;
    return true;
}

static bool reference_net(const struct nrs_allow_rule *r, const struct nrs_addr *a)
{
    for (unsigned i = 0; i < r->prefix; i++)
        if (bit(&r->net, i) != bit(a, i))
            return false;
    return reference_v4(&r->net) == reference_v4(a);
}

/* The name and every name above it, one by one. */
static bool reference_domain(const char *domain, const char *name)
{
    for (; name; name = strchr(name, '.') ? strchr(name, '.') + 1 : NULL)
        if (!strcasecmp(domain, name))
            return true;
    return false;
}

static bool reference(const struct nrs_allow_rule *r, const struct nrs_allow_dest *d, const char *path)
{
    bool icmp = d->proto == NRS_PROTO_ICMP || d->proto == NRS_PROTO_ICMP6;
    bool proto = !r->proto || r->proto == d->proto || (r->proto == NRS_PROTO_ICMP && icmp);
    bool port = !r->port || (!icmp && r->port == d->port);
    bool net = !r->has_net || reference_net(r, d->remote);
    bool domain = !*r->domain || reference_domain(r->domain, d->name);
    bool day = !r->end_day || d->day + 1 <= r->end_day;
    bool process = !*r->process || (path && !strcmp(r->process, path));

    return proto && port && net && domain && day && process;
}

static void rules_fit_what_the_reference_says(void **state)
{
    unsigned n_fit = 0;

    (void)state;
    for (uint32_t round = 1; round <= 20000; round++) {
        uint32_t seed = round * 2654435761u;
        struct nrs_allow_rule rules[8];
        struct nrs_addr remote = random_addr(&seed);
        struct nrs_allow_dest d = {.remote = &remote, .name = pick(&seed, names), .proto = pick(&seed, protos),
                                   .port = (uint16_t)(cf_random(&seed) % 3), .day = cf_random(&seed) % 4,
                                   .process = cf_random(&seed) % 2, .seed = round};
        const char *path = cf_random(&seed) % 2 ? NULL : processes[1 + cf_random(&seed) % 3];
        size_t n = cf_random(&seed) % 9;
        bool any = false;

        if (path)
            d.process = nrs_process_code(path, d.seed);
        for (size_t i = 0; i < n; i++) {
            rules[i] = random_rule(&seed);
            check(round, nrs_allow_fits(&rules[i], &d) == reference(&rules[i], &d, path));
            any |= reference(&rules[i], &d, path);
        }
        check(round, nrs_allow_any(rules, n, &d) == any);
        n_fit += any;
    }
    assert_in_range(n_fit, 1000, 18000); /* both answers were asked for */
}

/* ---- a core under rules that come and go ---- */

static bool is_allowed(const struct cf *f, const struct nrs_dest *d, const struct nrs_allow_rule *rules, size_t n)
{
    const struct nrs_allow_dest to = {.remote = &d->key.remote, .port = d->key.rport, .proto = d->key.proto,
                                      .day = f->core->today};

    return nrs_allow_any(rules, n, &to);
}

static void check_counts(uint32_t seed, const struct cf *f, const struct nrs_allow_rule *rules, size_t n)
{
    const struct nrs_core *c = f->core;
    const struct nrs_dest *d;
    uint32_t open = 0, silent = 0, i;

    for (i = nrs_table_next(&c->table, 0); i != NRS_NO_DEST; i = nrs_table_next(&c->table, i + 1)) {
        d = &c->table.dests[i];
        open += d->verdict.life == NRS_LIFE_OPEN;
        silent += d->verdict.life == NRS_LIFE_SILENT;
        check(seed, !nrs_dest_has_verdict(d) || is_allowed(f, d, rules, n) == (d->verdict.life == NRS_LIFE_SILENT));
    }
    for (i = 0; (d = nrs_siblings_next(&c->siblings, &i)); i++) {
        open += d->verdict.life == NRS_LIFE_OPEN;
        silent += d->verdict.life == NRS_LIFE_SILENT;
    }
    check(seed, cf_stats(f).flagged == open);
    check(seed, cf_stats(f).suppressed == silent);
    check(seed, f->n_state[NRS_STATE_OPEN] >= f->n_state[NRS_STATE_END] + open);
}

static size_t change_rules(struct cf *f, struct nrs_allow_rule *rules, uint32_t *seed)
{
    size_t n = cf_random(seed) % 4;

    for (size_t i = 0; i < n; i++) {
        rules[i] = (struct nrs_allow_rule){.has_net = true, .net = cf_remote(cf_random(seed) % 128),
                                           .end_day = cf_random(seed) % 2 ? 0 : 19676 + cf_random(seed) % 8};
        rules[i].prefix = (uint8_t)(128 - cf_random(seed) % 7);
        for (unsigned b = rules[i].prefix; b < 128; b++)
            rules[i].net.b[b / 8] &= (uint8_t)~(1u << (7 - b % 8));
    }
    nrs_core_set_allow(f->core, rules, n);
    return n;
}

static void no_allowed_verdict_is_open_after_a_tick_and_all_are_counted(void **state)
{
    const struct nrs_core_conf conf = {.dest_cap = 64, .watched_cap = 16, .update_s = 1800, .close_s = 7200};

    (void)state;
    for (uint32_t round = 1; round <= 6; round++) {
        uint32_t seed = round * 2654435761u;
        struct nrs_allow_rule rules[4];
        struct cf f;
        size_t n = 0;

        assert_int_equal(cf_open(&f, &conf), 0);
        for (unsigned m = 0; m < 5000; m++) {
            for (unsigned dest = 0; dest < 80; dest++) /* each has a period, and hours of silence */
                if (m % (1 + dest % 5) == 0 && (m / 200 + dest) % 4 && (dest < 60 || m % 7 == 0))
                    cf_send(&f, dest, CF_START + m * CF_MINUTE + dest * CF_SECOND / 2);
            if (cf_random(&seed) % 50 == 0)
                n = change_rules(&f, rules, &seed);
            if (cf_random(&seed) % 500 == 0)
                nrs_core_set_wall(f.core, (int64_t)(cf_random(&seed) % 6 * CF_DAY) - (int64_t)CF_DAY);
            nrs_core_tick(f.core, CF_START + (m + 1) * CF_MINUTE, cf_keep, &f);
            check_counts(round, &f, rules, n);
        }
        check(round, f.n_state[NRS_STATE_OPEN] > 50 && f.n_state[NRS_STATE_END] > 50);
        cf_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_fit_what_the_reference_says),
        cmocka_unit_test(no_allowed_verdict_is_open_after_a_tick_and_all_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
