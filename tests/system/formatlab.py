"""What test_model_formats.py works with: rows of features, the programs, and the comparison of decisions."""
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess

import numpy as np

BUILD = pathlib.Path(os.environ.get("BUILD", "build/host"))
SCORER = pathlib.Path(os.environ.get("TEST_BUILD", "build/test")) / "system/score_rows"
CORPUS = pathlib.Path("../shared/data/beacon")
RECIPES = pathlib.Path("tools/model/recipes")


def call(*argv, stdin=None):
    run = subprocess.run([str(a) for a in argv], input=stdin, capture_output=True, text=True)
    if run.returncode:
        raise AssertionError(f"{' '.join(str(a) for a in argv)}: {run.stderr.strip()[-300:]}")
    return run.stdout


def has(*needed):
    """Whether all of these programs or Python modules are there."""
    return all(shutil.which(n) or (n.isidentifier() and importlib.util.find_spec(n)) for n in needed)


def version(package):
    run = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True)
    return run.stdout.split("+")[0].split("-")[0] if run.returncode == 0 else None


def recipe(name):
    spec = importlib.util.spec_from_file_location(name, RECIPES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Rows:
    """Feature vectors x, what each is in y (the index of its class), the names of columns and classes."""

    def __init__(self, schema, names, x, y, classes, raw=None, expand=None):
        self.schema, self.names, self.x, self.y, self.classes = schema, names, x, y, classes
        self.raw = x if raw is None else raw  # what the device is given
        self.options = ["--schema", schema] + (["--expand", expand] if expand else [])

    def labels(self):
        return np.array(self.classes)[self.y]

    def save_svm(self, path, labels, first=None):
        """In LIBSVM's form; a row of the label `first` comes first."""
        order = sorted(range(len(labels)), key=lambda i: labels[i] != first) if first is not None else range(len(labels))
        with open(path, "w") as f:
            for i in order:
                f.write(f"{labels[i]} " + " ".join(f"{c + 1}:{v}" for c, v in enumerate(self.x[i]) if v) + "\n")
        return np.array(order)


def read_table(path):
    with open(path) as f:
        names = f.readline().strip().split(",")[9:]
        lines = [line.strip().split(",") for line in f]
    return names, np.array([[int(v) for v in line[9:]] for line in lines]), np.array([line[0] for line in lines])


def beacon_rows(folder, corpus=None, expand=None):
    """Of simulated traffic, or of a corpus; raw, or expanded over the bins of a model."""
    if corpus is None:
        corpus = folder / "sim"
        if not corpus.exists():
            call(BUILD / "noroshi-sim", "--training", 6, "--seed", 5, "-o", corpus)
    tables = []
    for options in ([], ["--expand", expand]) if expand else ([],):
        call(BUILD / "noroshi-model", "features", *sorted((corpus / "conn").glob("*.gz")), "--labels", corpus / "labels.tsv.gz",
             "--class", "benign=benign,benign-periodic", "--class", "beacon=c2-beacon", *options, "-o", folder / "rows.csv")
        tables.append(read_table(folder / "rows.csv"))
    names, x, label = tables[-1]
    return Rows("beacon", names, x, (label == "beacon").astype(int), ["benign", "beacon"], tables[0][1], expand)


def packer_rows(n=1500, seed=4):
    """Random vectors of the packer schema in four classes, by a hidden rule with noise."""
    schema = json.loads(call(BUILD / "noroshi-model", "schema", "packer"))
    most = np.array([f["max"] for f in schema["features"]])
    rng = np.random.RandomState(seed)
    x = (rng.rand(n, len(most)) * (most + 1)).astype(int)
    hidden = rng.randn(4, len(most))
    y = ((x / most - 0.5) @ hidden.T + 0.3 * rng.randn(n, 4)).argmax(axis=1)
    return Rows("packer", [f["name"] for f in schema["features"]], x, y, ["none", "upx", "shc", "other"])


def export(rows, trained, out, *options):
    call(BUILD / "noroshi-model", "export", trained, *rows.options, *options, "-o", out)


def score(rows, model):
    """(bound, names of the outputs, scores [row][output]), in mlogit, by the device's code."""
    text = "\n".join(" ".join(map(str, x)) for x in rows.raw) + "\n"
    head, *lines = call(SCORER, model, stdin=text).splitlines()
    _, bound, *names = head.split()
    return int(bound), names, np.array([[int(v) for v in line.split()] for line in lines])


class Outcome:
    def __init__(self, n, bound, near, beyond):
        self.n, self.bound, self.near, self.beyond = n, bound, near, beyond


def compare(rows, model, truth, threshold=0):
    """truth: the class that the trainer's own program gives each row. Near the threshold, within the bound, rounding may
    decide; beyond it not a single row may differ."""
    bound, names, scores = score(rows, model)
    if len(names) == 1:
        far = np.abs(scores[:, 0] - threshold) > bound
        decided = (scores[:, 0] > threshold).astype(int)
    else:
        ranked = np.sort(scores, axis=1)
        far = ranked[:, -1] - ranked[:, -2] > 2 * bound
        decided = np.array([rows.classes.index(n) for n in names])[scores.argmax(axis=1)]
    differs = decided != truth
    return Outcome(len(truth), bound, int((~far).sum()), int((differs & far).sum()))
