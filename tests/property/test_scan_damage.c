/* Small executables cut at every length and with every byte changed: never a byte too far (AddressSanitizer), never more
 * read than promised, every feature within its maximum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/elf_fixture.h"

#define SMALL 5000

static struct elf_image image;
static struct nrs_scan scan;
static struct nrs_scan_facts facts;

/* The bytes are copied to an allocation of exactly their size. */
static void look(const uint8_t *p, size_t len, uint64_t said_size)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    struct scan_bytes bytes = {copy, len, 0, 0};
    const struct nrs_scan_input in = {scan_read, &bytes, said_size};
    struct nrs_scan_result result;

    memcpy(copy, p, len);
    (void)nrs_scan_look(&scan, &in, &facts);
    nrs_scan_decide(&facts, NULL, &result);
    free(copy);
    if (bytes.n_read > NRS_SCAN_READ_MAX)
        fail_msg("%llu bytes read", (unsigned long long)bytes.n_read);
    for (unsigned f = 0; facts.schema != NULL && f < facts.schema->n_features; f++)
        if (facts.x[f] > facts.schema->features[f].max)
            fail_msg("%s: %u", facts.schema->features[f].name, facts.x[f]);
    for (unsigned i = 0; facts.schema != NULL && i < facts.schema->n_bytes; i++)
        if (facts.x[facts.schema->n_features + i] > NRS_BYTE_ABSENT)
            fail_msg("start byte %u", i);
}

static void make(unsigned shape)
{
    if (shape % 2 == 0)
        elf_like_upx(&image, shape & 4, shape & 2, shape & 2 ? 8 : 3);
    else
        elf_ordinary(&image, shape & 4, shape & 2, shape & 2 ? 8 : 3);
}

static void every_truncation_is_harmless(void **state)
{
    (void)state;
    for (unsigned shape = 0; shape < 8; shape++) {
        make(shape);
        for (size_t len = 0; len < image.len; len += len < 1000 ? 1 : 37) {
            look(image.bytes, len, len);
            look(image.bytes, len, image.len); /* it was longer when it was opened */
        }
    }
}

static void every_changed_byte_of_the_headers_is_harmless(void **state)
{
    (void)state;
    for (unsigned shape = 0; shape < 8; shape += 3) {
        make(shape);
        for (size_t at = 4; at < elf_headers_end(&image) + 300; at++)
            for (unsigned v = 0; v < 3; v++) {
                static const uint8_t values[3] = {0, 0x7f, 0xff};
                uint8_t before = image.bytes[at];

                image.bytes[at] = values[v];
                look(image.bytes, image.len, image.len);
                image.bytes[at] = before;
            }
    }
}

/* Eight bytes at a time, so that whole offsets and sizes become extreme together. */
static void random_headers_are_harmless(void **state)
{
    uint32_t seed = 20261122;

    (void)state;
    for (unsigned n = 0; n < 2000; n++) {
        make(n);
        for (unsigned i = 0; i < 1 + n % 6; i++) {
            uint8_t junk[8];

            seed = seed * 1103515245u + 12345;
            if (seed >> 31)
                memset(junk, seed >> 30 & 1 ? 0xff : 0, 8);
            else
                elf_noise(junk, 8, seed | 1);
            memcpy(image.bytes + 4 + (seed >> 8) % (elf_headers_end(&image) + 60), junk, 8);
        }
        look(image.bytes, image.len < SMALL ? image.len : SMALL + n % 15000, image.len);
    }
}

static void any_bytes_after_a_magic_are_harmless(void **state)
{
    static const char *const magics[] = {"\x7f" "ELF", "MZ", "#!/bin/sh\nskip=3\n", "#!sh"};
    static uint8_t file[3000];

    (void)state;
    for (unsigned n = 0; n < 2000; n++) {
        elf_noise(file, sizeof file, n * 2654435761u + 1);
        memcpy(file, magics[n % 4], strlen(magics[n % 4]));
        if (n % 4 == 1) {
            memset(file + 60, 0, 4);
            file[60] = 64;
            memcpy(file + 64, "PE\0\0", 4);
        }
        look(file, n % sizeof file, n % sizeof file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_truncation_is_harmless),
        cmocka_unit_test(every_changed_byte_of_the_headers_is_harmless),
        cmocka_unit_test(random_headers_are_harmless),
        cmocka_unit_test(any_bytes_after_a_magic_are_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
