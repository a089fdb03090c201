/* Digest and signature of whole files: no bit can change unseen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "agent/trust/model_trust.h"
#include "models/base/error.h"
#include "tests/model_fixture.h"
#include "tools/model/signkey.h"
#include "tools/model/nrm.h"

static struct nrs_nrm file;
static struct nrs_why why;

static void small_file(void)
{
    static struct fx_model fx;
    static struct fx_file written;

    fx_small(&fx);
    fx_write(&written, &fx);
    memcpy(file.bytes, written.bytes, written.len);
    file.len = written.len;
    nrs_nrm_seal(&file);
}

static int unsigned_file(void **state)
{
    (void)state;
    small_file();
    return 0;
}

static int open_file(void)
{
    struct nrs_model_envelope e;

    return nrs_nrm_open(&e, &file, &why);
}

static void sealed_file_opens(void **state)
{
    struct nrs_model_envelope e;

    (void)state;
    assert_int_equal(nrs_nrm_open(&e, &file, &why), 0);
    assert_int_equal(e.serial, 7);
    assert_int_equal(e.body_len, file.len - 136);
}

static void every_flipped_bit_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < file.len; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            file.bytes[i] ^= (uint8_t)(1u << bit);
            if (open_file() == 0)
                fail_msg("byte %zu, bit %u", i, bit);
            file.bytes[i] ^= (uint8_t)(1u << bit);
        }
    assert_int_equal(open_file(), 0);
}

static void every_truncation_is_refused(void **state)
{
    size_t full = file.len;

    (void)state;
    for (file.len = 0; file.len < full; file.len++)
        assert_int_equal(open_file(), NRS_ERR_SHORT);
}

static void new_serial_needs_a_new_seal(void **state)
{
    (void)state;
    nrs_nrm_set_serial(&file, 8);
    assert_int_equal(open_file(), NRS_ERR_SIGNATURE);
    assert_string_equal(why.text, "digest: does not fit the content");
    nrs_nrm_seal(&file);
    assert_int_equal(open_file(), 0);
}

static struct nrs_signkey key;

static int keyed(void **state)
{
    (void)state;
    nrs_signkey_init(&key);
    return nrs_signkey_make(&key, &why);
}

static int unkeyed(void **state)
{
    (void)state;
    nrs_signkey_done(&key);
    return 0;
}

static void sign_file(struct nrs_signkey *k)
{
    uint8_t id[8], digest[32], signature[64];

    assert_int_equal(nrs_signkey_id(k, id, &why), 0);
    nrs_nrm_set_key_id(&file, id, digest);
    assert_int_equal(nrs_signkey_sign(k, digest, signature, &why), 0);
    nrs_nrm_set_signature(&file, signature);
}

static int verify_file(struct nrs_signkey *k)
{
    struct nrs_model_envelope e;
    int rc = nrs_nrm_open(&e, &file, &why);

    return rc ? rc : nrs_signkey_verify(k, e.digest, e.signature, &why);
}

static void signature_verifies_with_the_public_half(void **state)
{
    char private_pem[NRS_SIGNKEY_PEM_MAX], public_pem[NRS_SIGNKEY_PEM_MAX];
    uint8_t id[8], public_id[8];
    struct nrs_signkey public;

    (void)state;
    small_file();
    sign_file(&key);
    assert_int_equal(nrs_signkey_write(&key, private_pem, public_pem, &why), 0);
    nrs_signkey_init(&public);
    assert_int_equal(nrs_signkey_public(&public, public_pem, &why), 0);
    assert_int_equal(verify_file(&public), 0);
    assert_int_equal(nrs_signkey_id(&key, id, &why), 0);
    assert_int_equal(nrs_signkey_id(&public, public_id, &why), 0);
    assert_memory_equal(id, public_id, 8);
    nrs_signkey_done(&public);
}

static void private_key_survives_its_pem(void **state)
{
    char private_pem[NRS_SIGNKEY_PEM_MAX], public_pem[NRS_SIGNKEY_PEM_MAX];
    struct nrs_signkey again;

    (void)state;
    assert_int_equal(nrs_signkey_write(&key, private_pem, public_pem, &why), 0);
    nrs_signkey_init(&again);
    assert_int_equal(nrs_signkey_private(&again, private_pem, &why), 0);
    small_file();
    sign_file(&again);
    assert_int_equal(verify_file(&key), 0);
    assert_int_equal(nrs_signkey_private(&again, public_pem, &why), NRS_ERR_FORMAT);
    nrs_signkey_done(&again);
}

static void other_key_does_not_verify(void **state)
{
    struct nrs_signkey other;

    (void)state;
    small_file();
    sign_file(&key);
    nrs_signkey_init(&other);
    assert_int_equal(nrs_signkey_make(&other, &why), 0);
    assert_int_equal(verify_file(&other), NRS_ERR_SIGNATURE);
    nrs_signkey_done(&other);
}

/* A bit a byte is enough: each costs an ECDSA verification where the digest still fits. */
static void every_flipped_byte_of_a_signed_file_is_refused(void **state)
{
    (void)state;
    small_file();
    sign_file(&key);
    assert_int_equal(verify_file(&key), 0);
    for (size_t i = 0; i < file.len; i++) {
        file.bytes[i] ^= 0x10;
        if (verify_file(&key) == 0)
            fail_msg("byte %zu", i);
        file.bytes[i] ^= 0x10;
    }
}

