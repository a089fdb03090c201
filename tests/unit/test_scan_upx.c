/* Files built like UPX builds them, whole and damaged, and files that only look a little like that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/elf_fixture.h"

static struct elf_image image;
static struct nrs_scan_facts facts;
static struct nrs_scan_result result;

/* Every width and byte order, with a machine that has it. */
static const struct {
    bool wide, big;
    unsigned machine;
} shapes[] = {{true, false, 62}, {false, false, 3}, {false, true, 8}, {true, true, 22}};
#define N_SHAPES (sizeof shapes / sizeof shapes[0])

static void look(void)
{
    assert_int_equal(scan_look(image.bytes, image.len, &facts), 0);
    nrs_scan_decide(&facts, NULL, &result);
}

static void expect(bool packed, const char *name, bool tampered)
{
    look();
    assert_int_equal(result.packed, packed);
    assert_string_equal(result.name, name);
    assert_int_equal(result.tampered, tampered);
}

static void upx_is_recognised_in_every_shape(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SHAPES; i++) {
        elf_like_upx(&image, shapes[i].wide, shapes[i].big, shapes[i].machine);
        expect(true, "upx", false);
        assert_int_equal(facts.upx, NRS_UPX_INTACT);
        assert_true(facts.rules & NRS_RULE_ENTRY_LAST);
    }
}

/* Whatever of the header is destroyed: its name stays, and the damage is told. */
static void damaged_upx_keeps_its_name(void **state)
{
    size_t end = 0;

    (void)state;
    for (size_t i = 0; i < N_SHAPES; i++)
        for (unsigned damage = 0; damage < 7; damage++) {
            elf_like_upx(&image, shapes[i].wide, shapes[i].big, shapes[i].machine);
            end = elf_headers_end(&image);
            if (damage == 0 || damage == 6)
                memcpy(image.bytes + end + 4, "YTS!", 4); /* l_magic */
            if (damage == 1 || damage == 6)
                memset(image.bytes + end + 16, 0, 8); /* p_filesize, p_blocksize */
            if (damage == 2)
                memset(image.bytes + image.len - 36, 0, 4); /* PackHeader's magic */
            if (damage == 3)
                image.bytes[image.len - 20] ^= 1; /* its checksum no longer fits */
            if (damage == 4 || damage == 6)
                image.len -= 36; /* trailer cut off */
            if (damage == 5)
                image.len += 100; /* bytes after it */
            expect(true, "upx", true);
        }
}

/* UPX 4 in a library: l_info somewhere inside, the word before the start says where. Cut trailer and
 * magic. */
static void library_of_upx_4_is_found_through_its_start(void **state)
{
    const size_t at = 0x2040, start = 0x2ff0;

    (void)state;
    elf_ordinary(&image, true, false, 62);
    image.n_segments = 0;
    elf_segment(&image, 0, 4, 0x200, 0x200, 16, 16); /* no interpreter */
    image.n_segments = 5;
    elf_put(&image, 56, 5, 2);
    elf_entry(&image, start);
    elf_put(&image, at + 24, 64 + 9 * 56, 4);
    elf_put(&image, at + 28, 100, 4);
    image.bytes[at + 32] = 14;
    elf_put(&image, at + 36 + 100, 5000, 4);
    elf_put(&image, at + 36 + 104, 2000, 4);
    elf_put(&image, at + 36 + 108, 14, 4);
    image.bytes[at + 35] = image.bytes[at + 36 + 111] = 0;
    elf_put(&image, start - 4, at, 4);
    expect(true, "upx", true);
    elf_put(&image, at + 24, 64 + 9 * 56 + 1, 4); /* not the size of headers */
    expect(false, "none", false);
}

/* UPX 3: one block, and the trailer says where; version and format are the same in both. */
static void library_of_upx_3_is_found_through_its_trailer(void **state)
{
    const size_t at = 0x2040;

    (void)state;
    elf_ordinary(&image, false, false, 3);
    elf_put(&image, at + 8, 0x0c0d0400, 4);
    elf_put(&image, at + 24, 9000, 4);
    elf_put(&image, at + 28, 3000, 4);
    elf_put(&image, at + 32, 14, 4);
    elf_noise(image.bytes + at + 36, 2000, 8);
    image.bytes[image.len - 36 + 4] = 0x0d;
    image.bytes[image.len - 36 + 5] = 0x0c;
    elf_put(&image, image.len - 4, at + 12, 4);
    expect(true, "upx", true);
    image.bytes[image.len - 36 + 5] = 0x16;
    expect(false, "none", false);
}

