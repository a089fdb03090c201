#!/usr/bin/env python3
"""The packet source in network namespaces, against the log of the program that made the flows.

A host with 10,000 short TCP connections (closed by either side, aborted, refused) and 2,000 UDP exchanges; an interface
that goes down and comes back; loopback; a reader that is stopped too long; and a router that is named its inner side.
"""
import signal
import time

import flownet as net

END_OF_KIND = {"client": "fin", "server": "fin", "abort": "rst", "refused": "refused"}


def check(truth, events, local_dir="out"):
    """Every flow once, with the right direction, end and sizes."""
    opened, closed = net.by_flow(events, "open"), net.by_flow(events, "close")
    missing = [k for k in truth if k not in opened]
    assert len(missing) <= len(truth) // 1000, f"{len(missing)} of {len(truth)} flows missing: {missing[:5]}"
    twice = [k for k in opened if len(opened[k]) > 1]
    assert not twice, f"opened twice: {twice[:5]}"
    for key, (kind, tx, rx) in truth.items():
        if key in missing or kind == "udp":
            continue
        assert opened[key][0].dir == local_dir, opened[key]
        assert len(closed[key]) == 1, f"{key} {kind}: {closed[key]}"
        e = closed[key][0]
        assert e.end == END_OF_KIND[kind], f"{key} {kind}: {e}"
        if kind in ("client", "server"):
            assert e.flags & net.BYTES and (e.tx, e.rx) == (tx, rx), f"{key} {kind} {tx} {rx}: {e}"
    return len(truth) - len(missing)


def host(client, address):
    probe = net.Probe(client, "packet", "", 0, 1 << 20)
    truth = net.generate(client, address, 10000, 2000, 100, 1500)
    time.sleep(0.3)
    events, (_, lost, errors, wakeups, cpu_us) = probe.stop()
    seen = check(truth, events)
    assert lost == 0 and errors == 0, f"lost {lost}, errors {errors}"
    print(f"host: {seen} of {len(truth)} flows, {wakeups} wakeups, {cpu_us / len(truth):.2f} ms CPU per 1,000")


def interface_down_and_up(client, device, address):
    probe = net.Probe(client, "packet")
    net.ip("-n", client, "link", "set", device, "down")
    time.sleep(0.2)
    net.ip("-n", client, "link", "set", device, "up")
    truth = net.generate(client, address, 100, 10, 0, 500)
    time.sleep(0.3)
    check(truth, probe.stop()[0])


def loopback(client):
    server = net.serve(client, "127.0.0.1")
    probe = net.Probe(client, "packet", "lo")
    truth = net.generate(client, "127.0.0.1", 200, 20, 20, 500)
    time.sleep(0.3)
    check(truth, probe.stop()[0], local_dir="local")
    probe = net.Probe(client, "packet")
    net.generate(client, "127.0.0.1", 20, 0, 0, 500)
    time.sleep(0.3)
    assert not probe.stop()[0], "lo is seen without being named"
    server.kill()


def stopped_reader(client, address):
    """64 KiB of ring hold some 300 packets; 2,000 flows are 12,000."""
    probe = net.Probe(client, "packet", "", 0, 65536)
    probe.process.send_signal(signal.SIGSTOP)
    net.generate(client, address, 2000, 0, 0, 4000)
    probe.process.send_signal(signal.SIGCONT)
    time.sleep(1.5)
    events, (_, lost, *_) = probe.stop()
    told = sum(e.weight for e in events if e.ev == "lost")
    assert lost > 0 and told == lost, f"lost {lost}, told {told}"


def router(client, gateway, address):
    probe = net.Probe(gateway, "packet", "inner0")
    truth = net.generate(client, address, 400, 100, 20, 500)
    time.sleep(0.3)
    events = probe.stop()[0]
    check(truth, events)
    assert all(e.flags & net.FORWARDED for e in events if e.ev == "open"), "routed flows are not marked"


def main():
    client, server, gateway = net.namespace("c"), net.namespace("s"), net.namespace("g")
    net.connect(client, "eth0", "10.9.0.1/24", server, "eth0", "10.9.0.2/24")
    net.connect(client, "eth1", "10.9.1.1/24", gateway, "inner0", "10.9.1.2/24")
    net.connect(gateway, "outer0", "10.9.2.1/24", server, "eth1", "10.9.2.2/24")
    net.ip("-n", client, "route", "add", "10.9.2.0/24", "via", "10.9.1.2")
    net.ip("-n", server, "route", "add", "10.9.1.0/24", "via", "10.9.2.1")
    net.ip("netns", "exec", gateway, "sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")
    net.serve(server, "10.9.0.2")
    host(client, "10.9.0.2")
    interface_down_and_up(client, "eth0", "10.9.0.2")
    loopback(client)
    stopped_reader(client, "10.9.0.2")
    router(client, gateway, "10.9.2.2")


if __name__ == "__main__":
    main()
