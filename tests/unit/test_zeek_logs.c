/* Zeek logs as files: headers, columns, damage, gzip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <zlib.h>

#include "platform/recorded/unpack.h"
#include "tests/unit/recorded_file.h"

#define HEAD "#separator \\x09\n#unset_field\t-\n#empty_field\t(empty)\n#path\tconn\n"
#define FIELDS                                                                                               \
    "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration\torig_bytes\tresp_"            \
    "bytes\tconn_state\n"
#define RECORD "1700000000.5\t10.0.0.1\t40000\t192.0.2.7\t443\ttcp\t1.25\t100\t200\tSF\n"

static int read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

static void a_log_gives_its_flows(void **state)
{
    (void)state;
    assert_int_equal(read_text(HEAD FIELDS RECORD RECORD "#close\t2023\n"), 0);
    assert_string_equal(got.format, "zeek-tsv");
    assert_int_equal(got.n, 2);
    assert_int_equal(got.st.records, 2);
    assert_int_equal(got.st.damaged, 0);
    assert_int_equal(got.flow[1].rport, 443);
    assert_int_equal(got.flow[1].dur_ms, 1250);
    assert_int_equal(got.flow[1].tx_bytes, 100);
    assert_int_equal(got.flow[1].end, NRS_END_FIN);
    assert_true(got.st.bytes_done == got.st.bytes_total && got.st.bytes_total > 0);
}

static void columns_may_stand_in_any_order(void **state)
{
    (void)state;
    assert_int_equal(read_text("#fields\tproto\tx\tid.resp_p\tid.resp_h\tid.orig_h\tts\ty\n"
                               "udp\t?\t53\t192.0.2.1\t10.0.0.1\t1.5\t?\n"),
                     0);
    assert_int_equal(got.n, 1);
    assert_int_equal(got.flow[0].rport, 53);
    assert_int_equal(got.flow[0].proto, NRS_PROTO_UDP);
    assert_true(got.flow[0].t_ns == 1500000000);
}

static void unset_and_empty_values_are_not_damage(void **state)
{
    (void)state;
    assert_int_equal(read_text(HEAD FIELDS "1\t10.0.0.1\t1\t192.0.2.7\t2\ttcp\t-\t(empty)\t-\t-\n"), 0);
    assert_int_equal(got.n, 1);
    assert_true(got.flow[0].dur_ms == NRS_DUR_UNKNOWN);
    assert_int_equal(got.flow[0].flags, 0);
}

static void the_header_names_separator_and_unset(void **state)
{
    (void)state;
    assert_int_equal(
        read_text(
            "#separator \\x2c\n#unset_field,NULL\n#fields,ts,id.orig_h,id.resp_h,id.resp_p,proto,duration\n"
            "7,10.0.0.1,192.0.2.7,443,tcp,NULL\n"),
        0);
    assert_int_equal(got.n, 1);
    assert_true(got.flow[0].dur_ms == NRS_DUR_UNKNOWN);
}

static void a_second_fields_line_replaces_the_columns(void **state)
{
    (void)state;
    assert_int_equal(read_text(HEAD FIELDS RECORD "#close\tx\n" HEAD
                                                  "#fields\tid.resp_h\tid.orig_h\tproto\tid.resp_p\tts\n"
                                                  "192.0.2.9\t10.0.0.2\tudp\t123\t8\n"),
                     0);
    assert_int_equal(got.n, 2);
    assert_int_equal(got.st.damaged, 0);
    assert_int_equal(got.flow[1].rport, 123);
}

static void a_damaged_line_costs_that_line_and_is_named(void **state)
{
    (void)state;
    assert_int_equal(read_text(FIELDS RECORD "x\t10.0.0.1\t1\t192.0.2.7\t2\ttcp\t-\t-\t-\t-\n"
                                             "1\t10.0.0.1\n" RECORD
                                             "1\t10.0.0.1\t1\t192.0.2.7\t99999\ttcp\t-\t-\t-\t-\n"
                                             "1\t10.0.0.1\t1\t-\t1\ttcp\t-\t-\t-\t-\n"),
                     0);
    assert_int_equal(got.n, 2);
    assert_int_equal(got.st.damaged, 4);
    assert_string_equal(got.log, ":3: ts: not a time\n:4: conn_state: missing\n:6: id.resp_p: not a port\n"
                                 ":7: id.resp_h: missing\n");
}

static void only_the_first_five_are_named(void **state)
{
    (void)state;
    assert_int_equal(read_text(FIELDS "a\nb\nc\nd\ne\nf\ng\n"), 0);
    assert_int_equal(got.st.damaged, 7);
    assert_non_null(strstr(got.log, ":6: "));
    assert_null(strstr(got.log, ":7: "));
}

static void records_without_usable_columns_are_damaged(void **state)
{
    (void)state;
    assert_int_equal(read_text("#path\tconn\n1\t2\n#fields\tts\tid.orig_h\n3\t4\n"), 0);
    assert_int_equal(got.st.damaged, 3);
    assert_string_equal(got.log,
                        ":2: no usable #fields line before it\n:3: #fields lacks the column: id.resp_h\n"
                        ":4: no usable #fields line before it\n");
}

static void crlf_blank_lines_and_a_missing_last_newline_are_fine(void **state)
{
    (void)state;
    assert_int_equal(
        read_text(
            "#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tproto\r\n\r\n1\t10.0.0.1\t192.0.2.7\t2\ttcp\r\n\n"
            "2\t10.0.0.1\t192.0.2.7\t2\ttcp"),
        0);
    assert_int_equal(got.n, 2);
    assert_int_equal(got.st.damaged, 0);
}

/* FIELDS, a line of `len` bytes, RECORD. */
static void read_with_long_line(size_t len)
{
    size_t at = strlen(FIELDS);
    char *text = malloc(at + len + 1 + sizeof RECORD);

    assert_non_null(text);
    memcpy(text, FIELDS, at);
    memset(text + at, 'x', len);
    memcpy(text + at + len, "\n" RECORD, sizeof RECORD);
    assert_int_equal(read_bytes(text, at + len + sizeof RECORD), 0);
    free(text);
}

