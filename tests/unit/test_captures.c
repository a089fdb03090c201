/* pcap and pcapng files: byte orders, clocks, sections, damage. One SYN packet is enough to see them arrive.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdbool.h>

#include "tests/unit/recorded_file.h"

static struct {
    uint8_t b[400000];
    size_t n;
    bool big_endian;
} file;

static void begin(bool big_endian)
{
    file.n = 0;
    file.big_endian = big_endian;
}

static void put(const void *bytes, size_t n)
{
    memcpy(file.b + file.n, bytes, n);
    file.n += n;
}

static void put_number(uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        file.b[file.n++] = (uint8_t)(v >> 8 * (file.big_endian ? bytes - 1 - i : i));
}

static void put_zeroes(size_t n)
{
    memset(file.b + file.n, 0, n);
    file.n += n;
}

/* Ethernet, IPv4, a SYN from 10.0.0.1 to 192.0.2.7 port 443; `port` tells the connections apart. */
static const uint8_t syn[54] = {2, 0,    0, 0, 0,  1, 2, 0, 0,  0, 0,    2, 8,    0,    0x45, 0, 0,    40,
                                0, 1,    0, 0, 64, 6, 0, 0, 10, 0, 0,    1, 192,  0,    2,    7, 0x90, 0,
                                1, 0xbb, 0, 0, 0,  1, 0, 0, 0,  0, 0x50, 2, 0xff, 0xff, 0,    0, 0,    0};

static void put_syn(unsigned port)
{
    put(syn, sizeof syn);
    file.b[file.n - 20] = (uint8_t)(port >> 8);
    file.b[file.n - 19] = (uint8_t)port;
}

static void pcap_header(uint32_t magic, uint32_t link)
{
    put_number(magic, 4);
    put_number(2, 2);
    put_number(4, 2);
    put_number(0, 8);
    put_number(262144, 4);
    put_number(link, 4);
}

static void pcap_packet(uint32_t s, uint32_t fraction, unsigned port)
{
    put_number(s, 4);
    put_number(fraction, 4);
    put_number(sizeof syn, 4);
    put_number(sizeof syn, 4);
    put_syn(port);
}

static int n_opened(void)
{
    int n = 0;

    for (int i = 0; i < got.n && i < FLOWS_MAX; i++)
        n += got.flow[i].ev == NRS_EV_OPEN;
    return n;
}

static void either_byte_order_and_clock_of_pcap_is_read(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        begin(big);
        pcap_header(0xa1b2c3d4, 1);
        pcap_packet(1700000000, 250000, 40000);
        assert_int_equal(read_bytes(file.b, file.n), 0);
        assert_string_equal(got.format, "pcap");
        assert_true(got.flow[0].t_ns == UINT64_C(1700000000250000000));
        assert_int_equal(got.flow[0].rport, 443);
        begin(big);
        pcap_header(0xa1b23c4d, 1);
        pcap_packet(1700000000, 250000001, 40000);
        assert_int_equal(read_bytes(file.b, file.n), 0);
        assert_true(got.flow[0].t_ns == UINT64_C(1700000000250000001));
    }
}

static void what_is_open_at_the_end_is_closed(void **state)
{
    (void)state;
    begin(false);
    pcap_header(0xa1b2c3d4, 1);
    for (unsigned i = 0; i < 10; i++)
        pcap_packet(1700000000 + i, 0, 40000 + i);
    assert_int_equal(read_bytes_by(file.b, file.n, 1), 0);
    assert_int_equal(n_opened(), 10);
    assert_int_equal(got.n, 20);
    assert_int_equal(got.st.records, 10);
}

static void a_pcap_that_ends_inside_a_packet_gives_the_others(void **state)
{
    (void)state;
    begin(false);
    pcap_header(0xa1b2c3d4, 1);
    pcap_packet(1, 0, 40000);
    pcap_packet(2, 0, 40001);
    assert_int_equal(read_bytes(file.b, file.n - 10), 0);
    assert_int_equal(n_opened(), 1);
    assert_string_equal(got.log, ":packet 2: the file ends inside it\n");
    assert_int_equal(read_bytes(file.b, file.n - sizeof syn - 3), 0);
    assert_int_equal(got.st.damaged, 1);
}

