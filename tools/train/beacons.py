"""Beacons as an attacker would set them up, and when noroshi-replay's first verdict on them comes.

Many beacons go into one log, each with addresses of its own: the agent judges every destination by itself, so one run
does for all. Every log begins with one record at the same moment, because the agent's minutes begin there, and where
they cut a beacon's rhythm moves its first verdict, sometimes by hours. With it a beacon is judged the same in any
company, to the second (tests/system/test_evasion.py). All draws come from the beacon's own seed.
"""
import datetime
import heapq
import json
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass

HOUR, DAY = 3600, 86400
MONDAY = 1772409600  # 2026-03-02 00:00 UTC: nothing depends on the date but the hours of somebody's work
HEADER = """#separator \\x09
#path\tconn
#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration\torig_bytes\tresp_bytes\tconn_state
"""
BEGIN = f"{MONDAY}.0\t10.0.0.1\t40000\t45.79.0.1\t80\ttcp\t0.1\t100\t100\tSF\n"
LARGE = {"tx": (1180, 1200), "rx": (4200, 4230)}  # a TLS handshake with a chain of certificates, and a short exchange
SERVERS_MAX = 200   # addresses of one beacon
BEACONS_MAX = 8000  # in one log: the watched destinations of its table
SHORT_S = 3 * HOUR


@dataclass(frozen=True)
class Beacon:
    """What the operator chose; bytes are (least, most), drawn anew for each check-in."""
    period_s: float = 300
    jitter: float = 0.2
    shape: str = "symmetric"
    tx: tuple = (200, 200)
    rx: tuple = (350, 350)
    port: int = 443
    proto: str = "tcp"
    state: str = "SF"
    duration_s: tuple = (0.1, 0.4)
    new_server_s: float = 0     # so often it moves to an address not used before
    servers: int = 1            # addresses used in turn, another one for each check-in
    burst: int = 0              # check-ins before a rest
    rest_s: float = 0
    work: tuple = ()            # hours of the day at which it checks in


LAWS = {  # the gap for a draw u from 0..1, of a period p and a jitter j; tools/simulate/README.md says who uses which
    "one-sided": lambda p, j, u: p * (1 - j * u),
    "additive": lambda p, j, u: p * (1 + j * u),
    "symmetric": lambda p, j, u: p * (1 + j * (2 * u - 1)),
}


def gap(beacon, draw):
    if beacon.shape == "random":
        return max(0.05, draw.expovariate(1 / beacon.period_s))
    return max(0.05, LAWS[beacon.shape](beacon.period_s, beacon.jitter, draw.random()))


def at_work(beacon, t):
    """The moment itself, or the next one within working hours of a working day."""
    while beacon.work:
        day, second = divmod(t - MONDAY, DAY)
        if day % 7 < 5 and beacon.work[0] * HOUR <= second < beacon.work[1] * HOUR:
            break
        late = second >= beacon.work[1] * HOUR or day % 7 >= 5
        t = MONDAY + (day + late) * DAY + beacon.work[0] * HOUR + (second % 60)
    return t


def check_ins(beacon, seed, horizon_s):
    """(time, duration, server) from the first check-in on, for so long. The sleep begins when a check-in ends."""
    draw = random.Random(f"times {seed}")
    t = first = at_work(beacon, MONDAY + draw.random() * HOUR)
    n = 0
    while t < first + horizon_s:
        used = n % beacon.servers
        if beacon.new_server_s:
            used = int((t - first) / beacon.new_server_s)
        duration = beacon.duration_s[0] + draw.random() * (beacon.duration_s[1] - beacon.duration_s[0])
        yield t, duration, used % SERVERS_MAX
        n += 1
        t += duration + gap(beacon, draw)
        if beacon.burst and n % beacon.burst == 0:
            t += beacon.rest_s * (0.8 + 0.4 * draw.random())
        t = at_work(beacon, t)


def between(draw, bounds):
    return bounds[0] + int(draw.random() * (bounds[1] - bounds[0] + 1))


def records(beacon, seed, index, horizon_s):
    """Lines of a conn.log with their times; the local address tells the beacon."""
    draw = random.Random(f"sizes {seed}")
    high, low = index // 250, index % 250 + 1
    for t, duration, server in check_ins(beacon, seed, horizon_s):
        yield t, (f"{t:.6f}\t10.1.{high}.{low}\t{between(draw, (32768, 60999))}\t45.{80 + high}.{low}.{server + 1}"
                  f"\t{beacon.port}\t{beacon.proto}\t{duration:.6f}\t{between(draw, beacon.tx)}"
                  f"\t{between(draw, beacon.rx)}\t{beacon.state}\n")


def replay(program, model, log):
    command = [str(program), "--quiet", "--capacity", "65536", *(["--model", str(model)] if model else []), log]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"beacons: {' '.join(command)}: {run.stderr.strip()[-300:]}")
    return map(json.loads, run.stdout.splitlines())


def when(verdict):
    return datetime.datetime.strptime(verdict["@timestamp"], "%Y-%m-%dT%H:%M:%S%z").timestamp()


def run_once(program, model, beacons, seeds, horizon_s):
    if len(beacons) > BEACONS_MAX:
        sys.exit(f"beacons: {len(beacons)} in one log, at most {BEACONS_MAX}")
    first, opened = {}, {}
    parts = [records(b, s, i, horizon_s) for i, (b, s) in enumerate(zip(beacons, seeds))]
    with tempfile.NamedTemporaryFile("w", prefix="noroshi-beacons-", suffix=".log") as log:
        log.write(HEADER + BEGIN)
        for t, line in heapq.merge(*parts):
            first.setdefault(line.split("\t", 2)[1], t)
            log.write(line)
        log.flush()
        for verdict in replay(program, model, log.name):
            if verdict["noroshi"]["st"] == "open":
                opened.setdefault(verdict["source.ip"], when(verdict))
    addresses = (f"10.1.{i // 250}.{i % 250 + 1}" for i in range(len(beacons)))
    return [opened[a] - first[a] if a in opened else None for a in addresses]


def times_to_verdict(program, beacons, seeds, horizon_s, model=None):
    """model: a .nrm file, None = the one compiled in. Seconds of traffic from the first check-in to the first `open` verdict on any of its
    servers, or None, for each beacon. Most are found early, so a short log of all comes before a long one of those that
    were not."""
    found = run_once(program, model, beacons, seeds, min(horizon_s, SHORT_S))
    left = [i for i, t in enumerate(found) if t is None]
    if left and horizon_s > SHORT_S:
        again = run_once(program, model, [beacons[i] for i in left], [seeds[i] for i in left], horizon_s)
        for i, t in zip(left, again):
            found[i] = t
    return found
