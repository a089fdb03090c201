#!/usr/bin/env python3
"""noroshi-sim: same seed, same bytes; the log is sorted and parses; labels match the log; a training set is readable."""
import csv
import filecmp
import gzip
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

SIM = os.path.join(os.environ.get("BUILD", "build/host"), "noroshi-sim")
REPLAY = os.path.join(os.environ.get("BUILD", "build/host"), "noroshi-replay")
FIELDS = ("ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state "
          "orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes").split()
STATES = {"SF", "S0", "REJ", "S1", "S3", "RSTO", "RSTR", "OTH"}
LABELS = {"c2-beacon", "c2-other", "benign-periodic", "benign", "attack"}


def sim(*args, expect=0):
    done = subprocess.run([SIM, *map(str, args)], capture_output=True, text=True)
    assert done.returncode == expect, (args, done.returncode, done.stderr)
    return done


def same_seed_same_bytes(tmp):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        sim("--seed", seed, "--hours", 3, "-o", tmp / name)
    for file in ("conn.log", "labels.tsv", "families.tsv"):
        assert filecmp.cmp(tmp / "a" / file, tmp / "b" / file, shallow=False), file
    assert not filecmp.cmp(tmp / "a/conn.log", tmp / "c/conn.log", shallow=False)


def read_log(lines):
    header = [line for line in lines if line.startswith("#fields")]
    assert header == ["#fields\t" + "\t".join(FIELDS)]
    return [dict(zip(FIELDS, line.split("\t"), strict=True)) for line in lines if not line.startswith("#")]


def pair(r):
    return r["id.orig_h"], r["id.resp_h"], r["id.resp_p"], r["proto"]


def check_log(records, start, end):
    times = [float(r["ts"]) for r in records]
    assert times == sorted(times)
    assert start <= times[0] and times[-1] < end
    assert len({r["uid"] for r in records}) == len(records)
    for r in records:
        assert r["conn_state"] in STATES and r["proto"] in {"tcp", "udp", "icmp"}, r
        assert (r["duration"] == "-") == (r["orig_bytes"] == "-") == (r["resp_bytes"] == "-"), r
        assert int(r["orig_ip_bytes"]) >= int(r["orig_pkts"]) * 28, r


def check_labels(records, labels):
    counts = Counter(map(pair, records))
    assert {pair(r): int(r["n_conns"]) for r in labels} == counts
    assert len(labels) == len(counts)
    assert {r["label"] for r in labels} <= LABELS
    assert not [r for r in labels if r["label"] == "benign-periodic" and int(r["n_conns"]) < 8]


def table(text):
    return list(csv.DictReader(text.splitlines(), delimiter="\t"))


def the_day_is_whole(tmp):
    start = 1772409600
    sim("--day", "-o", tmp / "day")
    records = read_log((tmp / "day/conn.log").read_text().splitlines())
    labels = table((tmp / "day/labels.tsv").read_text())
    check_log(records, start, start + 86400)
    check_labels(records, labels)
    beacons = {pair(r) for r in labels if r["label"] == "c2-beacon"}
    families = table((tmp / "day/families.tsv").read_text())
    assert {pair(r) for r in families} == beacons
    assert {r["family"] for r in families} == {"cobalt-strike", "hancitor", "mirai-orphan"}


def a_training_set_reads_like_the_corpus(tmp):
    sim("--training", 6, "--seed", 9, "-o", tmp / "set")
    logs = sorted((tmp / "set/conn").iterdir())
    assert [p.name for p in logs] == [f"sim-9-{i:04}.conn.log.gz" for i in range(6)]
    labels = table(gzip.open(tmp / "set/labels.tsv.gz", "rt").read())
    for log in logs:
        records = read_log(gzip.open(log, "rt").read().splitlines())
        check_labels(records, [r for r in labels if log.name == r["source"] + ".conn.log.gz"])
    sim("--training", 3, "--seed", 9, "-o", tmp / "part")
    assert filecmp.cmp(logs[2], tmp / "part/conn" / logs[2].name, shallow=False), "captures do not depend on each other"
    if os.access(REPLAY, os.X_OK):
        done = subprocess.run([REPLAY, "--all", "--quiet", "--model", "none", logs[0]], capture_output=True, text=True)
        assert done.returncode == 0 and done.stdout, done.stderr


def every_actor_can_be_played(tmp):
    names = [line.split()[0] for line in sim("--list").stdout.splitlines() if line[0] != " "]
    assert len(names) == len(set(names)) > 80
    for i in range(0, len(names), 20):
        sim("--hours", 30, "--hosts", 1, "--only", ",".join(names[i:i + 20]), "-o", tmp / "each")
        played = {r["evidence"].split()[1] for r in table((tmp / "each/labels.tsv").read_text())}
        # An actor of hours may have no turn in a day; most have many.
        assert len(set(names[i:i + 20]) & played) >= 0.8 * len(names[i:i + 20]), set(names[i:i + 20]) - played


def wrong_usage_is_refused(tmp):
    for args in (["--hours", "0"], ["--seed", "x"], ["--only", "nobody"], ["--conn", tmp / "x"], ["--training", "2"],
                 ["extra"], ["--bogus"], ["-o", tmp / "no/such/folder"]):
        done = sim(*args, expect=2)
        assert done.stderr.startswith("noroshi-sim: ") and done.stderr.count("\n") == 1, (args, done.stderr)
    assert "usage:" in sim("--help").stdout
    assert sim("--version").stdout.startswith("noroshi-sim ")


def main():
    tests = (same_seed_same_bytes, the_day_is_whole, a_training_set_reads_like_the_corpus, every_actor_can_be_played,
             wrong_usage_is_refused)
    for test in tests:
        with tempfile.TemporaryDirectory() as tmp:
            test(Path(tmp))
        print("ok", test.__name__)


if __name__ == "__main__":
    sys.exit(main())
