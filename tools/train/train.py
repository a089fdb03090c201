#!/usr/bin/python3
"""Trains the default beacon model.

  train.py [--build build/host] [--corpus ../shared/data/beacon] [--work build/train] [--captures 300]
           [--seed 1] [--serial N] [--quick] [-o models/beacon.nrm]

Simulates labelled captures (noroshi-sim), adds the open corpus where it is present, lets noroshi-model compute
the features, fits an additive model, measures it on captures and families that it has not seen, chooses
thresholds and calibration from those held-out scores, and has noroshi-model quantise and write the file. The
card beside the model (beacon.card.md) is rewritten with the figures. Same inputs and seed, same bytes.
"""
import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import additive
import card
import drift
import field
import peers
import rows as feature_rows

STRENGTH = 1.0          # inverse penalty of the logistic regression: best for laboratories and families that were held out
SIM_SHARE = 0.35        # weight of all simulated rows, relative to all rows of the corpus
SIM_ROWS = (2000, 6000) # simulated C2 and benign rows, one for each pair and window
BLIND_SHARE = 0.3       # weight of the copies without sizes, relative to their originals
FALSE_PER_DAY = 0.05    # false verdicts a day of a benign device, held-out models replaying the captures: where the threshold is set
LIMITS = np.arange(-1.0, 6.1, 0.25) # thresholds that are tried, in logits
FALSE_RATE = 0.02       # without captures: share of the days of good devices with anything flagged, held out
WEEK_FALSE_RATE = 0.05  # the same of weeks: a false one costs one verdict a week instead of one a day
SIBLINGS_ABOVE = 0.7    # logits that siblings have to be above the thresholds of single destinations (README.md)
CALIBRATION_POINTS = 9


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def call(*command):
    run = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"train: {Path(command[0]).name}: {run.stderr.strip()[-400:]}")
    return run.stdout


def schema_of(build):
    """Feature maxima and the schema's hash, from the tool that will write the model."""
    told = json.loads(call(build / "noroshi-model", "schema", "beacon"))
    return {f["name"]: f["max"] for f in told["features"]}, told["hash"]


def with_blind(parts, shares):
    """The parts and their copies without sizes."""
    return parts + [feature_rows.blinded(p) for p in parts], shares + [s * BLIND_SHARE for s in shares]


def learn(parts, shares, cuts):
    return additive.fit(*with_blind([p.take(p.alone()) for p in parts], shares), cuts, STRENGTH)


def maximum_cuts(rows, maxima):
    return additive.choose_cuts(rows.take(rows.alone()), maxima)


@dataclass
class Fold:
    """One group that is held out, and the model that has seen nothing of it."""
    out: np.ndarray  # mask of parts[0]
    model: additive.Linear
    cuts: dict


def learn_folds(groups, keep_of, parts, shares, maxima):
    """A fold for every group of parts[0]; keep_of(mask) tells what may be learned. The cuts are chosen anew in each."""
    rows = parts[0]
    for i, g in enumerate(np.unique(groups)):
        progress(f"held out {i + 1}: {g}")
        out = groups == g
        known = rows.take(keep_of(out))
        cuts = maximum_cuts(known, maxima)
        yield g, Fold(out, learn([known, *parts[1:]], shares, cuts), cuts)
    progress("")


def scores_of(rows, folds_by_group):
    scores = np.zeros(len(rows))
    for fold in folds_by_group.values():
        scores[fold.out] = fold.model.score(additive.encode(rows.take(fold.out), fold.cuts))
    return scores


def outside_families(rows):
    """What may be learned when `out` is held out: nothing of it, and nothing of its malware families from elsewhere."""
    return lambda out: ~out & ~(rows.bad & np.isin(rows.family, rows.family[out & rows.bad]))


def laboratory(capture):
    """Captures of one laboratory share their first word."""
    return capture.split("-")[0]


def laboratories(rows):
    return np.array([laboratory(c) for c in rows.capture])


