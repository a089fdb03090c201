"""What an analyst would see: held-out models replay the captures as a device would judge them.

Each capture is replayed (noroshi-replay's default mode) by the model that has seen neither its laboratory nor that laboratory's
malware families. Counted are the verdicts that open: C2 pairs with one, false ones once a pair and day, and the days of devices that
talk to nothing but benign destinations, in captures of six hours and more (short ones say nothing about a day).
"""
import gzip
import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass

import rows as feature_rows

WHOLE_S = 6 * 3600
DAY_S = 86400
DAYS_MIN = 0.05


@dataclass
class Field:
    pairs: int
    found: int
    many: int         # pairs of twenty connections and more
    many_found: int
    families: float   # mean over families of the share of their pairs that was found
    n_families: int
    false: int
    days: float       # of benign devices

    def per_day(self):
        return self.false / max(self.days, 1e-9)


def spans(log):
    """{local address: (first, last second)}"""
    out, at = {}, None
    with gzip.open(log, "rt", errors="replace") as f:
        for line in f:
            columns = line.rstrip("\n").split("\t")
            if line.startswith("#fields"):
                at = columns.index("ts") - 1, columns.index("id.orig_h") - 1
            elif at and not line.startswith("#"):
                t, host = float(columns[at[0]]), columns[at[1]]
                first, last = out.get(host, (t, t))
                out[host] = min(first, t), max(last, t)
    return out


class Corpus:
    """Labels, families and benign device-days, read once."""

    def __init__(self, folder):
        self.folder = folder
        self.labels = feature_rows.read_column(folder / "labels.tsv.gz", "label")
        self.conns = feature_rows.read_column(folder / "labels.tsv.gz", "n_conns")
        self.families = feature_rows.read_column(folder / "families.tsv", "family")
        self.days, self.devices = 0.0, set()
        for log in self.logs():
            self._add_days(log)

    def logs(self):
        return sorted((self.folder / "conn").glob("*.conn.log.gz"))

    def _add_days(self, log):
        source = capture_of(log)
        seen = spans(log)
        if max(b for _, b in seen.values()) - min(a for a, _ in seen.values()) < WHOLE_S:
            return
        kinds = defaultdict(set)
        for key, label in self.labels.items():
            if key[0] == source:
                kinds[key[1]].add(label)
        for host, labels in kinds.items():
            days = (seen[host][1] - seen[host][0]) / DAY_S if host in seen else 0
            if labels & set(feature_rows.GOOD) and feature_rows.BAD not in labels and days > DAYS_MIN:
                self.days += days
                self.devices.add((source, host))


def capture_of(log):
    return log.name[: -len(".conn.log.gz")]


def opened(program, model, log):
    """Keys of the verdicts that opened, with their days."""
    run = subprocess.run([program, "--quiet", "--model", model, log], capture_output=True, text=True)
    if run.returncode not in (0, 1):
        sys.exit(f"train: {log.name}: {run.stderr.strip()[-300:]}")
    for line in run.stdout.splitlines():
        verdict = json.loads(line)
        if verdict.get("noroshi", {}).get("st") == "open" and "destination.ip" in verdict:
            yield (capture_of(log), verdict["source.ip"], verdict["destination.ip"], str(verdict.get("destination.port", 0)),
                   verdict["network.transport"]), verdict["@timestamp"][:10]


def measure(program, corpus, model_of):
    """model_of: {capture: path of the model that has not seen it}."""
    found, false = set(), set()
    for log in corpus.logs():
        for key, day in opened(program, model_of[capture_of(log)], log):
            label = corpus.labels.get(key)
            if label == feature_rows.BAD:
                found.add(key)
            elif label in feature_rows.GOOD and key[:2] in corpus.devices:
                false.add((key, day))
    pairs = [k for k, label in corpus.labels.items() if label == feature_rows.BAD]
    many = [k for k in pairs if float(corpus.conns[k] or 0) >= 20]
    shares = defaultdict(list)
    for key in pairs:
        shares[corpus.families.get(key, key[0])].append(key in found)
    return Field(len(pairs), len(found), len(many), sum(k in found for k in many),
                 sum(sum(s) / len(s) for s in shares.values()) / max(1, len(shares)), len(shares), len(false), corpus.days)
