#!/usr/bin/env python3
"""The packet source under load in network namespaces: flows seen, and processor time of the reading process."""
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "system"))
import flownet as net  # noqa: E402

net.PROGRAMS = os.path.join(os.environ.get("BUILD", "build/host"), "bench")


def measure(client, rate, n_tcp, n_udp):
    counter = net.start(client, "capture_count", stdin=subprocess.PIPE)
    assert counter.stdout.readline() == "ready\n"
    net.generate(client, "10.9.0.2", n_tcp, n_udp, 0, rate)
    time.sleep(0.3)
    counter.stdin.close()
    opened, lost, wakeups, cpu_us = map(int, counter.stdout.read().split())
    n = n_tcp + n_udp
    what = f"packet source, {rate} flows/s, 256 KiB ring"
    print(f"{what}: flows seen\t{100 * opened / n:.2f} % (lost packets: {lost})\t>= 99.9 %")
    print(f"{what}: CPU per 1,000\t{cpu_us / n:.2f} ms ({wakeups} wakeups)\t{'<= 1 ms' if rate >= 3000 else ''}")
    return opened >= 0.999 * n


def main():
    client, server = net.namespace("c"), net.namespace("s")
    net.connect(client, "eth0", "10.9.0.1/24", server, "eth0", "10.9.0.2/24")
    net.serve(server, "10.9.0.2")
    results = [measure(client, 50, 250, 0), measure(client, 500, 2500, 0), measure(client, 3000, 10000, 2000)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
