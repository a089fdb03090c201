/* ELF files that somebody made to escape the rules, and files that only look packed. Real archives and
 * programs: tests/system/ test_scan_kinds.py. */
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
    unsigned machine, arch;
} shapes[] = {{true, false, 62, 1}, {false, false, 3, 2}, {false, true, 8, 5}, {true, true, 22, 11}};
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

/* 8 KiB of noise after everything, with a beginning and an end. */
static void appended(const char *begin, const char *end)
{
    elf_ordinary(&image, true, false, 62);
    image.len = 30000;
    elf_noise(image.bytes + 21280, image.len - 21280, 3); /* the section table ends at 20000 + 20 * 64 */
    memcpy(image.bytes + 21280, begin, strlen(begin));
    memcpy(image.bytes + image.len - 60, end, strlen(end));
}

/* The marks of archives, without what has to follow them. */
static void magic_of_an_archive_hides_nothing(void **state)
{
    static const char *const begins[] = {"PK\3\4",
                                         "hsqs",
                                         "\x1f\x8b\x08",
                                         "7z\xbc\xaf",
                                         "!<arch>\n",
                                         "BZh9",
                                         "\xfd"
                                         "7zXZ",
                                         "\x28\xb5\x2f\xfd",
                                         "DWARFS",
                                         "Rar!\x1a\7",
                                         "070701",
                                         "\x04\x22\x4d\x18",
                                         "KAY",
                                         "d3n0l4nd"};
    static const char *const ends[] = {"PK\5\6", "MEI\14\13\12\13\16", "d3n0l4nd", "\n---- Bun! ----\n"};

    (void)state;
    for (unsigned i = 0; i < sizeof begins / sizeof begins[0]; i++) {
        appended(begins[i], "");
        expect(true, "unknown", false);
    }
    for (unsigned i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        appended("", ends[i]);
        expect(true, "unknown", false);
    }
}

static void zeros_do_not_dilute_a_payload(void **state)
{
    (void)state;
    appended("", "");
    memset(image.bytes + 21280, 0, 4096);
    expect(true, "unknown", false);
    appended("", "");
    memset(image.bytes + 21280 + 4096, 0, image.len - 21280 - 4096);
    expect(true, "unknown", false);
    appended("", "");
    memset(image.bytes + 21280, 0, 4096); /* zeros, then a program */
    memset(image.bytes + 21280 + 4096, 'x', image.len - 21280 - 4096);
    expect(false, "none", false);
    memcpy(image.bytes + 21280 + 4096,
           "\x7f"
           "ELF",
           4);
    expect(true, "unknown", false);
}

static void program_under_one_byte_is_a_program(void **state)
{
    (void)state;
    appended("", "");
    memset(image.bytes + 21280, 0, image.len - 21280);
    memcpy(image.bytes + 21280,
           "\x7f"
           "ELF\2\1\1",
           7);
    for (size_t i = 21280; i < image.len; i++)
        image.bytes[i] ^= 0x5a;
    expect(true, "unknown", false);
    image.bytes[21280 + 6] ^= 1; /* another version of ELF */
    expect(false, "none", false);
}

static void file_that_ends_early_is_incomplete(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SHAPES; i++) {
        elf_ordinary(&image, shapes[i].wide, shapes[i].big, shapes[i].machine);
        elf_noise(image.bytes + 0x1000, 0x2000, 7); /* dense at the start: a rule fires on the whole */
        expect(true, "unknown", false);
        assert_false(facts.incomplete);
        image.len = 0x3001; /* its last page is there, as far as Linux is concerned */
        look();
        assert_false(facts.incomplete);
        image.len = 0x3000;
        expect(false, "none", false);
        assert_true(facts.incomplete);
        image.len = elf_headers_end(&image) - 1;
        expect(false, "none", false);
        assert_true(facts.incomplete);
        elf_like_upx(&image, shapes[i].wide, shapes[i].big, shapes[i].machine);
        image.len = 4090; /* its blocks begin; the trailer may still come */
        expect(true, "upx", false);
        assert_true(facts.incomplete);
        image.len = elf_headers_end(&image) + 100; /* its second block is not */
        expect(false, "none", false);
    }
}

/* Entry in the last of three segments, as after a linker script or llvm-bolt. */
static void start_in_the_last_segment_needs_support(void **state)
{
    (void)state;
    elf_ordinary(&image, true, false, 62);
    image.n_segments = 3;
    elf_segment(&image, 1, 5, 0x3000, 0x4000, 0x800, 0x800);
    image.n_segments = 5;
    elf_put(&image, 56, 5, 2);
    elf_entry(&image, 0x4010);
    expect(false, "none", false);
    assert_int_equal(facts.rules, NRS_RULE_ENTRY_LAST);
    elf_sections(&image, 0, 0);
    expect(true, "unknown", false);
    elf_sections(&image, 20000, 20);
    elf_noise(image.bytes + 0x3000, 0x600, 5);
    expect(true, "unknown", false);
    assert_int_equal(facts.rules, NRS_RULE_ENTRY_LAST | NRS_RULE_DENSE_HINT);
}

static void images_that_linux_does_not_start_are_not_judged(void **state)
{
    (void)state;
    elf_like_upx(&image, false, false, 164); /* Hexagon */
    expect(true, "upx", false);
    memset(image.bytes + elf_headers_end(&image), 0, 300);
    image.len -= 36;
    expect(false, "none", false);
    assert_string_equal(facts.skipped, "ELF of a machine without Linux");
    elf_begin(&image, false, false, 40, 2, 9000);
    elf_segment(&image, 0, 0x7000000, 0, 0, 180, 180);
    elf_segment(&image, 0, 0x2200000, 0x1000, 0x1000, 64, 64);
    elf_segment(&image, 1, 7, 0x2000, 0x2000, 800, 800);
    elf_entry(&image, 0x2000);
    expect(false, "none", false);
    assert_string_equal(facts.skipped, "firmware");
    elf_put(&image, 52 + 24, 4, 4); /* PT_NULL alone is nothing */
    expect(true, "unknown", false);
}

static void executables_that_no_reader_knows_are_named(void **state)
{
    static const struct {
        const char *begin, *skipped;
    } others[] = {{"\xcf\xfa\xed\xfe\7", "Mach-O: not looked at"},
                  {"\xfe\xed\xfa\xce\1", "Mach-O: not looked at"},
                  {"dex\n035", "DEX: not looked at"},
                  {"PK\3\4 AndroidManifest.xml", "APK: not looked at"},
                  {"PK\3\4 readme.txt", "not an executable"},
                  {"dex", "not an executable"}};

    (void)state;
    for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(scan_look((const uint8_t *)others[i].begin, strlen(others[i].begin), &facts), 0);
        assert_string_equal(facts.skipped, others[i].skipped);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(magic_of_an_archive_hides_nothing),
        cmocka_unit_test(zeros_do_not_dilute_a_payload),
        cmocka_unit_test(program_under_one_byte_is_a_program),
        cmocka_unit_test(file_that_ends_early_is_incomplete),
        cmocka_unit_test(start_in_the_last_segment_needs_support),
        cmocka_unit_test(executables_that_no_reader_knows_are_named),
        cmocka_unit_test(images_that_linux_does_not_start_are_not_judged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
