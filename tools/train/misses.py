"""What the held-out model does not find, each with its reason, and what was tried against it."""
import numpy as np

import figures
from rows import WINDOWS

# Seen in the rows of the captures: what such a window looks like beside benign ones.
REASONS = {
    "APT29 emulation": "an operator at work: hundreds of connections in minutes, without a period",
    "Emotet": "a call every 15 minutes to one of a list, four to eight in a window, with replies of changing sizes: a slow cloud "
              "client looks the same",
    "Hakai": "retries to two dead servers, seconds and most of a minute apart by turns: where a window ends decides whether half of the "
             "sixteen remembered gaps lie far from the median",
    "Hancitor": "calls every two minutes that are kept open until the next",
    "IcedID": "exactly every 301.6 s: antivirus and desktop clouds keep 300.3 s as exactly, and an hour holds a dozen calls or bursts of "
              "few seconds between",
    "Merlin": "padding gives every check-in another size, and there are few of them",
    "Torii": "two short bursts of failed retries, half a day apart: a client whose server is down does that",
    "Zeus Panda": "jobs of several connections at uneven times, with the sizes of ordinary TLS: a cloud client that synchronises is as uneven",
    "custom HTTP agent": "200 to 350 s at random on port 80: an hour holds a dozen gaps, too few to tell a spread of 27 % from browsing",
    "njRAT": "retries to a dead server, in pairs",
}
UNKNOWN = "too few windows to say"

ATTEMPTS = """
## What was tried

Aims of held-out captures that are not reached: 24 h with no false one 0.60, at 1 % 0.95; 6 h with no false one the same; families at 1 % 0.85 with
the family left out. Two windows of one desktop (a cloud service on several addresses, polled every 30 s in bursts, as malware does its jobs)
stand above most C2, and they alone decide what is found with no false one. Attempts, each measured on the same captures: 24 h, found
with no false one and at 1 %.

| attempt | capture out | family out | laboratory out |
| --- | ---: | ---: | ---: |
| as before: steps free to go both ways | 0.16, 0.93 | 0.09, 0.80 | 0.04, 0.70 |
| without `peak` (fullest minute) | 0.23, 0.93 | 0.11, 0.84 | 0.05, 0.64 |
| more regular is never less suspicious (`RISING`, `FALLING`): what ships | 0.27, 0.95 | 0.20, 0.82 | 0.11, 0.75 |
| the same but for `gap_max` | | | 0.07, 0.71 |
| the same without `peak` | 0.32, 0.93 | 0.18, 0.82 | 0.11, 0.70 |
| the same without `peak`, 9 cuts instead of 13 | 0.13, 0.91 | 0.07, 0.75 | |
| the same, simulated rows at 12 % instead of 6 % | 0.27, 0.95 | 0.20, 0.84 | |
| free steps, 7 cuts | 0.25, 0.93 | 0.14, 0.79 | |
| free steps, every laboratory weighs the root of its rows | 0.18, 0.93 | 0.09, 0.82 | |

Earlier: crosses of two features, shares of the two commonest sizes, doubling retries, silent minutes, more weight for simulated rows (3, 10,
30 %), penalties 0.5, 0.15, 0.05, terms linear in ranks, gradient boosting (as a bound, not for the device): none moved held-out families by
more than the noise of 56 positives. One window is 0.018.

Left out because the captures cannot teach them: whether a destination has a name (connection logs have no names; the verdict tells it), how
long the device has known it and how soon after the start it was contacted (a capture of malware begins with the infection and is short; both would
measure that).
"""


def lines(rows, scores):
    """One line for every family that is not found whole, at 1 % false positives on some window."""
    out = []
    found = {w: figures.per_family(rows, scores, w) for w in range(len(WINDOWS)) if (rows.bad & (rows.window == w)).any()}
    for family in np.unique(rows.family[rows.bad]):
        missed = [f"{total - hits} of {total} in {WINDOWS[w]}" for w, told in sorted(found.items(), reverse=True)
                  for hits, total in [told.get(family, (0, 0))] if hits < total]
        if missed:
            out.append(f"* {family}, missed {', '.join(missed)}: {REASONS.get(family, UNKNOWN)}.")
    return "Missed, and why:\n\n" + "\n".join(out) if out else "None is missed."
