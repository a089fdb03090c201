#!/usr/bin/env python3
"""Where tests/golden/model/small.exp comes from: models/FORMAT.md read and computed once more, in Python.

Reads small.nrm, scores the 20,000 vectors of tests/unit/test_model_hash.c and compares their hash with small.exp;
with --print it prints the hash instead.
"""
import struct
import sys
from pathlib import Path

GOLDEN = Path(__file__).parent / "model"
MAXIMA = [65535, 255, 24, 1]  # the schema of tests/model_fixture.h


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def cuts(self):
        (n,) = self.take("B")
        return self.take(f"{n}H")


def read_model(data):
    r = Reader(data[136:])
    n_outputs, n_points, n_terms, _golden, _zero, *_thresholds, _bound = r.take("BBHBB3ii")
    assert n_outputs == 1
    bias, scale, name_len = r.take("iIB")
    r.take(f"{name_len}s" + "iB" * n_points)
    terms = []
    for _ in range(n_terms):
        kind, a = r.take("BH")
        b = r.take("H")[0] if kind == 3 else a
        cuts_a = r.cuts() if kind != 1 else ()
        cuts_b = r.cuts() if kind == 3 else ()
        (shift,) = r.take("B")
        weights = r.take(f"{(len(cuts_a) + 1) * (len(cuts_b) + 1)}b")
        terms.append((kind, a, b, cuts_a, cuts_b, shift, weights))
    return bias, scale, terms


def sum_of(bias, terms, x):
    total = bias
    for kind, a, b, cuts_a, cuts_b, shift, weights in terms:
        cell = sum(x[a] >= c for c in cuts_a) * (len(cuts_b) + 1) + sum(x[b] >= c for c in cuts_b)
        total += weights[cell] * (min(x[a], MAXIMA[a]) if kind == 1 else 1) << shift
    return total


def vectors(n, state=2463534242):
    for _ in range(n):
        x = []
        for largest in MAXIMA:
            state ^= state << 13 & 0xFFFFFFFF
            state ^= state >> 17
            state ^= state << 5 & 0xFFFFFFFF
            x.append({0: 0, 1: largest, 2: state >> 16}.get(state % 8, (state >> 3) % (largest + 1)))
        yield x


def main():
    bias, scale, terms = read_model((GOLDEN / "small.nrm").read_bytes())
    h = 0xCBF29CE484222325
    for x in vectors(20000):
        total = sum_of(bias, terms, x)
        mlogit = abs(total) * scale // 2**31 * (1 if total >= 0 else -1)
        for byte in struct.pack("<ii", total, mlogit):
            h = (h ^ byte) * 0x100000001B3 % 2**64
    if sys.argv[1:] == ["--print"]:
        print(f"{h:016x}")
        return 0
    expected = (GOLDEN / "small.exp").read_text().strip()
    print(f"computed {h:016x}, expected {expected}")
    return int(f"{h:016x}" != expected)


if __name__ == "__main__":
    sys.exit(main())
