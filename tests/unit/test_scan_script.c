/* Scripts that carry a payload, and scripts that do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/elf_fixture.h"

#define PAYLOAD 8192

static uint8_t file[16384];
static size_t len;
static struct nrs_scan_facts facts;
static struct nrs_scan_result result;

static void script(const char *text, bool with_payload, const char *magic)
{
    len = strlen(text);
    memcpy(file, text, len);
    if (with_payload) {
        elf_noise(file + len, PAYLOAD, 99);
        memcpy(file + len, magic, strlen(magic));
        len += PAYLOAD;
    }
}

static void expect(bool packed, const char *name)
{
    assert_int_equal(scan_look(file, len, &facts), 0);
    nrs_scan_decide(&facts, NULL, &result);
    assert_int_equal(facts.format, NRS_FORMAT_SCRIPT);
    assert_int_equal(result.packed, packed);
    assert_string_equal(result.name, name);
    assert_false(result.tampered);
}

static void gzexe_counts_its_lines(void **state)
{
    (void)state;
    script("#!/bin/sh\nskip=4\nexit 0\n", true, "\x1f\x8b\x08");
    expect(true, "gzexe");
    script("#!/bin/sh\nskip=3\nexit 0\n", true, "\x1f\x8b\x08");
    expect(true, "unknown"); /* no compressed data on line 3 */
    script("#!/bin/sh\nskip=4\nexit 0\n", false, "");
    expect(false, "none");
}

static void makeself_lists_its_parts(void **state)
{
    (void)state;
    script("#!/bin/sh\nCRCsum=\"1\"\nfilesizes=\"8192\"\n", true, "");
    expect(true, "makeself");
    script("#!/bin/sh\nMD5=\"1\"\nfilesizes=\"8192\"\n", true, "BZh");
    expect(true, "makeself");
}

static void any_shell_with_a_payload_is_unknown(void **state)
{
    static const char *const shells[] = {"#!/bin/bash\n",          "#! /usr/bin/zsh -e\n",
                                         "#!/bin/busybox/ash\n",   "#!/bin/busybox sh\n",
                                         "#!/usr/bin/env -S sh -e\n", "#!/usr/bin/python3.11\n",
                                         "#!/usr/bin/env perl\n",  "#!/usr/bin/env -S node -r\n"};

    (void)state;
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        script(shells[i], true, "");
        expect(true, "unknown");
        assert_int_equal(facts.rules, NRS_RULE_SCRIPT);
    }
}

static void text_in_any_alphabet_is_no_payload(void **state)
{
    (void)state;
    script("#!/bin/sh\necho \xe7\x8b\xbc\xe7\x85\x99 \xd0\xbe\xd0\xb3\xd0\xbe\xd0\xbd\xd1\x8c\n", false, "");
    for (unsigned i = 0; i < 2000; i++) { /* all of CJK, as UTF-8 */
        unsigned c = 0x4e00 + i * 7;

        file[len++] = (uint8_t)(0xe0 | c >> 12);
        file[len++] = (uint8_t)(0x80 | (c >> 6 & 63));
        file[len++] = (uint8_t)(0x80 | (c & 63));
    }
    expect(false, "none");
}

static void zeros_after_a_payload_hide_nothing(void **state)
{
    (void)state;
    script("#!/bin/sh\n", true, "");
    memset(file + len, 0, 5000);
    len += 5000;
    expect(true, "unknown");
    script("#!/bin/sh\necho text\n", false, "");
    memset(file + len, 0, 5000);
    len += 5000;
    expect(false, "none");
}

/* One stored file, its entry in the directory, the end record (APPNOTE 4.3). */
static void zip_end(size_t begin)
{
    uint8_t *entry = file + len, *record = entry + 46;

    memset(entry, 0, 46 + 22);
    memcpy(entry, "PK\1\2", 4);
    memcpy(record, "PK\5\6", 4);
    record[12] = 46;
    record[16] = (uint8_t)(len - begin);
    record[17] = (uint8_t)((len - begin) >> 8);
    len += 46 + 22;
}

static void archives_that_run_themselves_are_archives(void **state)
{
    static const char first[] = "#!/bin/sh\nexec python3 \"$0\"\n";

    (void)state;
    script(first, true, "PK\3\4");
    zip_end(strlen(first));
    expect(false, "none");
    file[len - 22 + 12]++; /* the directory is not where the record says */
    expect(true, "unknown");
    script(first, true, "PK\3\4");
    memcpy(file + len - 22, "PK\5\6", 4); /* the mark alone */
    expect(true, "unknown");
}

static void other_interpreters_are_not_judged(void **state)
{
    (void)state;
    script("#!/usr/bin/awk -f\n", true, "");
    expect(false, "none");
    script("#!", false, "");
    len = 4;
    memcpy(file, "#!\n\n", 4);
    expect(false, "none");
}

static void count_of_lines_may_be_anything(void **state)
{
    (void)state;
    script("#!/bin/sh\nskip=99999999999999999999\n", true, "");
    expect(true, "unknown");
    script("#!/bin/sh\nskip=0\n", true, "");
    expect(true, "unknown");
    script("#!/bin/sh\nskip=", true, "");
    expect(true, "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gzexe_counts_its_lines),
        cmocka_unit_test(makeself_lists_its_parts),
        cmocka_unit_test(any_shell_with_a_payload_is_unknown),
        cmocka_unit_test(text_in_any_alphabet_is_no_payload),
        cmocka_unit_test(zeros_after_a_payload_hide_nothing),
        cmocka_unit_test(archives_that_run_themselves_are_archives),
        cmocka_unit_test(other_interpreters_are_not_judged),
        cmocka_unit_test(count_of_lines_may_be_anything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
