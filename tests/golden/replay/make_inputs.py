#!/usr/bin/env python3
"""Writes the inputs of the replay golden test: one stretch of traffic in every form that noroshi-replay reads.

usage: make_inputs.py FOLDER

In 100 minutes 10.0.0.5 calls 203.0.113.9:443 every 60 s (a few milliseconds off), 10.0.0.6 looks at a web page three times,
asks for names over UDP and is refused once, and 2001:db8::5 calls 2001:db8:1::9:8443 now and then. The checked-in files
were made by this script; the same traffic must give the same rows from each of them.
"""
import gzip
import ipaddress
import json
import random
import struct
import sys
import time
from pathlib import Path

START_US = 1_700_000_040_250_000
SYN, RST, ACK, FIN = 2, 4, 16, 1
COLUMNS = ["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "duration", "orig_bytes",
           "resp_bytes", "conn_state"]


def traffic():
    """(start in us, originator, port, responder, port, kind, bytes out, bytes in), in order of start."""
    rng = random.Random(7)
    flows = [(START_US + i * 60_000_000 + rng.randrange(9_000), "10.0.0.5", 40000 + i, "203.0.113.9", 443, "tcp", 310, 1200)
             for i in range(100)]
    flows += [(START_US + t, "10.0.0.6", 50000 + i, "198.51.100.20", 80, "tcp", 420, 9000)
              for i, t in enumerate((5_000_000, 5_200_000, 1_900_000_000))]
    flows += [(START_US + 333_000_000 * i + 1_000, "10.0.0.6", 51000 + i, "192.0.2.53", 53, "udp", 33, 120) for i in range(9)]
    flows += [(START_US + 2_000_000_000, "10.0.0.6", 52000, "198.51.100.21", 8080, "refused", None, None)]
    flows += [(START_US + 600_000_000 * i + 2_000, "2001:db8::5", 53000 + i, "2001:db8:1::9", 8443, "tcp", 100, 200)
              for i in range(8)]
    return sorted(flows)


def records():
    for i, (t, orig, orig_p, resp, resp_p, kind, out, back) in enumerate(traffic()):
        state = {"tcp": "SF", "udp": "SF", "refused": "REJ"}[kind]
        duration = {"tcp": 220_000, "udp": 15_000, "refused": 20_000}[kind]
        yield {"ts": t, "uid": f"C{i:04x}", "id.orig_h": orig, "id.orig_p": orig_p, "id.resp_h": resp, "id.resp_p": resp_p,
               "proto": "udp" if kind == "udp" else "tcp", "service": None, "duration": duration, "orig_bytes": out,
               "resp_bytes": back, "conn_state": state}


def seconds(us):
    return f"{us // 1_000_000}.{us % 1_000_000:06d}"


def text_of(key, value):
    return "-" if value is None else seconds(value) if key in ("ts", "duration") else str(value)


def tsv():
    columns = COLUMNS[::-1]  # any order will do
    head = ["#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", "#path\tconn",
            "#fields\t" + "\t".join(columns)]
    rows = ["\t".join(text_of(c, r[c]) for c in columns) for r in records()]
    return "\n".join(head + rows + ["#close\t2023-11-15-00-00-00", ""]).encode()


def json_lines():
    def one(r):
        members = [f'{json.dumps(k)}:{text_of(k, v) if k in ("ts", "duration") else json.dumps(v)}'
                   for k, v in r.items() if v is not None]
        return "{" + ",".join(members) + "}\n"
    return "".join(map(one, records())).encode()


def eve_lines():
    """Suricata counts whole packets: 14 bytes of Ethernet, 20 or 40 of IP, 20 of TCP or 8 of UDP each."""
    def moment(us):
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(us // 1_000_000)) + f".{us % 1_000_000:06d}+0000"
    lines = [json.dumps({"timestamp": moment(START_US), "event_type": "stats", "stats": {"uptime": 1}})]
    for r in records():
        refused, udp = r["conn_state"] == "REJ", r["proto"] == "udp"
        there, back = (1, 1) if refused or udp else (4, 3)
        header = 14 + (40 if ":" in r["id.orig_h"] else 20) + (8 if udp else 20)
        flow = {"pkts_toserver": there, "pkts_toclient": back, "start": moment(r["ts"]),
                "end": moment(r["ts"] + r["duration"]), "age": 0, "state": "closed", "reason": "timeout", "alerted": False}
        if not refused:
            flow |= {"bytes_toserver": there * header + r["orig_bytes"], "bytes_toclient": back * header + r["resp_bytes"]}
        event = {"timestamp": moment(r["ts"] + 60_000_000), "flow_id": 1, "event_type": "flow", "src_ip": r["id.orig_h"],
                 "src_port": r["id.orig_p"], "dest_ip": r["id.resp_h"], "dest_port": r["id.resp_p"],
                 "proto": r["proto"].upper(), "flow": flow}
        if not udp:
            event["tcp"] = {"tcp_flags": "16" if refused else "1b", "tcp_flags_ts": "02" if refused else "1b",
                            "tcp_flags_tc": "14" if refused else "1b", "syn": True, "state": "closed"}
        lines.append(json.dumps(event, separators=(",", ":")))
    return "\n".join(lines + [""]).encode()


def ip(src, dst, proto, payload):
    a, b = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    if a.version == 4:
        return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0, 64, proto, 0) + a.packed + b.packed + payload
    return struct.pack(">IHBB", 6 << 28, len(payload), proto, 64) + a.packed + b.packed + payload


