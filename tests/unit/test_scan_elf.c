/* ELF files: facts and structural rules. UPX: test_scan_upx.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "models/base/error.h"
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

static void ordinary_program_is_read_in_every_shape(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SHAPES; i++) {
        elf_ordinary(&image, shapes[i].wide, shapes[i].big, shapes[i].machine);
        expect(false, "none", false);
        assert_ptr_equal(facts.schema, &nrs_schema_packer);
        assert_int_equal(facts.rules, 0);
        assert_int_equal(facts.x[NRS_P_arch], shapes[i].arch);
        assert_int_equal(facts.x[NRS_P_wide], shapes[i].wide);
        assert_int_equal(facts.x[NRS_P_big], shapes[i].big);
        assert_int_equal(facts.x[NRS_P_loads], 3);
        assert_int_equal(facts.x[NRS_P_interp], 1);
        assert_int_equal(facts.x[NRS_P_type], 1);
        assert_int_equal(facts.x[NRS_P_stack], 1);
        assert_int_equal(facts.x[NRS_P_entry], 3);
        assert_int_equal(facts.x[NRS_P_entry_rights], 5);
        assert_int_equal(facts.x[NRS_P_entry_at], 0x100 * 255 / 0x2000);
        assert_int_equal(facts.x[NRS_P_sect], 0);
        assert_int_equal(facts.x[NRS_P_odd], 0);
        assert_int_equal(facts.x[NRS_P_ent_entry], 160); /* 32 values, equally often: 5 bits */
        assert_int_equal(facts.x[NRS_P_big_share], 0x2000 * 255 / 24000);
        assert_int_equal(facts.x[NRS_PACKER_N + 1], 7);
    }
}

static void every_feature_is_within_its_maximum(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SHAPES; i++) {
        elf_like_upx(&image, shapes[i].wide, shapes[i].big, shapes[i].machine);
        look();
        for (unsigned f = 0; f < NRS_PACKER_N; f++)
            assert_true(facts.x[f] <= nrs_schema_packer.features[f].max);
    }
}

static void ident_that_the_kernel_ignores_may_lie(void **state)
{
    struct nrs_scan_facts honest;

    (void)state;
    elf_ordinary(&image, true, false, 62);
    look();
    honest = facts;
    image.bytes[4] = 1;
    image.bytes[5] = 2;
    image.bytes[6] = 0;
    look();
    assert_int_equal(facts.x[NRS_P_odd], 3);
    facts.x[NRS_P_odd] = 0;
    assert_memory_equal(facts.x, honest.x, sizeof honest.x);
}

static void writable_code_is_a_hint_and_a_case_with_another(void **state)
{
    (void)state;
    elf_ordinary(&image, true, false, 62);
    image.n_segments = 2;
    elf_segment(&image, 1, 7, 0x1000, 0x1000, 0x2000, 0x2000);
    image.n_segments = 5;
    elf_put(&image, 56, 5, 2);
    expect(false, "none", false);
    assert_int_equal(facts.rules, NRS_RULE_RWX);
    elf_sections(&image, 0, 0);
    expect(true, "unknown", false);
    assert_int_equal(facts.rules, NRS_RULES_HINTS);
    elf_sections(&image, 20000, 20);
    elf_noise(image.bytes + 0x1000, 0x1000, 9); /* half of the segment: not dense enough by itself */
    expect(true, "unknown", false);
    assert_int_equal(facts.rules, NRS_RULE_RWX | NRS_RULE_RWX_DENSE);
}

static void missing_section_table_alone_is_nothing(void **state)
{
    (void)state;
    elf_ordinary(&image, false, true, 8);
    elf_sections(&image, 0, 0);
    expect(false, "none", false);
    assert_int_equal(facts.rules, NRS_RULE_NO_SECTIONS);
    elf_sections(&image, 1 << 30, 20);
    expect(false, "none", false);
    assert_int_equal(facts.x[NRS_P_sect], 2);
}

static void dense_code_is_packed_by_something(void **state)
{
    (void)state;
    elf_ordinary(&image, true, false, 62);
    elf_noise(image.bytes + 0x1000, 0x2000, 1);
    expect(true, "unknown", false);
    assert_int_equal(facts.rules, NRS_RULE_DENSE_ENTRY);
    assert_in_range(facts.dense_kib, 6, 10);
}

