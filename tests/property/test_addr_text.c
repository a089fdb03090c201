/* nrs_addr_text accepts what inet_pton accepts and gives the same bytes, over texts made at random from
 * pieces of addresses and over mutations of valid ones. SEED=n repeats a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/recorded/addr_text.h"

#define RUNS 200000

static uint32_t rng;

static uint32_t next_random(uint32_t below)
{
    rng ^= rng << 13;
    rng ^= rng >> 17;
    rng ^= rng << 5;
    return rng % below;
}

/* What flow.h asks for, from inet_pton's answer. */
static bool reference(const char *text, struct nrs_addr *a)
{
    static const uint8_t v4[12] = {[10] = 0xff, [11] = 0xff}, nat64[12] = {0, 0x64, 0xff, 0x9b};

    memcpy(a->b, v4, 12);
    if (inet_pton(AF_INET, text, a->b + 12) == 1)
        return true;
    if (inet_pton(AF_INET6, text, a->b) != 1)
        return false;
    if (memcmp(a->b, nat64, 12) == 0)
        memcpy(a->b, v4, 12);
    return true;
}

/* Texts without "%": a zone is the one thing that inet_pton refuses (its rows: recorded_text.rows). */
static void compare(const char *text)
{
    size_t len = strlen(text);
    char *exact = malloc(len + 1); /* and one byte that is not looked at */
    struct nrs_addr want, got;
    bool valid = reference(text, &want);

    assert_non_null(exact);
    memcpy(exact, text, len);
    exact[len] = '1';
    if (nrs_addr_text(&got, exact, len) != valid)
        fail_msg("\"%s\": inet_pton says %d", text, valid);
    if (valid && memcmp(&got, &want, sizeof got) != 0)
        fail_msg("\"%s\": other bytes than inet_pton", text);
    free(exact);
}

static void pieces_at_random_are_judged_like_inet_pton(void **state)
{
    static const char *const pieces[] = {
        "0",  "1", "25", "255", "256",       "00",   "f",         "FFFF", "12345", ":", ":",      ":",
        "::", ".", ".",  ".",   "192.0.2.1", "ffff", "64:ff9b::", "g",    "~",     "-", ":ffff:", "1.2.3."};

    (void)state;
    for (int i = 0; i < RUNS; i++) {
        char text[128] = "";

        for (uint32_t n = next_random(16); n > 0; n--)
            strcat(text, pieces[next_random(sizeof pieces / sizeof *pieces)]);
        compare(text);
    }
}

static void mutated_addresses_are_judged_like_inet_pton(void **state)
{
    (void)state;
    for (int i = 0; i < RUNS; i++) {
        uint8_t bytes[16];
        char text[INET6_ADDRSTRLEN];
        bool v6 = next_random(2);

        for (int b = 0; b < 16; b++)
            bytes[b] = (uint8_t)(next_random(3) ? next_random(256) : 0);
        inet_ntop(v6 ? AF_INET6 : AF_INET, bytes, text, sizeof text);
        compare(text);
        text[next_random((uint32_t)strlen(text))] = "0129af:.x"[next_random(9)];
        compare(text);
    }
}

static int seed(void **state)
{
    const char *given = getenv("SEED");

    (void)state;
    rng = given ? (uint32_t)strtoul(given, NULL, 10) : 20240229;
    printf("# SEED=%u\n", rng);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_at_random_are_judged_like_inet_pton),
        cmocka_unit_test(mutated_addresses_are_judged_like_inet_pton),
    };

    return cmocka_run_group_tests(tests, seed, NULL);
}
