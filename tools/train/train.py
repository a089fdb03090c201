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
from pathlib import Path

import numpy as np

import additive
import card
import drift
import peers
import rows as feature_rows

STRENGTH = 1.0          # inverse penalty of the logistic regression: best for laboratories and families that were held out
SIM_SHARE = 0.06        # weight of all simulated rows, relative to all rows of the corpus
SIM_ROWS = (2000, 6000) # simulated C2 and benign rows, one for each pair and window
BLIND_SHARE = 0.3       # weight of the copies without sizes, relative to their originals
FALSE_RATE = 0.03       # share of the days of good devices with anything flagged, held out: where the threshold is set
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


def held_out(group_of, parts, shares, cuts):
    """Scores of parts[0], each group (group_of(rows)) scored by a model that has seen none of it."""
    rows, scores = parts[0], np.zeros(len(parts[0]))
    groups = group_of(rows)
    for i, g in enumerate(np.unique(groups)):
        progress(f"held out {i + 1}: {g}")
        out = groups == g
        model = learn([rows.take(~out), *parts[1:]], shares, cuts)
        scores[out] = model.score(additive.encode(rows.take(out), cuts))
    progress("")
    return scores


def family_groups(rows):
    """Rows of a family form a group, good rows of a capture another."""
    return np.where(rows.bad, np.char.add("family ", rows.family), np.char.add("capture ", rows.capture))


def laboratories(rows):
    """Captures of one laboratory share their first word."""
    return np.array([c.split("-")[0] for c in rows.capture])


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


def measure(a, real, parts, shares, cuts):
    """Named score sets of parts[0]; the first one is held out and steers thresholds and calibration."""
    if a.quick or not real:
        return {"held out": held_out(lambda rows: folds(rows, 4), parts, shares, cuts)}
    sets = {"leave one capture out": held_out(lambda rows: rows.capture, parts, shares, cuts),
            "leave one family out": held_out(family_groups, parts, shares, cuts),
            "leave one laboratory out": held_out(laboratories, parts, shares, cuts)}
    rita = peers.rita(a.corpus, real)
    return sets if rita is None else {**sets, "RITA v5, the same rows": rita}


def main():
    a = options()
    maxima, schema_hash = schema_of(a.build)
    real, simulated = gather(a)
    parts, shares = ([real, simulated], [1, SIM_SHARE]) if real else ([simulated], [1])
    judged = parts[0]
    cuts = additive.choose_cuts(judged.take(judged.alone()), maxima)
    score_sets = measure(a, real, parts, shares, cuts)
    held = next(iter(score_sets.values()))
    model = learn(parts, shares, cuts)
    score_sets["in sample"] = model.score(additive.encode(judged, cuts))
    terms, bias = additive.to_bins(model, cuts, judged.take(judged.alone()))
    limit, week_limit = thresholds(judged, held)
    description = {"kind": "beacon", "schema_hash": schema_hash, "name": "beacon", "outputs": ["beacon"],
                   "bias": [bias], "terms": [week_term(limit - week_limit), *terms, siblings_term()],
                   "thresholds": dict.fromkeys(("1h", "6h", "24h"), limit),
                   "calibration": calibration(judged, held)}
    path = a.work / "beacon.json"
    path.write_text(json.dumps(description, indent=1) + "\n")
    report = call(a.build / "noroshi-model", "export", "--from", "additive-json", path, "--schema", "beacon",
                  "--serial", a.serial, "--report", "-o", a.out)
    profile_path = a.out.with_suffix(".profile.tsv")
    learned = judged.take(judged.alone())
    moved = drift.moved(drift.read(profile_path), learned)
    drift.write(profile_path, drift.profile(learned, cuts))
    print(card.figure_table(judged, score_sets))
    print(card.drift_lines(moved))
    sim_scores = model.score(additive.encode(simulated, cuts))
    card.write(a.out.with_suffix(".card.md"), a, card.Facts(parts, real is not None, description, score_sets, sim_scores,
                                                          moved, (FALSE_RATE, WEEK_FALSE_RATE), report))


if __name__ == "__main__":
    main()
