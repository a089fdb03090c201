/* tools/simulate/write_log.c - Zeek's conn.log as TSV
 *
 * log  = header *record ; record = 16 fields between tabs, "-" when unset, times with six decimals */
#include "tools/simulate/output.h"
#include <inttypes.h>
#include <stdio.h>

#define UID_LETTERS 17
#define IP_HEADER   20
#define TCP_HEADER  20
#define UDP_HEADER  8 /* ICMP too */

static const char header[] =
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_"
    "bytes\tresp_bytes"
    "\tconn_state\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\n"
    "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tcount\tcount"
    "\tcount"
    "\tcount\n";

static const char *const end_name[] = {"SF", "S0", "REJ", "S1", "S3", "RSTO", "RSTR", "OTH"};

/* As Zeek's look, unique in a capture: a stream of its own for each record. */
static void make_uid(char uid[UID_LETTERS + 2], uint64_t seed, uint64_t order)
{
    static const char letter[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    struct nrs_sim_rng r;
    unsigned i;

    nrs_sim_rng_seed(&r, seed, UINT64_C(1) << 48 | order);
    uid[0] = 'C';
    for (i = 1; i <= UID_LETTERS; i++)
        uid[i] = letter[nrs_sim_rng_below(&r, 62)];
    uid[i] = '\0';
}

/* Duration and sizes are unset where a single packet was all. */
static void put_amounts(struct nrs_sim_out *o, const struct nrs_sim_conn *c)
{
    if (c->dur_us == 0)
        nrs_sim_out_put(o, "-\t-\t-\t");
    else
        nrs_sim_out_put(o, "%" PRIu64 ".%06" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t", c->dur_us / 1000000,
                        c->dur_us % 1000000, c->tx, c->rx);
}

static void put_record(struct nrs_sim_out *o, const struct nrs_sim_world *w, const struct nrs_sim_conn *c)
{
    char uid[UID_LETTERS + 2], orig[NRS_SIM_ADDR_TEXT], resp[NRS_SIM_ADDR_TEXT];
    uint64_t head = IP_HEADER + (c->proto == NRS_SIM_TCP ? TCP_HEADER : UDP_HEADER);

    make_uid(uid, w->seed, c->order);
    nrs_sim_addr_text(orig, c->orig);
    nrs_sim_addr_text(resp, c->resp);
    nrs_sim_out_put(o, "%" PRIu64 ".%06" PRIu64 "\t%s\t%s\t%u\t%s\t%u\t%s\t%s\t", c->ts_us / 1000000,
                    c->ts_us % 1000000, uid, orig, c->oport, resp, c->rport, nrs_sim_proto_name(c->proto),
                    c->service ? c->service : "-");
    put_amounts(o, c);
    nrs_sim_out_put(o, "%s\t%" PRIu32 "\t%" PRIu64 "\t%" PRIu32 "\t%" PRIu64 "\n", end_name[c->end],
                    c->tx_pkts, c->tx + head * c->tx_pkts, c->rx_pkts, c->rx + head * c->rx_pkts);
}

void nrs_sim_write_log(struct nrs_sim_out *o, const struct nrs_sim_world *w)
{
    size_t i;

    nrs_sim_out_put(o, "%s", header);
    for (i = 0; i < w->n_conns; i++)
        put_record(o, w, &w->conns[i]);
}
