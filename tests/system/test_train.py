#!/usr/bin/env python3
"""Training from the simulator alone, in a short form: it makes a model that the replay tool accepts, that tells
simulated C2 from simulated benign traffic, and the same bytes when it is run again."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BUILD = os.environ.get("BUILD", "build/host")
PYTHON = "/usr/bin/python3"
LEAST_AUC = 0.8  # held out, 24 h, with sixteen small captures


def train(folder, name):
    model = folder / f"{name}.nrm"
    run = subprocess.run([PYTHON, "tools/train/train.py", "--build", BUILD, "--corpus", folder / "none", "--work",
                          folder / name, "--captures", "16", "--quick", "-o", model], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"train.py: {run.stderr.strip()[-500:]}")
    return model, run.stdout


def main():
    if subprocess.run([PYTHON, "-c", "import sklearn"], capture_output=True).returncode:
        print("python3-sklearn is not installed")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as tmp:
        folder = pathlib.Path(tmp)
        first, table = train(folder, "first")
        second, _ = train(folder, "second")
        if first.read_bytes() != second.read_bytes():
            sys.exit("two runs of one seed made different models")
        auc = float(re.search(r"held out \| 24h \| \d+ \| \d+ \| ([\d.]+)", table).group(1))
        if auc < LEAST_AUC:
            sys.exit(f"AUC {auc} on held-out captures, wanted {LEAST_AUC}")
        log = next((folder / "first").glob("sim-*/conn/*.log.gz"))
        shown = subprocess.run([f"{BUILD}/noroshi-replay", "--model", first, "--all", log], capture_output=True)
        if shown.returncode or not shown.stdout:
            sys.exit("noroshi-replay does not take the model")
        card = first.with_suffix(".card.md").read_text()
        if "Figures" not in card or "simulator: 16 captures" not in card:
            sys.exit("the card does not say what the model was made of")


if __name__ == "__main__":
    main()
