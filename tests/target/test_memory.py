#!/usr/bin/env python3
"""The agent with the router profile stays within 1.5 MiB on the target: full table, health records sent over TLS 1.3.

It runs in a network namespace with a collector beside it. Under qemu its pages are told from the emulator's by their
place: the emulated program gets an address range of its own. The days of 128 watched destinations are allocated but untouched
in so short a run; their size is added. The figure is left in build/TARGET/resident.
"""
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "system"))
import flownet
from collectorlab import BUILD, Collector

DESTINATIONS = 1300      # more than the table's 1,024
WATCHED_DAYS_KIB = 128 * 1268 // 1024
BUDGET_KIB = 1536
GUEST_AT, GUEST_SIZE = 1 << 45, 1 << 32
QEMU = {"QEMU_GUEST_BASE": hex(GUEST_AT)}
if (BUILD.parent / "noroshi").read_bytes()[4] == 2:  # a 64-bit program; qemu gives others all of their 4 GiB
    QEMU["QEMU_RESERVED_VA"] = hex(GUEST_SIZE - (1 << 16))


def resident_kib(pid):
    emulated = "qemu" in os.readlink(f"/proc/{pid}/exe")
    total, counts = 0, False
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        start = re.match(r"([0-9a-f]+)-[0-9a-f]+ ", line)
        if start:
            counts = not emulated or 0 <= int(start[1], 16) - GUEST_AT < GUEST_SIZE
        elif counts and line.startswith("Rss:"):
            total += int(line.split()[1])
    return total


def close_connections():
    """Connections to many places, closed from this side, as the proc source sees them."""
    server = socket.create_server(("0.0.0.0", 40000), backlog=64)
    for i in range(DESTINATIONS):
        client = socket.create_connection((f"127.0.{1 + i // 200}.{1 + i % 200}", 40000))
        peer, _ = server.accept()
        client.close()
        peer.close()
    server.close()


def start_agent(lab):
    config = lab.folder / "devices/device-1/noroshi.json"
    settings = json.loads(config.read_text())
    settings["collector"]["url"] = f"https://127.0.0.1:{lab.agents}/v1/verdicts"
    settings |= {"source": {"order": "proc", "interfaces": ["lo"], "poll_s": 2}, "table": {"profile": "router"},
                 "report": {"health_s": 10, "flush_s": 1}}
    config.write_text(json.dumps(settings))
    return subprocess.Popen([BUILD / "noroshi", "run", "--config", config], stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True, env={**os.environ, **QEMU})


def health(lab):
    return (lab.get("/api/devices")[2]["devices"][0]["health"] or {}).get("noroshi", {})


def measure():
    with Collector(tls_min=13) as lab:
        agent = start_agent(lab)
        try:
            peak, full, again, end = 0, False, 3, time.monotonic() + 200
            while not full and time.monotonic() < end:
                time.sleep(0.5)
                again -= 0.5
                if again <= 0:  # and once more, if the emulator is too slow to see all before the kernel forgets them
                    close_connections()
                    again = 40
                peak = max(peak, resident_kib(agent.pid))
                full = health(lab).get("dst", 0) >= 1024
        finally:
            agent.terminate()
            agent.wait(20)
        assert full, (health(lab), agent.stderr.read())
    kib = peak + WATCHED_DAYS_KIB
    (BUILD.parent / "resident").write_text(f"{kib}\n")
    print(f"{kib} KiB resident, {BUDGET_KIB} allowed")
    assert 200 < peak and kib <= BUDGET_KIB


def main():
    if os.environ.get("IN_NAMESPACE"):
        return measure()
    name = flownet.namespace("m")
    sys.exit(subprocess.run(["ip", "netns", "exec", name, sys.executable, __file__],
                            env={**os.environ, "IN_NAMESPACE": "1"}).returncode)


if __name__ == "__main__":
    main()
