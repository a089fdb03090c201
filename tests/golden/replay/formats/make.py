#!/usr/bin/env python3
"""Writes one small stretch of traffic in every form of text that noroshi-replay reads.

usage: make.py FOLDER

In three hours 10.0.0.5 calls 203.0.113.9:443 every 60 s, up to three seconds off, and looks at pages of four servers. All
times are whole seconds and all connections take two, because AWS knows no finer ones. Each form must give the same verdicts
(tests/golden/test_replay_formats.sh). Packed by the tools of the same names.
"""
import bz2
import gzip
import json
import lzma
import random
import subprocess
import sys
import time
from pathlib import Path

START = 1_700_000_040
HEADER = 14  # bytes of Ethernet, which Suricata counts
NAMES = ["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "duration", "orig_bytes",
         "resp_bytes", "conn_state"]


def traffic():
    rng = random.Random(11)
    starts = [(START + i * 60 + rng.randrange(4), "203.0.113.9", 310, 1200) for i in range(180)]
    starts += [(START + rng.randrange(3 * 3600), f"198.51.100.{rng.randrange(20, 24)}", rng.randrange(300, 2000),
                rng.randrange(1000, 90000)) for _ in range(60)]
    for i, (t, resp, out, back) in enumerate(sorted(starts)):
        yield {"ts": t, "uid": f"C{i:04x}", "id.orig_h": "10.0.0.5", "id.orig_p": 40000 + i, "id.resp_h": resp,
               "id.resp_p": 443, "proto": "tcp", "service": "ssl", "duration": 2, "orig_bytes": out, "resp_bytes": back,
               "conn_state": "SF"}


RECORDS = list(traffic())


def lines(rows):
    return "".join(row + "\n" for row in rows)


def tsv(records, names=None):
    head = ["#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", "#path\tconn",
            "#fields\t" + "\t".join(names or NAMES)]
    return lines(head) + columns(records)


def columns(records):
    return lines("\t".join(f"{r[n]}.000000" if n in ("ts", "duration") else str(r[n]) for n in NAMES) for r in records)


def iso(t, zone="Z", fraction=".000000"):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(t)) + fraction + zone


def ndjson(records):
    return lines(json.dumps(r) for r in records)


def halves(r, header):
    """(from, port, to, port, packets, bytes) of both directions; header: bytes of a packet besides its payload."""
    a, b = (r["id.orig_h"], r["id.orig_p"]), (r["id.resp_h"], r["id.resp_p"])
    yield (*a, *b, 6, r["orig_bytes"] + 6 * header)
    yield (*b, *a, 5, r["resp_bytes"] + 5 * header)


def eve(r):
    there, back = halves(r, 40 + HEADER)
    return {"timestamp": iso(r["ts"] + 62, "+0000"), "flow_id": r["id.orig_p"], "event_type": "flow", "src_ip": there[0],
            "src_port": there[1], "dest_ip": there[2], "dest_port": there[3], "proto": "TCP",
            "flow": {"pkts_toserver": there[4], "bytes_toserver": there[5], "pkts_toclient": back[4],
                     "bytes_toclient": back[5], "start": iso(r["ts"], "+0000"), "end": iso(r["ts"] + 2, "+0000")},
            "tcp": {"tcp_flags": "1b", "tcp_flags_ts": "1b", "tcp_flags_tc": "1b"}}


def eve_netflow(r):
    for src, sport, dst, dport, packets, size in halves(r, 40 + HEADER):
        yield {"timestamp": iso(r["ts"] + 62, "+0000"), "flow_id": r["id.orig_p"], "event_type": "netflow", "src_ip": src,
               "src_port": sport, "dest_ip": dst, "dest_port": dport, "proto": "TCP", "tcp": {"tcp_flags": "1b"},
               "netflow": {"pkts": packets, "bytes": size, "start": iso(r["ts"], "+0000"), "end": iso(r["ts"] + 2, "+0000")}}


def ecs(r):
    there, back = halves(r, 40)
    return {"@timestamp": iso(r["ts"], fraction=".000"), "event": {"dataset": "zeek.connection", "duration": r["duration"] * 10**9},
            "source": {"ip": there[0], "port": there[1], "bytes": there[5], "packets": there[4]},
            "destination": {"ip": there[2], "port": there[3], "bytes": back[5], "packets": back[4]},
            "network": {"transport": "tcp"}, "zeek": {"connection": {"state": "SF"}, "session_id": r["uid"]}}


def nfdump_csv():
    yield "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out"
    for r in RECORDS:
        for src, sport, dst, dport, packets, size in halves(r, 40):
            yield (f"{iso(r['ts'], '', '').replace('T', ' ')},{iso(r['ts'] + 2, '', '').replace('T', ' ')},2.000,{src},{dst},"
                   f"{sport},{dport},TCP,...AP.SF,0,0,{packets},{size},0,0,1,2")
    yield from ("Summary", "flows,bytes,packets,avg_bps,avg_pps,avg_bpp", "1,2,3,4,5,6")


def nfdump_new_csv():
    yield "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,flags,packets,bytes"
    for r in RECORDS:
        for src, sport, dst, dport, packets, size in halves(r, 40):
            yield f"{iso(r['ts'], '', '.000').replace('T', ' ')},2.000,6,{src},{sport},{dst},{dport},...AP.SF,{packets},{size}"


def nfdump_json():
    return [{"type": "FLOW", "first": iso(r["ts"], "", ".000"), "last": iso(r["ts"] + 2, "", ".000"), "proto": 6,
             "tcp_flags": "...AP.SF", "src4_addr": src, "dst4_addr": dst, "src_port": sport, "dst_port": dport,
             "in_packets": packets, "in_bytes": size}
            for r in RECORDS for src, sport, dst, dport, packets, size in halves(r, 40)]


