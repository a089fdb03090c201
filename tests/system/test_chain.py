#!/usr/bin/env python3
"""The whole way with the real programs: what waits in an agent's spool is on the collector's page, over both TLS versions."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

from collectorlab import BUILD, PROGRAM, Collector

AGENT = BUILD / "noroshi"
SPOOLER = pathlib.Path(os.environ.get("TEST_BUILD", "build/test")) / "system/kill9_agent"
VERDICTS = 40


def spool(config, notes):
    """Verdicts into the spool of a device while no collector answers; returns their event.ids."""
    subprocess.run([SPOOLER, config, notes, "200", str(VERDICTS)], check=True, timeout=30)
    return notes.read_text().split()


def wait_for(what, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.1)
    return False


def run_chain(version):
    with Collector() as lab:
        config = lab.folder / "devices/device-1/noroshi.json"
        settings = json.loads(config.read_text())
        settings["collector"]["url"] = f"https://127.0.0.1:{lab.agents}/v1/verdicts"
        settings["source"] = {"order": "proc"}
        settings["scan"] = {"watch": False}  # a packed program that runs elsewhere on this machine is none of these verdicts
        config.write_text(json.dumps(settings))
        lab.stop()
        lab.set(tls_min=version, tls_max=version, listen=f"127.0.0.1:{lab.agents}")
        ids = spool(config, lab.folder / "notes")
        assert len(ids) == VERDICTS
        lab.start()
        agent = subprocess.Popen([AGENT, "run", "--config", config], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            arrived = wait_for(lambda: len(lab.export()) == VERDICTS)
            device = lab.get("/api/devices")[2]["devices"][0]
        finally:
            agent.send_signal(signal.SIGTERM)
            code, words = agent.wait(20), agent.stderr.read()
        assert arrived and code == 0, (code, words)
        assert sorted(r["event.id"] for r in lab.export()) == sorted(ids)
        assert device["last_seen"] and device["name"] == "device-1"
        lab.stop()
    print(f"ok TLS 1.{version - 10}: {VERDICTS} spooled verdicts arrived")


if __name__ == "__main__":
    for program in (PROGRAM, AGENT, SPOOLER):
        if not program.exists():
            print(f"skipped: {program} is not built")
            sys.exit(77)
    run_chain(12)
    run_chain(13)
