/* What a good configuration sets; what a bad one says is in tests/golden/config. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "agent/config/config.h"

static struct nrs_config c;
static struct nrs_why why;

static int parse(const char *text)
{
    return nrs_config_parse(&c, "/etc/noroshi/lab.json", text, strlen(text), &why);
}

static void empty_object_means_the_defaults(void **state)
{
    (void)state;
    assert_int_equal(parse("{}"), 0);
    assert_string_equal(c.user, "");
    assert_string_equal(c.source.order, "auto");
    assert_int_equal(c.table.destinations, 4096);
    assert_int_equal(c.report.flush_s, 5);
    assert_true(c.report.evidence && c.source.names);
    assert_string_equal(c.spool.dir, "/etc/noroshi/spool");
    assert_string_equal(c.collector.url.host, "");
}

static void the_state_lies_with_the_spool_unless_it_has_a_folder(void **state)
{
    (void)state;
    assert_int_equal(parse("{\"spool\": {\"dir\": \"queue\"}}"), 0);
    assert_string_equal(nrs_config_state_dir(&c), c.spool.dir);
    assert_int_equal(parse("{\"state\": {\"dir\": \"/flash/noroshi\"}}"), 0);
    assert_string_equal(nrs_config_state_dir(&c), "/flash/noroshi");
    assert_true(parse("{\"state\": {\"dir\": \"\"}}") != 0);
    assert_non_null(strstr(why.text, "state.dir: is empty"));
}

static void values_are_stored(void **state)
{
    (void)state;
    assert_int_equal(
        parse("{\"host_id\": \"lab-1\", \"collector\": {\"url\": \"https://c:8443/v1\", \"ca\": \"ca.pem\","
              "\"cert\": \"/d.pem\", \"key\": \"k.pem\", \"prefix\": \"{\\\"create\\\":{}}\"},"
              "\"source\": {\"interfaces\": [\"lo\", \"eth0\"], \"names\": false},"
              "\"report\": {\"evidence\": false, \"health_s\": 60}}"),
        0);
    assert_string_equal(c.host_id, "lab-1");
    assert_string_equal(c.collector.url.host, "c");
    assert_string_equal(c.collector.ca, "/etc/noroshi/ca.pem");
    assert_string_equal(c.collector.cert, "/d.pem");
    assert_string_equal(c.collector.prefix, "{\"create\":{}}");
    assert_string_equal(c.source.interfaces, "lo,eth0");
    assert_false(c.source.names || c.report.evidence);
    assert_int_equal(c.report.health_s, 60);
}

static void router_profile_sets_what_the_file_does_not(void **state)
{
    (void)state;
    assert_int_equal(parse("{\"table\": {\"watched\": 200, \"profile\": \"router\"}}"), 0);
    assert_int_equal(c.table.destinations, 1024);
    assert_int_equal(c.table.watched, 200);
    assert_int_equal(c.source.buffer_kib, 64);
    assert_int_equal(c.spool.kib, 64);
}

static void limits_themselves_are_accepted(void **state)
{
    (void)state;
    assert_int_equal(
        parse("{\"table\": {\"destinations\": 64, \"watched\": 16}, \"spool\": {\"kib\": 4096}}"), 0);
    assert_int_equal(parse("{\"table\": {\"destinations\": 1048576}, \"report\": {\"flush_s\": 1}}"), 0);
}

static void line_numbers_count_the_lines_of_the_file(void **state)
{
    (void)state;
    assert_true(
        parse("\n\n{ \"collector\": {\"prefix\": \"a \\\"}{\\\" b\"},\n\n  \"table\" :\n{\"names\"\n:\n7}}") <
        0);
    assert_string_equal(why.text, "/etc/noroshi/lab.json:8: table.names: 7 is below 16");
}

static void rules_are_stored_in_order_with_keys_in_any(void **state)
{
    const struct nrs_allow_rule *r = c.allow.rules;

    (void)state;
    assert_int_equal(parse("{\"allow\": [{\"net\": \"192.0.2.0/24\", \"port\": 443, \"proto\": \"tcp\"},\n"
                           "{\"until\": \"2027-01-31\", \"domain\": \"Cdn.Example.com\"},\n"
                           "{\"port\": 65535}, {\"process\": \"/usr/bin/Updater\"}], \"user\": \"lab\"}"),
                     0);
    assert_int_equal(c.allow.n, 4);
    assert_string_equal(r[3].process, "/usr/bin/Updater");
    assert_string_equal(r[0].process, "");
    assert_true(r[0].has_net && r[0].prefix == 120 && r[0].net.b[12] == 192 && r[0].net.b[11] == 0xff);
    assert_true(r[0].port == 443 && r[0].proto == NRS_PROTO_TCP && r[0].end_day == 0);
    assert_string_equal(r[0].domain, "");
    assert_false(r[1].has_net);
    assert_string_equal(r[1].domain, "cdn.example.com");
    assert_int_equal(r[1].end_day, 20850);
    assert_int_equal(r[2].port, 65535);
    assert_string_equal(c.user, "lab");
    assert_int_equal(parse("{\"allow\": []}"), 0);
    assert_int_equal(c.allow.n, 0);
}

static void longest_domain_and_64_rules_are_accepted(void **state)
{
    char text[64 * 96], domain[] = "a23456789.b23456789.c23456789.d23456789.e23456789.f23456789.g";
    size_t len = (size_t)sprintf(text, "{\"allow\": [");

    (void)state;
    for (unsigned i = 0; i < 64; i++)
        len += (size_t)sprintf(text + len, "%s{\"domain\": \"%s\"}", i ? "," : "", domain);
    strcpy(text + len, "]}");
    assert_int_equal(parse(text), 0);
    assert_int_equal(c.allow.n, 64);
    assert_string_equal(c.allow.rules[63].domain, domain);
}

static void host_ids_are_checked(void **state)
{
    (void)state;
    assert_true(nrs_config_host_id_ok("lab-1.example_x"));
    assert_false(nrs_config_host_id_ok(""));
    assert_false(nrs_config_host_id_ok("a b"));
    assert_false(nrs_config_host_id_ok("a\"b"));
    assert_false(nrs_config_host_id_ok("0123456789012345678901234567890123456789012345678901234567890123x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_object_means_the_defaults),
        cmocka_unit_test(the_state_lies_with_the_spool_unless_it_has_a_folder),
        cmocka_unit_test(values_are_stored),
        cmocka_unit_test(router_profile_sets_what_the_file_does_not),
        cmocka_unit_test(limits_themselves_are_accepted),
        cmocka_unit_test(line_numbers_count_the_lines_of_the_file),
        cmocka_unit_test(rules_are_stored_in_order_with_keys_in_any),
        cmocka_unit_test(longest_domain_and_64_rules_are_accepted),
        cmocka_unit_test(host_ids_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