static void dense_data_that_is_most_of_the_file_is_packed(void **state)
{
    (void)state;
    elf_begin(&image, false, false, 40, 2, 40000);
    elf_segment(&image, 1, 5, 0, 0x10000, 0x400, 0x400);
    elf_segment(&image, 1, 6, 0x400, 0x20400, 38000, 38000);
    elf_entry(&image, 0x10100);
    elf_sections(&image, 39500, 5);
    elf_noise(image.bytes + 0x400, 38000, 2);
    expect(true, "unknown", false);
    assert_int_equal(facts.rules, NRS_RULE_DENSE_DATA);
}

/* 8 KiB of noise after everything, once with each beginning or end. */
static void appended(const char *begin, const char *end)
{
    elf_ordinary(&image, true, false, 62);
    image.len = 30000;
    elf_noise(image.bytes + 21280, image.len - 21280, 3); /* the section table ends at 20000 + 20 * 64 */
    memcpy(image.bytes + 21280, begin, strlen(begin));
    memcpy(image.bytes + image.len - 60, end, strlen(end));
}

static void appended_payload_is_packed_by_something(void **state)
{
    (void)state;
    appended("", "");
    expect(true, "unknown", false);
    assert_int_equal(facts.rules, NRS_RULE_PAYLOAD);
    assert_int_equal(facts.x[NRS_P_overlay], 8 * 13 + 0);
    appended("\x7f" "ELF", "");
    memset(image.bytes + 21300, 0, image.len - 21300); /* a program need not be dense */
    expect(true, "unknown", false);
    image.len = 21280 + 1023; /* too little to be anything */
    expect(false, "none", false);
}

static void archives_and_text_may_be_appended(void **state)
{
    (void)state;
    appended("\x1f\x8b\x08", "");
    memset(image.bytes + 21283, 0, 7);
    memcpy(image.bytes + 21290, "\0\x10\0\xef\xff", 5); /* a stored block: its length twice */
    expect(false, "none", false);
    image.bytes[21283] = 0xe0; /* flags that gzip does not have */
    expect(true, "unknown", false);
    appended("", "");
    memset(image.bytes + 21280, 'x', image.len - 21280);
    expect(false, "none", false);
}

static void what_a_section_holds_is_not_appended(void **state)
{
    (void)state;
    appended("", "");
    elf_put(&image, 20000 + 64 * 5 + 24, 21280, 8); /* sh_offset, sh_size */
    elf_put(&image, 20000 + 64 * 5 + 32, 30000 - 21280, 8);
    expect(false, "none", false);
    assert_int_equal(facts.x[NRS_P_overlay], 0);
    elf_put(&image, 20000 + 64 * 5 + 4, 8, 4); /* SHT_NOBITS: has no bytes */
    expect(true, "unknown", false);
}

static void start_of_a_library_is_its_init(void **state)
{
    (void)state;
    elf_ordinary(&image, true, false, 62);
    elf_segment(&image, 2, 6, 0x3000, 0x4000, 64, 64);
    elf_put(&image, 0x3000, 12, 8); /* DT_INIT */
    elf_put(&image, 0x3008, 0x1200, 8);
    elf_entry(&image, 0);
    look();
    assert_int_equal(facts.x[NRS_P_entry_at], 0x200 * 255 / 0x2000);
    assert_int_equal(facts.x[NRS_P_dynamic], 1);
}

static void telling_imports_are_found_without_sections(void **state)
{
    static const char names[] = "\0libc.so.6\0putenv\0execvpe\0sprintf_chk\0ptrace\0";

    (void)state;
    elf_ordinary(&image, false, false, 3);
    elf_sections(&image, 0, 0);
    elf_segment(&image, 2, 6, 0x3000, 0x4000, 64, 64);
    elf_put(&image, 0x3000, 1, 4); /* DT_NEEDED */
    elf_put(&image, 0x3008, 5, 4); /* DT_STRTAB */
    elf_put(&image, 0x300c, 0x800, 4);
    memcpy(image.bytes + 0x800, names, sizeof names);
    look();
    assert_int_equal(facts.x[NRS_P_needed], 1);
    assert_int_equal(facts.x[NRS_P_imports], 18); /* 5 names: 2.25 * 8 */
    assert_int_equal(facts.x[NRS_P_imp_env], 1);
    assert_int_equal(facts.x[NRS_P_imp_trace], 1);
    assert_int_equal(facts.x[NRS_P_imp_exec], 0);
    assert_int_equal(facts.x[NRS_P_imp_printf], 0);
}

