#!/usr/bin/python3
"""Models that a trainer wrote which Debian does not package: exported here, they give each row the sum that the trainer's own
program gave it. tests/golden/trainers/README.md has the commands that made them."""
import pathlib
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("python3-numpy is not installed")
    sys.exit(77)

import formatlab as lab

FOLDER = pathlib.Path("tests/golden/trainers/vw")
DIGITS = 1e-4  # relative: six digits a weight, in 32 bit


def rows_of():
    """Of numbers.vw: LABEL | COLUMN:VALUE..."""
    lines = (FOLDER / "numbers.vw").read_text().splitlines()
    pairs = [[tuple(map(int, word.split(":"))) for word in line.split("|")[1].split()] for line in lines]
    x = np.zeros((len(lines), max(c for row in pairs for c, _ in row)), dtype=int)
    for i, row in enumerate(pairs):
        for column, value in row:
            x[i, column - 1] = value
    return lab.Rows("beacon", None, x, None, ["benign", "beacon"])


def check(rows, path, out):
    told = np.loadtxt(path.with_suffix(".raw"))
    lab.export(rows, path, out)
    bound, _, scores = lab.score(rows, out)
    room = bound / 1000 + DIGITS * np.abs(told).max() + 0.001
    off = np.abs(scores[:, 0] / 1000 - told)
    if len(told) != len(rows.x) or off.max() > room:
        sys.exit(f"{path}: row {off.argmax() + 1}: {scores[off.argmax(), 0]} mlogit, the trainer said {told[off.argmax()]}")
    if np.abs(told).max() < 10 * room or len(np.unique(told > 0)) < 2:
        sys.exit(f"{path}: all sums are within the bound or of one sign: nothing is compared")
    print(f"{path.name}: {len(told)} rows, {off.max():.4f} off at most, bound {bound} mlogit")


def main():
    rows, models = rows_of(), sorted(FOLDER.glob("*.txt"))
    with tempfile.TemporaryDirectory() as tmp:
        for path in models:
            check(rows, path, pathlib.Path(tmp) / "m.nrm")
    if len(models) < 4:
        sys.exit(f"{FOLDER}: models are missing")


if __name__ == "__main__":
    main()
