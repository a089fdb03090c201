#!/usr/bin/env python3
"""What an attacker pays to stay unseen, and how fast a beacon is seen that does not try.

  evasion.py [--build build/host] [--model models/beacon.nrm] [--tx 200] [--rx 350] [--seeds 20] [--seed 1]
             [-o models/EVASION.md]

Makes beacons (beacons.py), lets noroshi-replay judge them as a device would, and writes the page and its curves
(evasion.svg beside it). All times are times of the traffic. Same seed, model and programs, same bytes.
"""
import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import evasion_page
from beacons import DAY, HOUR, LARGE, LAWS, Beacon, records, times_to_verdict

SPEED_PERIODS, SPEED_JITTERS, SPEED_SEEDS, SPEED_HORIZON = (5, 60, 300, 900, 3600), (0, 0.2, 0.5), 10, 7 * DAY
SIZE_BEACONS = ((300, 0), (300, 0.5), (900, 0.2))
SIZES_OUT = (200, 500, 700, 900, 1000, 1100, 1140, 1190, 1500, 3000, 6000)
SIZES_IN = ((350, 350), (1190, 1190), (1175, 1205), (4215, 4215), (4200, 4230))
SLOW_PERIODS = (300, 360, 450, 600, 900, 1200, 1800, 3600)
CURVE_PERIODS, CURVE_JITTERS = (60, 300, 900), (0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)


@dataclass(frozen=True)
class Case:
    name: str
    beacon: Beacon
    cost: str                   # what it costs the operator
    why: str = ""               # how it works, told where it does
    horizon_s: int = DAY
    own_sizes: bool = False     # its sizes are the point, or given


RARE = "So few check-ins say little in a week; six are the least that is judged."
SHARED = "Together the servers are judged by their last sixteen connections, and that is not enough here; each by itself says less."
INSIDE = "A connection record tells nothing of what happens inside the connection; at most its renewals can be judged."
APERIODIC = "Without a period, timing says little, and sizes and ports alone do not reach the threshold."
BURSTS = "Bursts and rests leave little of the rhythm, too little where the sizes look ordinary."
ORDINARY = "What counts besides timing, sizes and ports, looks too ordinary."
NTP = "It is NTP as far as a connection record shows, and NTP is everywhere."

PADDED = {"tx": (100, 4000), "rx": (100, 4000)}


def cases(plain):
    """Everything else is the plain beacon: 300 s, symmetric jitter of 20 %, TCP 443."""
    def sized(name, cost, why="", horizon_s=DAY, **changes):
        return Case(name, replace(plain, **changes), cost, why, horizon_s, own_sizes=True)

    def timed(name, cost, why="", horizon_s=DAY, **changes):
        return Case(name, replace(plain, **changes), cost, why, horizon_s)

    return [
        timed("plain", "nothing"),
        sized("padding, 100-4,000 bytes each way", "bytes; code in implant and server", ORDINARY, **PADDED),
        timed("random gaps (exponential)", "predictable answers: one gap in fifty is above 20 minutes",
              APERIODIC, shape="random"),
        sized("padding and random gaps", "both", APERIODIC,
              shape="random", **PADDED),
        timed("port 80", "content in the clear, or a protocol that stands out to others", ORDINARY, port=80),
        timed("port 8080", "firewalls that allow only 443", ORDINARY, port=8080),
        timed("port 8443", "the same", ORDINARY, port=8443),
        timed("port 4444", "the same; a port that is looked for", ORDINARY, port=4444),
        timed("port 22", "the same", ORDINARY, port=22),
        sized("port 53/udp, 60-120 and 100-250 bytes", "few bytes a check-in; networks that answer DNS themselves", ORDINARY,
              port=53, proto="udp", tx=(60, 120), rx=(100, 250)),
        sized("port 123/udp, 48 bytes each way", "48 bytes a check-in; the server must pass for a time server",
              NTP, port=123, proto="udp", tx=(48, 48), rx=(48, 48)),
        timed("new server every 4 h", "6 addresses a day", SHARED, new_server_s=4 * HOUR),
        timed("new server every 2 h", "12 addresses a day", SHARED, new_server_s=2 * HOUR),
        timed("new server every hour", "24 addresses a day", SHARED, new_server_s=HOUR),
        timed("new server every 20 min", "72 addresses a day", SHARED, new_server_s=1200),
        timed("8 servers in turn", "8 addresses", SHARED, servers=8),
        timed("200 servers in turn", "200 addresses, or a content network", SHARED, servers=200),
        timed("sleep 6 h", "a command waits 6 h", RARE, 10 * DAY, period_s=6 * HOUR),
        timed("sleep 12 h", "a command waits 12 h", RARE, 10 * DAY, period_s=12 * HOUR),
        timed("sleep 24 h", "a command waits a day", RARE, 10 * DAY, period_s=DAY),
        timed("5 check-ins 20 s apart, 2 h of rest", "a command waits 2 h", BURSTS,
              period_s=20, burst=5, rest_s=2 * HOUR),
        timed("5 check-ins 20 s apart, 6 h of rest", "a command waits 6 h", BURSTS,
              period_s=20, burst=5, rest_s=6 * HOUR),
        timed("20 check-ins 60 s apart, 12 h of rest", "a command waits 12 h", BURSTS,
              period_s=60, burst=20, rest_s=12 * HOUR),
        timed("working hours only (8 h)", "no access at night", BURSTS, 3 * DAY, work=(9, 17)),
        sized("server that does not answer (S0)", "an implant without a server", ORDINARY, state="S0", tx=(0, 0), rx=(0, 0),
              duration_s=(3, 3.2)),
        sized("server that refuses (REJ)", "an implant without a server", ORDINARY, state="REJ", tx=(0, 0), rx=(0, 0),
              duration_s=(0.02, 0.04)),
        sized("inside one long connection", "a connection that stands for a day and must survive NAT and sleep", INSIDE,
              period_s=10 * DAY, tx=(60000, 60000), rx=(100000, 100000), duration_s=(DAY, DAY)),
        sized("one connection, renewed every hour", "the same, for an hour", INSIDE, period_s=1, tx=(2500, 4000), rx=(5000, 9000),
              duration_s=(3580, 3620)),
    ]


