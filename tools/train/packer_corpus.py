"""The corpus being made: files below a folder with labels.tsv, and draws that depend on names alone."""
import csv
import hashlib
from pathlib import Path

import numpy as np

COLUMNS = ("path", "sha256", "format", "arch", "packer", "packer_version", "original", "variant")
SIZES = (20_000, 1_500_000)  # of programs that are packed or given something to carry
SEED = 1


class Corpus:
    """Writes files and their labels."""

    def __init__(self, folder):
        self.folder, self.rows, self.seen = folder, [], set()

    def add(self, data, arch, packer, version, original, variant):
        digest = hashlib.sha256(data).hexdigest()
        if digest in self.seen:
            return
        self.seen.add(digest)
        path = Path(arch) / packer / digest[:16]
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_bytes(data)
        kind = "elf" if data[:4] == b"\x7fELF" else "script"
        self.rows.append((path, digest, kind, arch, packer, version, original, variant))

    def close(self):
        """The labels come last: a folder without them was not finished."""
        with open(self.folder / "labels.tsv", "w") as f:
            writer = csv.writer(f, delimiter="\t", lineterminator="\n")
            writer.writerows([COLUMNS, *self.rows])


def rng_of(*names):
    """A generator that depends on the names only, so that one more package changes no other."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256("|".join(names).encode()).digest()[:8], "little") + SEED)


def draw(items, count, rng):
    items = sorted(items)
    return [items[i] for i in sorted(rng.permutation(len(items))[:count])]
