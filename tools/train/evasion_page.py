"""models/EVASION.md: the tables, and in words only what the tables say of the model that was measured."""
import hashlib
import math
import statistics

import evasion_curve

NEVER = "-"
SOME = 0.5         # found less often than this counts as an evasion that works
SOME_JITTER = 0.2


def span(seconds):
    if seconds is None or math.isinf(seconds):
        return NEVER
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def percent(share):
    return NEVER if share is None else f"{100 * share:.0f}"


def table(head, rows, last="---:"):
    """The first column is text, the others are numbers; the last one can be told otherwise."""
    marks = ["---"] + ["---:"] * (len(head) - 2) + [last]
    return "\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in (head, marks, *rows))


def summary(times):
    """(median, worst, how many were found); what was not found counts as later than everything."""
    late = sorted(math.inf if t is None else t for t in times)
    return statistics.median_high(late), late[-1], sum(t is not None for t in times)


def speed_cell(times):
    median, worst, n = summary(times)
    return f"{span(median)}, {span(worst)} ({n}/{len(times)})" if n else NEVER


def speed_table(speed):
    cells = {grid: speed_cell(times) for grid, times in speed}
    jitters = sorted({j for _, j in cells})
    return table(["period", *(f"jitter {j:.0%}" for j in jitters)],
                 [[f"{p:,} s", *(cells[p, j] for j in jitters)] for p in sorted({p for p, _ in cells})])


def speed_tables(by_sizes):
    return "\n\n".join(f"With {name} sizes:\n\n{speed_table(speed)}" for name, speed in by_sizes.items())


def slow_table(slow):
    periods = [p for p, _ in next(iter(slow.values()))]
    return table(["sizes", *(f"{p} s" for p in periods)],
                 [[name, *(percent(s) for _, s in row)] for name, row in slow.items()])


def bytes_table(rows):
    head = ["beacon, bytes in", *(f"{tx:,}" for tx, _ in rows[0][1])]
    return table(head, [[f"{p} s, jitter {j:.0%}, {bytes_words(rx)} in", *(percent(s) for _, s in shares)] for (p, j, rx), shares in rows])


def edge_words(rows):
    """The largest step between neighbouring sizes that differ by less than a tenth."""
    def steps():
        for (p, j, rx), shares in rows:
            for (tx, s), (next_tx, next_s) in zip(shares, shares[1:]):
                if next_tx <= 1.1 * tx:
                    yield abs(next_s - s), (f"{p} s, jitter {j:.0%}, {bytes_words(rx)} bytes in: {percent(s)} % with {tx:,} bytes out, "
                                            f"{percent(next_s)} % with {next_tx:,}")
    height, where = max(steps(), key=lambda step: step[0])
    if height < 0.5:
        return "* No two neighbouring sizes differ much in what is found."
    return (f"* **A tenth more or less can decide** ({where}). The model's weights of sizes are steps and were learned from few families, "
            "so a beacon near its threshold falls to either side by its sizes alone. [Sizes](#sizes) has the table.")


def vary_words(rows):
    """The largest loss where bytes in vary a little instead of being the same each time."""
    def losses():
        for (p, j, rx), even in rows:
            for (other_p, other_j, (least, most)), varied in rows:
                if (other_p, other_j) == (p, j) and least < rx[0] == rx[1] < most:
                    for (tx, s), (_, t) in zip(even, varied):
                        yield s - t, (f"{p} s, jitter {j:.0%}, {tx:,} bytes out: {percent(s)} % with {bytes_words(rx)} bytes in, "
                                      f"{percent(t)} % with {bytes_words((least, most))}")
    loss, where = max(losses(), key=lambda step: step[0])
    if loss < 0.5:
        return "* Replies that vary by a few bytes change little."
    return (f"* **Replies that vary by a few bytes can hide a beacon** ({where}). The captures have both: C2 on port "
            "443 whose replies are always the same, and some whose replies vary by about twenty bytes.")


