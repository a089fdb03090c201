/* Random TCP conversations, their control segments repeated and out of order: each gives exactly one OPEN and one CLOSE
 * with the sizes that were sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/packet_fixture.h"

enum { CONVERSATIONS = 300, SEGMENTS_MAX = 64, ROUNDS = 20 };

static uint64_t seed;

static uint32_t any(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

struct segment {
    bool from_client;
    uint8_t flags;
    uint32_t seq, ack;
    size_t payload;
};

struct conversation {
    uint16_t port;
    uint32_t tx, rx;
    struct segment segment[SEGMENTS_MAX];
    int n, next;
};

static void add(struct conversation *c, struct segment s)
{
    c->segment[c->n++] = s;
}

/* The bytes of one side in data segments of up to 1,460 bytes, the last of them with the FIN or followed by it. */
static void add_side(struct conversation *c, bool from_client, uint32_t seq, uint32_t ack, uint32_t size)
{
    uint32_t sent = 0, last = size > 1460 ? 1460 : size;

    if (any(2))
        last = 0;
    while (size - sent > last) {
        uint32_t n = size - sent - last > 1460 ? 1460 : size - sent - last;

        add(c, (struct segment){from_client, F_ACK, seq + sent, ack, n});
        sent += n;
    }
    add(c, (struct segment){from_client, F_FIN | F_ACK, seq + sent, ack, last});
}

static void swap(struct segment *a, struct segment *b)
{
    struct segment t = *a;

    *a = *b;
    *b = t;
}

static void make(struct conversation *c, uint16_t port)
{
    uint32_t client = any(0x7fffffff) * 2 + any(2), server = any(0x7fffffff) * 2 + any(2);
    int n_opening;

    *c = (struct conversation){.port = port, .tx = any(12000), .rx = any(12000)};
    add(c, (struct segment){true, F_SYN, client, 0, 0});
    add(c, (struct segment){false, F_SYN | F_ACK, server, client + 1, 0});
    if (any(4) == 0)
        swap(&c->segment[0], &c->segment[1]);
    n_opening = c->n;
    add_side(c, true, client + 1, server + 1, c->tx);
    add_side(c, false, server + 1, client + 1, c->rx);
    for (int i = n_opening; i < c->n; i++) /* any order after the opening */
        swap(&c->segment[i], &c->segment[n_opening + (int)any((uint32_t)(c->n - n_opening))]);
    for (int i = (int)any(6); i > 0; i--) { /* anything may come again, also after the end */
        int again = (int)any((uint32_t)c->n), at = again + 1 + (int)any((uint32_t)(c->n - again));

        memmove(&c->segment[at + 1], &c->segment[at], (size_t)(c->n - at) * sizeof c->segment[0]);
        c->segment[at] = c->segment[again];
        c->n++;
    }
}

static void send_next(struct bench *b, struct conversation *c)
{
    const struct segment *s = &c->segment[c->next++];

    later(b, 1000000);
    if (s->from_client)
        tcp(b, 1, c->port, 2, 443, s->seq, s->ack, s->flags, s->payload);
    else
        tcp(b, 2, 443, 1, c->port, s->seq, s->ack, s->flags, s->payload);
}

static void check_one(const struct conversation *c)
{
    int n_open = 0, n_close = 0;

    for (int i = 0; i < rec.n; i++) {
        const struct nrs_flow *f = &rec.f[i];

        if (f->lport != c->port)
            continue;
        n_open += f->ev == NRS_EV_OPEN;
        if (f->ev != NRS_EV_CLOSE)
            continue;
        n_close++;
        assert_int_equal(f->end, NRS_END_FIN);
        assert_int_equal(f->flags, NRS_F_BYTES);
        assert_int_equal(f->tx_bytes, c->tx);
        assert_int_equal(f->rx_bytes, c->rx);
        assert_int_equal(f->local.b[15], 1);
    }
    assert_int_equal(n_open, 1);
    assert_int_equal(n_close, 1);
}

static void every_conversation_is_one_flow_with_its_sizes(void **state)
{
    static struct conversation all[CONVERSATIONS];

    (void)state;
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        struct bench b = set_up(&(struct nrs_packets_conf){.max_open = 1024, .hash_key = round});
        int n_left = CONVERSATIONS;

        seed = round;
        print_message("seed %llu\n", (unsigned long long)round);
        for (int i = 0; i < CONVERSATIONS; i++)
            make(&all[i], (uint16_t)(10000 + i));
        while (n_left > 0) { /* a few at a time, so that each takes less than the two seconds duplicates are known */
            int first = CONVERSATIONS - n_left, width = n_left < 8 ? n_left : 8;
            struct conversation *c = &all[first + (int)any((uint32_t)width)];

            if (c->next < c->n)
                send_next(&b, c);
            while (n_left > 0 && all[CONVERSATIONS - n_left].next == all[CONVERSATIONS - n_left].n)
                n_left--;
        }
        for (int i = 0; i < CONVERSATIONS; i++)
            check_one(&all[i]);
        tear_down(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_conversation_is_one_flow_with_its_sizes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
