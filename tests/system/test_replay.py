#!/usr/bin/env python3
"""noroshi-replay as people use it: verdicts, pictures, options, damage, exit statuses."""
import gzip
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

REPLAY = Path(os.environ.get("BUILD", "build/host")) / "noroshi-replay"
TRAFFIC = Path("tests/golden/replay/traffic.conn.log")
BEACON = "203.0.113.9"
THRESHOLD = 40  # flags from 32 connections on: the feature n is log2 in eighths


def run(*args, stdin=None, status=0):
    done = subprocess.run([REPLAY, *map(str, args)], input=stdin, capture_output=True, timeout=50)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == status, f"{args}: exit {done.returncode}, not {status}: {err}"
    return out, err


def fnv1a(data):
    h = 0xCBF29CE484222325
    for b in data:
        h = (h ^ b) * 0x100000001B3 % 2**64
    return h


def make_model(path):
    """The smallest model: the score is the feature n. Written by models/FORMAT.md."""
    features = re.findall(r"X\((\w+), (\d+),", Path("models/beacon_features.h").read_text())
    version = re.search(r"\.version = (\d+)", Path("models/schema_beacon.c").read_text()).group(1)
    schema = f"beacon/{version};" + "".join(f"{name}:{top};" for name, top in features)
    n = [name for name, _ in features].index("n")
    body = struct.pack("<BBHBB3ii", 1, 1, 1, 1, 0, THRESHOLD, THRESHOLD, THRESHOLD, 0)
    body += struct.pack("<iIB", 0, 2**31, 2) + b"c2" + struct.pack("<iB", 0, 50)
    body += struct.pack("<BHBb", 1, n, 0, 1)
    body += bytes(2 * len(features)) + struct.pack("<ii", 0, 0)
    head = b"NRSM" + struct.pack("<BBHIIQII", 1, 1, 0, 7, 0, fnv1a(schema.encode()), 0, len(body))
    path.write_bytes(head + bytes(8 + 32 + 64) + body)


def verdicts(text):
    return [json.loads(line) for line in text.splitlines()]


def verdict_lines_name_the_beacon_only(model, work):
    out, _ = run("--model", model, "--evidence", "--host-id", "sensor-1", TRAFFIC)
    lines = verdicts(out)
    alerts = [v for v in lines if v["event.kind"] == "alert"]
    evidence = [v for v in lines if v["event.dataset"] == "noroshi.evidence"]
    assert alerts and all(v["destination.ip"] == BEACON for v in alerts), out
    assert alerts[0]["noroshi"]["st"] == "open" and alerts[0]["host.id"] == "sensor-1"
    assert len(evidence) == len(alerts) and evidence[0]["noroshi"]["of"] == alerts[0]["event.id"].split("-")[-1]
    assert len({v["event.id"] for v in lines}) == len(lines)


def a_file_has_the_same_ids_whatever_it_is_called(model, work):
    packed = work / "other-name.gz"
    packed.write_bytes(gzip.compress(TRAFFIC.read_bytes()))
    out, _ = run("--model", model, TRAFFIC)
    assert run("--model", model, packed)[0] == out
    assert run("--model", model, "-", stdin=TRAFFIC.read_bytes())[0] == out
    assert re.search(r'"event.id":"replay-r[0-9a-f]{8}-1"', out)


def rows_are_flagged_by_the_threshold(model, work):
    out, _ = run("--all", "--window", "1h", "--model", model, TRAFFIC)
    flagged = {(v["destination.ip"], v["noroshi"]["n"]) for v in verdicts(out) if v["event.kind"] == "alert"}
    assert flagged == {(BEACON, 60), (BEACON, 40)}, flagged


def rotated_files_are_one_stretch_of_traffic(model, work):
    lines = TRAFFIC.read_text().splitlines(keepends=True)
    head = [line for line in lines if line.startswith("#")]
    records = [line for line in lines if not line.startswith("#")]
    parts = [work / "a.log", work / "b.log"]
    parts[0].write_text("".join(head + records[:20]))
    parts[1].write_text("".join(head + records[20:]))
    whole, one, both = (run("--model", model, *files)[0] for files in ([TRAFFIC], parts[:1], parts))
    strip = [re.sub(r"-r[0-9a-f]{8}-", "-r-", text) for text in (whole, one, both)]
    assert strip[1] == "" and strip[0] == strip[2]


