#!/usr/bin/env python3
"""A packed beacon is caught live, from its connections to the collector's page: one verdict of its rhythm and its file.

A root agent in namespaces of its own. The beacon is our own, harmless noroshi-lab, packed with UPX if there is one (upxlab.py), else
only put into /tmp; a second one runs from a file that was deleted. Their server answers after 100 ms, as one on another
continent would."""
import hashlib
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
import test_page  # noqa: E402
import upxlab  # noqa: E402

LAB = lab.BUILD / "noroshi-lab"
WAIT_S = 100
KEPT = 1 << 2 | 1 << 19  # CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE


def serve():
    """The port of a server that takes its time."""
    server = socket.create_server(("127.0.0.1", 0))

    def answer(c):
        with c:
            c.recv(200)
            time.sleep(0.1)
            c.send(bytes(180))
            c.recv(1)

    def accept():
        while True:
            threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]


def program(folder, name, upx):
    path = folder / name
    shutil.copy(LAB, path)
    if upx:
        subprocess.run([*upx, "-qqq", path], check=True)
    return path


class Beacon:
    """A program that calls a port of its own every two seconds."""

    def __init__(self, path):
        self.path, self.port = path, serve()
        self.sha256 = hashlib.sha256(path.read_bytes()).hexdigest()

    def __enter__(self):
        self.child = subprocess.Popen([self.path, "beacon", "--to", f"127.0.0.1:{self.port}", "--every", "2s"])
        return self

    def __exit__(self, *_):
        self.child.kill()
        self.child.wait()


def record(collector, what, fits):
    """The first record that the collector stored and that fits."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        if found := [r for r in collector.export() if fits(r)]:
            return found[0]
        time.sleep(0.3)
    raise AssertionError(f"{what}: not within {WAIT_S} s: {collector.export()}")


def combo_of(collector, beacon):
    """The joined verdict of a beacon's port, and its parents."""
    combo = record(collector, f"the joined verdict of {beacon.path.name}",
                   lambda r: r["event.dataset"] == "noroshi.combo" and r["destination.port"] == beacon.port)
    known = {r["event.id"].rsplit("-", 1)[1]: r for r in collector.export()}
    return combo, [known[seq] for seq in combo["noroshi"]["of"].split(",")]


def packed_beacon_is_one_verdict(collector, beacon, upx):
    combo, parents = combo_of(collector, beacon)
    assert combo["process.executable"] == str(beacon.path) and combo["process.pid"] == beacon.child.pid, combo
    assert combo["process.hash.sha256"] == beacon.sha256, combo
    assert parents[0]["event.dataset"] == "noroshi.beacon" and parents[0]["noroshi"]["d"] == combo["noroshi"]["d"], parents
    assert combo["event.risk_score"] >= parents[0]["event.risk_score"] and combo["event.risk_score"] > 90, combo
    marks = combo["noroshi"]["file"].split(",")
    assert "temporary" in marks and "new" in marks and "deleted" not in marks, combo
    if upx:
        assert marks[0] == "packed" and combo["noroshi"]["class"] == "upx", combo
        assert parents[1]["event.dataset"] == "noroshi.packer" and parents[1]["event.risk_score"] == 99, parents
        assert parents[1]["process.hash.sha256"] == beacon.sha256, parents
    print(json.dumps(combo))
    return combo


def deleted_program_is_told(collector, beacon):
    combo, _ = combo_of(collector, beacon)
    assert combo["process.executable"] == str(beacon.path) and "deleted" in combo["noroshi"]["file"].split(","), combo
    assert "," not in combo["noroshi"]["of"] and combo["noroshi"]["class"] == "none", combo


