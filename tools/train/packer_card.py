"""The card of the packer models: what they were made of, what they find, and what they do not."""
from collections import Counter
from dataclasses import dataclass

import numpy as np

import packer_judge
from packer_judge import PLAIN

# Published for the same collection of Windows executables (FFRI, PackerDetectionToolEvaluation, corrected 2021-03).
PE_PEERS = "| PEiD's signatures (pypeid), published by FFRI | 73.2 % | 54.8 % |\n| Detect It Easy, published by FFRI | 84.9 % | 0.7 % |"


@dataclass
class Result:
    title: str
    rows: object
    scores: object


@dataclass
class Trained:
    task: dict
    model: object
    limits: dict
    rows: object
    results: list    # the first one is in sample, the second one steers the thresholds
    left_out: tuple  # packer_judge.left_out_packers
    report: str      # of noroshi-model


def share(part, whole, digits=2):
    return f"{100 * part / whole:.{digits}f} %" if whole else "-"


def result_line(trained, result):
    rows, plain = result.rows, np.isin(result.rows.label, PLAIN)
    packed, name = packer_judge.verdicts(rows, result.scores, trained.limits)
    alone, _ = packer_judge.verdicts(rows, result.scores, trained.limits, with_rules=False)
    right = (name == rows.label).sum()
    return (f"| {result.title} | {(~plain).sum()} | {share((packed & ~plain).sum(), (~plain).sum())} | "
            f"{share((alone & ~plain).sum(), (~plain).sum())} | {plain.sum()} | {(packed & plain).sum()} | {share(right, len(rows))} |")


def result_table(trained):
    return "\n".join(["| what the scoring model has not seen | packed | found | by the model alone | not packed | flagged | class right |",
                      "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"] + [result_line(trained, r) for r in trained.results])


def missed_lines(trained, most=12):
    """What the steering set gets wrong, counted by what it is."""
    rows, scores = trained.results[1].rows, trained.results[1].scores
    _, name = packer_judge.verdicts(rows, scores, trained.limits)
    wrong = Counter((rows.label[i], str(rows.version[i]), str(rows.variant[i]), name[i]) for i in np.flatnonzero(name != rows.label))
    lines = [f"* {label} {version} {variant}".rstrip() + f" called {said}: {n}" for (label, version, variant, said), n in
             wrong.most_common(most)]
    rest = sum(wrong.values()) - sum(n for _, n in wrong.most_common(most))
    return "\n".join(lines + ([f"* others: {rest}"] if rest else [])) or "Nothing."


