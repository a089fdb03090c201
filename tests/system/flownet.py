"""Network namespaces and the programs flowgen and flowprobe, for the tests of live flow sources."""
import atexit
import collections
import os
import shutil
import subprocess
import sys

PROGRAMS = os.path.join(os.environ.get("TEST_BUILD", "build/test"), "system")
PREFIX = f"nrs{os.getpid()}"
Event = collections.namedtuple("Event", "ev proto lport rport dir end flags tx rx dur_ms weight name")
FORWARDED = 0x0001
BYTES = 0x0008
namespaces = []


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def ip(*args):
    subprocess.run(["ip", *args], check=True, capture_output=True)


def namespace(name):
    if os.geteuid() != 0 or not shutil.which("ip"):
        skip("needs root and iproute2")
    full = f"{PREFIX}{name}"
    try:
        ip("netns", "add", full)
    except subprocess.CalledProcessError:
        skip("no network namespaces here")
    if not namespaces:
        atexit.register(lambda: [subprocess.run(["ip", "netns", "del", n], check=False) for n in namespaces])
    namespaces.append(full)
    ip("-n", full, "link", "set", "lo", "up")
    return full


def connect(ns_a, dev_a, addr_a, ns_b, dev_b, addr_b):
    """A veth pair between two namespaces."""
    ip("link", "add", dev_a, "netns", ns_a, "type", "veth", "peer", "name", dev_b, "netns", ns_b)
    for ns, dev, addr in ((ns_a, dev_a, addr_a), (ns_b, dev_b, addr_b)):
        ip("-n", ns, "addr", "add", addr, "dev", dev)
        ip("-n", ns, "link", "set", dev, "up")


def start(ns, program, *args, **kwargs):
    return subprocess.Popen(["ip", "netns", "exec", ns, f"{PROGRAMS}/{program}", *map(str, args)], text=True,
                            stdout=subprocess.PIPE, **kwargs)


def serve(ns, address):
    server = start(ns, "flowgen", "serve", address)
    atexit.register(server.kill)
    assert server.stdout.readline() == "ready\n"
    return server


class Probe:
    """A running flowprobe; its output is collected through a file, so that it never waits for us."""

    def __init__(self, ns, *args):
        self.path = f"/tmp/{PREFIX}.events"
        self.out = open(self.path, "w+")
        self.log = open(self.path + ".log", "w+")
        command = ["ip", "netns", "exec", ns, f"{PROGRAMS}/flowprobe", *map(str, args)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=self.out, stderr=self.log)
        while not open(self.path).readline().startswith("ready"):
            assert self.process.poll() is None, "flowprobe ended: " + open(self.path + ".log").read()

    def stop(self):
        """The events, and the statistics as (events, lost, errors, wakeups, cpu_us)."""
        self.process.stdin.close()
        assert self.process.wait() == 0, open(self.path + ".log").read()
        with open(self.path) as f:
            lines = f.read().splitlines()
        os.unlink(self.path)
        os.unlink(self.path + ".log")
        assert lines[-1].startswith("stats ")
        return [read_event(line) for line in lines[1:-1]], [int(n) for n in lines[-1].split()[1:]]


def read_event(line):
    f = line.split(" ", 11)
    return Event(f[0], int(f[1]), int(f[2]), int(f[3]), f[4], f[5], *map(int, f[6:11]), f[11])


def generate(ns, address, tcp, udp, refused, rate):
    """Makes the flows; {(proto number, local port): (kind, tx, rx)}."""
    done = start(ns, "flowgen", "run", address, tcp, udp, refused, rate)
    lines = done.communicate()[0].splitlines()
    assert done.returncode == 0 and len(lines) == tcp + udp + refused, "flowgen failed"
    rows = [line.split() for line in lines]
    return {(6 if proto == "tcp" else 17, int(port)): (kind, int(tx), int(rx)) for proto, port, kind, tx, rx in rows}


def by_flow(events, *kinds):
    found = collections.defaultdict(list)
    for e in events:
        if e.ev in kinds:
            found[e.proto, e.lport].append(e)
    return found
