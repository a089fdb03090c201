"""What the device would say: rules and a model together (agent/scan/decide.c), over held-out rows."""
import numpy as np

import packer_fit

PLAIN = ("none", "shc")  # classes that are not packed
RELATIVES = 0.9          # see thresholds
MISNAMED = 0.002


class Scores:
    """Of each row: score (best packer less best plain class), best (that packer's own output), packer and plain (names)."""

    def __init__(self, n):
        self.score, self.best = np.zeros(n), np.zeros(n)
        self.packer, self.plain = np.empty(n, dtype="U31"), np.empty(n, dtype="U31")

    def set(self, where, model, logits):
        classes = np.array(model.classes)
        plain = np.isin(classes, PLAIN)
        packed_logits, plain_logits = logits[:, ~plain], logits[:, plain]
        self.best[where] = packed_logits.max(axis=1)
        self.score[where] = self.best[where] - plain_logits.max(axis=1)
        self.packer[where] = classes[~plain][packed_logits.argmax(axis=1)]
        self.plain[where] = classes[plain][plain_logits.argmax(axis=1)]

    def take(self, mask):
        out = Scores(0)
        for name in ("score", "best", "packer", "plain"):
            setattr(out, name, getattr(self, name)[mask])
        return out


def score(model, rows):
    out = Scores(len(rows))
    out.set(slice(None), model, model.logits(rows))
    return out


def held_out(rows, shape, held, progress=lambda text: None):
    """Every row scored by a model that has seen none of the rows with its value of `held`; "" is never held out."""
    out, x = Scores(len(rows)), packer_fit.encode(rows, shape)
    for value in np.unique(held):
        if value == "":
            continue
        progress(f"held out: {value}")
        here = held == value
        model = packer_fit.fit(rows.take(~here), shape, x[~here])
        out.set(here, model, model.logits(None, x[here]))
    return out


def folds(rows, n=5):
    """A fold for each row, the same for all of a group."""
    groups = np.unique(rows.group)
    number = dict(zip(np.random.RandomState(1).permutation(groups), np.arange(len(groups)) % n))
    return np.array([f"fold {number[g]}" for g in rows.group])


def left_out_packers(rows, shape, progress=lambda text: None):
    """The packed rows and their scores by models that were not taught their packer at all."""
    packers = np.where(np.isin(rows.label, PLAIN), "", rows.label)
    packed = packers != ""
    return rows.take(packed), held_out(rows, shape, packers, progress).take(packed)


def unnamed(rows):
    """Where no rule names a packer."""
    return np.isin(rows.ruled, ("", "unknown"))


def thresholds(rows, scores, left_out):
    """packed: 0, where the best packer is above the best plain class. named: where no more than MISNAMED of the files of a packer that
    was taught lose a name that is right, or, if that is higher, what RELATIVES of the files of a packer that was left out stay
    below, so that so many of them do not get the name of a relative. Only files count that no rule names."""
    others, their = left_out
    right = unnamed(rows) & (scores.packer == rows.label)
    relatives, own = their.best[unnamed(others)], scores.best[right]
    return {"packed": 0.0, "named": float(max(np.quantile(relatives, RELATIVES), np.quantile(own, MISNAMED)))}


def calibration(rows, scores, points=9):
    """Score -> percent from held-out scores: a logistic curve of one slope, sampled."""
    from sklearn.linear_model import LogisticRegression
    packed = ~np.isin(rows.label, PLAIN)
    weight = np.where(packed, 0.5 / packed.sum(), 0.5 / (~packed).sum()) * len(rows)
    curve = LogisticRegression(C=10).fit(scores.score[:, None], packed, sample_weight=weight)
    at = np.linspace(-4, 4, points)
    percent = np.minimum(99, np.floor(100 * curve.predict_proba(at[:, None])[:, 1])).astype(int)
    return [[float(a), int(p)] for a, p in zip(at, np.maximum.accumulate(percent))]


def verdicts(rows, scores, limits, with_rules=True, with_model=True):
    """(packed, class) of every row, as decide.c has it."""
    ruled = rows.ruled if with_rules else np.full(len(rows), "", dtype="U31")
    sure = with_model & (scores.best >= limits["named"])
    packed = (ruled != "") | (with_model & (scores.score >= limits["packed"]))
    name = np.where(np.isin(ruled, ("", "unknown")), np.where(sure, scores.packer, "unknown"), ruled)
    plain = scores.plain if with_model else np.full(len(rows), "none", dtype="U31")
    return packed, np.where(packed, name, plain)