static void what_is_not_executed_is_skipped_by_name(void **state)
{
    static const struct {
        unsigned type;
        const char *name;
    } types[] = {{1, "object file"}, {4, "core file"}, {0, "ELF of no executable type"}, {0xfe00, "ELF of no executable type"}};

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        elf_like_upx(&image, true, false, 62);
        elf_put(&image, 16, types[i].type, 2);
        expect(false, "none", false);
        assert_string_equal(facts.skipped, types[i].name);
        assert_null(facts.schema);
    }
    elf_begin(&image, true, false, 62, 2, 4096);
    look();
    assert_string_equal(facts.skipped, "ELF without load segments");
    elf_segment(&image, 1, 5, 0, 0x400000, 0, 0x1000);
    look();
    assert_string_equal(facts.skipped, "ELF without code");
    assert_int_equal(scan_look(image.bytes, 0, &facts), 0);
    assert_string_equal(facts.skipped, "empty");
    assert_int_equal(scan_look((const uint8_t *)"hello, world", 12, &facts), 0);
    assert_string_equal(facts.skipped, "not an executable");
}

static int fails(void *arg, uint64_t offset, void *buf, size_t len)
{
    (void)arg;
    (void)offset;
    (void)buf;
    (void)len;
    return -5;
}

static void unreadable_and_shrunk_files_are_told(void **state)
{
    static struct nrs_scan scan;
    struct scan_bytes bytes;
    struct nrs_scan_input in = {fails, NULL, 1000};

    (void)state;
    assert_int_equal(nrs_scan_look(&scan, &in, &facts), NRS_ERR_IO);
    elf_ordinary(&image, true, false, 62);
    bytes = (struct scan_bytes){image.bytes, 9000, 0, 0};
    in = (struct nrs_scan_input){scan_read, &bytes, image.len};
    assert_int_equal(nrs_scan_look(&scan, &in, &facts), 0);
    assert_true(scan.failed);
    in.size = 9000;
    assert_int_equal(nrs_scan_look(&scan, &in, &facts), 0);
    assert_false(scan.failed);
}

/* Sizes and offsets up to 2^64: what is read stays within the promise. */
static void huge_numbers_read_little(void **state)
{
    static struct nrs_scan scan;
    struct scan_bytes bytes = {image.bytes, sizeof image.bytes, 0, 0};
    struct nrs_scan_input in = {scan_read, &bytes, UINT64_MAX};

    (void)state;
    elf_begin(&image, true, false, 62, 2, ELF_IMAGE_MAX);
    for (unsigned i = 0; i < 40; i++)
        elf_segment(&image, i % 3 ? 1 : 2, 7, UINT64_MAX - i * 4096, UINT64_MAX - 7, UINT64_MAX, UINT64_MAX);
    elf_entry(&image, UINT64_MAX - 3);
    elf_sections(&image, UINT64_MAX - 63, 65535);
    assert_int_equal(nrs_scan_look(&scan, &in, &facts), 0);
    assert_int_equal(facts.x[NRS_P_loads], 15);
    assert_int_equal(facts.x[NRS_P_sect], 2);
    assert_true(bytes.n_read <= NRS_SCAN_READ_MAX);
    assert_true(bytes.n_calls < 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_program_is_read_in_every_shape),
        cmocka_unit_test(every_feature_is_within_its_maximum),
        cmocka_unit_test(ident_that_the_kernel_ignores_may_lie),
        cmocka_unit_test(writable_code_is_a_hint_and_a_case_with_another),
        cmocka_unit_test(missing_section_table_alone_is_nothing),
        cmocka_unit_test(dense_code_is_packed_by_something),
        cmocka_unit_test(dense_data_that_is_most_of_the_file_is_packed),
        cmocka_unit_test(appended_payload_is_packed_by_something),
        cmocka_unit_test(archives_and_text_may_be_appended),
        cmocka_unit_test(what_a_section_holds_is_not_appended),
        cmocka_unit_test(start_of_a_library_is_its_init),
        cmocka_unit_test(telling_imports_are_found_without_sections),
        cmocka_unit_test(what_is_not_executed_is_skipped_by_name),
        cmocka_unit_test(unreadable_and_shrunk_files_are_told),
        cmocka_unit_test(huge_numbers_read_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
