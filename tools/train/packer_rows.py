"""Labelled vectors of executables, computed by the device's own code.

A corpus is a folder of ../shared/data/packer's form (labels.tsv; files lie below it, or in ARCH.tar.xz as `ARCH.tar.xz!MEMBER`).
`noroshi scan --features` gives the vector of every ELF or PE file, `noroshi scan --all --model none` what the rules say alone.
"""
import csv
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np

ABSENT = 256      # a byte that the file does not have
BATCH = 200       # files in one call


class Rows:
    """x: features, start: bytes (ABSENT where there is none), label; arch, version, variant and group (what the program was made
    of) as text; ruled: what the rules say alone ("" nothing, "unknown", or a name)."""

    COLUMNS = ("x", "start", "label", "arch", "version", "variant", "group", "ruled", "path")

    def __init__(self, *columns):
        for name, column in zip(self.COLUMNS, columns):
            setattr(self, name, column)

    def __len__(self):
        return len(self.label)

    def take(self, mask):
        return Rows(*(getattr(self, name)[mask] for name in self.COLUMNS))

    def joined(self, other):
        return Rows(*(np.concatenate([getattr(self, n), getattr(other, n)]) for n in self.COLUMNS))


def schema_of(build, name):
    """[(feature, maximum)] and the schema's hash, from the tool that will write the model."""
    run = subprocess.run([build / "noroshi-model", "schema", name], capture_output=True, text=True, check=True)
    told = json.loads(run.stdout)
    return [(f["name"], f["max"]) for f in told["features"]], told["hash"]


def scan(build, *arguments, files):
    """JSON lines of `noroshi scan`, by path."""
    told = {}
    for i in range(0, len(files), BATCH):
        run = subprocess.run([build / "noroshi", "scan", *arguments, *files[i:i + BATCH]], capture_output=True, text=True)
        if run.returncode not in (0, 1):
            sys.exit(f"train: scan: {run.stderr.strip()[-300:]}")
        for line in run.stdout.splitlines():
            record = json.loads(line)
            told[record["file.path"]] = record
    return told


def start_bytes(text):
    return [ABSENT if text[i] == "." else int(text[i:i + 2], 16) for i in range(0, len(text), 2)]


def describe(build, labelled, schema):
    """labelled: [(path, label, arch, version, variant, group)]. Files that the schema does not describe are left out."""
    paths = [row[0] for row in labelled]
    vectors = scan(build, "--features", files=paths)
    verdicts = scan(build, "--all", "--model", "none", files=paths)
    kept = [row for row in labelled if vectors.get(row[0], {}).get("schema") == schema]
    ruled = []
    for row in kept:
        verdict = verdicts[row[0]]["noroshi"]
        ruled.append(verdict["class"] if verdict["packed"] else "")
    text = [np.array([row[i] for row in kept], dtype=str) for i in range(1, 6)]
    return Rows(np.array([vectors[row[0]]["x"] for row in kept], dtype=np.int32),
                np.array([start_bytes(vectors[row[0]]["start"]) for row in kept], dtype=np.int32),
                *text, np.array(ruled, dtype=str), np.array([Path(row[0]).name for row in kept], dtype=str))


def group_of(original):
    """The package of a label's `original`: programs of one package are relatives."""
    return original.split("__")[0]


def of_corpus(build, folder, schema="packer"):
    with open(folder / "labels.tsv") as f:
        labels = list(csv.DictReader(f, delimiter="\t"))
    with tempfile.TemporaryDirectory() as tmp:
        base = folder
        for archive in sorted(folder.glob("*.tar.xz")):
            base = Path(tmp)
            with tarfile.open(archive) as tar:
                tar.extractall(base / archive.name)
        labelled = [(str(base / r["path"].replace("!", "/")), r["packer"], r["arch"], r["packer_version"], r["variant"],
                     group_of(r["original"])) for r in labels]
        return describe(build, labelled, schema)


def of_folders(build, folders, schema, group):
    """folders: [(folder, label)]; every file below a folder has its label. group: of a path, what it was made of."""
    labelled = [(str(path), label, "", "", "", group(path)) for folder, label in folders
                for path in sorted(folder.rglob("*")) if path.is_file()]
    return describe(build, labelled, schema)
