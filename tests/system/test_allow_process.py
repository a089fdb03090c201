#!/usr/bin/env python3
"""A rule of `allow` that names a program: its beacon is never told, others are, and what waits for its program is not lost.

As root, in namespaces of its own. The beacons are copies of noroshi-lab; the model flags every destination. A scanner
that is stopped answers nothing, so a verdict waits for as long as a story needs. An argument picks the stories whose name
contains it."""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import collectorlab  # noqa: E402
import faultlab as lab  # noqa: E402

LAB = lab.BUILD / "noroshi-lab"
UNSHARE = ["unshare", "--mount", "--propagation", "private", "sh", "-c", 'mount --bind "$0" "$1" && exec "$@"']
FLAGS_ALL = {}  # the model part of a configuration that flags every destination; filled in main


class Server(lab.Beacon):
    """Answers after 100 ms, as one on another continent would."""

    def answer(self):
        while True:
            connection, _ = self.server.accept()
            with connection:
                connection.recv(200)
                time.sleep(0.1)
                connection.sendall(bytes(180))
                connection.recv(1)


@contextlib.contextmanager
def beacon(path, *before):
    """A program that calls a port of its own twice a second; yields the port."""
    port = Server().port
    command = [*before, path, "beacon", "--to", f"127.0.0.1:{port}", "--every", "500ms"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield port
    finally:
        child.kill()
        child.wait()


def program(at, name):
    at.mkdir(exist_ok=True)
    return shutil.copy(LAB, at / name)


def agent_of(at, collector, path, **changes):
    """It allows what `path` does."""
    return lab.Agent(at, collector, model=FLAGS_ALL, source={"order": "packet"}, allow=[{"process": str(path)}], **changes)


def scanner(agent):
    return int(agent.said("scanner: process ")[0].split("scanner: process ")[1].split()[0])


def told(collector, port):
    """What the collector has of a port, but evidence."""
    return [r for r in collector.export() if r.get("destination.port") == port]


def states(collector, port):
    return [r["noroshi"].get("st", r["event.dataset"]) for r in told(collector, port)]


def opened(collector, port):
    return lab.until(lambda: [r for r in told(collector, port) if r["noroshi"].get("st") == "open"], f"a verdict on port {port}")


def pending(agent):
    """Records that wait in the spool (agent/spool/spool_record.h: flag 2)."""
    segments = b"".join(path.read_bytes() for path in agent.spool.glob("*.seg"))
    heads = [segments[at + 4:at + 8] for at in range(len(segments)) if segments[at:at + 4] == b"\xf5nr\xff"]
    return sum(int.from_bytes(head[2:4], "little") & 2 != 0 for head in heads)


def health(collector):
    return collector.get("/api/devices")[2]["devices"][0]["health"]["noroshi"]


def an_allowed_program_is_silent_and_another_is_told(at, collector):
    updater, implant = program(at, "updater"), program(at, "implant")
    with agent_of(at, collector, updater) as agent, beacon(updater) as good, beacon(implant) as bad:
        opened(collector, bad)
        status = lab.until(lambda: agent.status()["suppressed"] == 1 and agent.status(), "a destination that is suppressed")
        assert status["held"] == 0 and status["flagged"] == 1, status
        assert pending(agent) == 0, os.listdir(agent.spool)
        assert told(collector, good) == [], told(collector, good)
        lab.until(lambda: "noroshi.combo" in states(collector, bad), "the joined verdict of the other program")
        agent.settings["allow"] = []
        agent.config.write_text(lab.json.dumps(agent.settings))
        agent.child.send_signal(signal.SIGHUP)
        opened(collector, good)


def a_name_in_a_mount_of_its_own_is_not_allowed(at, collector):
    """Whoever may make a namespace can put his program where the allowed one is, for himself alone."""
    updater, implant = program(at, "updater"), program(at, "implant")
    with agent_of(at, collector, updater) as agent, beacon(updater, *UNSHARE, implant) as bad:
        record = opened(collector, bad)[0]
        assert agent.status()["suppressed"] == 0, agent.status()
        combo = lab.until(lambda: [r for r in told(collector, bad) if r["event.dataset"] == "noroshi.combo"], "its program")[0]
        assert combo["process.executable"] == str(updater) and combo["noroshi"]["d"] == record["noroshi"]["d"], combo


@contextlib.contextmanager
def held(at, collector):
    """(agent, port) of a verdict that waits for its program; nothing of it is told."""
    implant = program(at, "implant")
    agent = agent_of(at, collector, "/usr/bin/updater")
    with agent:
        agent.watches()
        os.kill(scanner(agent), signal.SIGSTOP)
        with beacon(implant) as port:
            lab.until(lambda: agent.status()["held"] == 1, "a verdict that waits")
            assert told(collector, port) == [], told(collector, port)
            assert pending(agent) == 1, os.listdir(agent.spool)
            lab.until(lambda: health(collector)["hld"] >= 1, "its count in health")  # asking for it makes a beacon, too
            yield agent, port


def a_scanner_that_dies_ends_the_wait(at, collector):
    with held(at, collector) as (agent, port):
        os.kill(scanner(agent), signal.SIGKILL)
        opened(collector, port)
        status = agent.status()
        assert status["held"] == 0 and status["flagged"] >= 1 and status["scanner"] == "ended", status
        assert pending(agent) == 0, os.listdir(agent.spool)
        assert states(collector, port) == ["open"], states(collector, port)


def a_killed_agent_tells_what_waited(at, collector):
    with held(at, collector) as (agent, port):
        agent.child.kill()
        agent.child.wait()
    assert told(collector, port) == [], told(collector, port)
    with agent:
        opened(collector, port)
        assert pending(agent) == 0, os.listdir(agent.spool)
        assert states(collector, port) == ["open"], states(collector, port)


def an_agent_that_ends_tells_what_waited(at, collector):
    with held(at, collector) as (agent, port):
        agent.stop()
    with agent:
        opened(collector, port)
        assert states(collector, port) == ["open"], states(collector, port)


def without_a_scanner_nothing_waits_and_a_line_says_so(at, collector):
    updater = program(at, "updater")
    with agent_of(at, collector, updater, scan={"watch": False}) as agent, beacon(updater) as port:
        agent.says("allow: the scanner is off: a rule with `process` never fits")
        opened(collector, port)


STORIES = [an_allowed_program_is_silent_and_another_is_told, a_name_in_a_mount_of_its_own_is_not_allowed,
           a_scanner_that_dies_ends_the_wait, a_killed_agent_tells_what_waited, an_agent_that_ends_tells_what_waited,
           without_a_scanner_nothing_waits_and_a_line_says_so]


def main():
    if not lab.in_own_namespaces():
        print("skipped: needs root and namespaces")
        return 77
    if not LAB.exists() or not collectorlab.PROGRAM.exists() or not lab.MODEL_TOOL.exists():
        print("skipped: lab, collector or model tool is not built")
        return 77
    with lab.folder() as at:
        FLAGS_ALL.update(lab.Models(at).trusted)
        for story in STORIES:
            if len(sys.argv) < 2 or sys.argv[1] in story.__name__:
                with collectorlab.Collector() as collector:
                    story(at / story.__name__, collector)
                print(story.__name__, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
