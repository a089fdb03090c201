#!/usr/bin/env python3
"""The running agent, router profile, on loopback: resident memory with a full table, CPU at rest and at 50 flows/s.

Loopback alone is sampled. Without the right to raw sockets the bench is skipped. The days of 128 watched destinations are
allocated but untouched in so short a run; their size is added.
"""
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

BUILD = os.environ.get("BUILD", "build/host")
DESTINATIONS = 1500      # more than the table's 1,024
RATE, SECONDS = 50, 10
WATCHED_DAYS_KIB = 128 * 1268 / 1024


def status_kib(pid, key):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1])
    return 0


def cpu_s(pid):
    return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def send_to_many():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for i in range(DESTINATIONS):
            s.sendto(b"x" * 60, (f"127.0.{1 + i // 200}.{1 + i % 200}", 40000))


def connect_at_rate():
    server = socket.create_server(("127.0.0.1", 0))
    for _ in range(RATE * SECONDS):
        with socket.create_connection(server.getsockname()):
            server.accept()[0].close()
        time.sleep(1 / RATE)
    server.close()


def main():
    if os.geteuid() != 0:
        print("needs root for the packet source")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as tmp:
        os.chmod(tmp, 0o755)
        config = pathlib.Path(tmp) / "noroshi.json"
        config.write_text(json.dumps({"host_id": "bench", "table": {"profile": "router"}, "spool": {"dir": "spool"},
                                      "source": {"order": "packet", "interfaces": ["lo"]}}))
        agent = subprocess.Popen([f"{BUILD}/noroshi", "run", "--config", config], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        try:
            time.sleep(2)
            send_to_many()
            time.sleep(1)
            before, began = cpu_s(agent.pid), time.monotonic()
            connect_at_rate()
            share = 100 * (cpu_s(agent.pid) - before) / (time.monotonic() - began)
            kib = status_kib(agent.pid, "VmHWM") + WATCHED_DAYS_KIB
        finally:
            agent.terminate()
            agent.wait()
    print(f"agent, router profile, full table: resident memory, peak\t{kib:.0f} KiB\t<= 1536 KiB")
    print(f"agent, {RATE} connections/s: CPU of one core\t{share:.2f} %\t<= 0.3 %")
    sys.exit(kib > 1536)


if __name__ == "__main__":
    main()
