"""The additive model: every feature cut into bins, one weight a bin, fitted by logistic regression.

A feature with an order is coded by its steps (x >= cut), so that the penalty holds neighbouring bins together;
a feature that names a class is coded by its classes. Both become plain bins in what is exported. Steps of what
measures regularity may go one way only: more regular is never less suspicious.
"""
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

CLASSES = ("port", "place", "proto", "ntp")
# Not used, each for a reason: `span` and `hours` tell how long a capture was before they tell about the
# destination; `win` would let the model lean on which captures are long. The durations depend on who closes
# and on how a recorder sees the end of a connection. The others say again what their neighbours say
# (gap_med: vis_med; gap_iqr, gap_near: gap_mad; vis_iqr, vis_mad, vis_near, vis_run: gap_mad and vis_harm;
# tx_mad, tx_same: tx_med; rx_mad, rx_same: rx_max; acf, fill, hist_*: vis_*; ratio, rx_med: tx_med; fail:
# fail_now; peak: n; blind: the sizes), and with few C2 windows each more feature is one more way to
# remember a capture. `fail_now` held failures against an implant whose server is gone. The skews told
# laboratories apart. `siblings` is 0 for all that is learned; `win` holds a week to its own threshold
# (train.py).
UNUSED = ("siblings", "win", "span", "hours", "dur_med", "dur_mad", "gap_med", "gap_iqr", "gap_near",
          "gap_skew", "vis_iqr", "vis_mad", "vis_near", "vis_run", "vis_skew", "tx_mad", "tx_same",
          "rx_med", "rx_mad", "rx_same", "acf", "fill", "hist_top", "hist_used", "ratio", "fail",
          "fail_now", "peak", "blind")
CUTS = 13
# Quantiles of few rows would give one service's size a bin of its own.
OCTAVES = {"tx_med": (8, 40, 48, 56, 64, 72, 80, 88, 96, 104)}
# Captures of malware are short and have no C2 slower than 18 minutes in them; that is no reason to think it harmless.
LAST_CUT = {"vis_med": 160}
RISING = ("vis_harm", "vis_alt")
FALLING = ("gap_mad", "gap_max")


def choose_cuts(rows, maxima):
    cuts = {}
    for j, name in enumerate(rows.names):
        if name in UNUSED:
            continue
        if name in CLASSES:
            cuts[name] = np.arange(1, maxima[name] + 1)
            continue
        quantiles = np.quantile(rows.x[:, j], np.linspace(0.04, 0.96, CUTS))
        at = np.unique(OCTAVES.get(name, np.floor(quantiles).astype(int)))
        at = at[(at >= 1) & (at <= LAST_CUT.get(name, maxima[name]))]
        if len(at):
            cuts[name] = at
    return cuts


def encode(rows, cuts):
    columns = []
    for name, at in cuts.items():
        x = rows.x[:, rows.names.index(name)]
        columns += [(x == c) if name in CLASSES else (x >= c) for c in at]
    return np.stack(columns, axis=1).astype(np.float32)


def per_group(*columns):
    """For every row: number of its group (rows that agree in all columns)."""
    return np.unique(["|".join(map(str, key)) for key in zip(*columns)], return_inverse=True)[1]


def row_weights(rows):
    """A pair that appears in many windows counts less in each, a family that brought many C2 rows in each of them; bad rows together
    weigh half of the good ones."""
    pair = per_group(rows.pair, rows.window)
    w = 1 / np.sqrt(np.bincount(pair)[pair])
    if rows.bad.any():
        family = per_group(rows.family[rows.bad], rows.window[rows.bad])
        w[rows.bad] /= np.sqrt(np.bincount(family, weights=w[rows.bad])[family])
        w[rows.bad] *= 0.5 * w[~rows.bad].sum() / w[rows.bad].sum()
    return w


@dataclass
class Linear:
    steps: np.ndarray  # one weight for each column of encode()
    bias: float

    def score(self, x):
        return x @ self.steps + self.bias


def step_bounds(cuts):
    """(least, most) of every step; None is no bound."""
    return [(0 if name in RISING else None, 0 if name in FALLING else None) for name, at in cuts.items() for _ in at]


def fit(parts, shares, cuts, strength):
    """Logistic regression with a square penalty. parts: lists of rows; shares: the total weight of each relative to the
    first one's."""
    weights = [row_weights(p) for p in parts]
    whole = weights[0].sum()
    weights = [w * share * whole / w.sum() for w, share in zip(weights, shares)]
    x = np.concatenate([encode(p, cuts) for p in parts])
    y = np.concatenate([p.bad for p in parts])
    side, weight = np.where(y, 1, -1), strength * np.concatenate(weights)

    def loss(v):
        margin = side * (x @ v[:-1].astype(np.float32) + v[-1])
        slope = -side * weight / (1 + np.exp(margin))
        return (weight @ np.logaddexp(0, -margin) + 0.5 * v[:-1] @ v[:-1],
                np.append(x.T @ slope.astype(np.float32) + v[:-1], slope.sum()))

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=step_bounds(cuts) + [(None, None)],
                     options={"maxiter": 400, "ftol": 1e-7})
    return Linear(found.x[:-1], float(found.x[-1]))


def to_bins(model, cuts, rows):
    """Bin tables in logits, centred so that a contribution is relative to the average good row; and the bias."""
    terms, bias, at = [], model.bias, 0
    good = rows.take(~rows.bad)
    for name, c in cuts.items():
        steps = model.steps[at:at + len(c)]
        at += len(c)
        table = np.concatenate([[0.0], steps if name in CLASSES else np.cumsum(steps)])
        centre = table[np.searchsorted(c, good.x[:, good.names.index(name)], side="right")].mean()
        bias += centre
        terms.append({"type": "bins", "feature": name, "cuts": [int(v) for v in c],
                      "weights": [[float(v - centre) for v in table]]})
    return terms, bias