def folds(rows, n):
    captures = {c: i % n for i, c in enumerate(np.unique(rows.capture))}
    return np.array([captures[c] for c in rows.capture])


def device_days(rows):
    """For every row: number of its device (capture and local address) and day; or week, of weeks."""
    days = rows.slot // np.maximum(1, 86400 // np.array(feature_rows.WINDOW_S))[rows.window]
    return additive.per_group(rows.capture, [p.split("|")[1] for p in rows.pair], days)


def threshold(rows, scores, rate):
    """The budget is one of days, not of rows: a service that a device calls at many addresses all day is one false alarm of one
    device, and does not move the threshold of all others. A young destination looks the same on every window, so that the
    lowest threshold would be everybody's: there is one for all."""
    good = ~rows.bad & ~rows.siblings()
    day = device_days(rows.take(good))
    highest = np.full(day.max() + 1, -np.inf)
    np.maximum.at(highest, day, scores[good])
    return float(np.sort(highest)[::-1][int(rate * len(highest))]) + 0.05


def thresholds(rows, scores):
    """(of every window up to a day, of the week)"""
    week = rows.window == feature_rows.WEEK
    return (threshold(rows.take(~week), scores[~week], FALSE_RATE), threshold(rows.take(week), scores[week], WEEK_FALSE_RATE))


def week_term(above):
    """A model has no threshold for the week, so the difference to that of a day is a term."""
    return {"type": "bins", "feature": "win", "cuts": [feature_rows.WEEK], "weights": [[0.0, above]]}


def siblings_term():
    return {"type": "bins", "feature": "siblings", "cuts": [1], "weights": [[0.0, -SIBLINGS_ABOVE]]}


def calibration(rows, scores):
    """Score -> percent, from held-out scores: a logistic curve of one slope, sampled."""
    from sklearn.linear_model import LogisticRegression
    alone = rows.alone()
    rows, scores = rows.take(alone), scores[alone]
    curve = LogisticRegression(C=10).fit(scores[:, None], rows.bad, sample_weight=additive.row_weights(rows))
    at = np.linspace(-6, 8, CALIBRATION_POINTS)
    percent = np.minimum(99, np.floor(100 * curve.predict_proba(at[:, None])[:, 1])).astype(int)
    return [[float(a), int(p)] for a, p in zip(at, np.maximum.accumulate(percent))]


def options():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--build", type=Path, default=Path("build/host"))
    ap.add_argument("--corpus", type=Path, default=Path("../shared/data/beacon"))
    ap.add_argument("--work", type=Path, default=Path("build/train"))
    ap.add_argument("--captures", type=int, default=300, help="simulated captures")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--serial", type=int, default=1)
    ap.add_argument("--quick", action="store_true", help="four folds of captures instead of one for each: for tests")
    ap.add_argument("-o", "--out", type=Path, default=Path("models/beacon.nrm"))
    return ap.parse_args()


def gather(a):
    """Rows of the open corpus (None if it is not there) and of simulated captures, made where they are missing."""
    a.work.mkdir(parents=True, exist_ok=True)
    sim_dir = a.work / f"sim-{a.seed}-{a.captures}"
    if not (sim_dir / "labels.tsv.gz").exists():
        progress("simulating")
        call(a.build / "noroshi-sim", "--training", a.captures, "--seed", a.seed, "-o", sim_dir)
    program = a.build / "noroshi-model"
    tell = lambda i, n, source: progress(f"features {i + 1}/{n}: {source}")
    real = feature_rows.of_corpus(program, a.corpus, tell) if a.corpus.exists() else None
    return real, feature_rows.thin(feature_rows.of_corpus(program, sim_dir, tell), *SIM_ROWS, a.seed)


def describe(schema_hash, linear, cuts, rows, limit, week_limit, curve):
    terms, bias = additive.to_bins(linear, cuts, rows.take(rows.alone()))
    return {"kind": "beacon", "schema_hash": schema_hash, "name": "beacon", "outputs": ["beacon"], "bias": [bias],
            "terms": [week_term(limit - week_limit), *terms, siblings_term()],
            "thresholds": dict.fromkeys(("1h", "6h", "24h"), limit), "calibration": curve}