/* After the headers: one block, and one of size 0 after it. */
static void program_of_format_execve_is_one_compressed_block(void **state)
{
    size_t at;

    (void)state;
    for (unsigned dense = 0; dense < 2; dense++) {
        elf_ordinary(&image, false, false, 3);
        at = elf_headers_end(&image);
        memcpy(image.bytes + at + 4, "\x7fOPS", 4);
        elf_put(&image, at + 24, 9000, 4);
        elf_put(&image, at + 28, 3000, 4);
        elf_put(&image, at + 32, 2, 4);
        memset(image.bytes + at + 36, 7, 3012);
        if (dense)
            elf_noise(image.bytes + at + 36, 3000, 8);
        elf_put(&image, at + 36 + 3000, 0, 4);
        expect(dense, dense ? "upx" : "none", dense);
    }
}

static void text_of_upx_alone_is_nothing(void **state)
{
    (void)state;
    elf_ordinary(&image, true, false, 62);
    memcpy(image.bytes + 0x2000, "$Id: UPX 4.2.2 Copyright $ UPX!", 31);
    memcpy(image.bytes + image.len - 36, "UPX!", 4);
    image.bytes[image.len - 10] = 1; /* so that the checksum of zeroes does not fit */
    expect(false, "none", false);
}

/* A PackHeader that is all zeroes but for its magic has the right checksum and says nothing. */
static void pack_header_of_zeroes_is_none(void **state)
{
    (void)state;
    elf_ordinary(&image, true, false, 62);
    memcpy(image.bytes + image.len - 36, "UPX!", 4);
    expect(false, "none", false);
}

/* UPX 3 packs a small library so that its first block is short; l_info and the trailer fit, so nothing is
 * damaged. */
static void short_first_block_of_a_library_is_no_damage(void **state)
{
    const size_t at = 0x2040;
    unsigned sum = 0;

    (void)state;
    elf_ordinary(&image, false, false, 3);
    memcpy(image.bytes + at + 4, "UPX!\0\0\x0d\x0c", 8);
    elf_put(&image, at + 16, 9000, 4);
    elf_put(&image, at + 20, 9000, 4);
    elf_put(&image, at + 24, 700, 4);
    elf_put(&image, at + 28, 300, 4);
    elf_put(&image, at + 32, 14, 4);
    memcpy(image.bytes + image.len - 36, "UPX!\x0d\x0c\x0e\x09", 8);
    elf_put(&image, image.len - 36 + 24, 9000, 4);
    for (size_t i = image.len - 32; i < image.len - 5; i++)
        sum += image.bytes[i];
    image.bytes[image.len - 5] = (uint8_t)(sum % 251);
    elf_put(&image, image.len - 4, at + 12, 4);
    expect(true, "upx", false);
    image.len += 3000; /* bytes after the trailer: it is found, and its place is wrong */
    expect(true, "upx", true);
}

/* The kernel ignores the ident; `upx -t` does not. */
static void ident_that_lies_is_damage(void **state)
{
    (void)state;
    elf_like_upx(&image, true, false, 62);
    image.bytes[5] = 2;
    expect(true, "upx", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(upx_is_recognised_in_every_shape),
        cmocka_unit_test(damaged_upx_keeps_its_name),
        cmocka_unit_test(library_of_upx_4_is_found_through_its_start),
        cmocka_unit_test(library_of_upx_3_is_found_through_its_trailer),
        cmocka_unit_test(program_of_format_execve_is_one_compressed_block),
        cmocka_unit_test(text_of_upx_alone_is_nothing),
        cmocka_unit_test(pack_header_of_zeroes_is_none),
        cmocka_unit_test(short_first_block_of_a_library_is_no_damage),
        cmocka_unit_test(ident_that_lies_is_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
