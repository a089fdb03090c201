#!/usr/bin/env python3
"""Verdicts a second that the collector stores on one core, the memory of many connected agents, and what the API costs."""
import contextlib
import os
import pathlib
import re
import resource
import socket
import sqlite3
import ssl
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "system"))
from collectorlab import Collector, json, verdict  # noqa: E402

CONNECTIONS, POSTS, LINES = 32, 25, 90
IDLE, IDLE_BUDGET = 500, 2000


VERDICTS, STEPS_BUDGET = 1_000_000, 200_000
QUERIES = ["/api/verdicts?limit=1000", "/api/verdicts?before=1500000&limit=1000", "/api/verdicts?after=1000&limit=1000",
           "/api/verdicts/1000000", "/api/devices", "/api/devices?after=500", "/api/programs", "/api/programs?before=900000"]


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_kib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def connect(collector):
    raw = socket.create_connection(("127.0.0.1", collector.agents))
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return collector.tls().wrap_socket(raw, server_hostname="127.0.0.1")


def request(number, lines):
    """One POST of unlike verdicts: destinations and names vary as they would."""
    body = "".join(json.dumps(verdict(number * lines + i, boot=f"b{number % 50}", dst=f"198.18.{number % 200}.{i}"),
                              separators=(",", ":")) + "\n" for i in range(lines)).encode()
    head = f"POST /v1/verdicts HTTP/1.1\r\nHost: c\r\nContent-Type: application/x-ndjson\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def read_answer(connection):
    answer = b""
    while not answer.endswith(b"}\n"):
        answer += connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 200 "), answer


def send_all(connection, requests):
    for item in requests:
        connection.sendall(item)
        read_answer(connection)


def throughput(collector):
    work = [[request(c * POSTS + p, LINES) for p in range(POSTS)] for c in range(CONNECTIONS)]
    connections = [connect(collector) for _ in work]
    threads = [threading.Thread(target=send_all, args=pair) for pair in zip(connections, work)]
    cpu, begin = cpu_seconds(collector.child.pid), time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall, cpu = time.monotonic() - begin, cpu_seconds(collector.child.pid) - cpu
    total = CONNECTIONS * POSTS * LINES
    stored = collector.get("/metrics")[2].decode().split("records_new_total ")[-1].split()[0]
    assert int(stored) == total, stored
    for connection in connections:
        connection.close()
    return total / wall, total / cpu


def memory(collector):
    """Agents that posted once and stay connected."""
    begin = rss_kib(collector.child.pid)
    connections = []
    for number in range(IDLE):
        connections.append(connect(collector))
        send_all(connections[-1], [request(1000000 + number, 1)])
    each = (rss_kib(collector.child.pid) - begin) / IDLE
    for connection in connections:
        connection.close()
    return begin, each


def fill(folder):
    """A million verdicts, a fifth of them of one device, at 100,000 destinations, one of them everybody's."""
    line = json.dumps(verdict(1)).replace("'", "")
    many = f"WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c LIMIT {VERDICTS})"
    with contextlib.closing(sqlite3.connect(folder / "noroshi.db")) as db:
        db.executescript(f"""PRAGMA synchronous=OFF; BEGIN;
            INSERT INTO device(id, name, last_seen) {many} SELECT i+9, 'd' || i, i FROM c LIMIT 10000;
            INSERT INTO record(id, device, event, received, kind, line) {many} SELECT 2*i, 10 + iif(i%5, i%10000, 0), 'e' || i, i,
                iif(i%50, 0, 3), '{line}' FROM c;
            INSERT INTO verdict(id, device, boot, d, seq, last, opened, risk, dst, port, records) {many} SELECT 2*i,
                10 + iif(i%5, i%10000, 0), 'b', i, 1, 2*i, i, 50, iif(i%3, '198.18.' || (i%390) || '.' || (i%256), '203.0.113.7'),
                443, 1 FROM c;
            COMMIT;""")


def metric(collector, name):
    return int(re.search(rf"^noroshi_collector_{name} (\d+)", collector.get("/metrics")[2].decode(), re.M)[1])


def queries():
    """Every query of the API on a million verdicts: steps of SQLite's machine, rows passed in full scans, milliseconds."""
    collector = Collector()
    try:
        fill(collector.folder)
        collector.start()
        for path in QUERIES:
            steps, scans, begin = metric(collector, "query_steps_total"), metric(collector, "query_scans_total"), time.monotonic()
            status, _, body = collector.get(path)
            took = (time.monotonic() - begin) * 1000
            steps, scans = metric(collector, "query_steps_total") - steps, metric(collector, "query_scans_total") - scans
            print(f"collector: {path}, {VERDICTS:,} verdicts\t{steps:,} steps, {scans:,} rows in full scans, {took:.0f} ms\t"
                  f"<= {STEPS_BUDGET:,} steps")
            assert status == 200 and body and steps <= STEPS_BUDGET, (path, status, steps)
    finally:
        collector.__exit__()


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    one_core = lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # noqa: E731
    lab = Collector(posts_per_s=100000, records_per_day=100000000, device_connections=100000)
    with lab:
        lab.stop()
        lab.start(preexec=one_core)
        wall, cpu = throughput(lab)
        lab.stop()
        lab.start()
        begin, each = memory(lab)
        lab.stop()
    mib = (begin + IDLE_BUDGET * each) / 1024
    print(f"collector: verdicts stored on one core\t{cpu:,.0f} per CPU second ({wall:,.0f}/s with the clients beside)\t>= 20,000/s")
    print(f"collector: {IDLE_BUDGET:,} connected agents\t{mib:.1f} MiB ({begin / 1024:.1f} MiB + {each:.1f} KiB each, "
          f"{IDLE} measured)\t<= 64 MiB")
    queries()


if __name__ == "__main__":
    main()