def split_by_record(work, n):
    lines = TRAFFIC.read_text().splitlines(keepends=True)
    head = [line for line in lines if line.startswith("#")]
    records = [line for line in lines if not line.startswith("#")]
    for i in range(n):
        (work / f"sensor{i}.log").write_text("".join(head + records[i::n]))
    return [work / f"sensor{i}.log" for i in range(n)], head, records


def any_order_of_records_and_files_gives_the_same_verdicts(model, work):
    strip = lambda text: re.sub(r"-r[0-9a-f]{8}-", "-r-", text)
    whole = strip(run("--model", model, TRAFFIC)[0])
    sensors, head, records = split_by_record(work, 3)
    turned = work / "reversed.log"
    turned.write_text("".join(head + records[::-1]))
    assert whole and strip(run("--model", model, turned)[0]) == whole
    assert strip(run("--model", model, "--sort", turned)[0]) == whole
    assert strip(run("--model", model, *sensors)[0]) == whole
    parts = [work / "late.log", work / "early.log"]
    parts[0].write_text("".join(head + records[60:]))
    parts[1].write_text("".join(head + records[:60]))
    assert strip(run("--model", model, *parts)[0]) == whole
    pipe = subprocess.run(["bash", "-c", f"{REPLAY} --model {model} <(cat {parts[0]}) <(cat {parts[1]})"],
                          capture_output=True, timeout=50)
    assert strip(pipe.stdout.decode()) == whole, pipe.stderr


def a_gap_of_days_between_files_is_said(model, work):
    _, head, records = split_by_record(work, 1)
    old = work / "old.log"
    old.write_text("".join(head + [re.sub(r"\b1700", "1600", line) for line in records]))
    _, err = run("--model", model, TRAFFIC, old)
    assert re.fullmatch(r"noroshi-replay: \S+traffic.conn.log: begins 1157 days after the files before it, at .*\n", err), err
    assert run("--model", model, "--quiet", TRAFFIC, old)[1] == ""


