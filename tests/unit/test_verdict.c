/* The lines: always within 1,024 bytes, always valid JSON, `why` always exactly the score. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include <cJSON.h>

#include "agent/core/verdict.h"
#include "models/base/bytes.h"
#include "models/base/error.h"
#include "tests/core_fixture.h"

#define TERMS 100u

static char line[NRS_EVIDENCE_MAX + 1];
static struct nrs_model model;
static uint16_t x[NRS_BEACON_N];
static uint8_t matrix[NRS_DAY_MINUTES / 2];
static struct nrs_judgement judgement;
static const struct nrs_verdict_id id = {"host-1", "b00t", 0x2a, UINT64_C(1795291502) * 1000000000};

static int plain(void **state)
{
    (void)state;
    cf_make_model(&model);
    memset(x, 0, sizeof x);
    judgement = (struct nrs_judgement){.local = cf_v4(10, 0, 0, 2), .remote = cf_v4(192, 0, 2, 1), .rport = 443,
        .proto = NRS_PROTO_TCP, .state = NRS_STATE_OPEN, .window = NRS_WINDOW_6H, .flagged = true, .risk = 95,
        .score_mlogit = nrs_model_score(&model, x), .dest_id = 3, .n = 60, .n_failed = 1, .period_ms = 60000,
        .jitter_pct = 7, .hours = 6, .tx_med = 300, .rx_med = UINT32_MAX, .age_s = 3600, .x = x, .model = &model};
    return 0;
}

static cJSON *written(void)
{
    int len = nrs_verdict_write(line, NRS_VERDICT_MAX + 1, &judgement, &id);
    const char *end;
    cJSON *json;

    assert_true(len > 0 && len <= NRS_VERDICT_MAX);
    assert_int_equal(strlen(line), len);
    assert_int_equal(line[len - 1], '\n');
    assert_null(memchr(line, '\n', (size_t)len - 1));
    json = cJSON_ParseWithOpts(line, &end, 0);
    assert_non_null(json);
    assert_ptr_equal(end, line + len - 1);
    return json;
}

static const char *string_at(const cJSON *o, const char *key)
{
    const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, key));

    assert_non_null(s);
    return s;
}

/* The sum of "name+1,name-2,..."; how many parts through *n. */
static int64_t sum_of_why(const char *why, unsigned *n)
{
    int64_t sum = 0;

    for (*n = 0; *why; ++*n) {
        int value, used;

        why += strcspn(why, "+-");
        assert_int_equal(sscanf(why, "%d%n", &value, &used), 1);
        sum += value;
        why += used;
        why += *why == ',';
    }
    return sum;
}

static void a_verdict_is_the_line_of_its_contract(void **state)
{
    (void)state;
    cJSON_Delete(written());
    assert_string_equal(line,
        "{\"@timestamp\":\"2026-11-21T20:05:02Z\",\"event.kind\":\"alert\",\"event.dataset\":\"noroshi.beacon\","
        "\"event.id\":\"host-1-b00t-2a\",\"host.id\":\"host-1\",\"event.risk_score\":95,\"source.ip\":\"10.0.0.2\","
        "\"destination.ip\":\"192.0.2.1\",\"destination.port\":443,\"network.transport\":\"tcp\","
        "\"rule.id\":\"beacon-7\",\"noroshi\":{\"v\":1,\"st\":\"open\",\"d\":3,\"w\":\"6h\",\"score\":2000,\"n\":60,"
        "\"f\":1,\"p\":60000,\"j\":7,\"h\":6,\"tx\":300,\"age\":3600,\"cov\":\"full\","
        "\"why\":\"vis_mad+2000,rest+0,bias+0\"}}\n");
}

