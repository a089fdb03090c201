"""The model card: what the model was made of, what it finds, and what it does not."""
from dataclasses import dataclass

import numpy as np

import figures
from rows import WINDOWS

PORT_CLASSES = ("other registered", "NTP", "DNS", "DHCP", "discovery", "HTTP", "HTTPS", "HTTP elsewhere", "push, MQTT",
                "remote administration", "mail", "file sharing", "other system port", "ephemeral", "chat, IRC", "no port")


@dataclass
class Facts:
    parts: list        # rows of each source; the first one is judged
    has_real: bool
    description: dict  # what noroshi-model was given
    score_sets: dict   # name: scores of parts[0]; the first one is held out
    moved: list        # drift.moved()
    false_rate: float
    report: str        # of noroshi-model


def figure_table(rows, score_sets):
    lines = ["| scores | window | C2 rows | benign rows | AUC | found, no false one | at 1 % | at 5 % | families, at 1 % |",
             "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for name, scores in score_sets.items():
        for w in (2, 1, 0):
            told = (rows.window == w) & ~np.isnan(scores)
            f = figures.of_window(rows.take(told), scores[told], w)
            if f:
                lines.append(f"| {name} | {WINDOWS[w]} | {f['positives']} | {f['negatives']} | {f['auc']:.4f} | "
                             f"{f['tpr0']:.3f} | {f['tpr1']:.3f} | {f['tpr5']:.3f} | {f['family_tpr1']:.3f} |")
    return "\n".join(lines)


def family_table(rows, scores):
    lines = ["| family | 24 h | 6 h | 1 h |", "| --- | ---: | ---: | ---: |"]
    found = [figures.per_family(rows, scores, w) for w in (2, 1, 0)]
    for family in sorted(set().union(*found)):
        cells = (f"{t[family][0]}/{t[family][1]}" if family in t else "" for t in found)
        lines.append(f"| {family} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def service_table(rows, scores, thresholds):
    """Held-out benign windows by port class: how many, how many above the threshold, the highest margin."""
    limit = np.array([thresholds[w] for w in WINDOWS])[rows.window]
    lines = ["| benign service | windows | flagged | nearest, logits |", "| --- | ---: | ---: | ---: |"]
    for number, name in enumerate(PORT_CLASSES):
        here = ~rows.bad & (rows.feature("port") == number)
        if here.any():
            margin = (scores - limit)[here]
            lines.append(f"| {name} | {here.sum()} | {(margin >= 0).sum()} | {margin.max():+.1f} |")
    return "\n".join(lines)


def drift_lines(moved, count=5):
    if not moved:
        return "No earlier training to compare with."
    return "Population stability index of the benign rows against the last training: " + ", ".join(
        f"`{name}` {index:.3f}" for index, name in moved[:count])


def data_lines(parts, has_real):
    names = (["open corpus"] if has_real else []) + ["simulator"]
    return "\n".join(f"* {name}: {len(np.unique(p.capture))} captures, {int(p.bad.sum())} C2 rows, "
                     f"{int((~p.bad).sum())} benign rows over three windows" for name, p in zip(names, parts))


def strongest(description, count=12):
    ranked = sorted(description["terms"], key=lambda t: min(t["weights"][0]) - max(t["weights"][0]))
    return "\n".join(f"* `{t['feature']}`: {min(t['weights'][0]):+.2f} .. {max(t['weights'][0]):+.2f} logits"
                     for t in ranked[:count])


def write(path, args, facts):
    rows, description = facts.parts[0], facts.description
    held_name, held = next(iter(facts.score_sets.items()))
    limits = ", ".join(f"{w} {t:+.2f}" for w, t in description["thresholds"].items())
    path.write_text(f"""# Model card: beacon, serial {args.serial}

Does this destination behave like the check-ins of command-and-control software? An additive model over bins, {len(description['terms'])}
features, integers on the device. Written by `tools/train/train.py`; do not edit.

## Made of

{data_lines(facts.parts, facts.has_real)}

A row is one destination in one tumbling window with at least six connections. Simulated captures: `noroshi-sim --training
{args.captures} --seed {args.seed}`. Every row without failures is learned a second time without its sizes.

## Figures

"Leave one capture out" scores every row with a model that has seen nothing of its capture; "leave one family out" with one that
has seen nothing of its malware family. "In sample" is what the shipped weights say of their own training rows. RITA's score is its
published formula on the same 24 h windows (not scored counts as lowest).

{figure_table(rows, facts.score_sets)}

Found at 1 % false positives, windows, by family, {held_name}:

{family_table(rows, held)}

Benign windows by service, {held_name}, at the shipped thresholds:

{service_table(rows, held, description['thresholds'])}

## Thresholds

In logits, set where {100 * facts.false_rate:.1f} % of held-out benign windows are flagged: {limits}.

## Strongest features

{strongest(description)}

## Drift

{drift_lines(facts.moved)}

## Limits

* Timing alone cannot tell C2 from vendor clouds that poll by the clock; sizes, ports and failures carry the rest.
* Fewer than six connections in a window are not judged. A beacon inside one long connection is not seen from connection records.
* An attacker who knows the model can stay below it by sending rarely, irregularly and in varying sizes.
* The corpus is small and most of its captures come from laboratories; the held-out figures are the ones to believe.

## Quantisation

```
{facts.report.strip()}
```
""")