static void a_line_longer_than_64_kib_is_damaged(void **state)
{
    static const size_t lengths[] = {65537, 70000, 327680, 400000, 1000000};

    (void)state;
    for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        read_with_long_line(lengths[i]);
        assert_int_equal(got.n, 1);
        assert_int_equal(got.st.damaged, 1);
    }
    assert_string_equal(got.log, ":2: line is longer than 64 KiB\n");
}

static void a_line_of_64_kib_is_read(void **state)
{
    (void)state;
    read_with_long_line(65536);
    assert_int_equal(got.n, 1);
    assert_string_equal(got.log, ":2: ts: not a time\n");
}

static size_t gzip(const char *text, uint8_t *out, size_t cap)
{
    z_stream z = {0};

    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)text;
    z.avail_in = (uInt)strlen(text);
    z.next_out = out;
    z.avail_out = (uInt)cap;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return cap - z.avail_out;
}

/* Text through a packing command; returns how many bytes came out. */
static size_t packed_by(const char *command, const char *text, uint8_t *out, size_t cap)
{
    char line[512];
    FILE *from;
    size_t n;

    snprintf(line, sizeof line, "printf '%%s' '%s' | %s -c", text, command);
    from = popen(line, "r");
    assert_non_null(from);
    n = fread(out, 1, cap, from);
    assert_int_equal(pclose(from), 0);
    return n;
}

static void a_packed_log_is_the_same_log(void **state)
{
    uint8_t packed[1024];
    uint32_t mark;
    size_t n = gzip(HEAD FIELDS RECORD, packed, sizeof packed);

    (void)state;
    assert_int_equal(read_text(HEAD FIELDS RECORD), 0);
    mark = got.mark;
    assert_int_equal(read_bytes(packed, n), 0);
    assert_int_equal(got.n, 1);
    assert_true(got.mark == mark);
    assert_int_equal(got.st.bytes_done, n);
}

static void several_gzip_members_are_one_log(void **state)
{
    uint8_t packed[2048] = {0};
    size_t n = gzip(FIELDS RECORD, packed, sizeof packed);

    (void)state;
    n += gzip(RECORD RECORD, packed + n, sizeof packed - n);
    assert_int_equal(read_bytes(packed, n), 0);
    assert_int_equal(got.n, 3);
    assert_int_equal(read_bytes(packed, n + 512), 0); /* padded with zeroes */
    assert_int_equal(got.n, 3);
    assert_int_equal(got.st.damaged, 0);
}

static void a_gzip_file_cut_short_gives_what_it_has(void **state)
{
    uint8_t packed[1024];
    size_t n = gzip(FIELDS RECORD, packed, sizeof packed);

    (void)state;
    assert_int_equal(read_bytes(packed, n - 9), 0); /* without its checksum and a byte more */
    assert_int_equal(got.st.damaged >= 1, 1);
    assert_non_null(strstr(got.log, "the packed data end too early: gzip\n"));
}

static void gzip_data_that_do_not_unpack_end_with_an_error(void **state)
{
    uint8_t packed[1024];
    size_t n = gzip(FIELDS RECORD, packed, sizeof packed);

    (void)state;
    packed[n - 6] ^= 0xff; /* the checksum */
    assert_int_equal(read_bytes(packed, n), -EBADMSG);
    assert_int_equal(got.n, 1);
}

/* FIELDS RECORD, packed by the command and written as bytes, each with the last one dropped too. */
static void other_packings_are_read(void **state)
{
    static const char *const by[] = {"zstd -q", "xz", "bzip2"};
    static const char text[] = FIELDS RECORD;

    (void)state;
    for (unsigned i = 0; i < sizeof by / sizeof *by; i++) {
        uint8_t packed[1024];
        size_t n;

        if (!nrs_unpack_more[0])
            skip(); /* a target's build, with zlib only */
        n = packed_by(by[i], text, packed, sizeof packed);

        assert_int_equal(read_bytes(packed, n), 0);
        assert_int_equal(got.n, 1);
        assert_false(got.st.cut);
        memcpy(packed + n, packed, n); /* a second stream */
        assert_int_equal(read_bytes(packed, 2 * n), 0);
        assert_int_equal(got.n, 2);
        assert_int_equal(read_bytes(packed, n - 1), 0);
        assert_true(got.st.cut);
        packed[n / 2] ^= 0xff; /* what comes out may already look like no log at all */
        assert_true(read_bytes(packed, n) < 0);
    }
}

