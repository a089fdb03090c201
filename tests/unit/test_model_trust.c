/* A model written by hand for the real schema, signed on the spot, and everything that can be wrong with it
 * (fault table F11). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/trust/model_trust.h"
#include "models/base/error.h"
#include "tests/signed_model_fixture.h"

static psa_key_id_t signer, stranger;
static struct nrs_config config;
static struct nrs_trust trust = {.schema = &nrs_schema_beacon};
static struct nrs_model_place place;
static struct nrs_why why;

static int try_file(void)
{
    memcpy(place.bytes, file, file_len);
    return nrs_trust_model(&trust, &place, file_len, &why);
}

static void expect(const struct head *h, int rc, const char *text)
{
    sign(h);
    assert_int_equal(try_file(), rc);
    if (rc != 0)
        assert_string_equal(why.text, text);
}

static int setup(void **state)
{
    uint8_t der[91];

    (void)state;
    if (temp_dir_make(&dir) != 0 || psa_crypto_init() != PSA_SUCCESS)
        return -1;
    signer = make_key();
    stranger = make_key();
    write_pem("key.pem", der, public_key(signer, der));
    memset(&config, 0, sizeof config);
    snprintf(config.model.keys[0], sizeof config.model.keys[0], "%s/key.pem", dir.path);
    config.model.n_keys = 1;
    memset(&trust, 0, sizeof trust);
    trust.schema = &nrs_schema_beacon;
    trust.floor = 5;
    trust.today = 20000;
    trust.agent = 256;
    write_body();
    return nrs_trust_keys(&trust, &config, &why);
}

static int teardown(void **state)
{
    (void)state;
    psa_destroy_key(signer);
    psa_destroy_key(stranger);
    temp_dir_remove(&dir);
    return 0;
}

static void signed_model_is_loaded(void **state)
{
    (void)state;
    expect(&(struct head){.key = signer, .serial = 5, .min_agent = 256, .expires_day = 20000}, 0, NULL);
    assert_int_equal(place.model.serial, 5);
    assert_int_equal(place.model.threshold_mlogit[0], 1000);
}

static void every_flipped_byte_is_refused_and_the_model_in_place_stays(void **state)
{
    (void)state;
    expect(&(struct head){.key = signer, .serial = 6}, 0, NULL);
    for (size_t i = 0; i < file_len; i++) {
        for (unsigned flip = 1; flip < 256; flip <<= 1) {
            file[i] ^= (uint8_t)flip;
            assert_true(try_file() < 0);
            assert_int_equal(place.model.serial, 6);
            file[i] ^= (uint8_t)flip;
        }
    }
}

static void every_truncated_file_is_refused(void **state)
{
    size_t whole = file_len;

    (void)state;
    sign(&(struct head){.key = signer, .serial = 6});
    for (file_len = 0; file_len < whole; file_len++)
        assert_true(try_file() < 0);
}

static void wrong_signers_are_told_apart(void **state)
{
    (void)state;
    expect(&(struct head){.serial = 6}, NRS_ERR_SIGNATURE, "it is not signed");
    expect(&(struct head){.key = stranger, .serial = 6}, NRS_ERR_SIGNATURE,
           "it is signed by a key that is not in model.keys");
    sign(&(struct head){.key = signer, .serial = 6});
    file[72] ^= 1;
    assert_int_equal(try_file(), NRS_ERR_SIGNATURE);
    assert_string_equal(why.text, "its signature is wrong");
    file[HEAD] ^= 1;
    assert_int_equal(try_file(), NRS_ERR_SIGNATURE);
    assert_string_equal(why.text, "its digest is wrong: the file is damaged");
}

static void policy_of_the_header_is_kept(void **state)
{
    (void)state;
    expect(&(struct head){.key = signer, .serial = 4}, NRS_ERR_STALE,
           "serial 4 is older than 5, which was in use");
    expect(&(struct head){.key = signer, .serial = 5, .expires_day = 19999}, NRS_ERR_STALE, "it has expired");
    expect(&(struct head){.key = signer, .serial = 5, .min_agent = 257}, NRS_ERR_STALE,
           "it needs a newer agent");
    trust.today = 0; /* clock not set: nothing expires */
    expect(&(struct head){.key = signer, .serial = 5, .expires_day = 1}, 0, NULL);
}

static void signed_nonsense_is_still_refused(void **state)
{
    (void)state;
    memset(&place, 0, sizeof place);
    file[HEAD] = 200; /* 200 outputs */
    expect(&(struct head){.key = signer, .serial = 6}, NRS_ERR_LIMIT, why.text);
    assert_int_equal(place.model.n_outputs, 0);
}

static void other_keys_than_p256_in_pem_are_refused(void **state)
{
    uint8_t der[91];

    (void)state;
    public_key(signer, der);
    der[22] ^= 1;
    write_pem("key.pem", der, sizeof der);
    assert_int_equal(nrs_trust_keys(&trust, &config, &why), NRS_ERR_FORMAT);
    write_pem("key.pem", der, 90);
    assert_int_equal(nrs_trust_keys(&trust, &config, &why), NRS_ERR_FORMAT);
    nrs_file_replace(dir.fd, "key.pem", "no key", 6, 0);
    assert_int_equal(nrs_trust_keys(&trust, &config, &why), NRS_ERR_FORMAT);
    nrs_file_remove(dir.fd, "key.pem");
    assert_int_equal(nrs_trust_keys(&trust, &config, &why), NRS_ERR_IO);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(signed_model_is_loaded),
        TEST(every_flipped_byte_is_refused_and_the_model_in_place_stays),
        TEST(every_truncated_file_is_refused),
        TEST(wrong_signers_are_told_apart),
        TEST(policy_of_the_header_is_kept),
        TEST(signed_nonsense_is_still_refused),
        TEST(other_keys_than_p256_in_pem_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