def aws():
    yield "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags"
    for r in RECORDS:
        for src, sport, dst, dport, packets, size in halves(r, 40):
            yield f"5 1234 eni-1 {src} {dst} {sport} {dport} 6 {packets} {size} {r['ts']} {r['ts'] + 2} ACCEPT OK 27"
    yield f"5 1234 eni-1 - - - - - - - {START} {START} - NODATA -"


def azure_tuples(scale, proto, rest):
    """The beginning of each connection, and its end with the counts."""
    for r in RECORDS:
        there, back = halves(r, 40)
        head = f"{there[0]},{there[2]},{there[1]},{there[3]},{proto},O,"
        yield f"{r['ts'] * scale},{head}" + rest("B") + ",,,,"
        yield f"{(r['ts'] + 2) * scale},{head}" + rest("E") + f",{there[4]},{there[5]},{back[4]},{back[5]}"


def azure_nsg():
    tuples = list(azure_tuples(1, "T", lambda state: f"A,{state}"))
    return json.dumps({"records": [{"time": iso(START), "properties": {"Version": 2, "flows": [
        {"rule": "r", "flows": [{"mac": "000D3AF87856", "flowTuples": tuples}]}]}}]})


def azure_vnet():
    tuples = list(azure_tuples(1000, "6", lambda state: f"{state},NX"))
    return json.dumps({"records": [{"flowLogVersion": 4, "flowRecords": {"flows": [
        {"aclID": "a", "flowGroups": [{"rule": "r", "flowTuples": tuples}]}]}}]}, indent=1)


def forms():
    rng = random.Random(3)
    shuffled = sorted(RECORDS, key=lambda r: r["ts"] + rng.randrange(3600))
    zeek = [json.dumps(r) for r in RECORDS]
    outside = {"ts": RECORDS[0]["ts"], "uid": "C", "id.orig_h": "192.0.2.99", "id.orig_p": 1, "id.resp_h": "10.0.0.5", "id.resp_p": 22,
               "proto": "tcp", "duration": 1, "conn_state": "S1"}
    yield "zeek.tsv", tsv(RECORDS)
    yield "zeek-bom-crlf.tsv", "\ufeff" + tsv(RECORDS).replace("\n", "\r\n")
    yield "zeek-scope.tsv", tsv(RECORDS, [n.replace("id.", "id_") for n in NAMES])
    yield "zeek-no-header.tsv", columns(RECORDS)
    yield "zeek-newest-first.tsv", tsv(RECORDS[::-1])
    yield "zeek-shuffled.tsv", tsv(shuffled)
    yield "zeek-two-sensors.tsv", tsv(RECORDS) + tsv([{**r, "uid": "D" + r["uid"]} for r in RECORDS])
    yield "zeek.json", ndjson(RECORDS)
    yield "zeek-millis.json", ndjson({**r, "ts": r["ts"] * 1000} for r in RECORDS)
    yield "zeek-iso.json", ndjson({**r, "ts": iso(r["ts"])} for r in RECORDS)
    yield "zeek-array.json", json.dumps(RECORDS)
    yield "zeek-array-indented.json", json.dumps(RECORDS, indent=4)
    yield "zeek-inbound-too.json", ndjson([{**outside, "local_orig": False, "local_resp": True}] +
                                          [{**r, "local_orig": True, "local_resp": False} for r in RECORDS])
    yield "zeek-elastic.json", ndjson({"_index": "zeek", "_id": str(i), "_source": r} for i, r in enumerate(RECORDS))
    yield "zeek-splunk.json", ndjson({"preview": False, "result": {"host": "s", "_raw": z}} for z in zeek)
    yield "zeek-filebeat.json", ndjson({"@timestamp": iso(START), "log": {"file": {"path": "/conn.log"}}, "message": z} for z in zeek)
    yield "zeek-syslog.log", lines(f"<134>Nov 14 22:14:00 sensor zeek[7]: {z}" for z in zeek)
    yield "ecs.json", ndjson(map(ecs, RECORDS))
    yield "ecs-elastic.json", ndjson({"_source": ecs(r)} for r in RECORDS)
    yield "eve.json", ndjson(map(eve, RECORDS))
    yield "eve-elastic.json", ndjson({"_source": eve(r)} for r in RECORDS)
    yield "eve-syslog.log", lines("1 2023-11-14T22:14:00Z s suricata - - - " + json.dumps(eve(r)) for r in RECORDS)
    yield "eve-netflow.json", ndjson(half for r in RECORDS for half in eve_netflow(r))
    yield "nfdump.csv", lines(nfdump_csv())
    yield "nfdump-1.7.csv", lines(nfdump_new_csv())
    yield "nfdump.json", json.dumps(nfdump_json(), indent=1)
    yield "aws.log", lines(aws())
    yield "azure-nsg.json", azure_nsg()
    yield "azure-vnet.json", azure_vnet()


def main():
    folder = Path(sys.argv[1])
    for name, text in forms():
        (folder / (name + ".gz")).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    plain = tsv(RECORDS).encode()
    (folder / "zeek.tsv.xz").write_bytes(lzma.compress(plain))
    (folder / "zeek.tsv.bz2").write_bytes(bz2.compress(plain))
    (folder / "zeek.tsv.zst").write_bytes(subprocess.run(["zstd", "-q", "-19"], input=plain, capture_output=True, check=True).stdout)


if __name__ == "__main__":
    main()