def export(a, description, name, out):
    """Writes the model to `out`; returns the tool's report."""
    path = a.work / f"{name}.json"
    path.write_text(json.dumps(description, indent=1) + "\n")
    return call(a.build / "noroshi-model", "export", "--from", "additive-json", path, "--schema", "beacon", "--serial", a.serial,
                "--report", "-o", out)


def replay_held_out(a, corpus, folds_by_group, describe_with, limit):
    """What would be told at this threshold if every capture were judged by the model that has not seen its laboratory."""
    model_of = {}
    for group, fold in folds_by_group.items():
        model_of[group] = a.work / f"held-out-{group}.nrm"
        export(a, describe_with(fold.model, fold.cuts, limit), f"held-out-{group}", model_of[group])
    captures = [field.capture_of(log) for log in corpus.logs()]
    return field.measure(a.build / "noroshi-replay", corpus,
                         {c: model_of.get(laboratory(c), model_of[group]) for c in captures})


def choose_limit(a, folds_by_group, describe_with):
    """The lowest threshold that keeps the budget of false verdicts a day; and what is told at every one that was tried."""
    corpus, tried = field.Corpus(a.corpus), []
    for limit in LIMITS:
        progress(f"replaying at {limit:+.2f}")
        tried.append((float(limit), replay_held_out(a, corpus, folds_by_group, describe_with, float(limit))))
        if tried[-1][1].per_day() <= FALSE_PER_DAY:
            break
    progress("")
    return tried[-1][0], tried


def measure(a, real, parts, shares, maxima):
    """(the folds that steer thresholds and calibration, named score sets of parts[0], the first one theirs)"""
    rows = parts[0]
    if a.quick or not real:
        steer = dict(learn_folds(folds(rows, 4), lambda out: ~out, parts, shares, maxima))
        return steer, {"held out": scores_of(rows, steer)}
    steer = dict(learn_folds(laboratories(rows), outside_families(rows), parts, shares, maxima))
    captures = dict(learn_folds(rows.capture, lambda out: ~out, parts, shares, maxima))
    sets = {"laboratory and its families left out": scores_of(rows, steer), "leave one capture out": scores_of(rows, captures)}
    rita = peers.rita(a.corpus, real)
    return steer, sets if rita is None else {**sets, "RITA v5, the same rows": rita}


def main():
    a = options()
    maxima, schema_hash = schema_of(a.build)
    real, simulated = gather(a)
    parts, shares = ([real, simulated], [1, SIM_SHARE]) if real else ([simulated], [1])
    judged = parts[0]
    cuts = maximum_cuts(judged, maxima)
    steer, score_sets = measure(a, real, parts, shares, maxima)
    held = next(iter(score_sets.values()))
    model = learn(parts, shares, cuts)
    score_sets["in sample"] = model.score(additive.encode(judged, cuts))
    (limit, week_limit), curve, tried = thresholds(judged, held), calibration(judged, held), []
    describe_with = lambda linear, at, limit: describe(schema_hash, linear, at, judged, limit, week_limit, curve)
    if real and not a.quick:
        limit, tried = choose_limit(a, steer, describe_with)
    description = describe_with(model, cuts, limit)
    report = export(a, description, "beacon", a.out)
    profile_path = a.out.with_suffix(".profile.tsv")
    learned = judged.take(judged.alone())
    moved = drift.moved(drift.read(profile_path), learned)
    drift.write(profile_path, drift.profile(learned, cuts))
    print(card.figure_table(judged, score_sets))
    print(card.drift_lines(moved))
    sim_scores = model.score(additive.encode(simulated, cuts))
    card.write(a.out.with_suffix(".card.md"), a, card.Facts(parts, real is not None, description, score_sets, sim_scores, moved,
                                                          tried, (FALSE_PER_DAY, WEEK_FALSE_RATE), report))


if __name__ == "__main__":
    main()
