#!/usr/bin/env python3
"""Fault table F1 and F13: agent and collector are killed at random, 200 times, while verdicts flow.

Afterwards every verdict that was in the agent's spool is in the collector's store, once. KILLS sets another number; by hand:
KILLS=1000 tests/system/test_kill9.py"""
import collections
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(os.environ.get("BUILD", "build/host"))
COLLECTOR = BUILD / "noroshi-collector"
AGENT = pathlib.Path(os.environ.get("TEST_BUILD", "build/test")) / "system/kill9_agent"
KILLS = int(os.environ.get("KILLS", "200"))
RATE = 200  # verdicts a second


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Pair:
    """Collector and agent in one folder; either can be killed and started again."""

    def __init__(self, folder):
        self.data, self.notes = folder / "data", folder / "notes"
        subprocess.run([COLLECTOR, "init", self.data, "--listen", f"127.0.0.1:{free_port()}", "--page",
                        f"127.0.0.1:{free_port()}"], check=True, stdout=subprocess.DEVNULL)
        settings = json.loads((self.data / "collector.json").read_text())
        no_limits = {"posts_per_s": 1000000, "records_per_day": 1000000000}
        (self.data / "collector.json").write_text(json.dumps({**settings, **no_limits}))
        self.config = self.data / "devices/device-1/noroshi.json"
        self.command = {"collector": [COLLECTOR, "run", self.data],
                        "agent": [AGENT, self.config, self.notes, str(RATE)]}
        self.child = {}

    def start(self, name):
        self.child[name] = subprocess.Popen(self.command[name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self, name):
        if self.child[name].poll() is not None:
            sys.exit(f"{name} ended by itself with {self.child[name].returncode}")
        self.child[name].kill()
        self.child[name].wait()

    def drain(self):
        """A last agent that only sends; started again now and then, so that no back-off is waited for."""
        for _ in range(30):
            try:
                return subprocess.run([AGENT, self.config, self.notes, "0"], timeout=4).returncode == 0
            except subprocess.TimeoutExpired:
                pass
        return False

    def stored(self):
        out = subprocess.run([COLLECTOR, "export", self.data], check=True, capture_output=True, text=True).stdout
        return collections.Counter(line.split('"event.id":"', 1)[1].split('"', 1)[0] for line in out.splitlines())


def main():
    if not COLLECTOR.exists() or not AGENT.exists():
        print("skipped: the collector is not built")
        return 77
    rng = random.Random(9)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="noroshi-kill9-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
    pair = Pair(folder)
    try:
        for name in ("collector", "agent"):
            pair.start(name)
        for _ in range(KILLS):
            time.sleep(rng.uniform(0.02, 0.5))
            name = rng.choice(("collector", "agent", "agent"))
            pair.kill(name)
            pair.start(name)
        pair.kill("agent")
        drained = pair.drain()
        stored = pair.stored()
        noted = pair.notes.read_text().split()
        lost = set(noted) - set(stored)
        twice = [e for e, n in stored.items() if n > 1]
        print(f"{KILLS} kills, {len(noted)} verdicts spooled, {sum(stored.values())} stored, {len(lost)} lost, "
              f"{len(twice)} twice")
        return 0 if drained and noted and not lost and not twice else 1
    finally:
        for child in pair.child.values():
            child.kill()
            child.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
