"""How far the benign traffic of this training has moved from that of the last one.

models/beacon.profile.tsv keeps, for every feature, the share of benign rows in each of its bins. The next training
compares: the population stability index, sum of (new - old) * ln(new / old), is under 0.1 when nothing moved and above
0.25 when a feature should be looked at (the usual rule of credit scoring).
"""
import math

import numpy as np

LEAST = 1e-4  # share of an empty bin


def profile(rows, cuts):
    good = rows.take(~rows.bad)
    out = {}
    for name, at in cuts.items():
        counts = np.bincount(np.searchsorted(at, good.feature(name), side="right"), minlength=len(at) + 1)
        out[name] = ([int(c) for c in at], [float(c) / len(good) for c in counts])
    return out


def read(path):
    if not path.exists():
        return {}
    lines = [line.split("\t") for line in path.read_text().splitlines()[1:]]
    return {name: ([int(c) for c in cuts.split()], [float(v) for v in shares.split()]) for name, cuts, shares in lines}


def write(path, told):
    lines = ["feature\tcuts\tshare of benign rows in each bin"]
    lines += [f"{name}\t{' '.join(map(str, cuts))}\t{' '.join(f'{s:.4f}' for s in shares)}"
              for name, (cuts, shares) in told.items()]
    path.write_text("\n".join(lines) + "\n")


def moved(old, rows):
    """(index, feature) of every feature of the old profile, largest first, over its old cuts."""
    good = rows.take(~rows.bad)
    out = []
    for name, (cuts, shares) in old.items():
        if name not in rows.names:
            continue
        counts = np.bincount(np.searchsorted(cuts, good.feature(name), side="right"), minlength=len(cuts) + 1)
        pairs = [(max(c / len(good), LEAST), max(s, LEAST)) for c, s in zip(counts, shares)]
        out.append((sum((new - was) * math.log(new / was) for new, was in pairs), name))
    return sorted(out, reverse=True)