static void sealing_drops_the_signature(void **state)
{
    struct nrs_model_envelope e;

    (void)state;
    small_file();
    sign_file(&key);
    nrs_nrm_seal(&file);
    assert_int_equal(nrs_nrm_open(&e, &file, &why), 0);
    assert_memory_equal(e.key_id, "\0\0\0\0\0\0\0", 8);
    assert_int_equal(verify_file(&key), NRS_ERR_SIGNATURE);
}

/* What the agent makes of it: digest and signature pass, and then the fixture's schema is not its own. */
static void agent_accepts_the_tools_signature(void **state)
{
    char private_pem[NRS_SIGNKEY_PEM_MAX], public_pem[NRS_SIGNKEY_PEM_MAX], path[] = "/tmp/nrs-key-XXXXXX";
    static struct nrs_model_place place;
    static struct nrs_config config;
    static struct nrs_trust trust = {.schema = &nrs_schema_beacon};
    int fd = mkstemp(path);

    (void)state;
    small_file();
    sign_file(&key);
    assert_int_equal(nrs_signkey_write(&key, private_pem, public_pem, &why), 0);
    assert_int_equal(write(fd, public_pem, strlen(public_pem)), strlen(public_pem));
    close(fd);
    config.model.n_keys = 1;
    snprintf(config.model.keys[0], sizeof config.model.keys[0], "%s", path);
    assert_int_equal(nrs_trust_keys(&trust, &config, &why), 0);
    unlink(path);
    memcpy(place.bytes, file.bytes, file.len);
    assert_int_equal(nrs_trust_model(&trust, &place, file.len, &why), NRS_ERR_SCHEMA);
    place.bytes[100] ^= 1;
    assert_int_equal(nrs_trust_model(&trust, &place, file.len, &why), NRS_ERR_SIGNATURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(sealed_file_opens, unsigned_file),
        cmocka_unit_test_setup(every_flipped_bit_is_refused, unsigned_file),
        cmocka_unit_test_setup(every_truncation_is_refused, unsigned_file),
        cmocka_unit_test_setup(new_serial_needs_a_new_seal, unsigned_file),
        cmocka_unit_test_setup_teardown(signature_verifies_with_the_public_half, keyed, unkeyed),
        cmocka_unit_test_setup_teardown(private_key_survives_its_pem, keyed, unkeyed),
        cmocka_unit_test_setup_teardown(other_key_does_not_verify, keyed, unkeyed),
        cmocka_unit_test_setup_teardown(every_flipped_byte_of_a_signed_file_is_refused, keyed, unkeyed),
        cmocka_unit_test_setup_teardown(agent_accepts_the_tools_signature, keyed, unkeyed),
        cmocka_unit_test_setup_teardown(sealing_drops_the_signature, keyed, unkeyed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
