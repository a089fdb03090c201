#!/usr/bin/env python3
"""The running agent on loopback: resident memory with a full table, router and host profile; CPU at 50 flows/s.

Loopback alone is sampled. Without the right to raw sockets the bench is skipped. The days of watched destinations are
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
PROFILES = (  # name, destinations (more than the table holds), watched days, budget in KiB
    ("router", 1500, 128, 1536),
    ("host", 6000, 512, 4096),
)
BURST = 200  # destinations at once: what the agent's ring holds
RATE, SECONDS = 50, 10
DAY_KIB = 1268 / 1024


def status_kib(pid, key):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1])
    return 0


def cpu_s(pid):
    return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def send_to_many(n):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for i in range(n):
            s.sendto(b"x" * 60, (f"127.0.{1 + i // BURST}.{1 + i % BURST}", 40000))
            if i % BURST == 0:
                time.sleep(0.05)


def connect_at_rate():
    server = socket.create_server(("127.0.0.1", 0))
    for _ in range(RATE * SECONDS):
        with socket.create_connection(server.getsockname()):
            server.accept()[0].close()
        time.sleep(1 / RATE)
    server.close()


def measure_cpu(pid):
    """Percent of one core while connections come."""
    before, began = cpu_s(pid), time.monotonic()
    connect_at_rate()
    return 100 * (cpu_s(pid) - before) / (time.monotonic() - began)


def run(tmp, profile, destinations, watched):
    """Peak of resident memory with a full table in KiB, and the share of a core."""
    config = pathlib.Path(tmp) / f"{profile}.json"
    config.write_text(json.dumps({"host_id": "bench", "table": {"profile": profile}, "spool": {"dir": profile},
                                  "source": {"order": "packet", "interfaces": ["lo"]}}))
    agent = subprocess.Popen([f"{BUILD}/noroshi", "run", "--config", config], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    try:
        time.sleep(2)
        send_to_many(destinations)
        time.sleep(1)
        share = measure_cpu(agent.pid)
        return status_kib(agent.pid, "VmHWM") + watched * DAY_KIB, share
    finally:
        agent.terminate()
        agent.wait()


def main():
    if os.geteuid() != 0:
        print("needs root for the packet source")
        sys.exit(77)
    too_large = False
    with tempfile.TemporaryDirectory() as tmp:
        os.chmod(tmp, 0o755)
        for profile, destinations, watched, budget in PROFILES:
            kib, share = run(tmp, profile, destinations, watched)
            too_large |= kib > budget
            print(f"agent, {profile} profile, full table: resident memory, peak\t{kib:.0f} KiB\t<= {budget} KiB")
            print(f"agent, {profile} profile, {RATE} connections/s: CPU of one core\t{share:.2f} %\t<= 0.3 %")
    sys.exit(too_large)


if __name__ == "__main__":
    main()