static void states_transports_and_coverage_have_their_words(void **state)
{
    const struct { uint8_t state, proto, coverage; const char *st, *transport, *cov; } rows[] = {
        {NRS_STATE_UPDATE, NRS_PROTO_UDP, NRS_COVER_LOSSY, "update", "udp", "lossy"},
        {NRS_STATE_END, NRS_PROTO_ICMP6, NRS_COVER_NO_UDP, "end", "icmp", "no-udp"},
        {NRS_STATE_OPEN, 255, NRS_COVER_CLOSER_ONLY, "open", "255", "closer-only"},
        {NRS_STATE_OPEN, NRS_PROTO_TCP, NRS_COVER_FULL, "open", "tcp", "full"},
        {NRS_STATE_OPEN, NRS_PROTO_TCP, NRS_COVER_LOSSY | NRS_COVER_CLOSER_ONLY, "open", "tcp", "lossy,closer-only"},
        {NRS_STATE_OPEN, NRS_PROTO_TCP, NRS_COVER_ALL, "open", "tcp", "lossy,no-udp,closer-only"}};

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const cJSON *o;
        cJSON *json;

        judgement.state = rows[i].state;
        judgement.proto = rows[i].proto;
        judgement.coverage = rows[i].coverage;
        json = written();
        o = cJSON_GetObjectItemCaseSensitive(json, "noroshi");
        assert_string_equal(string_at(o, "st"), rows[i].st);
        assert_string_equal(string_at(o, "cov"), rows[i].cov);
        assert_string_equal(string_at(json, "network.transport"), rows[i].transport);
        cJSON_Delete(json);
    }
}

static void siblings_say_how_many_servers_and_a_week_its_hours(void **state)
{
    const cJSON *o;
    cJSON *json;

    (void)state;
    judgement.servers = 9;
    judgement.window = NRS_WINDOW_7D;
    judgement.hours = 168;
    json = written();
    o = cJSON_GetObjectItemCaseSensitive(json, "noroshi");
    assert_int_equal(cJSON_GetObjectItemCaseSensitive(o, "sib")->valueint, 9);
    assert_int_equal(cJSON_GetObjectItemCaseSensitive(o, "h")->valueint, 168);
    assert_string_equal(string_at(o, "w"), "7d");
    cJSON_Delete(json);
}

static void hours_and_minutes_are_scaled_to_their_largest(void **state)
{
    const cJSON *o;
    cJSON *json;

    (void)state;
    judgement.matrix = matrix;
    memset(matrix, 0, sizeof matrix);
    for (unsigned m = 0; m < 60; m += 2)
        matrix[m / 2] = 0x10; /* hour 0: 30 even minutes */
    matrix[60 / 2] = 0x20;    /* hour 1: twice in minute 0 */
    json = written();
    o = cJSON_GetObjectItemCaseSensitive(json, "noroshi");
    /* hours 30 2 -> 15 1; minutes 3 0 1 0 1 0 ... -> 15 0 5 0 5 0 ...: bytes f1, 11 zeroes, f0, then 50 29 times;
     * printf 'f1%022df0' ... | xxd -r -p | base64 */
    assert_string_equal(string_at(o, "m"), "8QAAAAAAAAAAAAAA8FBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQ");
    cJSON_Delete(json);
}

/* Six crosses of the longest feature names, each as large as a term can be. */
static void verbose_model(void)
{
    static const int8_t w[1] = {-127};
    static const uint8_t shift = 15;

    model.n_terms = 6;
    for (unsigned t = 0; t < model.n_terms; t++)
        model.term[t] = (struct nrs_term){.type = NRS_TERM_CROSS, .n_a = 1, .n_b = 1, .a = NRS_X_gap_short,
                                          .b = NRS_X_hist_used, .cuts_a = cf_cuts, .cuts_b = cf_cuts,
                                          .shifts = &shift, .weights = w};
    model.bias[0] = -2000000000;
    judgement.score_mlogit = nrs_model_score(&model, x);
}

static void hostile_names_never_exceed_the_limit(void **state)
{
    static char hosts[65], names[7][NRS_NAME_MAX + 192];
    struct nrs_verdict_id longest = {hosts, "0123456789abcdef", UINT32_MAX, UINT64_MAX};
    const char *const evil[7] = {"\"", "\\", "\x01", "\xff", "\xc3", "\xe7\x8b\xbc", "a"};

    (void)state;
    verbose_model();
    memset(hosts, 'h', 64);
    memset(judgement.local.b, 0xff, 16);
    memset(judgement.remote.b, 0xee, 16);
    judgement.matrix = matrix;
    judgement.risk = 99;
    judgement.n = judgement.n_failed = judgement.period_ms = judgement.age_s = judgement.dest_id = UINT32_MAX;
    judgement.tx_med = judgement.rx_med = UINT32_MAX - 1;
    judgement.hours = 24;
    judgement.jitter_pct = 999;
    judgement.rport = 65535;
    judgement.proto = 200;
    judgement.coverage = NRS_COVER_ALL;
    judgement.state = NRS_STATE_UPDATE;
    judgement.window = NRS_WINDOW_24H;
    model.serial = UINT32_MAX;
    for (unsigned i = 0; i < 7; i++) {
        cJSON *json;
        int len;

        while (strlen(names[i]) + strlen(evil[i]) <= 253)
            strcat(names[i], evil[i]);
        judgement.name = names[i];
        len = nrs_verdict_write(line, NRS_VERDICT_MAX + 1, &judgement, &longest);
        assert_true(len > 0 && len <= NRS_VERDICT_MAX);
        json = cJSON_Parse(line);
        assert_non_null(json);
        cJSON_Delete(json);
    }
}

