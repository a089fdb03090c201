#!/usr/bin/env python3
"""Bad input of every program: one line that names the place, the promised exit status, nothing else.

A row is (what it is, command, exit status, words of the line). Rows that need root are noted when left out."""
import contextlib
import gzip
import json
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import collectorlab  # noqa: E402
import faultlab as lab  # noqa: E402

GOLDEN = pathlib.Path("tests/golden/replay")
REPLAY, SIM, COLLECTOR, LAB = (lab.BUILD / f"noroshi-{name}" for name in ("replay", "sim", "collector", "lab"))


# What `run` says on its way to the fault.
ANNOUNCED = ("noroshi: flowsrc: using ", "noroshi: flowsrc: no source works", "noroshi: rights: ")


def check_rows(rows):
    """The failures; every row has to say its words in the one line that it prints."""
    failed = []
    for what, command, status, words in rows:
        code, out, err = lab.run(*command)
        lines = [line for line in err if not any(words in line for words in ANNOUNCED)]
        if code != status or len(lines) != 1 or words not in lines[0]:
            failed.append(f"{what}: exit {code}, wanted {status} and one line with {words!r}: {err} {out[-200:]}")
    return failed


def write(path, text):
    path.write_text(text)
    return path


def configurations(at, _):
    """What `run` and `check` say of a configuration; tests/golden/config has the words of every key."""
    bad = {"not JSON": ('{"table": \n {]}', ":2: not JSON from here on"), "not an object": ("[]", ":1: has to be one JSON object"),
           "an unknown key": ('{"tabel": {}}', ":1: tabel: no such key"), "empty": ("", ":1: not JSON"),
           "a wrong type": ('{\n"table": {"watched": "16"}}', ":2: table.watched: has to be a number"),
           "out of range": ('{"spool": {"kib": 4097}}', ":1: spool.kib: 4097 is above 4096"),
           "too large": (" " * 70000, "File too large"), "binary": ("\x7fELF\x01", ":1: not JSON")}
    rows = [(f"configuration: {what}", write(at / f"{what}.json", text), words) for what, (text, words) in bad.items()]
    rows += [("no configuration", at / "none.json", "none.json: No such file"), ("a folder", at, "Is a directory")]
    return [(f"{what}, {verb}", [lab.NOROSHI, verb, "--config", path], 2, words)
            for verb in ("check", "run") for what, path, words in rows]


def identities(at, collector):
    """Keys and certificates that do not fit, by `run` and `check`."""
    expired = at / "other"
    expired.mkdir()
    other = lab.client_certificate(expired, collector.folder, 30)
    cases = {"a wrong key": ({"key": other["key"]}, "does not belong to the certificate"),
             "no key": ({"key": str(at / "none.pem")}, "collector.key: "), "no CA": ({"ca": str(at)}, "collector.ca: "),
             "a key as certificate": ({"cert": other["key"]}, "not a PEM certificate"),
             "a certificate as key": ({"key": other["cert"]}, "not an unencrypted PEM private key")}
    return [(f"{what}, {verb}", [lab.NOROSHI, verb, "--config", lab.Agent(at / what, collector, collector=change).config], 2,
             words) for verb in ("check", "run") for what, (change, words) in cases.items()]


def bad_models(at):
    """(what, file, words) of model files that no agent may take."""
    m = lab.Models(at)

    def flip(raw):
        raw[300] ^= 1

    yield "an unknown kind", m.resigned("kind.nrm", lab.AT_KIND), "it is not a beacon model"
    yield "another schema", m.resigned("schema.nrm", lab.AT_SCHEMA), "schema"
    yield "truncated", m.changed("cut.nrm", lambda raw: raw[:-20]), "body: cut off"
    yield "a cut header", m.changed("head.nrm", lambda raw: raw[:100]), "header: cut off"
    yield "a flipped byte", m.changed("flip.nrm", flip), "its digest is wrong"
    yield "not signed", m.export("unsigned.nrm"), "it is not signed"
    yield "an unknown key", m.sign(m.export("foreign.nrm"), at / "foreign.pem"), "a key that is not in model.keys"
    yield "too large", write(at / "large.nrm", "x" * 70000), "File too large"
    yield "garbage", write(at / "garbage.nrm", "what?" * 100), "header: not a model file"
    yield "missing", at / "none.nrm", "No such file"
    yield "a folder", at, "Is a directory"


def models(at, _):
    return [(f"model: {what}, check",
             [lab.NOROSHI, "check", "--config",
              lab.Agent(at / what, model={"file": str(path), "keys": [str(at / "model-key.pub.pem")]}).config], 2, words)
            for what, path, words in bad_models(at)]


