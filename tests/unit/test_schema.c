#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "models/kinds.h"
#include "tests/model_fixture.h"

static void hash_is_fnv_of_the_list(void **state)
{
    /* python3: h=0xcbf29ce484222325
     * for c in b"fixture/1;gap:65535;fill:255;hours:24;flag:1;": h=(h^c)*0x100000001b3 % 2**64 */
    (void)state;
    assert_int_equal(nrs_schema_hash(&fx_beacon), UINT64_C(0xd25de6d4ba64752e));
}

static void hash_ignores_text_but_not_maxima(void **state)
{
    struct nrs_feature other[FX_FEATURES];
    struct nrs_schema schema = fx_beacon;

    (void)state;
    memcpy(other, fx_features, sizeof other);
    schema.features = other;
    other[1].text = "said otherwise";
    assert_int_equal(nrs_schema_hash(&schema), nrs_schema_hash(&fx_beacon));
    other[1].max = 254;
    assert_int_not_equal(nrs_schema_hash(&schema), nrs_schema_hash(&fx_beacon));
}

static void features_are_found_by_whole_name(void **state)
{
    (void)state;
    assert_int_equal(nrs_schema_find(&fx_beacon, "hours", 5), 2);
    assert_int_equal(nrs_schema_find(&fx_beacon, "hours_x", 5), 2);
    assert_int_equal(nrs_schema_find(&fx_beacon, "hours", 4), -1);
    assert_int_equal(nrs_schema_find(&fx_beacon, "hoursx", 6), -1);
    assert_int_equal(nrs_schema_find(&fx_beacon, "", 0), -1);
}

static void schemas_are_found_by_kind_and_name(void **state)
{
    (void)state;
    assert_ptr_equal(nrs_kind_of_number(NRS_KIND_BEACON)->schema, &nrs_schema_beacon);
    assert_ptr_equal(nrs_kind_of_name("beacon")->schema, &nrs_schema_beacon);
    assert_ptr_equal(nrs_kind_of_number(NRS_KIND_PACKER_PE)->schema, &nrs_schema_packer_pe);
    assert_null(nrs_kind_of_number(0));
    assert_null(nrs_kind_of_name("beacon "));
}

/* The number is a byte of every model file. */
static void every_row_stands_at_the_number_of_its_schema(void **state)
{
    (void)state;
    for (unsigned number = 1; number <= NRS_KINDS; number++) {
        const struct nrs_kind *kind = nrs_kind_of_number(number);

        assert_non_null(kind);
        assert_int_equal(kind->schema->kind, number);
        assert_ptr_equal(nrs_kind_of_name(kind->schema->name), kind);
        assert_in_range(kind->n_thresholds, 1, NRS_MODEL_THRESHOLDS);
        assert_true(kind->threshold_by[0] == '\0' ||
                    nrs_schema_find(kind->schema, kind->threshold_by, (unsigned)strlen(kind->threshold_by)) >= 0);
    }
    assert_null(nrs_kind_of_number(NRS_KINDS + 1));
}

static void a_value_above_the_last_threshold_has_the_last(void **state)
{
    (void)state;
    assert_int_equal(nrs_kind_threshold(nrs_kind(NRS_KIND_BEACON), 0), 0);
    assert_int_equal(nrs_kind_threshold(nrs_kind(NRS_KIND_BEACON), 2), 2);
    assert_int_equal(nrs_kind_threshold(nrs_kind(NRS_KIND_BEACON), 3), 2); /* the week that of 24 h */
}

static void the_rule_names_kind_and_serial(void **state)
{
    char buf[32];
    struct nrs_text t;

    (void)state;
    nrs_text_init(&t, buf, sizeof buf);
    nrs_kind_write_rule(&t, NRS_KIND_BEACON, 7);
    assert_string_equal(buf, "beacon-7");
}

static bool name_is_plain(const char *name)
{
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return len >= 1 && len <= 15 && name[len] == '\0';
}

static void check_rules(const struct nrs_schema *s)
{
    assert_in_range(s->n_features, 1, NRS_FEATURES_MAX);
    assert_in_range(s->n_bytes, 0, NRS_START_BYTES);
    for (int i = 0; i < s->n_features; i++) {
        const char *name = s->features[i].name;

        assert_true(name_is_plain(name));
        assert_true(s->features[i].max >= 1);
        assert_int_equal(nrs_schema_find(s, name, (unsigned)strlen(name)), i); /* so none twice */
    }
}

static void schemas_keep_their_own_rules(void **state)
{
    (void)state;
    check_rules(&nrs_schema_beacon);
    check_rules(&nrs_schema_packer);
    check_rules(&nrs_schema_packer_pe);
}

static void bytes_are_part_of_the_hash(void **state)
{
    /* python3: as above, over b"fixture/1;gap:65535;fill:255;hours:24;flag:1;bytes:24;" */
    (void)state;
    assert_int_equal(nrs_schema_hash(&fx_bytes), UINT64_C(0x45a1aafcab7b6b0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_is_fnv_of_the_list),
        cmocka_unit_test(hash_ignores_text_but_not_maxima),
        cmocka_unit_test(features_are_found_by_whole_name),
        cmocka_unit_test(schemas_are_found_by_kind_and_name),
        cmocka_unit_test(every_row_stands_at_the_number_of_its_schema),
        cmocka_unit_test(a_value_above_the_last_threshold_has_the_last),
        cmocka_unit_test(the_rule_names_kind_and_serial),
        cmocka_unit_test(schemas_keep_their_own_rules),
        cmocka_unit_test(bytes_are_part_of_the_hash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
