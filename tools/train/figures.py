"""The figures by which detectors are compared: AUC, and true-positive rate at a false-positive rate."""
import numpy as np


def auc(good, bad):
    scores = np.concatenate([good, bad])
    order = scores.argsort(kind="stable")
    ranks = np.empty(len(scores))
    values, starts, counts = np.unique(scores[order], return_index=True, return_counts=True)
    ranks[order] = np.repeat(starts + (counts + 1) / 2, counts)
    return (ranks[len(good):].sum() - len(bad) * (len(bad) + 1) / 2) / (len(good) * len(bad))


def limit_at(good, rate):
    """The score that at most rate * len(good) good rows exceed."""
    allowed = int(rate * len(good))
    return np.sort(good)[::-1][allowed] if allowed < len(good) else -np.inf


def of_window(rows, scores, window):
    """One line of the table: everything about one window."""
    here = rows.window == window
    good, bad = scores[here & ~rows.bad], scores[here & rows.bad]
    if not len(good) or not len(bad):
        return None
    family = rows.family[here & rows.bad]
    out = {"positives": len(bad), "negatives": len(good), "auc": auc(good, bad)}
    for name, rate in (("tpr0", 0), ("tpr1", 0.01), ("tpr5", 0.05)):
        found = bad > limit_at(good, rate)
        out[name] = found.mean()
        out["family_" + name] = np.mean([found[family == f].mean() for f in np.unique(family)])
    return out


def per_family(rows, scores, window, rate=0.01):
    here = rows.window == window
    limit = limit_at(scores[here & ~rows.bad], rate)
    bad = here & rows.bad
    return {f: (int((scores[bad & (rows.family == f)] > limit).sum()), int((bad & (rows.family == f)).sum()))
            for f in np.unique(rows.family[bad])}


def spread(rows, scores, window, draws=200, seed=1):
    """(5 %, 95 %) of AUC, found at 1 % and families at 1 % over draws of captures with replacement; None if a window has one class only."""
    captures, at = np.unique(rows.capture, return_inverse=True)
    random, told = np.random.RandomState(seed), []
    of_capture = [np.flatnonzero(at == i) for i in range(len(captures))]
    for _ in range(draws):
        drawn = np.concatenate([of_capture[i] for i in random.randint(len(captures), size=len(captures))])
        f = of_window(rows.take(drawn), scores[drawn], window)
        if f:
            told.append((f["auc"], f["tpr1"], f["family_tpr1"]))
    return [tuple(np.quantile(column, (0.05, 0.95))) for column in zip(*told)] if told else None
