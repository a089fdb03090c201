#!/usr/bin/env python3
"""Faults that a running agent lives with: strangers on the wire, full and read-only disks, missing rights.

Each story ends with the agent alive and the loss, if any, counted. As root the script runs in mount and network
namespaces of its own; without, the stories about disks and rights are left out and named. An argument picks the
stories whose name contains it."""
import concurrent.futures
import contextlib
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import collectorlab  # noqa: E402
import faultlab as lab  # noqa: E402

DISCARD = 9  # a port where nobody listens
FLAGS_ALL = {}  # the model part of a configuration that flags every destination; filled in main


def hurry(agent, question, what):
    """Waits without the back-off: SIGHUP ends it."""
    def ask():
        agent.child.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        return question()
    lab.until(ask, what)


def arrived(collector, beacon):
    """Verdicts on this beacon in the collector's store."""
    return [r for r in collector.export() if r.get("destination.port") == beacon.port]


def dropped(collector):
    """What the newest health record counts as lost."""
    return collector.get("/api/devices")[2]["devices"][0]["health"]["noroshi"]["drop"]


def refused_on_the_wire(at, collector, words, **identity):
    """The agent goes on, says once why, its records wait, and no byte of them is on the wire in clear."""
    wire, beacon = lab.Wire(collector.agents), lab.Beacon()
    before = len(collector.export())
    with lab.Agent(at, collector, wire.port, collector=identity, model=FLAGS_ALL) as agent:
        agent.says(words)
        agent.watches()
        beacon.call()
        lab.until(lambda: agent.status()["spooled"] > 0, "a verdict in the spool")
        hurry(agent, lambda: wire.connections >= 4 and agent.status()["failures"] > 0, "four attempts")
        assert len(agent.said("uplink: ")) == 1, agent.said("uplink: ")
        agent.stop()
    assert len(collector.export()) == before, "a stranger's records were stored"
    assert wire.heard[:1] == b"\x16", wire.heard[:20]
    assert not any(word in wire.heard for word in (b"POST", b"noroshi.beacon", b"host.id")), "plain text on the wire"


def a_wrong_ca(at, collector):
    with collectorlab.Collector() as other:
        refused_on_the_wire(at, collector, "the collector's certificate is not signed by our CA",
                            ca=str(other.folder / "ca.pem"))


def a_foreign_certificate(at, collector):
    with collectorlab.Collector() as other:
        keys = other.folder / "devices/device-1"
        refused_on_the_wire(at, collector, "refused by the collector: our certificate is foreign", cert=str(keys / "device.pem"),
                            key=str(keys / "device-key.pem"))


def an_expired_certificate(at, collector):
    at.mkdir()
    refused_on_the_wire(at, collector, "refused by the collector: our certificate has expired", **lab.client_certificate(at, collector.folder, -1))


def no_certificate(at, collector):
    refused_on_the_wire(at, collector, "refused by the collector: we have no certificate", cert=None, key=None)


def bad_models_leave_the_one_compiled_in(at, _):
    at.mkdir()
    models = lab.Models(at)
    files = {"its digest is wrong": models.changed("cut.nrm", lambda raw: raw[:200] + raw[201:] + b"x"),
             "body: cut off": models.changed("short.nrm", lambda raw: raw[:-1]),
             "it is not a beacon model": models.resigned("kind.nrm", lab.AT_KIND),
             "schema": models.resigned("schema.nrm", lab.AT_SCHEMA),
             "it is not signed": models.export("unsigned.nrm"),
             "a key that is not in model.keys": models.sign(models.export("foreign.nrm"), at / "foreign.pem")}
    for words, path in files.items():
        with lab.Agent(at / path.stem, model={**models.trusted, "file": str(path)}) as agent:
            agent.says(f"{path}: ")
            agent.says("using proc")
            line, = agent.said("model")
            assert words in line and "; model beacon-" in line and line.endswith(" stays"), line
            assert agent.child.poll() is None


def a_lost_spool_does_not_bring_an_old_model_back(at, collector):
    """The floor outlives the spool in state.dir, in two copies; a spool of an older version hands its floor over."""
    at.mkdir()
    models = lab.Models(at)
    models.tool("export", "--from", "additive-json", at / "trained.json", "--serial", "999999", "-o", at / "old.nrm")
    old = {**models.trusted, "file": str(models.sign(at / "old.nrm"))}
    state = at / "agent/state"
    with lab.Agent(at / "agent", collector, state={"dir": "state"}, model=models.trusted) as agent:
        agent.says("there is no model floor")
        agent.says("the collector answers")
        agent.stop()
    copies = sorted(path.name for path in state.iterdir())
    assert copies == ["beacon.floor1", "beacon.floor2"], copies
    inodes = [(state / name).stat().st_ino for name in copies]
    shutil.rmtree(at / "agent/spool")
    (state / copies[0]).write_bytes(b"damaged")
    with lab.Agent(at / "agent", collector, state={"dir": "state"}, model=old) as agent:
        agent.says("one copy of the model floor is damaged; the other one says 1000000")
        agent.says("serial 999999 is older than 1000000, which was in use; model beacon-")
        agent.says("the collector answers")
        agent.stop()
    assert (state / copies[1]).stat().st_ino == inodes[1], "a good copy was written again"
    assert (state / copies[0]).read_bytes() == (state / copies[1]).read_bytes(), "the damaged copy was not repaired"
    for name in copies:
        (state / name).write_bytes(b"damaged")
    (at / "agent/spool/model.floor").write_bytes((1000000).to_bytes(4, "little") + (0xffffffff - 1000000).to_bytes(4, "little"))
    with lab.Agent(at / "agent", collector, state={"dir": "state"}, model=old) as agent:
        agent.says("the model floor is lost, both copies are damaged")
        agent.says("serial 999999 is older than 1000000")
        agent.says("the collector answers")
        agent.stop()
    assert not (at / "agent/spool/model.floor").exists() and (state / copies[0]).stat().st_size == 16


