#!/usr/bin/python3
"""Trains the default packer models: models/packer.nrm (ELF) with its card, and models/packer_pe.nrm (Windows executables).

Steps: make packed and clean executables out of Debian's packages (packer_make.py), let the device's own code describe them and the
labelled corpus, score them held out (by package, by architecture, by packer version), set the thresholds from that, fit, hand
the model to noroshi-model export, write the card. Seeded; two runs over the same packages make the same bytes.
"""
import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

import packer_card
import packer_debs
import packer_fit
import packer_fp
import packer_judge
import packer_make
import packer_rows

# Unused: `arch`, `wide`, `big` would learn which architectures UPX has, `size` which programs were packed here.
ELF = {"schema": "packer", "unused": ("arch", "wide", "big", "size"), "cuts": 8, "runs": (2, 3), "reach": 64, "bits": 9, "weight": 4,
       "strength": 0.05}
PE = {"schema": "packer_pe", "unused": ("arch", "size", "stamp"), "cuts": 8, "runs": (2, 3), "reach": 64, "bits": 9, "weight": 4,
      "strength": 0.02}


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def options():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--build", type=Path, default=Path("build/host"))
    ap.add_argument("--pe-build", type=Path, default=Path("build/pe"), help="a build with WITH_PE=1")
    ap.add_argument("--corpus", type=Path, default=Path("../shared/data/packer"))
    ap.add_argument("--made", type=Path, help="a folder that packer_make.py made, instead of making one")
    ap.add_argument("--pe", type=Path, help="folder with Notpacked/ and PackingData/PACKER/ (chesvectain/PackingData)")
    ap.add_argument("--unseen", type=Path, help="folder with not-packed/ and packed/PACKER/ (packing-box/dataset-packed-elf)")
    ap.add_argument("--work", type=Path, default=Path("build/train"))
    ap.add_argument("--serial", type=int, default=1)
    ap.add_argument("--quick", action="store_true", help="by package only, no bench: for tests")
    ap.add_argument("-o", "--out", type=Path, default=Path("models"))
    return ap.parse_args()


def shape_of(rows, build, task):
    schema, digest = packer_rows.schema_of(build, task["schema"])
    cuts = packer_fit.choose_cuts(rows, schema, task["unused"], task["cuts"])
    return packer_fit.Shape([name for name, _ in schema], cuts, task["runs"], task["reach"], task["bits"], task["weight"],
                            task["strength"]), digest


def export(a, task, digest, model, limits, curve):
    """Writes the model file; returns the exporter's report."""
    terms, bias = packer_fit.to_terms(model)
    name = task["schema"]
    description = {"kind": name, "schema_hash": digest, "name": name, "outputs": model.classes, "bias": bias, "terms": terms,
                   "thresholds": limits, "calibration": curve}
    a.work.mkdir(parents=True, exist_ok=True)
    path = a.work / f"{name}.json"
    path.write_text(json.dumps(description) + "\n")
    run = subprocess.run([a.build / "noroshi-model", "export", "--from", "additive-json", path, "--schema", name, "--serial",
                          str(a.serial), "--report", "-o", a.out / f"{name}.nrm"], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"train: export: {run.stderr.strip()[-300:]}")
    return run.stdout


def versions(rows):
    """Packer and version of the rows of a packer that has several; "" of the others."""
    several = [label for label in np.unique(rows.label) if label not in packer_judge.PLAIN and
               len(np.unique(rows.version[rows.label == label])) > 1]
    return np.where(np.isin(rows.label, several), np.char.add(np.char.add(rows.label, " "), rows.version), "")


def architectures(rows):
    """Architectures that have packed files."""
    packed = np.unique(rows.arch[~np.isin(rows.label, packer_judge.PLAIN)])
    return np.where(np.isin(rows.arch, packed), rows.arch, "")


def train(a, task, rows, sets):
    """sets: {name: what is left out together}; the first one steers the thresholds. Returns what the card shows."""
    shape, digest = shape_of(rows, a.build, task)
    held = {name: packer_judge.held_out(rows, shape, values, progress) for name, values in sets.items()}
    first = next(iter(held.values()))
    left_out = packer_judge.left_out_packers(rows, shape, progress)
    limits = packer_judge.thresholds(rows, first, left_out)
    model = packer_fit.fit(rows, shape)
    report = export(a, task, digest, model, limits, packer_judge.calibration(rows, first))
    results = [packer_card.Result("in sample", rows, packer_judge.score(model, rows))]
    for name, values in sets.items():
        for value in np.unique(values[values != ""]) if name != "package" else [None]:
            here = values == value if value else np.full(len(rows), True)
            title = f"{name} held out" if value is None else f"{name} {value} held out"
            results.append(packer_card.Result(title, rows.take(here), held[name].take(here)))
    return packer_card.Trained(task, model, limits, rows, results, left_out, report)


def train_elf(a):
    parts = [packer_rows.of_corpus(a.build, a.corpus)] if a.corpus.exists() else []
    parts.append(packer_rows.of_corpus(a.build, a.made or packer_make.make(packer_debs.Archive(), progress)))
    rows = parts[0].joined(parts[1]) if len(parts) == 2 else parts[0]
    sets = {"package": packer_judge.folds(rows)}
    if not a.quick:
        sets |= {"architecture": architectures(rows), "version": versions(rows)}
    return train(a, ELF, rows, sets)


def class_name(folder):
    """A packer's name as a class: ASCII without spaces."""
    return re.sub(r"[^a-z0-9]+", "-", re.sub("['`\"]", "", folder.lower()))


def without_prefix(path):
    """The name of the program that was packed: packers' folders put a word and `_` before it."""
    name = path.name.lower().rsplit(".", 1)[0]
    return name.split("_", 1)[-1] if path.parent.name != "Notpacked" else name


def train_pe(a):
    folders = [(a.pe / "Notpacked", "none")] + [(f, class_name(f.name)) for f in sorted((a.pe / "PackingData").iterdir())]
    rows = packer_rows.of_folders(a.pe_build, folders, PE["schema"], without_prefix)
    return train(a, PE, rows, {"package": packer_judge.folds(rows)})


def unseen_rows(a):
    folders = [(a.unseen / "not-packed", "none")] + [(f, f.name) for f in sorted((a.unseen / "packed").iterdir())]
    return packer_rows.of_folders(a.build, folders, ELF["schema"], lambda path: path.name)


def bench_rows(a):
    """Clean files of packages that training does not touch, with architecture and "package path"."""
    whole = None
    for arch, names in packer_fp.unpacked(packer_debs.Archive(), list(packer_debs.SUITES)):
        progress(f"bench: {arch}")
        labelled = [(path, "none", arch, "", "", name) for path, name in names.items()]
        rows = packer_rows.describe(a.build, labelled, ELF["schema"])
        if len(rows):
            whole = whole.joined(rows) if whole else rows
    return whole


def main():
    a = options()
    elf = train_elf(a)
    unseen = unseen_rows(a) if a.unseen else None
    bench = None if a.quick else bench_rows(a)
    if a.pe:
        pe = train_pe(a)
    else:
        pe = None
        print("no --pe FOLDER: packer_pe.nrm is left as it is")
    progress("")
    page = packer_card.page(a, elf, pe, unseen, bench)
    if not a.quick:
        (a.out / "packer.card.md").write_text(page)
    print(page)


if __name__ == "__main__":
    main()
