#!/usr/bin/env python3
"""The scanner process of a running agent: what it counts, what it is told of, and a burst of starts.

As root, in namespaces of its own: the agent lives in a small file system (its root) and sees its own processes only, so every
number is known beforehand. Programs are copies of noroshi-lab, static, which end at once when they are given nothing to do."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import collectorlab  # noqa: E402
import faultlab as lab  # noqa: E402

LAB = lab.BUILD / "noroshi-lab"
QUEUE = pathlib.Path("/proc/sys/fs/fanotify/max_queued_events")
BURST, FILES, CALLS = 10000, 2000, 1000
ON, TOLD, WALKED = "on", "notified as they start, and walked", "walked"


class Room:
    """A file system with the agent and the programs that are started; /proc of a PID namespace of its own."""

    def __init__(self, at, collector, without=()):
        self.root, self.collector, self.log = at / "root", collector, at / "log"
        self.without = without
        self.mounted = lab.small_disk(self.root, 128 * 1024)

    def __enter__(self):
        self.mounted.__enter__()
        (self.root / "proc").mkdir()
        shutil.copy(lab.NOROSHI, self.root / "noroshi")
        for pem in ("ca.pem", "device.pem", "device-key.pem"):
            shutil.copy(self.collector.folder / "devices/device-1" / pem, self.root)
        settings = {"user": "65534", "scan": {"walk_s": 86400, "new_s": 0}, "report": {"flush_s": 1, "health_s": 10},
                    "source": {"order": "packet", "interfaces": ["lo"]},
                    "collector": {"url": f"https://127.0.0.1:{self.collector.agents}/v1/verdicts", "ca": "ca.pem",
                                  "cert": "device.pem", "key": "device-key.pem"}}
        (self.root / "noroshi.json").write_text(json.dumps(settings))
        rights = ["setpriv", "--bounding-set", ",".join(f"-{r}" for r in self.without)] if self.without else []
        self.child = subprocess.Popen(["unshare", "--pid", "--fork", "--kill-child", f"--mount-proc={self.root}/proc", *rights,
                                       "chroot", self.root, "/noroshi", "run", "--config", "/noroshi.json"],
                                      stderr=self.log.open("w"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        lab.until(lambda: "the collector answers" in self.log.read_text(), "the agent's start")
        self.agent = children(self.child.pid)[0]
        self.scanner = children(self.agent)[0]
        return self

    def __exit__(self, *_):
        for pid in children(self.child.pid):  # the change of user made the kernel forget --kill-child
            os.kill(pid, signal.SIGKILL)
        self.child.wait()
        self.mounted.__exit__(None, None, None)

    def program(self, name, behind=b""):
        """A program of its own, with these bytes behind it."""
        path = self.root / name
        path.write_bytes(LAB.read_bytes() + behind)
        path.chmod(0o755)
        return path

    def status(self):
        path = self.root / "spool/status.json"
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        os.kill(self.agent, signal.SIGUSR1)
        return lab.until(lambda: json.loads(path.read_text()), "the status")

    def counts(self, **wanted):
        """The status as soon as it has these numbers; they are told every five seconds."""
        last = {}

        def fits():
            last.update(self.status())
            return all(last[key] == value for key, value in wanted.items())
        with contextlib.suppress(AssertionError):
            lab.until(fits, "the counts")
        assert all(last[key] == value for key, value in wanted.items()), (wanted, last, self.log.read_text())
        return last

    def health(self):
        return self.collector.get("/api/devices")[2]["devices"][0]["health"]["noroshi"]


def children(pid):
    return lab.until(lambda: [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()], f"a child of {pid}")


def run(path, times=1):
    """Starts it that often; it says how it is used and ends."""
    quiet = [(os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)]
    for _ in range(times):
        os.waitpid(os.posix_spawn(path, [path.name], {}, file_actions=quiet), 0)


def memory_kib(pid, what="VmHWM"):
    return int(pathlib.Path(f"/proc/{pid}/status").read_text().split(f"{what}:")[1].split()[0])


def cpu_ms(pid):
    return sum(map(int, pathlib.Path(f"/proc/{pid}/stat").read_text().split(") ")[1].split()[11:13])) * 1000 // os.sysconf("SC_CLK_TCK")


def every_start_is_counted(at, collector):
    """The first walk meets the agent itself. Then each program is looked at once, however often it starts."""
    with Room(at, collector) as room:
        room.counts(scanner=ON, programs=TOLD, files_seen=1, files_scanned=1, files_cached=0)
        said = "scanner: the kernel notifies it of programs that start (fanotify); it walks all every 86400 s\n"
        assert room.log.read_text().count(said) == 1, room.log.read_text()
        for name in "abc":
            run(room.program(name))
        run(room.root / "a", 2)
        room.counts(files_seen=6, files_scanned=4, files_cached=2, files_limited=0, files_lost=0, files_packed=0)
        run(room.program("hidden", os.urandom(8192)), 2)
        room.counts(files_seen=8, files_scanned=5, files_cached=3, files_packed=1, joined=0)
        lab.until(lambda: room.health()["fil"] == 5, "the counts in a health record")
        health = room.health()
        assert [health[key] for key in ("scn", "fil", "lim", "los", "pak")] == [2, 5, 0, 0, 1], health
        packer = lab.until(lambda: [r for r in collector.export() if r["event.dataset"] == "noroshi.packer"], "its record")
        assert len(packer) == 1 and packer[0]["process.executable"].endswith("/hidden"), packer
        os.kill(room.scanner, signal.SIGKILL)
        room.counts(scanner="ended", programs="", files_scanned=5)
        lab.until(lambda: room.health()["scn"] == 0, "the end of the scanner in a health record")


def without_the_right_it_walks(at, collector):
    with Room(at, collector, without=["sys_admin"]) as room:
        room.counts(scanner=ON, programs=WALKED, files_seen=1, files_scanned=1)
        said = "scanner: it walks all programs every 86400 s (fanotify: Operation not permitted)\n"
        assert room.log.read_text().count(said) == 1, room.log.read_text()
        run(room.program("a"))
        lab.until(lambda: room.health()["scn"] == 1, "the walking scanner in a health record")
        room.counts(files_seen=1, files_scanned=1)


def call_in_the_background(n):
    """That many connections over loopback while something else goes on; join() the thread."""
    server = socket.create_server(("127.0.0.1", 0))

    def calls():
        for _ in range(n):
            with socket.create_connection(server.getsockname()) as s, server.accept()[0]:
                s.sendall(b"hello")
            time.sleep(0.005)
    thread = threading.Thread(target=calls)
    thread.start()
    return thread


def a_burst_is_bounded_and_no_flow_is_lost(at, collector):
    with Room(at, collector) as room:
        programs = [room.program(f"p{i}") for i in range(FILES)]
        room.counts(files_seen=1)
        before, busy, memory = room.status(), cpu_ms(room.scanner), [memory_kib(room.scanner), memory_kib(room.agent)]
        calls = call_in_the_background(CALLS)
        for i in range(BURST):
            run(programs[i % FILES])
        calls.join()
        lab.until(lambda: room.status()["flows"] - before["flows"] >= 2 * CALLS, "both ends of every connection")
        after = room.counts(files_seen=1 + BURST, files_lost=0, lost=0)
        assert after["files_scanned"] + after["files_cached"] + after["files_limited"] == 1 + BURST, after
        assert after["files_limited"] > BURST // 2, after
        grown = [memory_kib(room.scanner) - memory[0], memory_kib(room.agent) - memory[1]]
        assert all(kib <= 128 for kib in grown), grown
        print(f"{BURST} starts of {FILES} programs: {after['files_limited']} put off, scanner {cpu_ms(room.scanner) - busy} ms and +{grown[0]} KiB, "
              f"agent +{grown[1]} KiB, "
              f"{after['flows'] - before['flows']} flow events of {CALLS} connections, none lost")


def what_the_kernel_drops_is_counted_and_walked(at, collector):
    waiting = int(QUEUE.read_text())
    if waiting > 20000:
        print(f"left out: {waiting} starts would have to wait")
        return
    with Room(at, collector) as room:
        program = room.program("p")
        room.counts(files_seen=1)
        os.kill(room.scanner, signal.SIGSTOP)
        run(program, waiting + 10)
        os.kill(room.scanner, signal.SIGCONT)
        after = room.counts(files_lost=1)
        room.counts(files_seen=1 + waiting + 1, scanner=ON)  # what waited, and the walk after it: the agent itself
        assert memory_kib(room.scanner) < 1024, after


def main():
    if not LAB.exists():
        print("skipped: noroshi-lab is not built")
        return 77
    if not lab.in_own_namespaces():
        print("skipped: needs root, and namespaces of its own")
        return 77
    if not QUEUE.exists():
        print("skipped: no fanotify in this kernel")
        return 77
    stories = (every_start_is_counted, without_the_right_it_walks, a_burst_is_bounded_and_no_flow_is_lost,
               what_the_kernel_drops_is_counted_and_walked)
    with lab.folder() as folder, collectorlab.Collector() as collector:
        for story in stories:
            if sys.argv[1:] and sys.argv[1] not in story.__name__:
                continue
            at = folder / story.__name__
            at.mkdir()
            story(at, collector)
            print("ok", story.__name__, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