static void an_impossible_length_ends_a_pcap(void **state)
{
    (void)state;
    begin(false);
    pcap_header(0xa1b2c3d4, 1);
    pcap_packet(1, 0, 40000);
    put_number(2, 8);
    put_number(0x10000000, 4);
    put_number(60, 4);
    put_zeroes(64);
    assert_int_equal(read_bytes(file.b, file.n), -EBADMSG);
    assert_int_equal(n_opened(), 1);
    assert_int_equal(got.st.damaged, 1);
}

static void a_frame_longer_than_the_buffer_is_passed_over_whole(void **state)
{
    (void)state;
    begin(false);
    pcap_header(0xa1b2c3d4, 1);
    put_number(1, 8);
    put_number(200000, 4);
    put_number(200000, 4);
    put_syn(40000);
    put_zeroes(200000 - sizeof syn);
    pcap_packet(2, 0, 40001);
    assert_int_equal(read_bytes(file.b, file.n), 0);
    assert_int_equal(n_opened(), 2);
    assert_int_equal(got.st.damaged, 0);
}

static void a_link_type_without_ip_is_refused(void **state)
{
    (void)state;
    begin(false);
    pcap_header(0xa1b2c3d4, 147);
    assert_int_equal(read_bytes(file.b, file.n), -EPROTONOSUPPORT);
    assert_int_equal(read_bytes(file.b, 20), -EPROTONOSUPPORT);
}

/* pcapng: a block is written with its body between begin_block and end_block. */
static size_t block_at;

static void begin_block(uint32_t type)
{
    block_at = file.n;
    put_number(type, 4);
    put_number(0, 4);
}

static void end_block(void)
{
    size_t length, end;

    while (file.n % 4)
        put_zeroes(1);
    length = file.n + 4 - block_at;
    put_number(length, 4);
    end = file.n;
    file.n = block_at + 4;
    put_number(length, 4);
    file.n = end;
}

static void section(void)
{
    begin_block(0x0a0d0d0a);
    put_number(0x1a2b3c4d, 4);
    put_number(1, 2);
    put_number(0, 2);
    put_number(UINT64_MAX, 8);
    end_block();
}

/* resolution: as if_tsresol has it, -1 = no option. */
static void interface(unsigned link, int resolution)
{
    begin_block(1);
    put_number(link, 2);
    put_number(0, 2);
    put_number(0, 4);
    if (resolution >= 0) {
        put_number(2, 2); /* if_name, to be passed over */
        put_number(3, 2);
        put("lo0", 4);
        put_number(9, 2);
        put_number(1, 2);
        put_number((uint64_t)resolution, 1);
        put_zeroes(3);
        put_number(0, 4);
    }
    end_block();
}

static void enhanced(uint32_t number, uint64_t ticks, unsigned port)
{
    begin_block(6);
    put_number(number, 4);
    put_number(ticks >> 32, 4);
    put_number(ticks & UINT32_MAX, 4);
    put_number(sizeof syn, 4);
    put_number(sizeof syn, 4);
    put_syn(port);
    end_block();
}

static void either_byte_order_of_pcapng_is_read(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        begin(big);
        section();
        interface(1, -1);
        begin_block(5); /* statistics, to be passed over */
        put_number(7, 8);
        end_block();
        enhanced(0, UINT64_C(1700000000250000), 40000);
        assert_int_equal(read_bytes(file.b, file.n), 0);
        assert_string_equal(got.format, "pcapng");
        assert_int_equal(n_opened(), 1);
        assert_true(got.flow[0].t_ns == UINT64_C(1700000000250000000));
    }
}

static void clocks_of_any_resolution_come_out_in_nanoseconds(void **state)
{
    static const struct {
        int resolution;
        uint64_t ticks, ns;
    } rows[] = {{0, 1700000000, UINT64_C(1700000000000000000)},
                {3, UINT64_C(1700000000250), UINT64_C(1700000000250000000)},
                {9, UINT64_C(1700000000250000001), UINT64_C(1700000000250000001)},
                {12, UINT64_C(1700000250000000), UINT64_C(1700000250000)},
                {0x80 | 10, UINT64_C(1700000000) * 1024 + 256, UINT64_C(1700000000250000000)},
                {0x80 | 40, (UINT64_C(1) << 43) + (UINT64_C(1) << 39), UINT64_C(8500000000)}};

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(i % 2);
        section();
        interface(1, rows[i].resolution);
        enhanced(0, rows[i].ticks, 40000);
        assert_int_equal(read_bytes(file.b, file.n), 0);
        assert_true(got.flow[0].t_ns == rows[i].ns);
    }
}

