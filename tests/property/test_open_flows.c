/* Random operations on the table of open flows, compared with a plain array that does the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "platform/packet/open_flows.h"

enum { CAP = 64, KEYS = 200, STEPS = 50000 };

static uint64_t seed = 42;

static uint32_t any(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

static struct nrs_open_key key(uint32_t i)
{
    struct nrs_open_key k = {.sport = (uint16_t)i, .dport = 443, .proto = NRS_PROTO_TCP};

    k.src.b[15] = 1;
    k.dst.b[15] = (uint8_t)(i % 3);
    return k;
}

static struct nrs_open_key reverse(struct nrs_open_key k)
{
    return (struct nrs_open_key){k.dst, k.src, k.dport, k.sport, k.proto};
}

static void the_table_agrees_with_a_plain_array(void **state)
{
    static bool present[KEYS];
    static uint32_t list_of[KEYS], touched[KEYS];
    struct nrs_open_flows t;
    void *mem = malloc(nrs_open_flows_bytes(CAP));
    uint32_t n = 0;

    (void)state;
    assert_non_null(mem);
    nrs_open_flows_init(&t, mem, CAP, 7);
    for (uint32_t step = 1; step <= STEPS; step++) {
        uint32_t i = any(KEYS), list = any(NRS_LISTS);
        struct nrs_open_key k = any(2) ? key(i) : reverse(key(i)), same = key(i);
        bool from_local;
        struct nrs_open_flow *e = nrs_open_flows_find(&t, &k, &from_local), *oldest;

        assert_int_equal(e != NULL, present[i]);
        if (e && any(3) == 0) {
            nrs_open_flows_remove(&t, e);
            present[i] = false;
            n--;
        } else if (e) {
            assert_int_equal(from_local, memcmp(&k, &same, sizeof k) == 0);
            nrs_open_flows_touch(&t, e, (enum nrs_open_list)list, step);
            list_of[i] = list;
            touched[i] = step;
        } else {
            e = nrs_open_flows_add(&t, &same, true, (enum nrs_open_list)list, step);
            assert_int_equal(e != NULL, n < CAP);
            if (e) {
                present[i] = true;
                list_of[i] = list;
                touched[i] = step;
                n++;
            }
        }
        oldest = nrs_open_flows_oldest(&t, (enum nrs_open_list)list);
        for (uint32_t j = 0; j < KEYS; j++)
            if (present[j] && list_of[j] == list)
                assert_true(oldest && oldest->last_ms <= touched[j]);
    }
    free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_table_agrees_with_a_plain_array)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