static void a_name_of_ordinary_length_is_kept(void **state)
{
    cJSON *json;

    (void)state;
    judgement.name = "a-rather-long-name-for-a-host.in-some-zone.of-a-cdn.example.com";
    json = written();
    assert_string_equal(string_at(json, "destination.domain"), judgement.name);
    cJSON_Delete(json);
}

static void too_small_a_buffer_is_refused(void **state)
{
    (void)state;
    judgement.name = "one.example";
    for (size_t cap = 0; cap < 300; cap++) {
        memset(line, '#', sizeof line);
        assert_int_equal(nrs_verdict_write(line, cap, &judgement, &id), NRS_ERR_SPACE);
        assert_int_equal(line[cap], '#');
    }
}

/* A random model that the loader would accept: the largest magnitudes together fit 31 bits. */
static uint8_t cuts[TERMS][6], shifts[TERMS];
static int8_t weights[TERMS][16];

static void random_model(uint32_t *seed)
{
    int64_t reach;

    model.n_terms = (uint16_t)(1 + cf_random(seed) % TERMS);
    model.scale_q31[0] = 1 + cf_random(seed) % 0x80000000u;
    model.bias[0] = (int32_t)(cf_random(seed) % 2000000) - 1000000;
    reach = model.bias[0] < 0 ? -(int64_t)model.bias[0] : model.bias[0];
    for (unsigned t = 0; t < model.n_terms; t++) {
        uint8_t a = (uint8_t)(cf_random(seed) % NRS_BEACON_N), b = (uint8_t)(cf_random(seed) % NRS_BEACON_N);
        bool cross = cf_random(seed) % 3 == 0;

        for (unsigned i = 0; i < 3; i++)
            nrs_put_u16le(&cuts[t][2 * i], (uint16_t)(1 + 60 * i + cf_random(seed) % 60));
        for (unsigned i = 0; i < 16; i++)
            weights[t][i] = (int8_t)(cf_random(seed) % 255 - 127);
        shifts[t] = (uint8_t)(cf_random(seed) % 16);
        while (reach + (INT64_C(127) << shifts[t]) > INT32_MAX && shifts[t])
            shifts[t]--;
        reach += INT64_C(127) << shifts[t];
        model.term[t] = (struct nrs_term){.type = cross ? NRS_TERM_CROSS : NRS_TERM_BINS, .n_a = 4,
                                          .n_b = cross ? 4 : 1, .a = a, .b = cross ? b : a, .cuts_a = cuts[t],
                                          .cuts_b = cuts[t], .shifts = &shifts[t], .weights = weights[t]};
    }
}

static void why_adds_up_exactly_to_the_score(void **state)
{
    uint32_t seed = 20231115;

    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        const cJSON *o;
        cJSON *json;
        unsigned n;

        random_model(&seed);
        for (unsigned i = 0; i < NRS_BEACON_N; i++)
            x[i] = (uint16_t)(cf_random(&seed) % (nrs_schema_beacon.features[i].max + 1u));
        judgement.score_mlogit = nrs_model_score(&model, x);
        json = written();
        o = cJSON_GetObjectItemCaseSensitive(json, "noroshi");
        assert_true(sum_of_why(string_at(o, "why"), &n) == judgement.score_mlogit);
        assert_in_range(n, 2, 7); /* five terms at most, rest, bias */
        cJSON_Delete(json);
    }
}