def curve_table(curves, jitters):
    rows = [[f"{name}, {p} s, {shape}", *map(percent, shares)]
            for name, by_curve in curves.items() for (p, shape), shares in by_curve.items()]
    return table(["sizes, period, shape", *(f"{j:.0%}" for j in jitters)], rows)


def evasion_row(case, check_ins, size, found, with_large):
    name = case.name + (f" ({case.horizon_s // 3600} h)" if case.horizon_s != 86400 else "")
    shares = ["", "", percent(found)] if case.own_sizes else [percent(found), percent(with_large), ""]
    return [name, check_ins, f"{size / 1000:,.0f}", *shares, case.cost]


def evasion_table(evasions):
    return table(["evasion", "check-ins a day", "kB a day", "found, small", "found, large", "found, own sizes",
                  "what it costs the attacker"], [evasion_row(*row) for row in evasions], last="---")


def worst_share(row):
    return min(s for s in row[3:] if s is not None)


def misses(evasions):
    """What works, gathered under its reason."""
    by_reason = {}
    for row in evasions:
        if worst_share(row) < SOME:
            found = " and ".join(f"{percent(s)} %" for s in row[3:] if s is not None)
            by_reason.setdefault(row[0].why, []).append(f"{row[0].name} ({found})")
    return "\n".join(f"* {', '.join(names)}. {reason}" for reason, names in by_reason.items())


def seen_words(name, speed):
    """Of which periods most are found, with the median, at a jitter of 20 %."""
    told = [(p, summary(times)[0]) for (p, j), times in speed if j == SOME_JITTER]
    found = ", ".join(f"{p:,} s in {span(m)}" for p, m in told if not math.isinf(m))
    missed = ", ".join(f"{p:,} s" for p, m in told if math.isinf(m))
    return (f"* With 20 % jitter and {name} sizes, time to the verdict (median): {found or 'none in seven days'}"
            + (f"; not in seven days: {missed}." if found and missed else "."))


def slow_words(name, row):
    enough = next((p for p, share in row if share < SOME), None)
    if not enough:
        return f"* With {name} sizes, no sleep up to {row[-1][0]:,} s is enough to be missed within 24 hours more often than not."
    return f"* With {name} sizes, a sleep of {enough:,} s (20 % jitter) is enough to be missed within 24 hours more often than not."


def regular_words(measured):
    """Where no jitter at all hides better than a little of it."""
    some, cases = measured.jitters.index(SOME_JITTER), []
    for name, by_curve in measured.curves.items():
        for (period, shape), shares in by_curve.items():
            if shape == "symmetric" and shares[some] - shares[0] > 0.2:
                cases.append(f"{period} s, {name} sizes: {percent(shares[0])} % without, {percent(shares[some])} % with")
    if not cases:
        return "* A beacon without jitter is found within 24 hours about as often as one with 20 %."
    return ("* **Without any jitter a beacon is found less often than with 20 %**, against what one would expect "
            f"({'; '.join(cases)}). The model scores perfectly even gaps lower than slightly uneven ones, probably because much "
            "benign software polls by the clock.")


def in_short(measured):
    works = [row for row in measured.evasions if worst_share(row) < SOME]
    lines = [seen_words(*item) for item in measured.speed.items()]
    lines += [slow_words(*item) for item in measured.slow.items()]
    lines += [regular_words(measured), edge_words(measured.bytes), vary_words(measured.bytes),
              f"* Of {len(measured.evasions) - 1} other evasions {len(works)} work more often than not, with one choice of sizes or "
              "with both; they are gathered under [What works, and why](#what-works-and-why)."]
    return "\n".join(lines)


def identity(path):
    data = path.read_bytes()
    return f"serial {int.from_bytes(data[8:12], 'little')}, SHA-256 `{hashlib.sha256(data).hexdigest()[:16]}`"


def bytes_words(bounds):
    return f"{bounds[0]:,}" if bounds[0] == bounds[1] else f"{bounds[0]:,}-{bounds[1]:,}"


