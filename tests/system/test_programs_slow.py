#!/usr/bin/env python3
"""The program behind a slow beacon of short connections is found: when the next connection is due, minutes after the verdict.

A root agent in namespaces of its own, with a model that flags whatever calls six times. When the verdict is there, the beacon
pauses until the first search (NRS_HUNT_FIRST_MS) is over for sure."""
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
EVERY_S, OPEN_S, PAUSE_S, WAIT_S = 10, 0.02, 35, 240


def serve():
    """A server that answers after OPEN_S; returns its port."""
    server = socket.create_server(("127.0.0.1", 0))

    def answer():
        while True:
            c, _ = server.accept()
            with c:
                c.recv(200)
                time.sleep(OPEN_S)
                c.sendall(bytes(180))
                c.recv(1)
    threading.Thread(target=answer, daemon=True).start()
    return server.getsockname()[1]


def record(collector, dataset):
    """The record of this kind, as soon as the collector has it."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        if found := [r for r in collector.export() if r["event.dataset"] == dataset]:
            return found[0]
        time.sleep(0.5)
    raise AssertionError(f"no {dataset} within {WAIT_S} s")


def main():
    if not LAB.exists():
        print("skipped: noroshi-lab is not built")
        return 77
    if not lab.in_own_namespaces():
        print("skipped: needs root, and namespaces of its own")
        return 77
    with lab.folder() as folder, collectorlab.Collector() as collector:
        program = pathlib.Path(shutil.copy(LAB, folder / "slow"))
        with lab.Agent(folder / "agent", collector, model=lab.Models(folder).trusted, source={"order": "packet"}, report={"min_conns": 6}) as agent:
            agent.watches()
            beacon = subprocess.Popen([program, "beacon", "--to", f"127.0.0.1:{serve()}", "--every", f"{EVERY_S}s"])
            try:
                verdict = record(collector, "noroshi.beacon")
                beacon.send_signal(signal.SIGSTOP)
                time.sleep(PAUSE_S)
                assert all(r["event.dataset"] != "noroshi.combo" for r in collector.export()), "found before the pause was over"
                beacon.send_signal(signal.SIGCONT)
                combo = record(collector, "noroshi.combo")
            finally:
                beacon.kill()
                beacon.wait()
            assert combo["process.executable"] == str(program) and combo["process.pid"] == beacon.pid, combo
            assert combo["noroshi"]["d"] == verdict["noroshi"]["d"], (combo, verdict)
            assert abs(combo["noroshi"]["p"] - EVERY_S * 1000) < 1000, combo
            agent.stop()
    print(f"ok: a connection of {OPEN_S * 1000:.0f} ms every {EVERY_S} s, the owner found after a pause of {PAUSE_S} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