def flows_that_come_too_late_are_counted_and_end_with_1(model, work):
    row = "{}\t10.0.0.1\t192.0.2.7\t443\ttcp\n"
    log = work / "joined.log"
    with log.open("w") as to:  # a day of 300,000 records, then the day before
        to.write("#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tproto\n")
        for day, n in ((1, 300000), (0, 5000)):
            to.writelines(row.format(1700000000 + day * 86400 + i * 86400 // n) for i in range(n))
    _, err = run("--model", "none", "--all", "--stats", log, status=1)
    assert "joined.log: 5000 of 305000 flows came after later ones were judged" in err and "use --sort" in err, err
    assert "late\t5000\n" in err, err
    _, err = run("--model", "none", "--all", "--stats", "--sort", log)
    assert "late\t0\n" in err and "runs\t2\n" in err and err.count("noroshi-replay") == 0, err


def damage_is_named_counted_and_survived(model, work):
    log = work / "damaged.log"
    log.write_text(TRAFFIC.read_text().replace("203.0.113.9", "203.0.113.x", 3) + "\n#fields\nshort\tline\n")
    out, err = run("--all", "--window", "1h", "--model", model, "--stats", log)
    assert [v["noroshi"]["n"] for v in verdicts(out) if v["destination.ip"] == BEACON] == [57, 40], out
    assert "noroshi-replay: damaged.log:9: id.resp_h: not an address\n" in err, err
    assert "damaged\t5\n" in err and "records\t118\n" in err, err
    assert run("--all", "--model", model, "--quiet", log)[1] == ""


def pictures_are_for_people(model, work):
    out, _ = run("--heatmap", "--model", model, TRAFFIC)
    assert f"10.0.0.5 -> {BEACON} port 443/tcp" in out and "one every 60.0 s" in out and "{" not in out, out
    assert "connections in the window" in out, out  # the reason, in the words of the schema
    hours = [line for line in out.splitlines() if re.match(r"  \d\d  \|.{60}\|$", line)]
    assert len(hours) == 24 and sum(line.count(".") for line in hours) == 100, out
    out, _ = run("--heatmap", "--all", "--model", "none", TRAFFIC)
    assert out.count(" -> ") == 5


def exit_statuses_tell_what_happened(model, work):
    run("--model", model, "--fail-on-alert", TRAFFIC, status=1)
    run("--model", model, "--fail-on-alert", "--all", TRAFFIC, status=1)
    run("--model", "none", "--fail-on-alert", TRAFFIC)
    run("--model", model, "--min-conns", "1000", "--fail-on-alert", TRAFFIC)
    for wrong in (["--window", "2h"], ["--capacity", "63"], ["--all", "--evidence"], ["--host-id", "a b"],
                  ["--min-conns", "x"], ["--nonsense"], ["--window", "1h"], ["--all", "--host-id", "a"], ["--format", "xml"],
                  ["--heatmap", "--format", "csv"], ["--format", "csv", "--evidence"], ["--since", "yesterday"],
                  ["--since", "2023-11-15", "--until", "2023-11-14"], ["--host", "localhost"], ["--explain", "10.0.0.5"],
                  ["--explain", "10.0.0.5", BEACON, "--all"], ["--explain", "10.0.0.5", BEACON, "--host", "10.0.0.5"]):
        _, err = run("--model", model, *wrong, TRAFFIC, status=2)
        assert err.count("\n") == 1, err
    run(status=2)


def lines_can_be_csv_or_a_table(model, work):
    out, _ = run("--model", model, "--format", "csv", TRAFFIC)
    head, *rows = [line.split(",") for line in out.splitlines()]
    assert rows and all(len(row) == len(head) and row[head.index("destination")] == BEACON for row in rows), out
    assert rows[0][head.index("state")] == "open" and int(rows[0][head.index("connections")]) > 31, out
    out, _ = run("--model", "none", "--all", "--format", "csv", TRAFFIC)
    assert len(out.splitlines()) == 6
    out, _ = run("--model", model, "--format", "table", TRAFFIC)
    assert out.startswith("TIME ") and BEACON in out.splitlines()[1] and "{" not in out, out


def only_what_was_wanted_is_judged(model, work):
    out, err = run("--model", "none", "--all", "--stats", "--host", "10.0.0.6", TRAFFIC)
    assert {v["source.ip"] for v in verdicts(out)} == {"10.0.0.6"} and "flows\t13\n" in err, err
    _, err = run("--model", "none", "--stats", "--since", "2023-11-14T22:24:00Z", "--until", "1700001240", TRAFFIC)
    rows = [line.split("\t") for line in TRAFFIC.read_text().splitlines() if line[0] != "#"]
    within = sum(1700000640 <= float(row[-1]) < 1700001240 for row in rows)  # ts is the last column
    assert within > 10 and f"flows\t{within}\n" in err, err
    _, err = run("--model", "none", "--until", "2001-01-01", TRAFFIC, status=1)
    assert err == "noroshi-replay: --since, --until, --host: no connection is left\n", err


def a_destination_is_explained_also_when_it_was_not_flagged(model, work):
    out, _ = run("--model", model, "--explain", "10.0.0.5", BEACON, TRAFFIC)
    assert out.startswith(f"10.0.0.5 -> {BEACON}") and "Window 1h: threshold +0.04\n" in out, out
    assert ", flagged on the 1h window" in out and "(n = " in out, out
    out, _ = run("--model", model, "--explain", "2001:db8::5", "2001:db8:1::9", TRAFFIC)
    assert "too few connections to be flagged" in out or "not flagged" in out, out
    out, _ = run("--model", model, "--explain", "10.0.0.5", "192.0.2.99", TRAFFIC, status=1)
    assert out == "10.0.0.5 -> 192.0.2.99: no connection in this traffic\n", out


def incomplete_runs_end_with_1(model, work):
    packed = gzip.compress(TRAFFIC.read_bytes())
    (work / "cut.log.gz").write_bytes(packed[:-20])
    _, err = run("--model", "none", work / "cut.log.gz", status=1)
    assert "the packed data end too early: gzip" in err, err
    (work / "files.log").write_text("#fields\tts\tfuid\n")
    _, err = run("--model", "none", work / "files.log", status=2)
    assert err.endswith("files.log: Zeek's files log; connections are in its conn.log\n") and err.count("\n") == 1, err
    (work / "dns.log").write_text("#fields\tts\tquery\tqtype_name\tanswers\n1700000040\tc2.example\tA\t203.0.113.9\n")
    _, err = run("--model", "none", work / "dns.log", status=1)
    assert err.startswith("noroshi-replay: all files: no connection in them"), err
    (work / "alerts.json").write_text('{"event_type":"alert"}\n')
    _, err = run("--model", "none", work / "alerts.json", status=1)
    assert "no connection in it: its records are of other kinds" in err, err


def a_dns_log_gives_the_name(model, work):
    (work / "dns.log").write_text("#fields\tts\tquery\tqtype_name\tanswers\n1700000000\tc2.example\tA\t203.0.113.9\n")
    out, _ = run("--model", model, TRAFFIC, work / "dns.log")
    named = verdicts(out)
    assert named and named[0]["destination.domain"] == "c2.example", out
    ids = [v["event.id"] for v in named]
    assert ids == [v["event.id"] for v in verdicts(run("--model", model, TRAFFIC)[0])], ids


def what_cannot_be_read_is_said_in_one_line(model, work):
    (work / "notes.txt").write_text("hello\n")
    (work / "empty").write_text("")
    (work / "only-damage.log").write_text("#fields\tts\nx\n")
    for name in ("missing.log", "notes.txt", "."):
        _, err = run("--model", model, work / name, status=2)
        assert err.startswith(f"noroshi-replay: {work / name}: ") and err.count("\n") == 1, err
    assert "not one record could be read" in run("--model", model, work / "only-damage.log", status=1)[1]
    out, _ = run("--all", "--model", model, work / "missing.log", TRAFFIC, status=2)
    assert len(verdicts(out)) == 5  # the others are still read


def models_are_checked_before_they_judge(model, work):
    bad = work / "bad.nrm"
    for content in (b"", b"NRSM", model.read_bytes()[:-1], model.read_bytes() + b"\0", bytes(70000)):
        bad.write_bytes(content)
        _, err = run("--model", bad, TRAFFIC, status=2)
        assert err.startswith(f"noroshi-replay: {bad}: ") and err.count("\n") == 1, err
    run("--model", work / "missing.nrm", TRAFFIC, status=2)


def help_and_version_go_to_standard_output(model, work):
    for option in ("--help", "-h"):
        out, err = run(option)
        assert "usage: noroshi-replay" in out and not err
    assert run("--version")[0].startswith("noroshi-replay ")


def main():
    tests = [a_dns_log_gives_the_name, lines_can_be_csv_or_a_table, only_what_was_wanted_is_judged, incomplete_runs_end_with_1,
             a_destination_is_explained_also_when_it_was_not_flagged, any_order_of_records_and_files_gives_the_same_verdicts, a_gap_of_days_between_files_is_said,
             flows_that_come_too_late_are_counted_and_end_with_1, verdict_lines_name_the_beacon_only, a_file_has_the_same_ids_whatever_it_is_called, rows_are_flagged_by_the_threshold,
             rotated_files_are_one_stretch_of_traffic, damage_is_named_counted_and_survived,
             pictures_are_for_people, exit_statuses_tell_what_happened, what_cannot_be_read_is_said_in_one_line,
             models_are_checked_before_they_judge, help_and_version_go_to_standard_output]
    for test in tests:
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            make_model(work / "n.nrm")
            test(work / "n.nrm", work)
            print("ok", test.__name__)


if __name__ == "__main__":
    sys.exit(main())
