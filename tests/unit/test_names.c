#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "agent/core/names.h"

static struct nrs_names names;
static void *memory;

static int one_set(void **state)
{
    (void)state;
    memory = malloc(nrs_names_bytes(1));
    nrs_names_init(&names, memory, 1, 5);
    return memory ? 0 : -1;
}

static int freed(void **state)
{
    (void)state;
    free(memory);
    return 0;
}

static struct nrs_addr addr(uint8_t i)
{
    return (struct nrs_addr){{0x20, 1, 0xd, 0xb8, [15] = i}};
}

static void put(uint8_t i, const char *name)
{
    struct nrs_addr a = addr(i);

    nrs_names_put(&names, &a, name);
}

static const char *get(uint8_t i)
{
    struct nrs_addr a = addr(i);

    return nrs_names_get(&names, &a);
}

static void a_name_is_found_under_its_address(void **state)
{
    (void)state;
    put(1, "one.example");
    assert_string_equal(get(1), "one.example");
    assert_null(get(2));
    put(1, "uno.example");
    assert_string_equal(get(1), "uno.example");
}

static void an_empty_name_is_none(void **state)
{
    (void)state;
    put(1, "one.example");
    put(1, "");
    put(2, "");
    assert_string_equal(get(1), "one.example");
    assert_null(get(2));
}

static void the_name_not_asked_for_longest_goes(void **state)
{
    (void)state;
    put(1, "a");
    put(2, "b");
    put(3, "c");
    put(4, "d");
    for (unsigned i = 0; i < 1000; i++) { /* an age counted in uses would saturate here */
        get(1);
        get(2);
        get(4);
    }
    put(5, "e");
    assert_null(get(3));
    assert_non_null(get(1)); /* now the latest used; order: 1 5 4 2 */
    put(6, "f");
    assert_null(get(2));
    put(7, "g");
    assert_null(get(4));
    assert_string_equal(get(1), "a");
}

static void a_long_name_keeps_its_end(void **state)
{
    char name[254];

    (void)state;
    memset(name, 'x', sizeof name);
    memcpy(name + 240, ".example.com", 13);
    name[252] = 0;
    put(1, name);
    assert_int_equal(strlen(get(1)), NRS_NAME_MAX);
    assert_string_equal(get(1) + NRS_NAME_MAX - 12, ".example.com");
}

static void a_capacity_is_rounded_up_to_whole_sets(void **state)
{
    (void)state;
    assert_int_equal(nrs_names_bytes(1), 4 * sizeof(struct nrs_name));
    assert_int_equal(nrs_names_bytes(5), 8 * sizeof(struct nrs_name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_name_is_found_under_its_address, one_set, freed),
        cmocka_unit_test_setup_teardown(an_empty_name_is_none, one_set, freed),
        cmocka_unit_test_setup_teardown(the_name_not_asked_for_longest_goes, one_set, freed),
        cmocka_unit_test_setup_teardown(a_long_name_keeps_its_end, one_set, freed),
        cmocka_unit_test_setup_teardown(a_capacity_is_rounded_up_to_whole_sets, one_set, freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