@dataclass
class Measured:
    """Results, by name of the sizes: speed, slow and curves as their functions return them; the evasions have both."""
    speed: dict
    slow: dict
    curves: dict
    bytes: list
    jitters: tuple
    evasions: list


class Bench:
    """Runs beacons through the replay tool; each draw is named by seed, what is measured, and its number."""

    def __init__(self, args):
        self.program, self.model, self.seed = args.build / "noroshi-replay", args.model, args.seed

    def times(self, beacon_list, n, horizon_s, what):
        """For each beacon its n times to the verdict (None = not found)."""
        if sys.stderr.isatty():
            print(f"\r\033[K{what}", end="", file=sys.stderr, flush=True)
        many = [b for b in beacon_list for _ in range(n)]
        seeds = [f"{self.seed} {what} {i}" for i in range(len(many))]
        found = times_to_verdict(self.program, many, seeds, horizon_s, self.model)
        return [[t if t is None or t <= horizon_s else None for t in found[i:i + n]] for i in range(0, len(found), n)]


def share(found):
    return sum(t is not None for t in found) / len(found)


def measure_speed(bench, plain):
    """[((period, jitter), times)]"""
    grid = [(p, j) for p in SPEED_PERIODS for j in SPEED_JITTERS]
    made = [replace(plain, period_s=p, jitter=j) for p, j in grid]
    return list(zip(grid, bench.times(made, SPEED_SEEDS, SPEED_HORIZON, "time to the verdict")))


def measure_slow(bench, plain, n):
    """[(period, share found within a day)]"""
    found = bench.times([replace(plain, period_s=p) for p in SLOW_PERIODS], n, DAY, "slower")
    return [(p, share(f)) for p, f in zip(SLOW_PERIODS, found)]


def measure_sizes(bench, n):
    """[((period, jitter, bytes in), [(bytes out, share found within a day)])]"""
    rows = [(p, j, rx) for p, j in SIZE_BEACONS for rx in SIZES_IN]
    made = [Beacon(p, j, tx=(tx, tx), rx=rx) for p, j, rx in rows for tx in SIZES_OUT]
    shares = [share(f) for f in bench.times(made, n, DAY, "sizes")]
    return [(row, list(zip(SIZES_OUT, shares[i * len(SIZES_OUT):]))) for i, row in enumerate(rows)]


def measure_curves(bench, plain, n):
    """{(period, shape): [share found within a day, one for each jitter]}"""
    grid = [(p, shape, j) for p in CURVE_PERIODS for shape in LAWS for j in CURVE_JITTERS]
    made = [replace(plain, period_s=p, shape=shape, jitter=j) for p, shape, j in grid]
    curves = {}
    for (p, shape, _), found in zip(grid, bench.times(made, n, DAY, "jitter")):
        curves.setdefault((p, shape), []).append(share(found))
    return curves


def daily(beacon):
    """(check-ins, bytes both ways) of the first day of one of them."""
    sizes = [sum(map(int, line.split("\t")[7:9])) for _, line in records(beacon, "a day", 0, DAY)]
    return len(sizes), sum(sizes)


def measure_cases(bench, plain, n):
    """[(case, check-ins a day, bytes a day, share found, share found with large sizes or None)]"""
    listed = cases(plain)
    out = []
    for horizon_s in sorted({c.horizon_s for c in listed}):
        now = [c for c in listed if c.horizon_s == horizon_s]
        timed = [c for c in now if not c.own_sizes]
        made = [c.beacon for c in now] + [replace(c.beacon, **LARGE) for c in timed]
        shares = [share(f) for f in bench.times(made, n, horizon_s, f"evasions, {horizon_s // HOUR} h")]
        large = dict(zip((c.name for c in timed), shares[len(now):]))
        out += [(c, *daily(c.beacon), s, large.get(c.name)) for c, s in zip(now, shares)]
    return sorted(out, key=lambda row: listed.index(row[0]))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--build", type=Path, default=Path("build/host"))
    ap.add_argument("--model", type=Path, default=Path("models/beacon.nrm"))
    ap.add_argument("--tx", type=int, default=200, help="bytes sent in a check-in")
    ap.add_argument("--rx", type=int, default=350, help="bytes received in a check-in")
    ap.add_argument("--seeds", type=int, default=20, help="beacons for each share")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("-o", "--out", type=Path, default=Path("models/EVASION.md"))
    args = ap.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    bench = Bench(args)
    small = Beacon(tx=(args.tx, args.tx), rx=(args.rx, args.rx))
    sizes = {"small": small, "large": replace(small, **LARGE)}
    measured = Measured(
        speed={name: measure_speed(bench, b) for name, b in sizes.items()},
        slow={name: measure_slow(bench, b, args.seeds) for name, b in sizes.items()},
        curves={name: measure_curves(bench, b, args.seeds) for name, b in sizes.items()},
        bytes=measure_sizes(bench, args.seeds), jitters=CURVE_JITTERS, evasions=measure_cases(bench, small, args.seeds))
    evasion_page.write(args, sizes, measured)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)


if __name__ == "__main__":
    main()