static void why_names_the_largest_terms_first(void **state)
{
    static const int8_t w[3][1] = {{3}, {-50}, {20}};
    static const uint8_t no_shift = 0;
    const uint8_t features[3] = {NRS_X_n, NRS_X_fill, NRS_X_acf};
    const cJSON *o;
    cJSON *json;

    (void)state;
    for (unsigned t = 0; t < 3; t++)
        model.term[t] = (struct nrs_term){.type = NRS_TERM_BINS, .n_a = 1, .n_b = 1, .a = features[t], .b = features[t],
                                          .cuts_a = cf_cuts, .shifts = &no_shift, .weights = w[t]};
    model.n_terms = 3;
    model.bias[0] = -7;
    judgement.score_mlogit = nrs_model_score(&model, x);
    json = written();
    o = cJSON_GetObjectItemCaseSensitive(json, "noroshi");
    assert_string_equal(string_at(o, "why"), "fill-50,acf+20,n+3,rest+0,bias-7");
    cJSON_Delete(json);
}

static void evidence_carries_the_whole_matrix(void **state)
{
    const cJSON *o;
    cJSON *json;
    int len;

    (void)state;
    assert_int_equal(nrs_evidence_write(line, sizeof line, &judgement, &id, 0x29), NRS_ERR_RANGE);
    memset(matrix, 0x5a, sizeof matrix);
    judgement.matrix = matrix;
    len = nrs_evidence_write(line, sizeof line, &judgement, &id, 0x29);
    assert_true(len > 960 && len <= NRS_EVIDENCE_MAX);
    json = cJSON_Parse(line);
    assert_non_null(json);
    o = cJSON_GetObjectItemCaseSensitive(json, "noroshi");
    assert_string_equal(string_at(o, "of"), "29");
    assert_string_equal(string_at(o, "day"), "2026-11-21");
    assert_int_equal(strlen(string_at(o, "m4")), 960);
    assert_memory_equal(string_at(o, "m4"), "WlpaWlpa", 8); /* "ZZZZZZ" */
    assert_int_equal(strtoull(string_at(o, "sch"), NULL, 16), nrs_schema_hash(judgement.model->schema));
    assert_int_equal(strlen(string_at(o, "sch")), 16);
    assert_int_equal(strlen(string_at(o, "x")), (2 * judgement.model->schema->n_features + 2) / 3 * 4);
    assert_string_equal(string_at(json, "event.dataset"), "noroshi.evidence");
    cJSON_Delete(json);
}

static void a_row_is_short(void **state)
{
    (void)state;
    judgement.flagged = false;
    judgement.score_mlogit = INT32_MIN;
    assert_true(nrs_row_write(line, sizeof line, &judgement, 1700006400) > 0);
    assert_string_equal(line, "{\"event.kind\":\"event\",\"source.ip\":\"10.0.0.2\",\"destination.ip\":\"192.0.2.1\","
                              "\"destination.port\":443,\"network.transport\":\"tcp\",\"noroshi\":{\"from\":1700006400,"
                              "\"n\":60,\"score\":-2147483648}}\n");
    judgement.flagged = true;
    assert_true(nrs_row_write(line, sizeof line, &judgement, 0) > 0);
    assert_memory_equal(line, "{\"event.kind\":\"alert\"", 21);
    assert_int_equal(nrs_row_write(line, 20, &judgement, 0), NRS_ERR_SPACE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_verdict_is_the_line_of_its_contract, plain),
        cmocka_unit_test_setup(states_transports_and_coverage_have_their_words, plain),
        cmocka_unit_test_setup(siblings_say_how_many_servers_and_a_week_its_hours, plain),
        cmocka_unit_test_setup(hours_and_minutes_are_scaled_to_their_largest, plain),
        cmocka_unit_test_setup(hostile_names_never_exceed_the_limit, plain),
        cmocka_unit_test_setup(a_name_of_ordinary_length_is_kept, plain),
        cmocka_unit_test_setup(too_small_a_buffer_is_refused, plain),
        cmocka_unit_test_setup(why_adds_up_exactly_to_the_score, plain),
        cmocka_unit_test_setup(why_names_the_largest_terms_first, plain),
        cmocka_unit_test_setup(evidence_carries_the_whole_matrix, plain),
        cmocka_unit_test_setup(a_row_is_short, plain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
