"""Labelled feature rows of recorded captures, computed by the device's own code.

A corpus is a folder with conn/<source>.conn.log.gz, labels.tsv.gz and families.tsv (../shared/data/beacon and
what `noroshi-sim --training` writes). `noroshi-model features` turns every log into one row for each destination and
tumbling window, with its label. Siblings (several servers of one host taken together) have no label of their own: they are benign where
all that their host talks to is, and left out otherwise.
"""
import csv
import gzip
import subprocess
import sys
from pathlib import Path

import numpy as np

WINDOWS = ("1h", "6h", "24h", "7d")
WINDOW_S = (3600, 21600, 86400, 604800)
WEEK = 3
BAD = "c2-beacon"
GOOD = ("benign", "benign-periodic")
MIN_CONNS = 6
SIZE_FEATURES = ("tx_med", "tx_mad", "tx_same", "rx_med", "rx_mad", "rx_same", "rx_max", "dur_med", "dur_mad", "ntp")
SIBLINGS = "::"  # in place of an address
KEY_COLUMNS = ("source", "source.ip", "destination.ip", "destination.port", "network.transport")
NO_ROW_LABELLED = 1  # exit status
FIRST_FEATURE = 9    # columns before it tell what a row is about


class Rows:
    """Feature matrix x (integers), is_bad, and per row: window, capture, pair, family, number of the window."""

    def __init__(self, names, x, bad, window, capture, pair, family, slot):
        self.names, self.x, self.bad, self.window = names, x, bad, window
        self.capture, self.pair, self.family, self.slot = capture, pair, family, slot

    def __len__(self):
        return len(self.bad)

    def columns(self):
        return self.x, self.bad, self.window, self.capture, self.pair, self.family, self.slot

    def siblings(self):
        return self.feature("siblings") > 0

    def alone(self):
        """Single destinations on windows of at most a day: what is learned. No capture has C2 in the others."""
        return ~self.siblings() & (self.window != WEEK)

    def feature(self, name):
        return self.x[:, self.names.index(name)]

    def take(self, mask):
        return Rows(self.names, *(c[mask] for c in self.columns()))


def thin(rows, n_bad, n_good, seed):
    """At most so many rows, one for each pair and window, drawn by the seed."""
    order = np.random.RandomState(seed).permutation(len(rows))
    key = np.char.add(rows.pair.astype(str), rows.window.astype(str))
    _, first = np.unique(key[order], return_index=True)
    drawn = order[np.sort(first)]
    kept = np.concatenate([drawn[rows.bad[drawn]][:n_bad], drawn[~rows.bad[drawn]][:n_good]])
    return rows.take(np.sort(kept))


def blinded(rows):
    """The rows as a source without sizes would see them (polling /proc): what depends on sizes is at its empty
    value. Rows with failures are left out, because such a source does not see those either."""
    kept = rows.take(rows.x[:, rows.names.index("fail_now")] == 0)
    x = kept.x.copy()
    for name in SIZE_FEATURES:
        x[:, kept.names.index(name)] = 0
    x[:, kept.names.index("ratio")] = 128
    x[:, kept.names.index("blind")] = 255
    kept.x = x
    return kept


def open_table(path):
    return gzip.open(path, "rt") if path.suffix == ".gz" else open(path)


def read_column(path, column):
    """{(source, local, remote, port, transport): value} of one column of a label file."""
    if not path.exists():
        return {}
    with open_table(path) as f:
        return {(r["source"], r["id.orig_h"], r["id.resp_h"], r["id.resp_p"], r["proto"]): r[column]
                for r in csv.DictReader(f, delimiter="\t")}


def good_hosts(labels):
    """{(source, local)} of hosts that talk to nothing but what is known to be benign."""
    bad = {key[:2] for key, label in labels.items() if label not in GOOD}
    return {key[:2] for key in labels} - bad


def table(program, log, labels):
    """The rows of one log as lists of text, the header first; nothing if none of them has a label."""
    run = subprocess.run([program, "features", "--min-conns", "1", "--labels", labels, log, "-o", "-"], capture_output=True, text=True)
    if run.returncode == NO_ROW_LABELLED:
        return []
    if run.returncode:
        sys.exit(f"train: {log.name}: {run.stderr.strip()[-300:]}")
    return list(csv.reader(run.stdout.splitlines()))


def of_corpus(program, corpus, progress=None):
    families = read_column(corpus / "families.tsv", "family")
    hosts = good_hosts(read_column(corpus / "labels.tsv.gz", "label"))
    logs = sorted((corpus / "conn").glob("*.conn.log.gz"))
    names, x, columns = None, [], ([], [], [], [], [], [])
    for i, log in enumerate(logs):
        source = log.name[: -len(".conn.log.gz")]
        if progress:
            progress(i, len(logs), source)
        head, *lines = table(program, log, corpus / "labels.tsv.gz") or [None]
        if not lines:
            continue
        names = head[FIRST_FEATURE:]
        label_at, from_at, window_at, conns_at = (head.index(c) for c in ("label", "from", "window", "conns"))
        key_at = [head.index(c) for c in KEY_COLUMNS]
        begin = min(int(line[from_at]) for line in lines)
        for line in lines:
            label, w = line[label_at], WINDOWS.index(line[window_at])
            key = tuple(line[k] for k in key_at)
            if key[2] == SIBLINGS and key[:2] in hosts:
                label = GOOD[0]
            if (label != BAD and label not in GOOD) or int(line[conns_at]) < MIN_CONNS:
                continue
            family = families.get(key, source) if label == BAD else ""
            x.append([int(v) for v in line[FIRST_FEATURE:]])
            slot = (int(line[from_at]) - begin) // WINDOW_S[w]
            for column, value in zip(columns, (label == BAD, w, source, "|".join(key), family, slot)):
                column.append(value)
    return Rows(names, np.array(x, dtype=np.int32), *(np.array(c) for c in columns))
