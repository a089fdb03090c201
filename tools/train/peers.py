"""RITA's published score on the same 24 h windows, where the script that computes it lies beside the corpus."""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from rows import WINDOWS

NOT_SCORED = -1.0  # fewer than four different seconds: RITA leaves such a pair out


def rita(corpus, rows):
    """Its score for every row of 24 h (others are NaN), or None."""
    script = corpus.parent.parent / "tools" / "rita_score.py"
    if not script.exists():
        return None
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        run = subprocess.run([sys.executable, script, corpus, "--unit", "port", "--json", out.name], capture_output=True)
        if run.returncode:
            return None
        told = json.loads(Path(out.name).read_text())
    scored = {(t["source"], t["window"], "|".join((t["source"], *map(str, t["unit"])))): t["scores"] for t in told}
    scores = np.full(len(rows), np.nan)
    for i in np.flatnonzero((rows.window == WINDOWS.index("24h")) & rows.alone()):
        found = scored.get((rows.capture[i], int(rows.slot[i]), rows.pair[i]))
        scores[i] = found["score"] if found else NOT_SCORED
    return scores