static void a_byte_order_mark_is_passed_over(void **state)
{
    (void)state;
    assert_int_equal(read_text("\xef\xbb\xbf" FIELDS RECORD), 0);
    assert_int_equal(got.n, 1);
    assert_int_equal(got.st.damaged, 0);
}

static void json_lines_give_the_same_flow(void **state)
{
    (void)state;
    assert_int_equal(
        read_text(
            "{\"ts\":1700000000.5,\"uid\":\"C1\",\"id.orig_h\":\"10.0.0.1\",\"id.orig_p\":40000,"
            "\"id.resp_h\":\"192.0.2.7\",\"id.resp_p\":443,\"proto\":\"tcp\",\"duration\":1.25,"
            "\"orig_bytes\":100,\"resp_bytes\":200,\"conn_state\":\"SF\"}\n"
            "{\"proto\":\"tcp\",\"id\":{\"resp_p\":443,\"resp_h\":\"192.0.2.7\",\"orig_h\":\"10.0.0.1\"},"
            "\"duration\":null,\"tags\":[\"a\"],\"ts\":\"2023-11-14T22:13:20.5Z\"}\n"),
        0);
    assert_string_equal(got.format, "zeek-json");
    assert_int_equal(got.n, 2);
    assert_true(got.flow[0].t_ns == got.flow[1].t_ns);
    assert_int_equal(got.flow[0].dur_ms, 1250);
    assert_int_equal(got.flow[0].flags, NRS_F_BYTES);
    assert_true(got.flow[1].dur_ms == NRS_DUR_UNKNOWN);
    assert_memory_equal(&got.flow[0].remote, &got.flow[1].remote, 16);
}

static void a_damaged_json_line_is_named(void **state)
{
    (void)state;
    assert_int_equal(read_text("{\"ts\":1," ZEEK "\n{\"ts\":1,\"proto\":\"tcp\"}\n{\"ts\":\n{\"ts\":\"x\"}\nnothing\n"), 0);
    assert_int_equal(got.st.damaged, 4);
    assert_string_equal(got.log, ":2: id.orig_h: missing\n:3: a value is missing\n:4: ts: not a time\n"
                                 ":5: not a JSON object\n");
}

static void other_files_are_not_supported(void **state)
{
    (void)state;
    assert_int_equal(read_text(""), -EPROTONOSUPPORT);
    assert_int_equal(read_text("ts,uid\n"), -EPROTONOSUPPORT);
    assert_int_equal(read_text("\x1f\x8b\x08"), -EPROTONOSUPPORT);
}

static void missing_files_and_folders_say_so(void **state)
{
    struct nrs_recorded *r = NULL;

    (void)state;
    assert_int_equal(nrs_recorded_open(&r, "/nonexistent/conn.log", &(struct nrs_recorded_conf){0}, got.why), -ENOENT);
    assert_string_equal(got.why, "No such file or directory");
    assert_int_equal(nrs_recorded_open(&r, "/", &(struct nrs_recorded_conf){0}, got.why), -EISDIR);
    assert_null(r);
    nrs_recorded_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_gives_its_flows),
        cmocka_unit_test(columns_may_stand_in_any_order),
        cmocka_unit_test(unset_and_empty_values_are_not_damage),
        cmocka_unit_test(the_header_names_separator_and_unset),
        cmocka_unit_test(a_second_fields_line_replaces_the_columns),
        cmocka_unit_test(a_damaged_line_costs_that_line_and_is_named),
        cmocka_unit_test(only_the_first_five_are_named),
        cmocka_unit_test(records_without_usable_columns_are_damaged),
        cmocka_unit_test(crlf_blank_lines_and_a_missing_last_newline_are_fine),
        cmocka_unit_test(a_line_longer_than_64_kib_is_damaged),
        cmocka_unit_test(a_line_of_64_kib_is_read),
        cmocka_unit_test(a_packed_log_is_the_same_log),
        cmocka_unit_test(several_gzip_members_are_one_log),
        cmocka_unit_test(a_gzip_file_cut_short_gives_what_it_has),
        cmocka_unit_test(gzip_data_that_do_not_unpack_end_with_an_error),
        cmocka_unit_test(other_packings_are_read),
        cmocka_unit_test(a_byte_order_mark_is_passed_over),
        cmocka_unit_test(json_lines_give_the_same_flow),
        cmocka_unit_test(a_damaged_json_line_is_named),
        cmocka_unit_test(other_files_are_not_supported),
        cmocka_unit_test(missing_files_and_folders_say_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
