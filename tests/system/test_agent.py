#!/usr/bin/env python3
"""The program itself: check, run, status, reload, a second start, the end; as the user that runs the tests."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import collectorlab  # noqa: E402

NOROSHI = pathlib.Path(os.environ.get("BUILD", "build/host")) / "noroshi"
WAIT_S = 20


def noroshi(*args):
    out = subprocess.run([NOROSHI, *args], capture_output=True, text=True, timeout=WAIT_S)
    return out.returncode, out.stdout, out.stderr


def until(question, what):
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        with contextlib.suppress(Exception):
            if answer := question():
                return answer
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {WAIT_S} s")


class Agent:
    """`noroshi run` with a configuration of its own, as device-1 of a collector."""

    def __init__(self, collector, **changes):
        self.folder = collector.folder / "devices/device-1"
        self.config = self.folder / "noroshi.json"
        self.log = self.folder / "log"
        self.collector = collector
        self.settings = {"collector": {"url": f"https://127.0.0.1:{collector.agents}/v1/verdicts", "ca": "ca.pem",
                                       "cert": "device.pem", "key": "device-key.pem"},
                         "source": {"order": "proc", "poll_s": 1}, "report": {"flush_s": 1, "health_s": 10}}
        self.write(**changes)

    def write(self, **changes):
        self.settings.update(changes)
        self.config.write_text(json.dumps(self.settings, indent=1))

    def open_to_all(self):
        """Whom the agent becomes can read everything again."""
        for folder in (self.folder, *self.folder.parents[:3]):
            folder.chmod(0o755)
        for path in (self.config, *self.folder.glob("*.pem")):
            path.chmod(0o644)

    def __enter__(self):
        self.child = subprocess.Popen([NOROSHI, "run", "--config", self.config], stderr=self.log.open("w"))
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()

    def says(self, words):
        until(lambda: words in self.log.read_text(), words)

    def status(self):
        code, out, _ = noroshi("status", "--json", "--config", self.config)
        return code, json.loads(out)

    def end(self, number):
        self.child.send_signal(number)
        return self.child.wait(WAIT_S)


def health_arrives_and_status_tells(collector):
    with Agent(collector) as agent:
        until(lambda: "proc" in str(collector.get("/api/devices")[2]), "the device's source in the collector")
        code, status = until(lambda: agent.status()[1]["posts"] and agent.status(), "a post in the status")
        assert code == 0 and status["source"] == "proc" and status["host"] == "device-1", status
        assert status["spooled"] == 0 and status["failures"] == 0 and status["last_status"] == 200, status
        code, out, _ = noroshi("status", "--config", agent.config)
        assert code == 0 and out.startswith("agent         running, as of "), out
        assert agent.end(signal.SIGTERM) == 0
        code, out, _ = noroshi("status", "--config", agent.config)
        assert code == 1 and out.startswith("agent         not running"), out


def names_are_looked_up(collector):
    """localhost: by a thread, inside the confinement, and by more than one address on many systems."""
    agent = Agent(collector)
    agent.settings["collector"]["url"] = f"https://localhost:{collector.agents}/v1/verdicts"
    agent.write()
    with agent:
        agent.says("the collector answers")
        assert agent.end(signal.SIGTERM) == 0


def second_agent_is_refused(collector):
    with Agent(collector) as agent:
        agent.says("the collector answers")
        code, _, err = noroshi("run", "--config", str(agent.config))
        assert code == 2 and "another agent works here" in err, err
        assert agent.end(signal.SIGINT) == 0


def reload_takes_what_can_change(collector):
    agent = Agent(collector)
    agent.open_to_all()
    with agent:
        agent.says("the collector answers")
        agent.write(report={"flush_s": 2, "health_s": 20}, table={"destinations": 100, "watched": 50}, scan={"walk_s": 30})
        agent.child.send_signal(signal.SIGHUP)
        agent.says("reload: table: a change needs a restart")
        agent.says("reload: scan: a change needs a restart")
        agent.says("reload: done")
        agent.write(allow=[{"domain": "example.com", "until": "2020-02-29"}, {"net": "::/0", "port": 443}])
        agent.child.send_signal(signal.SIGHUP)
        until(lambda: agent.log.read_text().count("reload: done") == 2, "rules read by a reload")
        posts = agent.status()[1]["posts"]
        until(lambda: agent.status()[1]["posts"] > posts, "a post with the certificates read again")
        agent.config.write_text("{")
        agent.child.send_signal(signal.SIGHUP)
        agent.says("not JSON from here on; everything stays as it was")
        assert agent.end(signal.SIGTERM) == 0


def verdicts_wait_for_a_collector_that_is_away(collector):
    agent = Agent(collector)
    collector.stop()
    with agent:
        agent.says("uplink: 127.0.0.1: Connection refused")
        assert agent.status()[1]["failures"] > 0
        assert agent.end(signal.SIGTERM) == 0
    collector.start()


def check_says_what_run_would_do(collector):
    agent = Agent(collector)
    code, out, err = noroshi("check", "--config", agent.config)
    assert code == 0 and out.endswith("everything is fine\n") and err == "", (out, err)
    assert "host       device-1\n" in out and "certificates and key fit" in out
    assert "allow " not in out, out
    agent.write(allow=[{"domain": "example.com", "until": "2020-02-29"}, {"port": 443}])
    code, out, err = noroshi("check", "--config", agent.config)
    assert code == 1 and "allow      2 rules, 1 of them ended\n" in out, (out, err)
    assert err == "noroshi: allow: rule 1 of 2 has ended\n" and "fine" not in out, (out, err)
    other = agent.folder / "other-key.pem"
    subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", other], check=True)
    agent.settings["collector"]["key"] = "other-key.pem"
    agent.write()
    code, out, err = noroshi("check", "--config", agent.config)
    assert code == 2 and "does not belong to the certificate" in err, err
    code, _, err = noroshi("run", "--config", agent.config)
    assert code == 2 and err.count("\n") == 1, err
    agent.settings["collector"]["key"] = "device-key.pem"
    agent.write(model={"file": "ca.pem", "keys": ["ca.pem"]})
    code, out, err = noroshi("check", "--config", agent.config)
    assert code == 2 and "model.keys" in err and "not a P-256 public key" in err, err


def report_is_shown_and_nothing_sent(collector):
    agent = Agent(collector)
    before = len(collector.export())
    child = subprocess.Popen([NOROSHI, "run", "--print-report", "--config", agent.config], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True)
    line = json.loads(child.stdout.readline())
    assert line["host.id"] == "device-1"
    child.terminate()
    assert child.wait(WAIT_S) == 0
    assert line["event.dataset"] == "noroshi.health"
    assert len(collector.export()) == before


def usage_errors_are_one_line_and_exit_code_2(_):
    for args in (["fly"], ["run", "--fast"], ["run", "--config"], ["status", "--print"], ["check", "--config", "none"]):
        code, out, err = noroshi(*args)
        assert code == 2 and out == "" and err.startswith("noroshi: ") and err.count("\n") == 1, (args, err)
    assert noroshi("version")[1].startswith("noroshi ") and noroshi("help")[0] == 0
    for command in ("run", "check", "status", "version"):
        code, out, err = noroshi("help", command)
        assert code == 0 and f"usage: noroshi {command}" in out and not err, (code, out, err)
        assert noroshi(command, "-h") == noroshi(command, "--help") == (code, out, err), command
        code, out, err = noroshi(command, "word")
        assert code == 2 and not out and err.startswith(f"noroshi: {command}: word: "), (code, out, err)
    assert noroshi("help", "nonsense")[0] == 2


def main():
    if not collectorlab.PROGRAM.exists():
        print("skipped: the collector is not built")
        return 77
    for test in (health_arrives_and_status_tells, names_are_looked_up, second_agent_is_refused, reload_takes_what_can_change,
                 verdicts_wait_for_a_collector_that_is_away, check_says_what_run_would_do,
                 report_is_shown_and_nothing_sent, usage_errors_are_one_line_and_exit_code_2):
        with collectorlab.Collector() as collector:
            began = time.monotonic()
            test(collector)
            print(f"{test.__name__} ({time.monotonic() - began:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
