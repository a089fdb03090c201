/* The line reader: what agent/VERDICT.md allows is taken, everything else is refused with a place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/base/error.h"
#include "tools/collector/records/line.h"
#include "tools/collector/records/text.h"

#define HEAD(kind, dataset)                                                                                    \
    "{\"@timestamp\":\"2026-11-21T20:05:00Z\",\"event.kind\":\"" kind "\",\"event.dataset\":\"noroshi." dataset    \
    "\",\"event.id\":\"lab-1-a1-1f\",\"host.id\":\"lab-1\""
#define BEACON_TOP                                                                                             \
    ",\"event.risk_score\":93,\"source.ip\":\"192.0.2.9\",\"destination.ip\":\"203.0.113.7\","                      \
    "\"destination.port\":443,\"network.transport\":\"tcp\",\"rule.id\":\"beacon-7\""
#define INNER "\"v\":1,\"st\":\"open\",\"d\":5,\"w\":\"24h\",\"score\":-20,\"n\":320,\"why\":\"fill+12,rest+0,bias-32\""
#define BEACON HEAD("alert", "beacon") BEACON_TOP ",\"noroshi\":{" INNER "}}"

static char stored[NRS_COL_LINE_MAX + 1];

static int read_line(struct nrs_col_record *r, const char *line, char why[NRS_COL_WHY])
{
    return nrs_col_line_read(r, stored, "lab-1", line, strlen(line), why);
}

/* The line is refused, and the reason begins with the place. */
static void refused(const char *line, const char *place)
{
    struct nrs_col_record r;
    char why[NRS_COL_WHY] = "";

    assert_int_equal(read_line(&r, line, why), NRS_ERR_FORMAT);
    if (strncmp(why, place, strlen(place)) != 0)
        fail_msg("'%s' instead of '%s' for %s", why, place, line);
}

static int start(void **state)
{
    (void)state;
    nrs_col_line_init();
    return 0;
}

static void beacon_is_taken_apart(void **state)
{
    struct nrs_col_record r;
    char why[NRS_COL_WHY];

    (void)state;
    assert_int_equal(read_line(&r, BEACON, why), 0);
    assert_int_equal(r.kind, NRS_COL_BEACON);
    assert_int_equal(r.risk, 93);
    assert_int_equal(r.port, 443);
    assert_int_equal(r.d, 5);
    assert_int_equal(r.seq, 0x1f);
    assert_string_equal(r.event, "lab-1-a1-1f");
    assert_string_equal(r.boot, "a1");
    assert_string_equal(r.dst, "203.0.113.7");
}

/* What is stored has the known keys, the name in the certificate, and of a newer agent's keys the plain ones. */
static void unknown_keys_are_not_stored(void **state)
{
    struct nrs_col_record r;
    char why[NRS_COL_WHY];

    (void)state;
    assert_int_equal(read_line(&r, HEAD("alert", "beacon") BEACON_TOP ",\"new\":[1,{\"x\":null}],\"noroshi\":{" INNER
                                                                      ",\"later\":true,\"soon\":7,\"word\":\"x\"}}", why), 0);
    assert_int_equal(r.n_dropped, 2);
    assert_null(strstr(stored, "new"));
    assert_null(strstr(stored, "later"));
    assert_non_null(strstr(stored, ",\"soon\":7,\"word\":\"x\"}}"));
    assert_int_equal(strlen(stored), r.len);
}

static void keys_are_compared_decoded(void **state)
{
    struct nrs_col_record r;
    char why[NRS_COL_WHY];

    (void)state;
    assert_int_equal(read_line(&r, HEAD("alert", "beacon") BEACON_TOP ",\"noroshi\":{" INNER "}}", why), 0);
    assert_int_equal(read_line(&r, "{\"host\\u002eid\":\"evil\"," "\"@timestamp\":\"2026-11-21T20:05:00Z\","
                                   "\"event.kind\":\"alert\",\"event.dataset\":\"noroshi.beacon\","
                                   "\"event.id\":\"lab-1-a1-1f\"" BEACON_TOP ",\"noroshi\":{" INNER "}}", why), 0);
    assert_null(strstr(stored, "evil"));
    assert_non_null(strstr(stored, "\"host.id\":\"lab-1\""));
    refused(HEAD("alert", "beacon") BEACON_TOP ",\"rule\\u002eid\":\"b\",\"noroshi\":{" INNER "}}", "rule.id: given twice");
}

