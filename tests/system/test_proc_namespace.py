#!/usr/bin/env python3
"""The proc source in a network namespace: every connection that this side closed is told exactly once, at any poll
period; so is one that stays open over polls; loopback only when it is named."""
import time

import flownet as net


def self_closed(client, address):
    probe = net.Probe(client, "proc", "", 2000)
    truth = net.generate(client, address, 1000, 0, 0, 150)
    time.sleep(4.5)
    events, (_, lost, errors, *_) = probe.stop()
    found = net.by_flow(events, "whole", "open")
    missing = [k for k, (kind, *_) in truth.items() if kind == "client" and k not in found]
    assert not missing, f"{len(missing)} connections closed here were not seen: {missing[:5]}"
    twice = [k for k in found if len(found[k]) > 1]
    assert not twice, f"told twice: {[found[k] for k in twice[:3]]}"
    assert lost == 0 and errors == 0
    closed_here = sum(kind == "client" for kind, *_ in truth.values())
    print(f"proc: {closed_here} of {closed_here} closed here, {len(found)} of all {len(truth)} flows")


def loopback(client):
    server = net.serve(client, "127.0.0.1")
    for interfaces, expected in (("", 0), ("lo", 9)): # 45 % of 20 are closed by the client
        probe = net.Probe(client, "proc", interfaces, 500)
        net.generate(client, "127.0.0.1", 20, 0, 0, 200)
        time.sleep(1.2)
        found = net.by_flow(probe.stop()[0], "whole", "open")
        ours = [k for k in found if 10000 <= k[1] < 10020]
        assert len(ours) >= expected and bool(ours) == bool(expected), f"{interfaces}: {ours}"
    server.kill()


def main():
    client, server = net.namespace("c"), net.namespace("s")
    net.connect(client, "eth0", "10.9.0.1/24", server, "eth0", "10.9.0.2/24")
    net.serve(server, "10.9.0.2")
    self_closed(client, "10.9.0.2")
    loopback(client)


if __name__ == "__main__":
    main()