def collector_answers_with_both(collector, beacon, combo, upx):
    """Over its API: the joined verdict with its beacon; the packed program by itself."""
    verdict = next(v for v in collector.get("/api/verdicts")[2]["verdicts"] if v["record"]["destination.port"] == beacon.port)
    assert verdict["combo"] == combo, verdict
    programs = [p["record"] for p in collector.get("/api/programs")[2]["programs"]]
    assert [p["process.hash.sha256"] for p in programs] == ([beacon.sha256] if upx else []), programs
    return verdict["id"]


def page_says_it_in_a_sentence(collector, beacon, verdict, upx):
    page = test_page.browse(f"http://127.0.0.1:{collector.page}/#/verdict/{verdict}")
    said = page.having(id="program")[0]["text"]
    by = "packed by upx, " if upx else ""
    words = f"The program is {beacon.path}: {by}in a folder for temporary files, written within a day."
    assert words in said and f"SHA-256 {beacon.sha256}" in said, said
    page = test_page.browse(f"http://127.0.0.1:{collector.page}/#/programs")
    rows = [e["text"] for e in page.having(data_program=True)]
    if upx:
        assert len(rows) == 1 and str(beacon.path) in rows[0] and "It is packed by upx, in a folder for temporary files" in rows[0], rows
    else:
        assert not rows and "No device has reported a packed program." in page.having(tag="main")[0]["text"]


def scanner_of(agent):
    return int(agent.said("scanner: process ")[0].split("process ")[1])


def scanner_keeps_only_what_it_needs(agent):
    scanner = pathlib.Path(f"/proc/{scanner_of(agent)}")
    status = dict(line.split(":\t", 1) for line in (scanner / "status").read_text().splitlines() if ":\t" in line)
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == KEPT, status
    assert int(status["CapBnd"], 16) == int(status["CapAmb"], 16) == int(status["CapInh"], 16) == 0, status
    assert status["Uid"].split()[0] != "0" and status["NoNewPrivs"] == "1" and status["Seccomp"] == "2", status
    links = [os.readlink(fd) for fd in (scanner / "fd").iterdir()]
    assert sum(link.startswith("socket:") for link in links) == 1, links


def agent_outlives_its_scanner(agent):
    os.kill(scanner_of(agent), signal.SIGKILL)
    agent.says("scanner: ended")
    assert agent.status()["scanner"] == "ended"
    agent.stop()


def scanner_ends_with_the_agent(folder):
    with lab.Agent(folder, source={"order": "packet"}) as agent:
        agent.says("using packet")
        agent.says("scanner: process ")
        scanner = pathlib.Path(f"/proc/{scanner_of(agent)}")
        agent.child.kill()
        lab.until(lambda: not scanner.exists(), "the end of the scanner")


def main():
    if not LAB.exists():
        print("skipped: noroshi-lab is not built")
        return 77
    upx, why = upxlab.find()  # once before, while there is a network to fetch it from
    if not lab.in_own_namespaces():
        print("skipped: needs root, and namespaces of its own")
        return 77
    if upx is None:
        print(f"left out, packed by UPX: {why}")
    with lab.folder() as folder, collectorlab.Collector() as collector, \
            lab.Agent(folder / "agent", collector, source={"order": "packet"}, report={"min_conns": 6}) as agent:
        agent.watches()
        with Beacon(program(folder, "kworkerd", upx)) as hidden, Beacon(program(folder, "gone", None)) as gone:
            time.sleep(1)
            gone.path.unlink()
            combo = packed_beacon_is_one_verdict(collector, hidden, upx)
            deleted_program_is_told(collector, gone)
        verdict = collector_answers_with_both(collector, hidden, combo, upx)
        if test_page.CHROMIUM:
            page_says_it_in_a_sentence(collector, hidden, verdict, upx)
        else:
            print("left out, the page: no chromium")
        status = agent.status()
        assert status["joined"] == 2 and status["files_packed"] >= bool(upx), status
        scanner_keeps_only_what_it_needs(agent)
        agent_outlives_its_scanner(agent)
        scanner_ends_with_the_agent(folder / "second")
    return 0


if __name__ == "__main__":
    sys.exit(main())