static void record_of_another_device_is_refused(void **state)
{
    struct nrs_col_record r;
    char why[NRS_COL_WHY];

    (void)state;
    assert_int_equal(nrs_col_line_read(&r, stored, "lab", BEACON, strlen(BEACON), why), NRS_ERR_FORMAT);
    assert_string_equal(why, "event.id: its host is not the name in the device's certificate");
    assert_int_equal(nrs_col_line_read(&r, stored, "lab-1-a1", BEACON, strlen(BEACON), why), NRS_ERR_FORMAT);
}

/* One null in a health record emptied the page's list of devices. */
static void health_is_checked_like_verdicts(void **state)
{
    (void)state;
    refused(HEAD("metric", "health") ",\"noroshi\":{\"v\":1,\"dst\":null}}", "dst: not a whole number");
    refused(HEAD("metric", "health") ",\"noroshi\":{\"v\":1,\"up\":\"x\"}}", "up: not a whole number");
    refused(HEAD("metric", "health") ",\"noroshi\":{\"v\":1,\"rss\":-1}}", "rss: not a whole number");
    refused(HEAD("metric", "health") ",\"noroshi\":{\"v\":1,\"cov\":7}}", "cov: not a string");
    refused(HEAD("metric", "health") ",\"noroshi\":null}", "noroshi: not an object");
}

static void one_address_has_one_spelling(void **state)
{
    struct nrs_col_record r;
    char why[NRS_COL_WHY];

    (void)state;
    assert_int_equal(read_line(&r, HEAD("alert", "beacon") ",\"event.risk_score\":1,\"destination.ip\":"
                                   "\"2001:DB8:0:0::1\",\"rule.id\":\"beacon-7\",\"noroshi\":{" INNER "}}", why), 0);
    assert_string_equal(r.dst, "2001:db8::1");
}

static void evidence_needs_its_matrix(void **state)
{
    static const char head[] = HEAD("event", "evidence") ",\"noroshi\":{\"v\":1,\"of\":\"1e\",\"d\":5,\"day\":\"2026-11-21\"";
    char line[NRS_COL_LINE_MAX], why[NRS_COL_WHY], cells[961];
    struct nrs_col_record r;

    (void)state;
    (void)snprintf(line, sizeof line, "%s}}", head);
    refused(line, "m4: missing");
    memset(cells, 'A', 960);
    cells[960] = '\0';
    (void)snprintf(line, sizeof line, "%s,\"m4\":\"%s\"}}", head, cells);
    assert_int_equal(read_line(&r, line, why), 0);
    assert_int_equal(r.kind, NRS_COL_EVIDENCE);
    (void)snprintf(line, sizeof line, "%s,\"m4\":\"%s\"}}", head, cells + 1);
    refused(line, "m4: too short");
    cells[7] = '=';
    (void)snprintf(line, sizeof line, "%s,\"m4\":\"%s\"}}", head, cells);
    refused(line, "m4: not base64");
}

static void health_tells_the_version(void **state)
{
    struct nrs_col_record r;
    char why[NRS_COL_WHY];

    (void)state;
    assert_int_equal(read_line(&r, HEAD("metric", "health") ",\"agent.version\":\"0.3.1\",\"noroshi\":{\"v\":1,\"q\":3}}", why), 0);
    assert_int_equal(r.kind, NRS_COL_HEALTH);
    assert_string_equal(r.version, "0.3.1");
}