def sizes_words(sizes):
    return "\n".join(f"* {name} sizes: {bytes_words(b.tx)} bytes out, {bytes_words(b.rx)} in" for name, b in sizes.items())


def page(args, sizes, measured, picture):
    n_speed = len(next(iter(measured.speed.values()))[0][1])
    return f"""# What an attacker pays

How fast does the beacon model see a beacon, and what does it cost not to be seen? Measured with model {identity(args.model)}.
Written by `make evasion` (`tools/train/evasion.py`, seed {args.seed}); do not edit.

Every beacon stands alone: one public address without a name, TCP 443 unless said otherwise, no other traffic, no lost records. A sleep begins
when a check-in of 0.1 to 0.4 s has ended. Two choices of sizes:

{sizes_words(sizes)}

The first is a bare protocol; the second is what a TLS handshake with a chain of certificates and a short exchange can add up to, and
harder to find. HTTPS in the field lies on either side of what the model tells apart ([Sizes](#sizes)), so the larger
sizes are the ones to plan with. Found means an `open` verdict. Times are those of the traffic, from the first
check-in on. Judged is every minute (a device judges young destinations every ten seconds), and the minutes cut each beacon's rhythm
somewhere else. Where a score stays close to its threshold that alone moves the verdict, by hours.

## In short

{in_short(measured)}

## Time to the verdict

Median and worst of {n_speed} beacons, and how many were found within seven days; symmetric jitter. `-` is not within seven days.

{speed_tables(measured.speed)}

Six connections in a week are the least that is judged: nothing is found before five gaps have passed, and no even beacon that is
slower than one in 28 hours.

## Slower

Found within 24 hours, in % of {args.seeds}, with symmetric jitter of 20 %: what sleep is long enough?

{slow_table(measured.slow)}

## Sizes

Found within 24 hours, in % of {args.seeds}, by bytes out (columns, the same in every check-in) and in (a range is drawn from for each, as
signatures and cookies vary); symmetric jitter. The C2 pairs on port 443 of the captures that the model learned from send 1,130
and receive 1,190 bytes in the median.

{bytes_table(measured.bytes)}

## Jitter against detection

Found within 24 hours, in % of {args.seeds}. One-sided jitter draws gaps from p(1-j) to p, additive from p to p(1+j), symmetric
from p(1-j) to p(1+j).

![Curves of the table below]({picture})

{curve_table(measured.curves, measured.jitters)}

## Other evasions

A beacon of 300 s with 20 % symmetric jitter, changed in one way. Found within 24 hours (or as many as it says), in % of {args.seeds},
with small sizes, with large ones, or with its own where sizes belong to the evasion.

{evasion_table(measured.evasions)}

## What works, and why

Found less than half of the time, with one choice of sizes or with both:

{misses(measured.evasions) or "* none of them"}

They can be combined with each other and with a longer sleep.

## What these numbers are not

* Made beacons, not malware: [the card](beacon.card.md) has the figures on captures, held out by family. An implant that is used
  makes other traffic too.
* No false alarms are counted here. The thresholds are where the card says; lower ones would see more and disturb more.
* {args.seeds} beacons make a share: 50 % stands for {50 - margin(args.seeds)} to {50 + margin(args.seeds)} %, 0 % for up to {zero_margin(args.seeds)} %, 100 % for {100 - zero_margin(args.seeds)} % or more.
* The attacker tries fixed recipes. Searching with the model at hand finds better ones, and anybody can: it ships with the agent.
"""


def margin(n):
    """Of a share of one half in n tries, at 95 %, in points."""
    return round(100 * 1.96 * math.sqrt(0.25 / n))


def zero_margin(n):
    """Highest share that shows nothing in n tries at 95 %, in points."""
    return math.ceil(100 * (1 - 0.05 ** (1 / n)))


def write(args, sizes, measured):
    picture = args.out.with_name("evasion.svg")
    picture.write_text(evasion_curve.draw(measured.curves, measured.jitters))
    args.out.write_text(page(args, sizes, measured, picture.name))
