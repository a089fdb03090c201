/* What a file is: kinds that are refused by name, columns that are stated, wrappings, names, directions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "tests/unit/recorded_file.h"

static int read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

static void other_logs_are_refused_by_name(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"", "it is empty"},
        {"\n \n", "nothing but blanks in it"},
        {"#separator \\x09\n#path\tfiles\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tproto\tfuid\n",
         "Zeek's files log; connections are in its conn.log"},
        {"{\"ts\":1,\"id.orig_h\":\"10.0.0.1\",\"id.resp_h\":\"192.0.2.1\",\"id.resp_p\":443,\"note\":\"a\"}"
         "\n",
         "Zeek's notice log; connections are in its conn.log"},
        {"{\"a\":1,\"b\":{\"c\":2}}\n", "JSON, but not of connections that are known here (it has a, b.c)"},
        {"1\t2\t3\n", "columns without a header; state Zeek's columns with --fields"},
        {"\xff\xfe{", "text in UTF-16; convert it (iconv -f UTF-16 -t UTF-8)"},
        {"PK\x03\x04", "a zip archive; unpack it first"},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(read_text(rows[i].text), -EPROTONOSUPPORT);
        assert_string_equal(got.why, rows[i].why);
    }
}

/* Reads it, and says whether its two events are names of 192.0.2.7 and 192.0.2.8. */
static bool two_names(const char *text)
{
    assert_int_equal(read_text(text), 0);
    assert_int_equal(got.st.damaged, 0);
    return got.n == 2 && got.flow[0].ev == NRS_EV_NAME && got.flow[1].ev == NRS_EV_NAME &&
           got.flow[0].remote.b[15] == 7 && got.flow[1].remote.b[15] == 8 &&
           strcmp(got.name, "c2.example") == 0;
}

static void dns_ssl_and_http_logs_give_names(void **state)
{
    (void)state;
    assert_true(two_names("#fields\tts\tid.resp_h\tquery\tqtype_name\tanswers\n"
                          "1\t9.9.9.9\tc2.example\tA\tx.example,192.0.2.7,192.0.2.8,TXT 4 v=1\n"
                          "2\t9.9.9.9\tc2.example\tA\t-\n3\t9.9.9.9\t-\tA\t192.0.2.9\n"
                          "4\t9.9.9.9\ta\"b\tA\t192.0.2.9\n"));
    assert_true(two_names(
        "{\"ts\":1,\"id.orig_h\":\"10.0.0.1\",\"id.resp_h\":\"9.9.9.9\",\"query\":\"c2.example\","
        "\"qtype_name\":\"A\",\"answers\":[\"192.0.2.7\",\"192.0.2.8\"]}\n"
        "{\"ts\":1,\"id.orig_h\":\"10.0.0.1\",\"id.resp_h\":\"9.9.9.9\",\"query\":\"no.example\"}\n"));
    assert_true(two_names("#fields\tts\tid.resp_h\tserver_name\tcipher\n1\t192.0.2.7\tc2.example\tx\n"
                          "1\t192.0.2.8\tc2.example\tx\n2\t192.0.2.9\t-\tx\n"));
    assert_true(two_names("#fields\tts\tid.resp_h\thost\tstatus_code\n1\t192.0.2.7\tc2.example\t200\n"
                          "1\t192.0.2.8\tc2.example\t200\n2\t192.0.2.9\t192.0.2.9\t200\n"));
}

static void columns_can_be_stated(void **state)
{
    (void)state;
    fields = "ts,id.orig_h,id.resp_h,id.resp_p,proto,duration";
    assert_int_equal(read_text("7\t10.0.0.1\t192.0.2.7\t443\ttcp\t-\n"), 0);
    assert_int_equal(got.n, 1);
    fields = "ts,proto";
    assert_int_equal(read_text("7\ttcp\n"), -EPROTONOSUPPORT);
    fields = NULL;
}

#define TEXT                                                                                                 \
    "\\\"id.orig_h\\\":\\\"10.0.0.1\\\",\\\"id.resp_h\\\":\\\"192.0.2.7\\\",\\\"id.resp_p\\\":443,"          \
    "\\\"proto\\\":\\\"tcp\\\"}"

static void records_are_found_in_their_wrapping(void **state)
{
    static const char *const rows[] = {
        "{\"ts\":1700000000.5," ZEEK "\n{\"ts\":1700000000.5," ZEEK "\n",
        "{\"ts\":1700000000500," ZEEK "\n{\"ts\":1700000000500," ZEEK "\n",
        "[{\"ts\":1700000000.5," ZEEK ",\n {\"ts\":1700000000.5," ZEEK "]\n",
        "{\n\"ts\" : 1700000000.5,\n" ZEEK "\n{\n\"ts\":1700000000.5," ZEEK "\n",
        "{\"_index\":\"z\",\"_source\":{\"ts\":1700000000.5," ZEEK
        "}\n{\"_source\":{\"ts\":1700000000.5," ZEEK "}\n",
        "{\"message\":\"{\\\"ts\\\":1700000000.5," TEXT "\"}\r\n{\"message\":\"{\\\"ts\\\":1700000000.5," TEXT
        "\"}\r\n",
        "{\"result\":{\"_raw\":\"{\\\"ts\\\":1700000000.5," TEXT
        "\"}}\n{\"result\":{\"_raw\":\"{\\\"ts\\\":1700000000.5," TEXT "\"}}\n",
        "<13>Nov 14 22:13:20 s zeek: {\"ts\":1700000000.5," ZEEK
        "\n<13>Nov 14 22:13:20 s zeek: {\"ts\":1700000000.5," ZEEK "\n",
        "{\"other\":1}\n{\"_source\":{\"ts\":1700000000.5," ZEEK "}\n{\"_source\":{\"ts\":1700000000.5," ZEEK
        "}\n",
    };

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(read_text(rows[i]), 0);
        assert_string_equal(got.format, "zeek-json");
        assert_int_equal(got.n, 2);
        assert_true(got.flow[1].t_ns == UINT64_C(1700000000500000000));
        assert_int_equal(got.flow[1].rport, 443);
    }
}

static void damage_in_an_array_costs_one_object(void **state)
{
    (void)state;
    assert_int_equal(
        read_text("[{\"ts\":1," ZEEK ",\n x {\"ts\":\n\"y\"," ZEEK ",{\"ts\":2," ZEEK ",{\"ts\":"), 0);
    assert_int_equal(got.n, 2);
    assert_string_equal(
        got.log, ":object 2: something else than objects in the array before it\n:object 2: ts: not a time\n"
                 ":object 4: the file ends inside it\n");
}

static void a_connection_from_outside_is_inbound(void **state)
{
    (void)state;
    assert_int_equal(read_text("{\"ts\":1,\"local_orig\":false,\"local_resp\":true," ZEEK
                               "\n{\"ts\":1,\"local_orig\":true,"
                               "\"local_resp\":false," ZEEK "\n"),
                     0);
    assert_int_equal(got.flow[0].dir, NRS_DIR_IN);
    assert_int_equal(got.flow[0].remote.b[12], 10);
    assert_int_equal(got.flow[0].rport, 40000);
    assert_int_equal(got.flow[0].lport, 443);
    assert_int_equal(got.flow[1].dir, NRS_DIR_OUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_logs_are_refused_by_name),
        cmocka_unit_test(dns_ssl_and_http_logs_give_names),
        cmocka_unit_test(columns_can_be_stated),
        cmocka_unit_test(records_are_found_in_their_wrapping),
        cmocka_unit_test(damage_in_an_array_costs_one_object),
        cmocka_unit_test(a_connection_from_outside_is_inbound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