static void hostile_fields_are_refused_by_name(void **state)
{
    (void)state;
    refused("{}", "@timestamp: missing");
    refused("[]", "text: not one JSON object");
    refused(BEACON "x", "text: not one JSON object");
    refused(BEACON "{}", "text: not one JSON object");
    refused(HEAD("alert", "nonsense") "}", "event.dataset: unknown value");
    refused(HEAD("alert", " ") "}", "event.dataset: unknown value");
    refused(HEAD("metric", "beacon") BEACON_TOP ",\"noroshi\":{" INNER "}}", "event.kind: does not go");
    refused(HEAD("alert", "beacon") BEACON_TOP ",\"noroshi\":7}", "noroshi: not an object");
    refused(HEAD("alert", "beacon") BEACON_TOP ",\"noroshi\":{}}", "v: missing");
    refused(HEAD("alert", "beacon") ",\"event.risk_score\":100}", "event.risk_score: not a whole number");
    refused(HEAD("alert", "beacon") ",\"event.risk_score\":9.5}", "event.risk_score: not a whole number");
    refused(HEAD("alert", "beacon") ",\"event.risk_score\":1e999}", "event.risk_score: not a whole number");
    refused(HEAD("alert", "beacon") ",\"event.risk_score\":\"9\"}", "event.risk_score: not a whole number");
    refused(HEAD("alert", "beacon") ",\"destination.ip\":\"1.2.3\",\"event.risk_score\":1,\"rule.id\":\"b\",\"noroshi\":{" INNER "}}",
            "destination.ip: not an address");
    refused(HEAD("alert", "beacon") ",\"rule.id\":\"a\",\"rule.id\":\"b\"}", "rule.id: given twice");
    refused("{\"@timestamp\":\"yesterday at some time\"}", "@timestamp: not a UTC time");
}

static void event_ids_are_host_boot_and_sequence(void **state)
{
    static const char *const bad[] = {"", "-", "--", "a-b", "a-b-", "a--1", "-b-1", "a-B-1", "a-b-1G", "a-b-1_",
                                      "a b-c-1", "a-bbbbbbbbbbbbbbbbb-1", "a-b-1234567890123456"};
    char boot[NRS_COL_BOOT_MAX + 1];
    uint64_t seq;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(nrs_col_event_split(bad[i], boot, &seq), NRS_ERR_FORMAT);
    assert_int_equal(nrs_col_event_split("my-host.lan-k3f9-18f2", boot, &seq), 0);
    assert_string_equal(boot, "k3f9");
    assert_int_equal(seq, 0x18f2);
}

static void text_that_json_does_not_allow_is_refused(void **state)
{
    static const char *const bad[] = {"{\"a\":01}", "{\"a\":1.}", "{\"a\":-}", "{\"a\":1e}", "{\"a\":\"\x01\"}",
                                      "{\"a\":\"\xff\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"\xc0\x80\"}",
                                      "{\"a\":\"\\u0000\"}", "{\"a\":\"\\ud\\u,eh\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\", "{\"a\":\"x", "{\"a\":\x0b" "1}", "}", "[[[[[[[[[1]]]]]]]]]"};
    static const char *const good[] = {"{\"a\":-0.5e+3,\"b\":0,\"c\":10}", "{\"\xe7\x8b\xbc\":\"\\\\u0000\\\"\"}", " {} ", ""};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_non_null(nrs_col_text_check(bad[i], strlen(bad[i])));
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_null(nrs_col_text_check(good[i], strlen(good[i])));
}

static void long_line_is_refused(void **state)
{
    struct nrs_col_record r;
    char why[NRS_COL_WHY], *line = malloc(NRS_COL_LINE_MAX + 1);

    (void)state;
    assert_non_null(line);
    memset(line, ' ', NRS_COL_LINE_MAX + 1);
    assert_int_equal(nrs_col_line_read(&r, stored, "lab-1", line, NRS_COL_LINE_MAX + 1, why), NRS_ERR_FORMAT);
    assert_string_equal(why, "size: above 2048 bytes");
    free(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beacon_is_taken_apart),
        cmocka_unit_test(unknown_keys_are_not_stored),
        cmocka_unit_test(keys_are_compared_decoded),
        cmocka_unit_test(record_of_another_device_is_refused),
        cmocka_unit_test(health_is_checked_like_verdicts),
        cmocka_unit_test(one_address_has_one_spelling),
        cmocka_unit_test(evidence_needs_its_matrix),
        cmocka_unit_test(health_tells_the_version),
        cmocka_unit_test(hostile_fields_are_refused_by_name),
        cmocka_unit_test(event_ids_are_host_boot_and_sequence),
        cmocka_unit_test(text_that_json_does_not_allow_is_refused),
        cmocka_unit_test(long_line_is_refused),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
