/* Whether a rule fits a destination. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "agent/config/config_allow.h"
#include "tests/core_fixture.h"

static struct nrs_addr v6(uint8_t first, uint8_t last)
{
    return (struct nrs_addr){{first, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last}};
}

static struct nrs_allow_rule rule(const char *key, const char *text)
{
    struct nrs_allow_rule r = {0};
    struct nrs_why why;

    assert_int_equal(nrs_config_allow_set(&r, key, text, &why), 0);
    return r;
}

static bool net_fits(const char *net, struct nrs_addr a)
{
    struct nrs_allow_rule r = rule("net", net);
    const struct nrs_allow_dest to = {.remote = &a, .port = 443, .proto = NRS_PROTO_TCP};

    return nrs_allow_fits(&r, &to);
}

static bool domain_fits(const char *domain, const char *name)
{
    struct nrs_allow_rule r = rule("domain", domain);
    const struct nrs_addr a = cf_v4(192, 0, 2, 1);
    const struct nrs_allow_dest to = {.remote = &a, .name = name, .port = 443, .proto = NRS_PROTO_TCP};

    return nrs_allow_fits(&r, &to);
}

static bool fits(const struct nrs_allow_rule *r, uint16_t port, uint8_t proto, uint32_t day)
{
    const struct nrs_addr a = cf_v4(192, 0, 2, 1);
    const struct nrs_allow_dest to = {.remote = &a, .name = "example.com", .port = port, .proto = proto, .day = day};

    return nrs_allow_fits(r, &to);
}

static void a_network_ends_at_its_last_bit(void **state)
{
    (void)state;
    assert_true(net_fits("192.0.2.0/24", cf_v4(192, 0, 2, 0)));
    assert_true(net_fits("192.0.2.0/24", cf_v4(192, 0, 2, 255)));
    assert_false(net_fits("192.0.2.0/24", cf_v4(192, 0, 3, 0)));
    assert_false(net_fits("192.0.2.0/24", cf_v4(192, 0, 1, 255)));
    assert_true(net_fits("192.0.2.64/26", cf_v4(192, 0, 2, 127)));
    assert_false(net_fits("192.0.2.64/26", cf_v4(192, 0, 2, 128)));
    assert_false(net_fits("192.0.2.64/26", cf_v4(192, 0, 2, 63)));
    assert_true(net_fits("192.0.2.2/31", cf_v4(192, 0, 2, 3)));
    assert_false(net_fits("192.0.2.2/31", cf_v4(192, 0, 2, 4)));
    assert_true(net_fits("2001:db8::/33", (struct nrs_addr){{0x20, 1, 0x0d, 0xb8, 0x7f}}));
    assert_false(net_fits("2001:db8::/33", (struct nrs_addr){{0x20, 1, 0x0d, 0xb8, 0x80}}));
}

static void an_address_alone_is_one_address(void **state)
{
    (void)state;
    assert_true(net_fits("192.0.2.7", cf_v4(192, 0, 2, 7)));
    assert_true(net_fits("192.0.2.7/32", cf_v4(192, 0, 2, 7)));
    assert_false(net_fits("192.0.2.7", cf_v4(192, 0, 2, 6)));
    assert_true(net_fits("2001:db8::1", v6(0x20, 1)));
    assert_true(net_fits("2001:DB8::1/128", v6(0x20, 1)));
    assert_false(net_fits("2001:db8::1/128", v6(0x20, 0)));
}

static void prefix_zero_is_all_of_one_family(void **state)
{
    (void)state;
    assert_true(net_fits("0.0.0.0/0", cf_v4(255, 255, 255, 255)));
    assert_false(net_fits("0.0.0.0/0", v6(0x20, 1)));
    assert_true(net_fits("::/0", v6(0xff, 1)));
    assert_true(net_fits("::/0", (struct nrs_addr){{0}}));
    assert_false(net_fits("::/0", cf_v4(192, 0, 2, 1)));
    assert_false(net_fits("::/80", cf_v4(192, 0, 2, 1)));
}

static void a_mapped_address_is_ipv4(void **state)
{
    (void)state;
    assert_true(net_fits("::ffff:192.0.2.0/120", cf_v4(192, 0, 2, 200)));
    assert_false(net_fits("::ffff:192.0.2.0/120", cf_v4(192, 0, 3, 0)));
    assert_true(net_fits("::ffff:0:0/96", cf_v4(10, 0, 0, 1)));
    assert_false(net_fits("::ffff:0:0/96", v6(0x20, 1)));
    assert_false(net_fits("::192.0.2.1", cf_v4(192, 0, 2, 1)));
}

static void a_domain_is_itself_and_all_below(void **state)
{
    (void)state;
    assert_true(domain_fits("example.com", "example.com"));
    assert_true(domain_fits("example.com", "a.example.com"));
    assert_true(domain_fits("example.com", "a.b.example.com"));
    assert_true(domain_fits("Example.COM", "WWW.eXample.com"));
    assert_false(domain_fits("example.com", "badexample.com"));
    assert_false(domain_fits("example.com", "example.com.evil.test"));
    assert_false(domain_fits("example.com", "xample.com"));
    assert_false(domain_fits("example.com", "com"));
    assert_false(domain_fits("example.com", ""));
    assert_false(domain_fits("example.com", NULL));
    assert_true(domain_fits("lan", "printer.lan"));
}

static void the_end_of_a_long_name_is_enough_for_the_longest_domain(void **state)
{
    char domain[NRS_ALLOW_DOMAIN_MAX + 1], name[100];
    struct nrs_addr a = cf_v4(192, 0, 2, 1);
    struct nrs_names names;
    void *memory = malloc(nrs_names_bytes(4));

    (void)state;
    memset(domain, 'a', NRS_ALLOW_DOMAIN_MAX);
    domain[NRS_ALLOW_DOMAIN_MAX] = 0;
    nrs_names_init(&names, memory, 4, 1);
    snprintf(name, sizeof name, "www.%s", domain);
    nrs_names_put(&names, &a, name);
    assert_true(domain_fits(domain, nrs_names_get(&names, &a)));
    snprintf(name, sizeof name, "bad%s", domain);
    nrs_names_put(&names, &a, name);
    assert_false(domain_fits(domain, nrs_names_get(&names, &a)));
    free(memory);
}

static void a_port_is_not_the_type_of_an_icmp_message(void **state)
{
    const struct nrs_allow_rule r = {.port = 8};

    (void)state;
    assert_true(fits(&r, 8, NRS_PROTO_TCP, 0));
    assert_true(fits(&r, 8, NRS_PROTO_UDP, 0));
    assert_false(fits(&r, 9, NRS_PROTO_TCP, 0));
    assert_false(fits(&r, 8, NRS_PROTO_ICMP, 0));
    assert_false(fits(&r, 8, NRS_PROTO_ICMP6, 0));
}

static void icmp_is_both(void **state)
{
    struct nrs_allow_rule r = rule("proto", "icmp");

    (void)state;
    assert_true(fits(&r, 8, NRS_PROTO_ICMP, 0));
    assert_true(fits(&r, 128, NRS_PROTO_ICMP6, 0));
    assert_false(fits(&r, 8, NRS_PROTO_TCP, 0));
    r = rule("proto", "udp");
    assert_true(fits(&r, 8, NRS_PROTO_UDP, 0));
    assert_false(fits(&r, 8, NRS_PROTO_ICMP, 0));
}

static void a_rule_holds_through_its_last_day(void **state)
{
    struct nrs_allow_rule r = rule("until", "2027-01-31");

    (void)state;
    assert_int_equal(r.end_day, 20850); /* 2027-02-01T00:00:00Z is 1801440000 */
    assert_true(fits(&r, 443, NRS_PROTO_TCP, 20849));
    assert_false(fits(&r, 443, NRS_PROTO_TCP, 20850));
    assert_false(fits(&r, 443, NRS_PROTO_TCP, UINT32_MAX));
    r.end_day = 0;
    assert_true(fits(&r, 443, NRS_PROTO_TCP, UINT32_MAX));
}