def recordings(at, _):
    packed = (GOLDEN / "traffic.pcap.gz").read_bytes()
    plain = gzip.decompress(packed)
    files = {"garbage": b"what?\n" * 1000, "empty": b"", "a cut gzip head": packed[:8], "a damaged gzip": packed[:400] + b"x" * 200,
             "an empty gzip": gzip.compress(b""), "a cut pcap head": plain[:20]}
    rows = [(f"replay: {what}", [REPLAY, at / what], 2, f"{what}: ") for what in files]
    for what, data in files.items():
        (at / what).write_bytes(data)
    (at / "cut.gz").write_bytes(packed[:-300])
    (at / "cut.pcap").write_bytes(plain[:-10])
    return rows + [
        ("replay: missing", [REPLAY, at / "none"], 2, "none: No such file"), ("replay: a folder", [REPLAY, at], 2, "Is a directory"),
        ("replay: a cut gzip", [REPLAY, at / "cut.gz"], 1, "cut.gz:packet"),
        ("replay: a cut pcap", [REPLAY, at / "cut.pcap"], 0, "the file ends inside it"),
        ("replay: no file", [REPLAY], 2, "no file: "), ("replay: bad model", [REPLAY, "--model", at / "garbage", at], 2, "garbage: "),
        ("replay: unknown option", [REPLAY, "--nonsense"], 2, "noroshi-replay: "),
        ("replay: full output", ["sh", "-c", f"{REPLAY} --all {GOLDEN}/traffic.conn.log >/dev/full"], 2, "standard output: No space")]


def tools(at, _):
    rows = [(f"model tool: {what}, {verb[0]}", [lab.MODEL_TOOL, *verb, path], 2, words)
            for what, path, words in (("garbage", write(at / "garbage", "what?" * 100), "header: not a model file"),
                                      ("empty", write(at / "empty", ""), "header: cut off"), ("a folder", at, "Is a directory"))
            for verb in (["inspect"], ["bump", "--serial", "2"])]
    return rows + [
        ("model tool: garbage to export", [lab.MODEL_TOOL, "export", "--from", "additive-json", at / "garbage", "-o", at / "x"], 2,
         "garbage: "),
        ("sim: a place that is a file", [SIM, "--day", "-o", at / "garbage"], 2, "garbage"),
        ("sim: no such folder", [SIM, "--day", "-o", "/proc/none"], 2, "/proc/none: "),
        ("sim: a full disk", [SIM, "--day", "--conn", "/dev/full", "--labels", at / "labels"], 2, "/dev/full: "),
        ("sim: unknown option", [SIM, "--nonsense"], 2, "noroshi-sim: "),
        ("lab: no address", [LAB, "serve", "nowhere"], 2, "ADDR:PORT"),
        ("agent: unknown command", [lab.NOROSHI, "nonsense"], 2, "no such command"),
        ("agent: unknown option", [lab.NOROSHI, "run", "--nonsense"], 2, "not an option of this command"),
        ("agent: status of nobody", [lab.NOROSHI, "status", "--config", lab.Agent(at / "idle").config], 1, "spool")]


def collectors(at, collector):
    """A collector's folder in a bad state; each row has its own copy of a good one."""
    def copy(name, change):
        path = at / name
        shutil.copytree(collector.folder, path)
        settings = json.loads((path / "collector.json").read_text())
        (path / "collector.json").write_text(json.dumps({**settings, "listen": "127.0.0.1:0", "page": "127.0.0.1:0"}))
        change(path)
        return [COLLECTOR, "run", path]

    def text(name, content):
        return lambda path: (path / name).write_text(content)

    def no_database(path):
        for journal in path.glob("noroshi.db-*"):  # what is in them would mend the file
            journal.unlink()
        (path / "noroshi.db").write_text("what?" * 1000)

    other = at / "other"
    assert lab.run(COLLECTOR, "init", other, "--listen", "127.0.0.1:0", "--page", "127.0.0.1:0")[0] == 0
    return [
        ("collector: no folder", [COLLECTOR, "run", at / "none"], 2, "No such file"),
        ("collector: not JSON", copy("not JSON", text("collector.json", "{")), 2, "collector.json: not a JSON object"),
        ("collector: unknown key", copy("key", text("collector.json", '{"lisen": 1}')), 2, "lisen: unknown key"),
        ("collector: out of range", copy("range", text("collector.json", '{"body_kib": 1}')), 2, "body_kib: "),
        ("collector: no CA", copy("ca", lambda p: (p / "ca.pem").unlink()), 2, "ca.pem: No such file"),
        ("collector: bad certificate", copy("pem", text("server.pem", "what?")), 2, "server.pem: "),
        ("collector: wrong key", copy("wrong", lambda p: shutil.copy(other / "server-key.pem", p)), 2, "server"),
        ("collector: no database", copy("db", no_database), 2, "not a database"),
        ("collector: in use", [COLLECTOR, "run", collector.folder, "--listen", "127.0.0.1:0"], 2, "another collector"),
        ("collector: port taken", [*copy("port", lambda p: None), "--listen", f"127.0.0.1:{collector.agents}"], 2,
         f"127.0.0.1:{collector.agents}: Address already in use"),
        ("collector: init over files", [COLLECTOR, "init", collector.folder], 2, "is not an empty folder"),
        ("collector: init nowhere", [COLLECTOR, "init", "/proc/none"], 2, "/proc/none: "),
        ("collector: device twice", [COLLECTOR, "device", collector.folder, "device-1"], 2, "device-1: File exists"),
        ("collector: device outside", [COLLECTOR, "device", collector.folder, "../x"], 2, "device name: "),
        ("collector: unknown command", [COLLECTOR, "nonsense", at], 2, "nonsense: no such command"),
        ("collector: not an address", [COLLECTOR, "init", at / "x", "--listen", "nowhere"], 2, "--listen: not ADDRESS:PORT")]


