#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "platform/packet/tls_sni.h"

/* A ClientHello with an empty session, two cipher suites, a padding extension and server_name "C2.Example". */
static size_t hello(uint8_t *p)
{
    static const uint8_t tail[] = {
        0,                                                      /* session */
        0, 4, 0x13, 1, 0x13, 2,                                 /* cipher suites */
        1, 0,                                                   /* compression */
        0, 28,                                                  /* extensions */
        0, 21, 0, 2, 0, 0,                                      /* padding, 2 bytes */
        0, 0, 0, 15, 0, 13, 0, 0, 10,                           /* server_name: list of 13: host name of 10 */
        'C', '2', '.', 'E', 'x', 'a', 'm', 'p', 'l', 'e'};
    static const uint8_t head[] = {22, 3, 1, 0, 80, 1, 0, 0, 76, 3, 3};

    memcpy(p, head, sizeof head);
    memset(p + sizeof head, 0xaa, 32);
    memcpy(p + sizeof head + 32, tail, sizeof tail);
    return sizeof head + 32 + sizeof tail;
}

static bool read_hello(char *name, const uint8_t *bytes, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    bool found;

    assert_non_null(copy);
    memcpy(copy, bytes, len);
    found = nrs_tls_sni(name, copy, len);
    free(copy);
    return found;
}

static void the_server_name_is_found_behind_another_extension(void **state)
{
    uint8_t p[256];
    char name[NRS_SNI_MAX + 1];
    size_t n = hello(p);

    (void)state;
    assert_true(read_hello(name, p, n));
    assert_string_equal(name, "c2.example");
}

static void every_cut_is_refused_without_reading_beyond_it(void **state)
{
    uint8_t p[256];
    char name[NRS_SNI_MAX + 1];
    size_t n = hello(p);

    (void)state;
    for (size_t len = 0; len < n; len++)
        assert_false(read_hello(name, p, len));
}

static void other_records_and_messages_are_refused(void **state)
{
    uint8_t p[256];
    char name[NRS_SNI_MAX + 1];
    size_t n = hello(p);

    (void)state;
    p[0] = 23;
    assert_false(read_hello(name, p, n));
    p[0] = 22;
    p[5] = 2;
    assert_false(read_hello(name, p, n));
}

static void a_name_with_a_foreign_byte_or_none_is_refused(void **state)
{
    uint8_t p[256];
    char name[NRS_SNI_MAX + 1];
    size_t n = hello(p);

    (void)state;
    p[n - 1] = 0;
    assert_false(read_hello(name, p, n));
    p[n - 1] = 0xc3;
    assert_false(read_hello(name, p, n));
    hello(p);
    p[n - 11] = 0; /* length of the name */
    assert_false(read_hello(name, p, n));
    p[n - 13] = 1; /* type of the name */
    assert_false(read_hello(name, p, n));
}

static void an_address_is_no_name(void **state)
{
    uint8_t p[256];
    char name[NRS_SNI_MAX + 1];
    size_t n = hello(p);

    (void)state;
    memcpy(p + n - 11 + 1, "10.20.30.4", 10); /* as long as the name in hello() */
    assert_false(read_hello(name, p, n));
    p[n - 1] = 'x';
    assert_true(read_hello(name, p, n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_name_is_found_behind_another_extension),
        cmocka_unit_test(every_cut_is_refused_without_reading_beyond_it),
        cmocka_unit_test(other_records_and_messages_are_refused),
        cmocka_unit_test(a_name_with_a_foreign_byte_or_none_is_refused),
        cmocka_unit_test(an_address_is_no_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
