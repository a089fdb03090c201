/* collector.json and addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/collector/config.h"
#include "tools/collector/records/name.h"

static int read_text(struct nrs_col_config *c, const char *text, char why[160])
{
    nrs_col_config_defaults(c);
    return nrs_col_config_read(c, text, strlen(text), why);
}

static void keys_replace_defaults(void **state)
{
    struct nrs_col_config c;
    char why[160];

    (void)state;
    assert_int_equal(read_text(&c, "{\"listen\":\"[::]:9\",\"body_kib\":128}", why), 0);
    assert_string_equal(c.listen, "[::]:9");
    assert_string_equal(c.page, "127.0.0.1:8080");
    assert_int_equal(c.body_kib, 128);
}

static void mistakes_are_named(void **state)
{
    static const char *const rows[][2] = {
        {"[]", "not a JSON object"},
        {"{", "not a JSON object"},
        {"{\"lisen\":\"127.0.0.1:1\"}", "lisen: unknown key"},
        {"{\"listen\":7}", "listen: not a string that fits"},
        {"{\"listen\":\"localhost:1\"}", "listen: not ADDRESS:PORT"},
        {"{\"page\":\"127.0.0.1\"}", "page: not ADDRESS:PORT"},
        {"{\"page\":\"127.0.0.1:65536\"}", "page: not ADDRESS:PORT"},
        {"{\"page\":\"[::1:80\"}", "page: not ADDRESS:PORT"},
        {"{\"page\":\"0.0.0.0:80\"}", "page: not an address of this machine (127.0.0.1, ::1): the page has no login"},
        {"{\"page\":\"[::]:80\"}", "page: not an address of this machine (127.0.0.1, ::1): the page has no login"},
        {"{\"body_kib\":3}", "body_kib: not a whole number in its range"},
        {"{\"body_kib\":64.5}", "body_kib: not a whole number in its range"},
        {"{\"gather_ms\":201}", "gather_ms: not a whole number in its range"},
    };
    struct nrs_col_config c;
    char why[160];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(read_text(&c, rows[i][0], why), NRS_ERR_FORMAT);
        assert_string_equal(why, rows[i][1]);
        assert_string_equal(c.listen, "127.0.0.1:8443");
    }
}

static void balancers_are_a_list_of_addresses(void **state)
{
    static const char *const good[] = {"192.0.2.7", "198.51.100.1,192.0.2.7", "2001:db8::1,192.0.2.7"};
    struct sockaddr_storage from, other;
    struct nrs_col_config c;
    char why[160], host[64], text[128];

    (void)state;
    assert_int_equal(nrs_col_address_read("192.0.2.7:4", &from, host, sizeof host), 0);
    assert_int_equal(nrs_col_address_read("192.0.2.8:4", &other, host, sizeof host), 0);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        (void)snprintf(text, sizeof text, "{\"proxy_from\":\"%s\"}", good[i]);
        assert_int_equal(read_text(&c, text, why), 0);
        assert_true(nrs_col_address_listed(c.proxy_from, &from));
        assert_false(nrs_col_address_listed(c.proxy_from, &other));
    }
    assert_false(nrs_col_address_listed("", &from));
    assert_int_equal(read_text(&c, "{\"proxy_from\":\"192.0.2.7,balancer\"}", why), NRS_ERR_FORMAT);
    assert_string_equal(why, "proxy_from: not addresses with commas");
    assert_int_equal(read_text(&c, "{\"proxy_from\":\"192.0.2.7,,\"}", why), NRS_ERR_FORMAT);
}

static void device_names_are_plain(void **state)
{
    char name[NRS_COL_NAME_MAX + 2];

    (void)state;
    assert_int_equal(nrs_col_name_check("gate-7.lan_x"), 0);
    assert_int_equal(nrs_col_name_check(""), NRS_ERR_FORMAT);
    assert_int_equal(nrs_col_name_check(".."), NRS_ERR_FORMAT);
    assert_int_equal(nrs_col_name_check("a/b"), NRS_ERR_FORMAT);
    assert_int_equal(nrs_col_name_check("-x"), NRS_ERR_FORMAT);
    memset(name, 'a', sizeof name);
    name[NRS_COL_NAME_MAX + 1] = '\0';
    assert_int_equal(nrs_col_name_check(name), NRS_ERR_FORMAT);
    name[NRS_COL_NAME_MAX] = '\0';
    assert_int_equal(nrs_col_name_check(name), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_replace_defaults),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(balancers_are_a_list_of_addresses),
        cmocka_unit_test(device_names_are_plain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