def trusted_paths(at, collector):
    """What root reads and writes while somebody else could change it: `check` and `run` refuse it in the same words."""
    def agent(name, of=None, **changes):
        return lab.Agent(at / name, of, **changes)

    def spool(name, prepare):
        made = agent(name, collector)
        prepare(made.spool)
        return made.config

    def with_file(file):
        def prepare(path):
            path.mkdir(0o700)
            (path / file).write_text("root:*:1::::::")
        return prepare

    def a_link(path):
        (at / "elsewhere").mkdir(0o700)
        path.symlink_to(at / "elsewhere")

    def for_all(path):
        path.mkdir()
        path.chmod(0o777)

    def changed_by_all(path):
        path.chmod(0o666)
        return path

    key = write(at / "key.pem", (collector.folder / "devices/device-1/device-key.pem").read_text())
    cases = [("configuration for all", changed_by_all(agent("open").config), "noroshi.json: can be written by others"),
             ("key for all", agent("key", collector, collector={"key": str(changed_by_all(key))}).config,
              "collector.key: " + str(key) + ": can be written by others"),
             ("spool is a link", spool("link", a_link), "spool.dir: " + str(at / "link/spool") + ": is a symbolic link"),
             ("spool for all", spool("all", for_all), "spool.dir: " + str(at / "all/spool") + ": can be written by others")]
    if lab.ROOT:
        cases += [("spool with shadow", spool("shadow", with_file("shadow")), "spool/shadow: is not a file of ours"),
                  ("spool with .ssh", spool("ssh", with_file(".ssh")), "spool/.ssh: is not a file of ours")]
    return [(f"{what}, {verb}", [lab.NOROSHI, verb, "--config", config], 2, words)
            for what, config, words in cases for verb in ("check", "run")]


def other_users(at, _):
    """Files that only root may read, read by somebody else."""
    if not lab.ROOT:
        print("without root: files of another user are not tried")
        return []
    secret = write(at / "secret.json", "{}")
    secret.chmod(0o600)
    become = ["setpriv", f"--reuid={lab.NOBODY}", f"--regid={lab.NOBODY}", "--clear-groups", "--"]
    only_packet = lab.Agent(at / "packet", source={"order": "packet"}).config
    return [("configuration of root", [*become, lab.NOROSHI, "check", "--config", secret], 2, "secret.json: Permission denied"),
            ("run with it", [*become, lab.NOROSHI, "run", "--config", secret], 2, "secret.json: Permission denied"),
            ("packet without the right to", [*become, lab.NOROSHI, "check", "--config", only_packet], 2, "packet: "),
            ("run with it", [*become, lab.NOROSHI, "run", "--config", only_packet], 1, "packet: "),
            ("recording of root", [*become, REPLAY, secret], 2, "secret.json: Permission denied"),
            ("sim where it may not write", [*become, SIM, "--day", "-o", at / "day"], 2, "day: Permission denied"),
            ("collector of root", [*become, COLLECTOR, "init", at / "c"], 2, "Permission denied")]


def main():
    failed, n = [], 0
    with contextlib.ExitStack() as stack:
        at = stack.enter_context(lab.folder())
        collector = stack.enter_context(collectorlab.Collector())
        for table in (configurations, identities, models, recordings, tools, collectors, trusted_paths, other_users):
            place = at / table.__name__
            place.mkdir()
            rows = table(place, collector)
            n += len(rows)
            failed += check_rows(rows)
    print("\n".join([*failed, f"{n} bad inputs, {len(failed)} not refused as they should be"]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
