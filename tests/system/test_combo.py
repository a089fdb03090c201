#!/usr/bin/env python3
"""A packed beacon is caught live: a root agent in a network namespace joins the rhythm of its connections with its file.

The beacon is our own, harmless noroshi-lab, packed with UPX if there is one, else only put into /tmp; a second one runs
from a file that was deleted. Their server answers after 100 ms, as one on another continent would."""
import atexit
import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import flownet as net  # noqa: E402

BUILD = pathlib.Path(os.environ.get("BUILD", "build/host")).resolve()
UPX = shutil.which("upx") or shutil.which("upx-ucl")
WAIT_S = 100
SERVER = """
import socket, threading, time
def answer(c):
    with c:
        c.recv(200); time.sleep(0.1); c.send(bytes(180)); c.recv(1)
s = socket.create_server(("127.0.0.1", PORT)); print("ready", flush=True)
while True: threading.Thread(target=answer, args=(s.accept()[0],), daemon=True).start()
"""
KEPT = 1 << 2 | 1 << 19  # CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE


def start(ns, *command, **more):
    child = subprocess.Popen(["ip", "netns", "exec", ns, *map(str, command)], text=True, **more)
    atexit.register(child.kill)
    return child


def serve(ns, port):
    server = start(ns, sys.executable, "-c", SERVER.replace("PORT", str(port)), stdout=subprocess.PIPE)
    assert server.stdout.readline() == "ready\n"


def program(work, name, packed):
    path = work / name
    shutil.copy(BUILD / "noroshi-lab", path)
    if packed:
        subprocess.run([UPX, "-qqq", path], check=True)
    return path


def beacon(ns, path, port):
    return start(ns, path, "beacon", "--to", f"127.0.0.1:{port}", "--every", "2s", stdout=subprocess.DEVNULL)


class Agent:
    def __init__(self, ns, work, **settings):
        config = work / "noroshi.json"
        config.write_text(json.dumps({"source": {"order": "packet", "interfaces": ["lo"]}, **settings}))
        config.chmod(0o644)
        self.out, self.log = work / "out", work / "log"
        self.child = start(ns, BUILD / "noroshi", "run", "--config", config, stdout=self.out.open("w"), stderr=self.log.open("w"))

    def records(self):
        return [json.loads(line) for line in self.out.read_text().splitlines(True) if line.endswith("\n")]

    def wait(self, what, fits):
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            if found := [r for r in self.records() if fits(r)]:
                return found[0]
            time.sleep(0.2)
        raise AssertionError(f"{what}: not within {WAIT_S} s\n{self.log.read_text()}\n{self.out.read_text()}")

    def scanner(self):
        return int(self.log.read_text().split("scanner: process ")[1].split()[0])


def combo_of(agent, port):
    return agent.wait(f"the joined verdict of port {port}",
                      lambda r: r["event.dataset"] == "noroshi.combo" and r["destination.port"] == port)


def parents_are_there(agent, combo):
    known = {r["event.id"].rsplit("-", 1)[1]: r for r in agent.records()}
    return [known[seq] for seq in combo["noroshi"]["of"].split(",")]


def packed_beacon_is_one_verdict(agent, path, port):
    combo = combo_of(agent, port)
    parents = parents_are_there(agent, combo)
    assert combo["process.executable"] == str(path), combo
    assert combo["process.hash.sha256"] == hashlib.sha256(path.read_bytes()).hexdigest(), combo
    assert parents[0]["event.dataset"] == "noroshi.beacon" and parents[0]["noroshi"]["d"] == combo["noroshi"]["d"], parents
    assert combo["event.risk_score"] >= parents[0]["event.risk_score"] and combo["event.risk_score"] > 90, combo
    marks = combo["noroshi"]["file"].split(",")
    assert "temporary" in marks and "new" in marks and "deleted" not in marks, combo
    if UPX:
        assert marks[0] == "packed" and combo["noroshi"]["class"] == "upx", combo
        assert parents[1]["event.dataset"] == "noroshi.packer", parents
        assert parents[1]["process.hash.sha256"] == combo["process.hash.sha256"], parents
    print(json.dumps(combo))


def deleted_program_is_told(agent, path, port):
    combo = combo_of(agent, port)
    assert combo["process.executable"] == str(path) and "deleted" in combo["noroshi"]["file"].split(","), combo
    assert "," not in combo["noroshi"]["of"] and combo["noroshi"]["class"] == "none", combo


def scanner_keeps_only_what_it_needs(agent):
    status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{agent.scanner()}/status").read_text().splitlines() if ":\t" in line)
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == KEPT, status
    assert int(status["CapBnd"], 16) == int(status["CapAmb"], 16) == int(status["CapInh"], 16) == 0, status
    assert status["Uid"].split()[0] != "0" and status["NoNewPrivs"] == "1" and status["Seccomp"] == "2", status
    sockets = [os.readlink(fd) for fd in pathlib.Path(f"/proc/{agent.scanner()}/fd").iterdir()]
    assert sum(link.startswith("socket:") for link in sockets) == 1, sockets


def agent_outlives_its_scanner(agent):
    os.kill(agent.scanner(), signal.SIGKILL)
    end = time.monotonic() + WAIT_S
    while "scanner: ended" not in agent.log.read_text():
        assert time.monotonic() < end, agent.log.read_text()
        time.sleep(0.1)
    assert agent.child.poll() is None


def scanner_ends_with_the_agent(ns, work):
    agent = Agent(ns, work)
    end = time.monotonic() + WAIT_S
    while "using packet" not in agent.log.read_text():
        assert time.monotonic() < end, agent.log.read_text()
        time.sleep(0.1)
    scanner = agent.scanner()
    agent.child.kill()
    while pathlib.Path(f"/proc/{scanner}").exists():
        assert time.monotonic() < end, "the scanner is still there"
        time.sleep(0.1)


def main():
    if not (BUILD / "noroshi-lab").exists():
        net.skip("noroshi-lab is not built")
    ns = net.namespace("combo")
    work = pathlib.Path(tempfile.mkdtemp(prefix="noroshi-combo-"))
    atexit.register(shutil.rmtree, work, ignore_errors=True)
    work.chmod(0o755)
    hidden, gone = program(work, "kworkerd", UPX), program(work, "gone", False)
    serve(ns, 4444)
    serve(ns, 4445)
    agent = Agent(ns, work)
    beacon(ns, hidden, 4444)
    beacon(ns, gone, 4445)
    time.sleep(1)
    gone.unlink()
    packed_beacon_is_one_verdict(agent, hidden, 4444)
    deleted_program_is_told(agent, gone, 4445)
    scanner_keeps_only_what_it_needs(agent)
    agent_outlives_its_scanner(agent)
    agent.child.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        assert agent.child.wait(20) == 0
    scanner_ends_with_the_agent(ns, work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
