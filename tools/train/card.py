"""The model card: what the model was made of, what it finds, and what it does not."""
from dataclasses import dataclass

import numpy as np

import figures
import misses
from rows import WEEK, WINDOWS

PORT_CLASSES = ("other registered", "NTP", "DNS", "DHCP", "discovery", "HTTP", "HTTPS", "HTTP elsewhere", "push, MQTT",
                "remote administration", "mail", "file sharing", "other system port", "ephemeral", "chat, IRC", "no port")


@dataclass
class Facts:
    parts: list        # rows of each source; the first one is judged
    has_real: bool
    description: dict  # what noroshi-model was given
    score_sets: dict   # name: scores of parts[0]; the first one is held out
    sim_scores: np.ndarray  # of the simulator's rows, by the shipped weights; None without captures
    moved: list        # drift.moved()
    tried: list        # (threshold, field.Field): held-out models replaying the captures; empty without captures
    false_rates: tuple # verdicts a device-day, share of weeks
    report: str        # of noroshi-model


def figure_table(rows, score_sets):
    lines = ["| scores | window | C2 rows | benign rows | AUC | found, no false one | at 1 % | at 5 % | families, at 1 % |",
             "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for name, scores in score_sets.items():
        for w in (2, 1, 0):
            told = (rows.window == w) & rows.alone() & ~np.isnan(scores)
            f = figures.of_window(rows.take(told), scores[told], w)
            if f:
                lines.append(f"| {name} | {WINDOWS[w]} | {f['positives']} | {f['negatives']} | {f['auc']:.4f} | "
                             f"{f['tpr0']:.3f} | {f['tpr1']:.3f} | {f['tpr5']:.3f} | {f['family_tpr1']:.3f} |")
    return "\n".join(lines)


def spread_table(rows, scores):
    """What draws of captures make of the figures of one score set."""
    lines = ["| window | AUC | found at 1 % | families, at 1 % |", "| --- | ---: | ---: | ---: |"]
    for w in (2, 1, 0):
        low_high = figures.spread(rows.take(rows.alone()), scores[rows.alone()], w)
        if low_high:
            lines.append(f"| {WINDOWS[w]} | " + " | ".join(f"{low:.3f} - {high:.3f}" for low, high in low_high) + " |")
    return "\n".join(lines)


def field_table(tried):
    lines = ["| threshold | C2 pairs with a verdict | of those with 20 connections and more | families | false verdicts | a device-day |",
             "| ---: | ---: | ---: | ---: | ---: | ---: |"]
    lines += [f"| {limit:+.2f} | {f.found} of {f.pairs} | {f.many_found} of {f.many} | {f.families:.3f} | {f.false} in {f.days:.0f} days | "
              f"{f.per_day():.3f} |" for limit, f in tried]
    return "\n".join(lines)


def family_table(rows, scores):
    lines = ["| family | 24 h | 6 h | 1 h |", "| --- | ---: | ---: | ---: |"]
    found = [figures.per_family(rows, scores, w) for w in (2, 1, 0)]
    for family in sorted(set().union(*found)):
        cells = (f"{t[family][0]}/{t[family][1]}" if family in t else "" for t in found)
        lines.append(f"| {family} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def limits_of(rows, description):
    """What the score of every row, without the terms of weeks and siblings, has to reach."""
    week, siblings = (description["terms"][i]["weights"][0][1] for i in (0, -1))
    limit = [description["thresholds"].get(w) for w in WINDOWS]
    limit[WEEK] = limit[WINDOWS.index("24h")] - week
    return np.array(limit)[rows.window] - siblings * rows.siblings()


def service_table(rows, scores, description):
    """Held-out benign windows by port class: how many, how many above the threshold, the highest margin."""
    limit = limits_of(rows, description)
    lines = ["| benign service | windows | flagged | nearest, logits |", "| --- | ---: | ---: | ---: |"]
    for number, name in enumerate(PORT_CLASSES):
        here = ~rows.bad & (rows.feature("port") == number)
        if here.any():
            margin = (scores - limit)[here]
            lines.append(f"| {name} | {here.sum()} | {(margin >= 0).sum()} | {margin.max():+.1f} |")
    return "\n".join(lines)


def beyond_table(facts, held):
    """Weeks and siblings, which are not learned: benign windows of captures (held out) and of the simulator that are
    flagged, and simulated C2 weeks that are found."""
    lines = ["| what | window | captures, benign: flagged | simulator, benign: flagged | simulator, C2: found |",
             "| --- | --- | ---: | ---: | ---: |"]
    sources = list(zip(facts.parts, (held, facts.sim_scores)))
    for what, window in (("week", WEEK), *(("siblings", w) for w in (2, 1, 0))):
        cells = [] if facts.has_real else [""]
        for bad, (rows, scores) in [(False, s) for s in sources] + [(True, sources[-1])]:
            here = (rows.window == window) & (rows.siblings() == (what == "siblings")) & (rows.bad == bad)
            above = scores[here] >= limits_of(rows, facts.description)[here]
            cells.append(f"{above.sum()} of {here.sum()}" if here.any() else "")
        lines.append(f"| {what} | {WINDOWS[window]} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def drift_lines(moved, count=5):
    if not moved:
        return "No earlier training to compare with."
    return "Population stability index of the benign rows against the last training: " + ", ".join(
        f"`{name}` {index:.3f}" for index, name in moved[:count])


def data_lines(parts, has_real):
    names = (["open corpus"] if has_real else []) + ["simulator"]
    learned = [p.take(p.alone()) for p in parts]
    return "\n".join(f"* {name}: {len(np.unique(p.capture))} captures, {int(p.bad.sum())} C2 rows, "
                     f"{int((~p.bad).sum())} benign rows over three windows" for name, p in zip(names, learned))


def strongest(description, count=12):
    ranked = sorted(description["terms"], key=lambda t: min(t["weights"][0]) - max(t["weights"][0]))
    return "\n".join(f"* `{t['feature']}`: {min(t['weights'][0]):+.2f} .. {max(t['weights'][0]):+.2f} logits"
                     for t in ranked[:count])


def write(path, args, facts):
    rows, description = facts.parts[0], facts.description
    held_name, held = next(iter(facts.score_sets.items()))
    alone = rows.alone()
    single, single_held = rows.take(alone), held[alone]
    limit = description["thresholds"]["24h"]
    path.write_text(f"""# Model card: beacon, serial {args.serial}

Does this destination behave like the check-ins of command-and-control software? An additive model over bins, {len(description['terms'])}
features, integers on the device. Written by `tools/train/train.py`; do not edit.

## Made of

{data_lines(facts.parts, facts.has_real)}

A row is one destination in one tumbling window with at least six connections. Simulated captures: `noroshi-sim --training
{args.captures} --seed {args.seed}`. Every row without failures is learned a second time without its sizes.

## Figures

"Laboratory and its families left out" is the figure to believe: every row is scored by a model that knows
nothing of its laboratory, and of no malware family that this laboratory has, from wherever it comes; the cuts are
chosen anew for each. "Leave one capture out" knows the other captures of the laboratory. "In sample" is what the shipped weights say of their own training rows. RITA's score is its
published formula on the same 24 h windows (not scored counts as lowest).

{figure_table(rows, facts.score_sets)}

Nine in ten of 200 draws of captures (with replacement), {held_name}:

{spread_table(rows, held)}

Found at 1 % false positives, windows, by family, {held_name}:

{family_table(single, single_held)}

{misses.lines(single, single_held)}

Benign windows by service, {held_name}, at the shipped thresholds:

{service_table(single, single_held, description)}

## Weeks and siblings

Slow destinations (visits at least 20 minutes apart) are judged on a week too, and the young servers without a name of one host
together (siblings, `agent/core/siblings.h`). Both are judged by the weights of single destinations and are not learned: no capture has such C2
in it. In connection logs nothing has a name, so services behind content networks count among the siblings here; on a device that sees DNS
or SNI they do not. [EVASION.md](EVASION.md) tells what is found.

{beyond_table(facts, held)}

## Thresholds

{limit:+.2f} logits on every window up to a day: the lowest of the steps below that keeps {facts.false_rates[0]:.2f} false verdicts a day of a
benign device, when every capture is replayed by the model that knows neither its laboratory nor its families. A false verdict
counts once a pair and day. Device-days are those of hosts that talk to nothing but benign destinations, in captures of six hours and more.

{field_table(facts.tried)}

A young destination looks the same on every window, so the lowest threshold would be that of all. The week has the term `win`, set where
anything is flagged in {100 * facts.false_rates[1]:.0f} % of benign devices' weeks: {description['terms'][0]['weights'][0][1]:+.2f} logits. Siblings have a term too: \
{description['terms'][-1]['weights'][0][1]:+.2f} logits. A verdict opens when the score
stayed above for an eighth of the time that the destination is known, 15 minutes at most.

{misses.ATTEMPTS.strip()}

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
