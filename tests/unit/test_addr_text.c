#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <arpa/inet.h>
#include <cmocka.h>

#include "agent/core/verdict.h"
#include "models/base/error.h"

static char buf[46];

static const char *rewritten(const char *text)
{
    struct nrs_addr a;

    assert_int_equal(inet_pton(AF_INET6, text, a.b), 1);
    assert_true(nrs_addr_write(buf, sizeof buf, &a) > 0);
    return buf;
}

static void mapped_addresses_are_dotted(void **state)
{
    (void)state;
    assert_string_equal(rewritten("::ffff:192.0.2.1"), "192.0.2.1");
    assert_string_equal(rewritten("::ffff:0.0.0.0"), "0.0.0.0");
    assert_string_equal(rewritten("::ffff:255.255.255.255"), "255.255.255.255");
}

static void ipv6_is_as_rfc_5952_wants_it(void **state)
{
    (void)state;
    assert_string_equal(rewritten("2001:0DB8:0:0:0:0:0:1"), "2001:db8::1");
    assert_string_equal(rewritten("::"), "::");
    assert_string_equal(rewritten("::1"), "::1");
    assert_string_equal(rewritten("1::"), "1::");
    assert_string_equal(rewritten("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1"); /* 4.2.2: one group is kept */
    assert_string_equal(rewritten("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1");          /* 4.2.3: the longest run */
    assert_string_equal(rewritten("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");    /* 4.2.3: the first of equals */
    assert_string_equal(rewritten("1:2:3:4:5:6:0:0"), "1:2:3:4:5:6::");
    assert_string_equal(rewritten("0:0:3:4:5:6:7:8"), "::3:4:5:6:7:8");
}

static void the_longest_address_fits_and_a_smaller_buffer_is_refused(void **state)
{
    struct nrs_addr a;

    (void)state;
    for (unsigned i = 0; i < 16; i++)
        a.b[i] = 0xff;
    assert_int_equal(nrs_addr_write(buf, 40, &a), 39);
    assert_int_equal(nrs_addr_write(buf, 39, &a), NRS_ERR_SPACE);
    assert_int_equal(nrs_addr_write(buf, 0, &a), NRS_ERR_SPACE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mapped_addresses_are_dotted),
        cmocka_unit_test(ipv6_is_as_rfc_5952_wants_it),
        cmocka_unit_test(the_longest_address_fits_and_a_smaller_buffer_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
