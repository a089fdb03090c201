# A Zeek conn.log of a busy network, for measuring: awk -v n=RECORDS -v hours=H -f make_conn_log.awk
#
# 3,000 destinations seen from 200 hosts, few of them busy (the k-th destination is met about as often as 1/k), IPv4,
# all 21 columns of Zeek 6. The same numbers give the same file.
function random()
{
    seed = (seed * 16807) % 2147483647
    return seed / 2147483647
}
BEGIN {
    OFS = "\t"
    seed = 42
    print "#separator \\x09"
    print "#set_separator\t,"
    print "#empty_field\t(empty)"
    print "#unset_field\t-"
    print "#path\tconn"
    print "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes" \
        "\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts" \
        "\tresp_ip_bytes\ttunnel_parents"
    for (i = 0; i < n; i++) {
        k = int(exp(random() * log(3000)))
        second = 1700000000 + i * hours * 3600 / n
        dns = k % 7 == 0
        sent = 200 + k % 50 * 10
        got = int(random() * 9000)
        printf "%.6f\tC%08xQ%08x\t10.1.%d.%d\t%d\t%d.%d.%d.%d\t%d\t%s\t%s\t%.6f\t%d\t%d\t%s\tT\tF\t0\t%s\t%d\t%d\t%d\t%d\t-\n",
            second, i, k * 7919, k % 4, k % 50 + 1, 32768 + i % 28000, 11 + k % 180, k % 250, int(k / 250), 7 + k % 200,
            dns ? 53 : 443, dns ? "udp" : "tcp", dns ? "dns" : "ssl", random() * 2, sent, got, k % 40 ? "SF" : "S0",
            dns ? "Dd" : "ShADadFf", 5, sent + 260, 7, got + 340
    }
}