static void a_new_section_may_change_the_byte_order_and_forgets_interfaces(void **state)
{
    (void)state;
    begin(false);
    section();
    interface(1, -1);
    enhanced(0, 1000000, 40000);
    file.big_endian = true;
    section();
    enhanced(0, 2000000, 40001);
    interface(1, -1);
    enhanced(0, 3000000, 40002);
    assert_int_equal(read_bytes(file.b, file.n), 0);
    assert_int_equal(n_opened(), 2);
    assert_string_equal(got.log, ":block 5: its interface was not described\n");
}

static void simple_packets_take_the_time_before_them(void **state)
{
    (void)state;
    begin(false);
    section();
    interface(1, -1);
    enhanced(0, 5000000, 40000);
    begin_block(3);
    put_number(sizeof syn, 4);
    put_syn(40001);
    end_block();
    assert_int_equal(read_bytes(file.b, file.n), 0);
    assert_int_equal(n_opened(), 2);
    assert_true(got.flow[1].t_ns == 5000000000);
}

static void a_damaged_block_costs_that_block(void **state)
{
    (void)state;
    begin(false);
    section();
    interface(1, -1);
    interface(147, -1);
    enhanced(0, UINT64_MAX, 40000);
    enhanced(1, 1, 40001);
    begin_block(6);
    put_zeroes(12);
    put_number(1000, 4);
    put_number(1000, 4);
    end_block();
    begin_block(6);
    end_block();
    enhanced(0, 1000000, 40002);
    assert_int_equal(read_bytes(file.b, file.n), 0);
    assert_int_equal(n_opened(), 1);
    assert_string_equal(got.log,
                        ":block 4: its time is out of range\n:block 5: its link type is not known here\n"
                        ":block 6: the packet is longer than its block\n"
                        ":block 7: the block is too short for a packet\n");
}

static void a_block_length_that_cannot_be_ends_a_pcapng(void **state)
{
    static const uint32_t bad[] = {0, 8, 13};

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        begin(false);
        section();
        put_number(5, 4);
        put_number(bad[i], 4);
        put_zeroes(32);
        assert_int_equal(read_bytes(file.b, file.n), -EBADMSG);
    }
    begin(false);
    section();
    section();
    file.b[file.n - 4] ^= 4; /* the second length */
    assert_int_equal(read_bytes(file.b, file.n), -EBADMSG);
    begin(false);
    section();
    file.b[8] ^= 1; /* the byte order */
    assert_int_equal(read_bytes(file.b, file.n), -EBADMSG);
}

static void a_pcapng_cut_anywhere_ends_well(void **state)
{
    size_t whole;

    (void)state;
    begin(false);
    section();
    interface(1, 9);
    enhanced(0, 1000000, 40000);
    whole = file.n;
    for (size_t n = 4; n < whole; n++) {
        int rc = read_bytes(file.b, n);

        assert_true(rc == 0 || rc == -EBADMSG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(either_byte_order_and_clock_of_pcap_is_read),
        cmocka_unit_test(what_is_open_at_the_end_is_closed),
        cmocka_unit_test(a_pcap_that_ends_inside_a_packet_gives_the_others),
        cmocka_unit_test(an_impossible_length_ends_a_pcap),
        cmocka_unit_test(a_frame_longer_than_the_buffer_is_passed_over_whole),
        cmocka_unit_test(a_link_type_without_ip_is_refused),
        cmocka_unit_test(either_byte_order_of_pcapng_is_read),
        cmocka_unit_test(clocks_of_any_resolution_come_out_in_nanoseconds),
        cmocka_unit_test(a_new_section_may_change_the_byte_order_and_forgets_interfaces),
        cmocka_unit_test(simple_packets_take_the_time_before_them),
        cmocka_unit_test(a_damaged_block_costs_that_block),
        cmocka_unit_test(a_block_length_that_cannot_be_ends_a_pcapng),
        cmocka_unit_test(a_pcapng_cut_anywhere_ends_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