def unseen_table(trained, rows):
    known = set(trained.model.classes)
    scores = packer_judge.score(trained.model, rows)
    lines = ["| packer | files | by the rules | by the model alone | together | called unknown |",
             "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for label in sorted(np.unique(rows.label), key=lambda name: (name == "none", name in known, name)):
        here = rows.label == label
        part, its = rows.take(here), scores.take(here)
        both, name = packer_judge.verdicts(part, its, trained.limits)
        rules, _ = packer_judge.verdicts(part, its, trained.limits, with_model=False)
        alone, _ = packer_judge.verdicts(part, its, trained.limits, with_rules=False)
        title = "none (clean)" if label == "none" else f"{label} (learned)" if label in known else label
        lines.append(f"| {title} | {len(part)} | {share(rules.sum(), len(part), 1)} | {share(alone.sum(), len(part), 1)} | "
                     f"{share(both.sum(), len(part), 1)} | {share((both & (name == 'unknown')).sum(), len(part), 1)} |")
    return "\n".join(lines)


def bench_lines(trained, rows):
    packed, name = packer_judge.verdicts(rows, packer_judge.score(trained.model, rows), trained.limits)
    flagged = [f"* {rows.arch[i]} {rows.group[i]}: {name[i]}" for i in np.flatnonzero(packed)[:20]]
    lines = [f"{len(rows)} ELF files of packages that training does not touch, {len(np.unique(rows.arch))} architectures: "
             f"{packed.sum()} flagged. `make bench-packer-fp` asks the shipped program itself. Nothing is learned from these files, but rules were mended "
             "where they flagged some of them (seven of one package), so it is a check that was passed, not an estimate.", ""]
    return "\n".join(lines + flagged).strip()


def left_out_line(trained):
    rows, scores = trained.left_out
    packed, name = packer_judge.verdicts(rows, scores, trained.limits)
    unnamed = packer_judge.unnamed(rows)
    unknown = (packed & (name == "unknown") & unnamed).sum()
    return (f"With one packer at a time left out of the training altogether, {share(packed.sum(), len(rows))} of its files are found (rules "
            f"and model); of those that no rule names, {share(unknown, (packed & unnamed).sum())} are called unknown, the others by the name "
            "of a relative.")


def made_of(rows):
    count = Counter(rows.label)
    kinds = ", ".join(f"{label} {count[label]}" for label in sorted(count, key=lambda c: -count[c]))
    archs = sorted(a for a in np.unique(rows.arch) if a)
    told = f", {len(archs)} architectures ({' '.join(archs)})" if archs else ""
    return f"{len(rows)} files of {len(np.unique(rows.group))} programs or packages{told}: {kinds}."


def pe_section(pe):
    if pe is None:
        return "Not trained in this run."
    result = pe.results[1]
    plain = result.rows.label == "none"
    packed, name = packer_judge.verdicts(result.rows, result.scores, pe.limits)
    best = np.where(result.scores.score >= 0, result.scores.packer, result.scores.plain)
    return f"""{made_of(pe.rows)} Grouped by the name of the program that was packed.

| | class right | clean files flagged |
| --- | ---: | ---: |
| noroshi, as the device decides (rules, model, unknown) | {share((name == result.rows.label).sum(), len(name))} | {share((packed & plain).sum(), plain.sum(), 1)} |
| the model's best of {len(pe.model.classes)} classes | {share((best == result.rows.label).sum(), len(best))} | {share((best[plain] != 'none').sum(), plain.sum(), 1)} |
{PE_PEERS}

{left_out_line(pe)}

Wrong, held out:

{missed_lines(pe)}

```
{pe.report.strip()}
```"""


def page(args, elf, pe, unseen, bench):
    limits = ", ".join(f"{name} {value:+.2f}" for name, value in elf.limits.items())
    return f"""# Model card: packer, serial {args.serial}

Is this executable packed, and by what? Bins of facts and hashed n-grams of the bytes where it starts, one output a class ({', '.join(elf.model.classes)}),
integers on the device; the structural rules of `agent/scan` stand beside it. Written by `tools/train/packer.py`; do not edit.

A packer is not malware. gzexe and makeself are scripts and named by rules alone.

## Made of

{made_of(elf.rows)}

Debian's programs as they are (with Go, Rust, Haskell, static programs, language runtimes, programs with archives appended), and packed
by three versions of UPX with twelve sets of options, headers damaged in twelve ways; shell scripts compiled by shc; the labelled corpus.

## Found

"Package" leaves out whole packages (five parts), the others one architecture or one version of one packer. Rules and model together, as the
device decides, and the model alone. Only the model is held out: the rules were written and mended with these very files at hand, and the model's
few settings were chosen among some ten on the same parts. So "by the model alone" is the held-out figure, and both are on the hopeful side.

{result_table(elf)}

Wrong, package held out:

{missed_lines(elf)}

## Packers that no model was taught

{left_out_line(elf)}

The packers of the table are not unseen by the rules: the one for appended payloads was written after looking at them, those for writable code and for naming
were checked on them. Without it the rules found 100 % of midgetpack, 49 % of Pakkero and none of Ezuri and Ward. A packer that nobody
has looked at is better judged by the sentence above and by the column of the model alone.

{unseen_table(elf, unseen) if unseen is not None else "Not measured in this run."}

## False positives

{bench_lines(elf, bench) if bench is not None else "Not measured in this run."}

## Thresholds

In logits: {limits}. Packed where the best packer is above the best class that is not packed; named above
what {100 * packer_judge.RELATIVES:.0f} % of the files of a packer that was left out altogether reach as somebody else's, or higher where that costs no more than
{100 * packer_judge.MISNAMED:.1f} % of the right names.

## Limits

* A loader that looks like an ordinary program (static, with sections, nothing dense in it) shows nothing to a look at headers and entry bytes. A
  plain payload appended, split or text-encoded is seen only where a rule knows its form.
* A small program that imports little and is mostly a compressed resource, in a writable segment or in the one with the code, is
  flagged by a rule: nothing in its headers tells it from a loader.
* A packer that nobody has looked at, without a strong structural mark, may be called none; one that is built like a class that was learned gets its name.
* shc's output is an ordinary compiled program: it is named by its imports, and a static one by little.
* Shared libraries packed by UPX 3 whose headers are damaged are where the rules miss; on an architecture that was not learned the model misses some too.
* About half of Pakkero's files have UPX's chain of blocks with a tampered header and are called upx; whether Pakkero runs UPX itself was not checked.
* makeself without compression carries a plain tar and is not flagged.
* One packer of the corpus (k1) exists in one version only.

## Quantisation

```
{elf.report.strip()}
```

## Windows executables

{pe_section(pe)}
"""
