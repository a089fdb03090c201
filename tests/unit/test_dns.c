#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "platform/packet/dns.h"

struct told {
    int n;
    char name[NRS_DNS_NAME_MAX + 1];
    struct nrs_addr last;
};

static void tell(void *arg, const struct nrs_addr *a, const char *name)
{
    struct told *t = arg;

    t->n++;
    t->last = *a;
    strcpy(t->name, name);
}

/* Reads a copy of exactly this size. */
static struct told read_message(const uint8_t *msg, size_t len)
{
    struct told t = {0};
    uint8_t *copy = malloc(len ? len : 1);
    int n;

    assert_non_null(copy);
    memcpy(copy, msg, len);
    n = nrs_dns_answers(copy, len, tell, &t);
    free(copy);
    assert_int_equal(n, t.n);
    return t;
}

/* "WwW.Example" -> alias "cdn.test" -> 192.0.2.7 and 2001:db8::9 */
static const uint8_t answer[] = {
    0x12, 0x34, 0x81, 0x80, 0, 1, 0, 3, 0, 0, 0, 0,
    3, 'W', 'w', 'W', 7, 'E', 'x', 'a', 'm', 'p', 'l', 'e', 0, 0, 1, 0, 1,               /* 12: question */
    0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 10, 3, 'c', 'd', 'n', 4, 't', 'e', 's', 't', 0,   /* 29: CNAME */
    0xc0, 41, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7,                                  /* 51: A */
    0xc0, 41, 0, 28, 0, 1, 0, 0, 0, 60, 0, 16, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9};

static void every_address_goes_under_the_name_that_was_asked(void **state)
{
    struct told t = read_message(answer, sizeof answer);

    (void)state;
    assert_int_equal(t.n, 2);
    assert_string_equal(t.name, "www.example");
    assert_int_equal(t.last.b[0], 0x20);
    assert_int_equal(t.last.b[15], 9);
    t = read_message(answer, sizeof answer - 1); /* the second address is cut */
    assert_int_equal(t.n, 1);
    assert_int_equal(t.last.b[10], 0xff);
    assert_int_equal(t.last.b[15], 7);
}

static void no_cut_of_the_message_is_read_beyond_its_end(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof answer; n++)
        read_message(answer, n);
}

static void questions_errors_and_other_opcodes_tell_nothing(void **state)
{
    static const struct {
        size_t at;
        uint8_t value;
    } change[] = {{2, 0x01}, {3, 0x83}, {2, 0xa9}, {5, 0}, {5, 2}};
    uint8_t msg[sizeof answer];

    (void)state;
    for (size_t i = 0; i < sizeof change / sizeof change[0]; i++) {
        memcpy(msg, answer, sizeof msg);
        msg[change[i].at] = change[i].value;
        assert_int_equal(read_message(msg, sizeof msg).n, 0);
    }
}

static void a_pointer_in_the_question_is_refused(void **state)
{
    uint8_t msg[sizeof answer];

    (void)state;
    memcpy(msg, answer, sizeof msg);
    msg[12] = 0xc0;
    assert_int_equal(read_message(msg, sizeof msg).n, 0);
}

static void a_label_with_a_dot_or_a_control_byte_is_refused(void **state)
{
    uint8_t msg[sizeof answer];

    (void)state;
    memcpy(msg, answer, sizeof msg);
    msg[14] = '.';
    assert_int_equal(read_message(msg, sizeof msg).n, 0);
    msg[14] = '\n';
    assert_int_equal(read_message(msg, sizeof msg).n, 0);
    msg[14] = '"'; /* printable: whoever writes it escapes it */
    assert_int_equal(read_message(msg, sizeof msg).n, 2);
}

static size_t question_of_labels(uint8_t *msg, size_t n_labels, uint8_t last)
{
    size_t at = 12;

    memset(msg, 'a', 600);
    memcpy(msg, answer, 12);
    for (size_t i = 0; i < n_labels; i++) {
        uint8_t len = i + 1 == n_labels ? last : 63;

        msg[at] = len;
        at += len + 1u;
    }
    msg[at++] = 0;
    memcpy(msg + at, answer + 25, 4);
    memcpy(msg + at + 4, answer + 51, 16);
    return at + 20;
}

static void a_name_may_have_253_characters_and_no_more(void **state)
{
    uint8_t msg[600];
    size_t n = question_of_labels(msg, 4, 61);
    struct told t = read_message(msg, n);

    (void)state;
    assert_int_equal(t.n, 1);
    assert_int_equal(strlen(t.name), 253);
    n = question_of_labels(msg, 4, 62);
    assert_int_equal(read_message(msg, n).n, 0);
}

static void an_address_of_the_wrong_length_or_class_is_not_told(void **state)
{
    uint8_t msg[sizeof answer];

    (void)state;
    memcpy(msg, answer, sizeof msg);
    msg[51 + 3] = 28; /* AAAA with four bytes */
    assert_int_equal(read_message(msg, sizeof msg).n, 1);
    memcpy(msg, answer, sizeof msg);
    msg[51 + 5] = 3; /* class CHAOS */
    assert_int_equal(read_message(msg, sizeof msg).n, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_address_goes_under_the_name_that_was_asked),
        cmocka_unit_test(no_cut_of_the_message_is_read_beyond_its_end),
        cmocka_unit_test(questions_errors_and_other_opcodes_tell_nothing),
        cmocka_unit_test(a_pointer_in_the_question_is_refused),
        cmocka_unit_test(a_label_with_a_dot_or_a_control_byte_is_refused),
        cmocka_unit_test(a_name_may_have_253_characters_and_no_more),
        cmocka_unit_test(an_address_of_the_wrong_length_or_class_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
