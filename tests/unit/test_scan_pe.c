/* Windows executables: facts and rules of files made in memory (PE/COFF specification). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "models/base/bytes.h"
#include "tests/elf_fixture.h"

#define PE_AT 0x80
#define CODE  0x60000020u
#define DATA  0xc0000040u
#define ALL   0xe0000020u

static uint8_t file[32768];
static struct nrs_scan_facts facts;
static struct nrs_scan_result result;

static size_t sections_at(bool wide)
{
    return PE_AT + 24 + (wide ? 240u : 224u);
}

static void section(bool wide, unsigned i, uint32_t address, uint32_t n_memory, uint32_t offset, uint32_t n_file,
                    uint32_t flags)
{
    uint8_t *p = file + sections_at(wide) + 40 * i;

    nrs_put_u32le(p + 8, n_memory);
    nrs_put_u32le(p + 12, address);
    nrs_put_u32le(p + 16, n_file);
    nrs_put_u32le(p + 20, offset);
    nrs_put_u32le(p + 36, flags);
}

/* Code, data with two imported libraries of three and one functions, 1,000 bytes of overlay. */
static void ordinary(bool wide)
{
    uint8_t *p = file + PE_AT, *optional = p + 24;
    unsigned directories = wide ? 112 : 96, thunk = wide ? 8 : 4;

    memset(file, 0, sizeof file);
    memcpy(file, "MZ", 2);
    nrs_put_u32le(file + 60, PE_AT);
    memcpy(p, "PE\0\0", 4);
    nrs_put_u16le(p + 4, wide ? 0x8664 : 0x14c);
    nrs_put_u16le(p + 6, 2);
    nrs_put_u32le(p + 8, 1);
    nrs_put_u16le(p + 20, wide ? 240 : 224);
    nrs_put_u16le(optional, wide ? 0x20b : 0x10b);
    optional[2] = 14;
    nrs_put_u32le(optional + 4, 0x2000);
    nrs_put_u32le(optional + 16, 0x1040);
    nrs_put_u32le(optional + 32, 0x1000);
    nrs_put_u32le(optional + 36, 0x200);
    nrs_put_u32le(optional + 64, 77);
    nrs_put_u16le(optional + 68, 2);
    nrs_put_u32le(optional + directories - 4, 16);
    nrs_put_u32le(optional + directories + 8, 0x3000); /* imports */
    nrs_put_u32le(optional + directories + 12, 60);
    section(wide, 0, 0x1000, 0x2000, 0x400, 0x2000, CODE);
    section(wide, 1, 0x3000, 0x4000, 0x2400, 0x1000, DATA);
    for (unsigned i = 0; i < 0x2000; i++)
        file[0x400 + i] = (uint8_t)(i % 32 * 3);
    for (unsigned i = 0; i < 2; i++) {
        nrs_put_u32le(file + 0x2400 + 20 * i, 0x3100 + 0x100 * i);
        nrs_put_u32le(file + 0x2400 + 20 * i + 12, 0x3800);
    }
    for (unsigned i = 0; i < 3; i++)
        nrs_put_u32le(file + 0x2500 + thunk * i, 0x3900);
    nrs_put_u32le(file + 0x2600, 0x3900);
}

static void expect(size_t len, bool packed, const char *name)
{
    assert_int_equal(scan_look(file, len, &facts), 0);
    nrs_scan_decide(&facts, NULL, &result);
    assert_int_equal(facts.format, NRS_FORMAT_PE);
    assert_int_equal(result.packed, packed);
    assert_string_equal(result.name, name);
}

static void ordinary_program_is_read_in_both_widths(void **state)
{
    (void)state;
    for (unsigned wide = 0; wide < 2; wide++) {
        ordinary(wide);
        expect(0x3400 + 1000, false, "none");
        assert_ptr_equal(facts.schema, &nrs_schema_packer_pe);
        assert_int_equal(facts.x[NRS_PE_arch], wide ? 2 : 1);
        assert_int_equal(facts.x[NRS_PE_wide], wide);
        assert_int_equal(facts.x[NRS_PE_sections], 2);
        assert_int_equal(facts.x[NRS_PE_linker], 14);
        assert_int_equal(facts.x[NRS_PE_odd], 0);
        assert_int_equal(facts.x[NRS_PE_entry], 2);
        assert_int_equal(facts.x[NRS_PE_entry_rights], 5);
        assert_int_equal(facts.x[NRS_PE_libraries], 2);
        assert_int_equal(facts.x[NRS_PE_functions], 16); /* four: 2 * 8 */
        assert_int_equal(facts.x[NRS_PE_imports_in], 4);
        assert_int_equal(facts.x[NRS_PE_ent_entry], 160);
        assert_int_equal(facts.x[NRS_PE_overlay], 9 * 8 + 7); /* 1,000 = 2^9 * 1.95 */
        assert_int_equal(facts.x[NRS_PACKER_PE_N + 1], 3);
    }
}

static void writable_code_is_packed_by_something(void **state)
{
    (void)state;
    ordinary(false);
    section(false, 0, 0x1000, 0x2000, 0x400, 0x2000, ALL);
    expect(0x3400, true, "unknown");
    assert_int_equal(facts.rules, NRS_RULE_WRITABLE_ENTRY);
}

static void dense_code_is_packed_by_something(void **state)
{
    (void)state;
    ordinary(true);
    elf_noise(file + 0x400, 0x2000, 5);
    expect(0x3400, true, "unknown");
    assert_int_equal(facts.rules, NRS_RULE_DENSE_ENTRY);
}

static void broken_headers_are_skipped_or_read_as_far_as_they_go(void **state)
{
    (void)state;
    ordinary(false);
    expect(PE_AT + 40, false, "none");
    assert_string_equal(facts.skipped, "PE cut off in its headers");
    expect(sections_at(false) + 10, false, "none");
    assert_null(facts.skipped);
    assert_int_equal(facts.x[NRS_PE_entry], 0);
    assert_int_equal(facts.x[NRS_PACKER_PE_N], NRS_BYTE_ABSENT);
    memset(file + sections_at(false) + 8, 0xff, 72);
    memset(file + PE_AT + 24 + 96, 0xff, 128);
    expect(0x3400, false, "none");
    for (unsigned f = 0; f < NRS_PACKER_PE_N; f++)
        assert_true(facts.x[f] <= nrs_schema_packer_pe.features[f].max);
}

static void dos_programs_are_none_of_ours(void **state)
{
    (void)state;
    ordinary(false);
    nrs_put_u32le(file + 60, 0xffffffff);
    assert_int_equal(scan_look(file, 0x3400, &facts), 0);
    assert_int_equal(facts.format, NRS_FORMAT_OTHER);
    assert_string_equal(facts.skipped, "not an executable");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_program_is_read_in_both_widths),
        cmocka_unit_test(writable_code_is_packed_by_something),
        cmocka_unit_test(dense_code_is_packed_by_something),
        cmocka_unit_test(broken_headers_are_skipped_or_read_as_far_as_they_go),
        cmocka_unit_test(dos_programs_are_none_of_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