static void dates_count_leap_days(void **state)
{
    (void)state;
    assert_int_equal(rule("until", "1970-01-01").end_day, 1);
    assert_int_equal(rule("until", "2000-02-29").end_day, 951868800 / 86400);
    assert_int_equal(rule("until", "2024-12-31").end_day, 1735689600 / 86400);
    assert_int_equal(rule("until", "2100-02-28").end_day, 4107542400 / 86400);
    assert_int_equal(rule("until", "9999-12-31").end_day, 253402300800 / 86400);
}

static void all_that_a_rule_names_has_to_fit(void **state)
{
    struct nrs_allow_rule r = rule("net", "192.0.2.0/24"), other;

    (void)state;
    r.port = 443;
    r.proto = NRS_PROTO_TCP;
    strcpy(r.domain, "example.com");
    r.end_day = 100;
    assert_true(fits(&r, 443, NRS_PROTO_TCP, 99));
    assert_false(fits(&r, 443, NRS_PROTO_TCP, 100));
    assert_false(fits(&r, 444, NRS_PROTO_TCP, 99));
    assert_false(fits(&r, 443, NRS_PROTO_UDP, 99));
    other = r;
    strcpy(other.domain, "example.org");
    assert_false(fits(&other, 443, NRS_PROTO_TCP, 99));
    other = r;
    other.net.b[15] = 0, other.net.b[14] = 3;
    assert_false(fits(&other, 443, NRS_PROTO_TCP, 99));
}

static void one_of_many_rules_is_enough(void **state)
{
    const struct nrs_addr a = cf_v4(192, 0, 2, 1);
    const struct nrs_allow_dest to = {.remote = &a, .port = 443, .proto = NRS_PROTO_TCP};
    struct nrs_allow_rule rules[3] = {{.port = 80}, {.port = 8080}, {.port = 443}};

    (void)state;
    assert_true(nrs_allow_any(rules, 3, &to));
    assert_false(nrs_allow_any(rules, 2, &to));
    assert_false(nrs_allow_any(NULL, 0, &to));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_ends_at_its_last_bit),
        cmocka_unit_test(an_address_alone_is_one_address),
        cmocka_unit_test(prefix_zero_is_all_of_one_family),
        cmocka_unit_test(a_mapped_address_is_ipv4),
        cmocka_unit_test(a_domain_is_itself_and_all_below),
        cmocka_unit_test(the_end_of_a_long_name_is_enough_for_the_longest_domain),
        cmocka_unit_test(a_port_is_not_the_type_of_an_icmp_message),
        cmocka_unit_test(icmp_is_both),
        cmocka_unit_test(a_rule_holds_through_its_last_day),
        cmocka_unit_test(dates_count_leap_days),
        cmocka_unit_test(all_that_a_rule_names_has_to_fit),
        cmocka_unit_test(one_of_many_rules_is_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
