/* The slots of the beacon's models: what is in use, on trial, and too old. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/trust/slots.h"
#include "models/base/error.h"
#include "tests/signed_model_fixture.h"

static psa_key_id_t signer;
static struct nrs_config config;
static struct nrs_model_place a, b;
static struct nrs_slots slots;
static struct nrs_why why;

static int setup(void **state)
{
    uint8_t der[91];

    (void)state;
    if (temp_dir_make(&dir) != 0 || psa_crypto_init() != PSA_SUCCESS)
        return -1;
    signer = make_key();
    write_pem("key.pem", der, public_key(signer, der));
    memset(&config, 0, sizeof config);
    snprintf(config.model.keys[0], sizeof config.model.keys[0], "%s/key.pem", dir.path);
    config.model.n_keys = 1;
    write_body();
    return nrs_slots_open(&slots, nrs_kind(NRS_KIND_BEACON), &a, &b, &why);
}

static int teardown(void **state)
{
    (void)state;
    psa_destroy_key(signer);
    temp_dir_remove(&dir);
    return 0;
}

/* A signed file of the serial that is `above` the built-in model's. */
static int load(uint32_t above)
{
    char path[512];

    sign(&(struct head){.key = signer, .serial = slots.builtin.serial + above});
    nrs_file_replace(dir.fd, "model.nrm", file, file_len, 0);
    snprintf(path, sizeof path, "%s/model.nrm", dir.path);
    return nrs_slots_load(&slots, &config, 0, path, &why);
}

static void the_built_in_model_is_in_use_at_first(void **state)
{
    (void)state;
    assert_ptr_equal(slots.model, &slots.builtin);
    assert_null(slots.trial);
    assert_int_equal(slots.floor, slots.builtin.serial);
}

static void a_build_without_a_model_has_none_in_use(void **state)
{
    static const size_t none = 0;
    struct nrs_kind kind = *nrs_kind(NRS_KIND_BEACON);

    (void)state;
    kind.builtin_len = &none;
    assert_int_equal(nrs_slots_open(&slots, &kind, &a, &b, &why), NRS_ERR_UNSUPPORTED);
    assert_string_equal(why.text, "this build has none");
    assert_null(slots.model);
    assert_int_equal(load(0), 0); /* a file may still come */
    nrs_slots_confirm(&slots);
    assert_ptr_equal(slots.model, &a.model);
}

static void a_file_is_on_trial_until_it_is_confirmed(void **state)
{
    (void)state;
    assert_int_equal(load(1), 0);
    assert_ptr_equal(slots.model, &slots.builtin);
    assert_ptr_equal(slots.trial, &a.model);
    assert_int_equal(slots.floor, slots.builtin.serial);
    nrs_slots_confirm(&slots);
    assert_ptr_equal(slots.model, &a.model);
    assert_null(slots.trial);
    assert_int_equal(slots.floor, slots.builtin.serial + 1);
}

static void files_take_turns_so_that_the_model_in_use_stays_whole(void **state)
{
    (void)state;
    assert_int_equal(load(1), 0);
    nrs_slots_confirm(&slots);
    assert_int_equal(load(2), 0);
    assert_ptr_equal(slots.trial, &b.model);
    assert_int_equal(a.model.serial, slots.builtin.serial + 1);
    nrs_slots_confirm(&slots);
    assert_int_equal(load(3), 0);
    assert_ptr_equal(slots.trial, &a.model);
    assert_int_equal(slots.model->serial, slots.builtin.serial + 2);
}

static void a_refused_file_ends_the_trial_and_leaves_the_model_in_use(void **state)
{
    (void)state;
    assert_int_equal(load(2), 0);
    nrs_slots_confirm(&slots);
    assert_int_equal(load(3), 0);
    assert_int_equal(load(1), NRS_ERR_STALE);
    assert_null(slots.trial);
    assert_int_equal(slots.model->serial, slots.builtin.serial + 2);
    assert_int_equal(nrs_slots_load(&slots, &config, 0, "/nowhere/at/all", &why), NRS_ERR_IO);
    assert_string_equal(why.text, "No such file or directory");
}

static void the_way_back_to_the_built_in_model_keeps_the_floor(void **state)
{
    (void)state;
    assert_int_equal(load(2), 0);
    nrs_slots_confirm(&slots);
    nrs_slots_try_builtin(&slots);
    nrs_slots_confirm(&slots);
    assert_ptr_equal(slots.model, &slots.builtin);
    assert_int_equal(slots.floor, slots.builtin.serial + 2);
    assert_int_equal(load(1), NRS_ERR_STALE);
}

static void the_floor_is_what_is_remembered_of_files(void **state)
{
    (void)state;
    assert_int_equal(slots.kept, 0); /* the built-in model is not remembered */
    assert_int_equal(load(3), 0);
    assert_int_equal(slots.kept, 0); /* nor a file that was not in use */
    nrs_slots_confirm(&slots);
    assert_int_equal(slots.kept, slots.builtin.serial + 3);
    assert_int_equal(nrs_slots_open(&slots, nrs_kind(NRS_KIND_BEACON), &a, &b, &why), 0); /* the next start */
    nrs_slots_remember(&slots, slots.builtin.serial + 3);
    nrs_slots_remember(&slots, 1);
    assert_int_equal(slots.floor, slots.builtin.serial + 3);
    assert_int_equal(load(2), NRS_ERR_STALE);
    assert_int_equal(load(3), 0);
}

static void a_newer_built_in_model_is_the_floor(void **state)
{
    (void)state;
    nrs_slots_remember(&slots, 1);
    assert_int_equal(slots.kept, 1);
    assert_int_equal(slots.floor, slots.builtin.serial);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_built_in_model_is_in_use_at_first),
        TEST(a_build_without_a_model_has_none_in_use),
        TEST(a_file_is_on_trial_until_it_is_confirmed),
        TEST(files_take_turns_so_that_the_model_in_use_stays_whole),
        TEST(a_refused_file_ends_the_trial_and_leaves_the_model_in_use),
        TEST(the_way_back_to_the_built_in_model_keeps_the_floor),
        TEST(the_floor_is_what_is_remembered_of_files),
        TEST(a_newer_built_in_model_is_the_floor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
