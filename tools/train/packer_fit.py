"""The packer model: bins of facts and hashed n-grams of the start bytes, one logistic regression a class.

A fact with an order is coded by its steps (x >= cut), so that the penalty holds neighbouring bins together. An n-gram is a
bucket of 2^bits that some run of bytes hits; models/FORMAT.md has the hash, which is salted with the architecture.
"""
import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from packer_rows import ABSENT

PLACED = 16  # bytes that runs of length 1 look at, with their places


class Shape:
    """What a model looks at. cuts: {feature: ascending cuts}; runs, reach, bits: of the n-grams; weight: how much lighter
    the penalty on facts is than on n-grams; strength: C of the regression."""

    def __init__(self, names, cuts, runs, reach, bits, weight, strength):
        self.names, self.cuts, self.runs, self.reach, self.bits = names, cuts, runs, reach, bits
        self.weight, self.strength = weight, strength


def choose_cuts(rows, schema, unused, most):
    """At most `most` cuts a feature, at quantiles of its distinct values, so that rare values are told apart too."""
    cuts = {}
    for j, (name, maximum) in enumerate(schema):
        values = np.unique(rows.x[:, j])
        if name in unused or len(values) < 2:
            continue
        between = values[1:]
        at = between if len(between) <= most else np.unique(np.quantile(between, np.linspace(0, 1, most + 1)[:-1]).astype(int))
        cuts[name] = np.unique(np.clip(at, 1, maximum))
    return cuts


def fnv(state, byte):
    return ((state ^ byte) * np.uint32(16777619)).astype(np.uint32)


def buckets(rows, shape):
    """Sparse 0/1 matrix: which buckets each row hits."""
    salt = fnv(np.full(len(rows), 2166136261, dtype=np.uint32), (rows.x[:, shape.names.index("arch")] & 255).astype(np.uint32))
    row, column = [], []
    for n in shape.runs:
        last = min(shape.reach, PLACED) if n == 1 else shape.reach - n + 1
        for at in range(max(0, last)):
            state = fnv(salt, np.uint32(n))
            if n == 1:
                state = fnv(state, np.uint32(at))
            run = rows.start[:, at:at + n]
            for byte in run.T:
                state = fnv(state, byte.astype(np.uint32))
            here = np.flatnonzero((run != ABSENT).all(axis=1))
            row.append(here)
            column.append(((state ^ state >> np.uint32(16)) % np.uint32(1 << shape.bits))[here])
    row, column = np.concatenate(row), np.concatenate(column)
    hit = sparse.csr_matrix((np.ones(len(row), dtype=np.float64), (row, column)), shape=(len(rows), 1 << shape.bits))
    hit.data[:] = 1.0
    return hit


def encode(rows, shape):
    steps = [rows.x[:, shape.names.index(name)] >= c for name, at in shape.cuts.items() for c in at]
    facts = sparse.csr_matrix(shape.weight * np.stack(steps, axis=1).astype(np.float64))
    return sparse.hstack([facts, buckets(rows, shape)], format="csr") if shape.bits else facts


def row_weights(rows):
    """Programs of one package count less the more of them there are; every class weighs the root of its rows."""
    weight = np.ones(len(rows))
    for column in (np.char.add(np.char.add(rows.group, "|"), rows.label),):
        _, inverse, counts = np.unique(column, return_inverse=True, return_counts=True)
        weight /= np.sqrt(counts[inverse])
    for label in np.unique(rows.label):
        here = rows.label == label
        weight[here] *= np.sqrt(here.sum()) / weight[here].sum()
    return weight * len(rows) / weight.sum()


class Model:
    """classes, and one row of weights and one bias a class."""

    def __init__(self, shape, classes, weights, bias):
        self.shape, self.classes, self.weights, self.bias = shape, classes, weights, bias

    def logits(self, rows, x=None):
        x = encode(rows, self.shape) if x is None else x
        return np.asarray(x @ self.weights.T) + self.bias


def fit(rows, shape, x=None):
    x = encode(rows, shape) if x is None else x
    classes = [c for c in sorted(np.unique(rows.label), key=lambda c: (c != "none", c))]
    weight = row_weights(rows)
    weights, bias = [], []
    for name in classes:
        one = LogisticRegression(C=shape.strength, solver="liblinear", intercept_scaling=10, tol=1e-5, max_iter=2000,
                                 random_state=0)
        one.fit(x, rows.label == name, sample_weight=weight)
        weights.append(one.coef_[0])
        bias.append(float(one.intercept_[0]))
    return Model(shape, classes, np.array(weights), np.array(bias))


def to_terms(model):
    """Terms as `noroshi-model export` takes them, tables in logits. Tables are centred: the bias carries their middle."""
    shape, terms, bias, at = model.shape, [], model.bias.copy(), 0
    for name, cuts in shape.cuts.items():
        steps = model.weights[:, at:at + len(cuts)] * shape.weight
        at += len(cuts)
        table = np.concatenate([np.zeros((len(bias), 1)), np.cumsum(steps, axis=1)], axis=1)
        middle = (table.max(axis=1) + table.min(axis=1)) / 2
        bias += middle
        if np.abs(steps).max() > 1e-9:
            terms.append({"type": "bins", "feature": name, "cuts": [int(c) for c in cuts],
                          "weights": (table - middle[:, None]).tolist()})
        else:
            bias -= middle
    if shape.bits:
        terms.append({"type": "grams", "feature": "arch", "grams": list(shape.runs), "reach": shape.reach, "bits": shape.bits,
                      "weights": model.weights[:, at:].tolist()})
    return terms, bias.tolist()