def tcp(flow, back, flags, seq, ack, n=0):
    _, orig, orig_p, resp, resp_p, *_ = flow
    ports = (resp_p, orig_p) if back else (orig_p, resp_p)
    segment = struct.pack(">HHIIBBHHH", *ports, seq, ack, 0x50, flags, 65535, 0, 0) + bytes(n)
    return ip(resp if back else orig, orig if back else resp, 6, segment)


def udp(flow, back, n):
    _, orig, orig_p, resp, resp_p, *_ = flow
    ports = (resp_p, orig_p) if back else (orig_p, resp_p)
    return ip(resp if back else orig, orig if back else resp, 17, struct.pack(">HHHH", *ports, 8 + n, 0) + b"\xff" * n)


def packets_of(flow):
    """(us, bytes on the wire from the IP header on) of one flow; bulk data is cut to its first bytes by the writer."""
    t, *_, kind, out, back = flow
    if kind == "udp":
        return [(t, udp(flow, 0, out)), (t + 15_000, udp(flow, 1, back))]
    if kind == "refused":
        return [(t, tcp(flow, 0, SYN, 9, 0)), (t + 20_000, tcp(flow, 1, RST | ACK, 0, 10))]
    end_out, end_back = 10 + out, 20 + back
    return [(t, tcp(flow, 0, SYN, 9, 0)), (t + 20_000, tcp(flow, 1, SYN | ACK, 19, 10)), (t + 40_000, tcp(flow, 0, ACK, 10, 20)),
            (t + 60_000, tcp(flow, 0, ACK, 10, 20, out)), (t + 90_000, tcp(flow, 1, ACK, 20, end_out, back)),
            (t + 200_000, tcp(flow, 0, FIN | ACK, end_out, end_back)), (t + 220_000, tcp(flow, 1, FIN | ACK, end_back, end_out + 1))]


def packets():
    return sorted(p for flow in traffic() for p in packets_of(flow))


SNAPLEN = 96


def ethernet(packet):
    return b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02" + (b"\x08\0" if packet[0] >> 4 == 4 else b"\x86\xdd") + packet


def pcap():
    out = [struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, SNAPLEN, 1)]
    for t, packet in packets():
        frame = ethernet(packet)
        out.append(struct.pack("<IIII", t // 1_000_000, t % 1_000_000, len(frame[:SNAPLEN]), len(frame)) + frame[:SNAPLEN])
    return b"".join(out)


def pcapng():
    def block(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack(">II", kind, 12 + len(body)) + body + struct.pack(">I", 12 + len(body))
    nanoseconds = struct.pack(">HHB3xHH", 9, 1, 9, 0, 0)
    out = [block(0x0A0D0D0A, struct.pack(">IHHq", 0x1A2B3C4D, 1, 0, -1)),
           block(1, struct.pack(">HHI", 101, 0, SNAPLEN) + nanoseconds)]
    for t, packet in packets():
        body = struct.pack(">IQII", 0, t * 1000, len(packet[:SNAPLEN]), len(packet)) + packet[:SNAPLEN]
        out.append(block(6, body))
    return b"".join(out)


def main():
    folder = Path(sys.argv[1])
    (folder / "traffic.conn.log").write_bytes(tsv())
    (folder / "traffic.json.log.gz").write_bytes(gzip.compress(json_lines(), 9, mtime=0))
    (folder / "traffic.eve.json.gz").write_bytes(gzip.compress(eve_lines(), 9, mtime=0))
    (folder / "traffic.pcap.gz").write_bytes(gzip.compress(pcap(), 9, mtime=0))
    (folder / "traffic.pcapng.gz").write_bytes(gzip.compress(pcapng(), 9, mtime=0))


if __name__ == "__main__":
    main()