def a_second_agent_is_refused(at, collector):
    with lab.Agent(at, collector) as agent:
        agent.says("the collector answers")
        code, _, lines = lab.run(lab.NOROSHI, "run", "--config", agent.config)
        assert code == 2 and "another agent works here" in lines[-1], lines
        agent.stop()


def a_full_disk(at, collector):
    """Full from the start: going on, counted; freed: written and delivered again."""
    lost, kept = lab.Beacon(), lab.Beacon()
    with lab.small_disk(at / "spool", 64) as disk:
        ballast = lab.fill(disk)
        with lab.Agent(at, collector, model=FLAGS_ALL) as agent:
            agent.says("cannot be written: No space left on device; going on")
            agent.says("the collector answers")
            lost.call()
            lab.until(lambda: dropped(collector), "a health record that counts the loss")
            assert not arrived(collector, lost)
            ballast.unlink()
            kept.call()
            lab.until(lambda: arrived(collector, kept), "a verdict after the disk was freed")
            assert agent.status()["spool_errors"] > 0
            agent.stop()


def a_read_only_disk(at, collector):
    """What waits in the spool is still delivered; what comes is counted as lost; writable again: all as before."""
    waiting, lost, kept = lab.Beacon(), lab.Beacon(), lab.Beacon()
    with lab.small_disk(at / "spool", 256) as disk:
        with lab.Agent(at, collector, DISCARD, model=FLAGS_ALL) as agent:
            agent.watches()
            waiting.call()
            lab.until(lambda: agent.status()["spooled"] > 0, "a verdict in the spool")
            agent.stop()
        remount(disk, "ro")
        with lab.Agent(at, collector, model=FLAGS_ALL) as agent:
            agent.says("cannot be written: Read-only file system; going on")
            lab.until(lambda: arrived(collector, waiting), "what waited")
            lost.call().wait()
            lab.until(lambda: dropped(collector), "a health record that counts the loss")
            remount(disk, "rw")
            kept.call()
            lab.until(lambda: arrived(collector, kept), "a verdict after the disk was writable")
            assert not arrived(collector, lost)
            agent.stop()


def remount(disk, how):
    subprocess.run(["mount", "-o", f"remount,{how}", disk], check=True)


def the_collectors_disk_is_full(at, collector):
    """503 until there is room; nothing is lost."""
    beacon = lab.Beacon()
    with collectorlab.Collector() as full, lab.small_disk(at / "store", 1024) as disk:
        full.kill()
        subprocess.run(["cp", "-a", f"{full.folder}/.", disk], check=True)
        full.folder = disk
        ballast = lab.fill(disk)
        full.start()
        with lab.Agent(at, full, model=FLAGS_ALL) as agent:
            agent.says("the collector answers with status 503")
            beacon.call()
            lab.until(lambda: agent.status()["spooled"] > 0, "a verdict in the spool")
            assert agent.status()["last_status"] == 503
            ballast.unlink()
            hurry(agent, lambda: arrived(full, beacon), "the verdict in the freed store")
            lab.until(lambda: agent.status()["spooled"] == 0, "an empty spool")
            agent.stop()


def no_right_to_packets(at, _):
    """Without CAP_NET_RAW: the next source and a line that says why; if packets were demanded, the end."""
    at.mkdir()
    at.chmod(0o777)
    with contextlib.closing(Unprivileged(lab.Agent(at / "auto", source={"order": "auto"}))) as agent:
        agent.says("flowsrc: packet: no permission (needs CAP_NET_RAW)")
        agent.says("flowsrc: using proc; ")
    with contextlib.closing(Unprivileged(lab.Agent(at / "only", source={"order": "packet"}))) as agent:
        assert agent.child.wait(lab.WAIT_S) == 1
        assert agent.said("no permission") and agent.said("no source works"), agent.log.read_text()


class Unprivileged:
    """An agent started as another user."""

    def __init__(self, agent):
        agent.start(user=lab.NOBODY)
        self.agent = agent

    def __getattr__(self, name):
        return getattr(self.agent, name)

    def close(self):
        self.agent.__exit__()


STORIES = [a_wrong_ca, a_foreign_certificate, an_expired_certificate, no_certificate, bad_models_leave_the_one_compiled_in,
           a_lost_spool_does_not_bring_an_old_model_back,
           a_second_agent_is_refused]
ROOT_STORIES = [a_read_only_disk, a_full_disk, the_collectors_disk_is_full, no_right_to_packets]


def tell(story, at):
    """What went wrong, or nothing; every story has a folder and a collector of its own."""
    try:
        with collectorlab.Collector() as collector:
            story(at / story.__name__, collector)
    except Exception:
        return f"{story.__name__}:\n{traceback.format_exc()}"
    return ""


def main():
    own = lab.in_own_namespaces()
    stories = [s for s in STORIES + (ROOT_STORIES if own else []) if len(sys.argv) < 2 or sys.argv[1] in s.__name__]
    with lab.folder() as at, concurrent.futures.ThreadPoolExecutor(4) as pool:
        FLAGS_ALL.update(lab.Models(at).trusted)
        failed = [trouble for trouble in pool.map(tell, stories, [at] * len(stories)) if trouble]
    if not own:
        print("left out without root and namespaces: " + ", ".join(s.__name__ for s in ROOT_STORIES))
    print("".join(failed) + f"{len(stories)} faults, {len(failed)} not lived through")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
