#!/usr/bin/env python3
"""Files that hide a payload are found, and honest files that look packed are not: the inputs of tools/train/packer_kinds.py.

models/PACKER_EVASION.md has the same files with figures, and the escapes that remain."""
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools/train"))
import packer_kinds  # noqa: E402

NOROSHI = Path(os.environ.get("BUILD", "build/host")).resolve() / "noroshi"
ESCAPES = {"zeros after a payload (5 to 31 times as long)", "payload in base64 appended", "payload in a section that is not loaded",
           "whole archive that is the payload"}  # in words in the page
TAMPERED = {"UPX, text or zeros after it", "UPX, PackHeader all zeros but its magic", "UPX, e_ident altered"}


def wanted(group, kind, verdict):
    """What is wrong with a verdict, "" if nothing is."""
    packed = group != "honest" and kind not in ESCAPES
    if verdict["packed"] != packed:
        return "flagged" if verdict["packed"] else "not flagged"
    if verdict["tampered"] != (kind in TAMPERED):
        return "tampered is wrong"
    if (kind.startswith("cut-off") or "cut at" in kind) != verdict.get("incomplete", False):
        return "incomplete is wrong"
    return "" if group != "packed_by_upx" or verdict["class"] == "upx" else f"called {verdict['class']}"


def main():
    failed, n, groups = 0, 0, set()
    with tempfile.TemporaryDirectory() as name:
        for group, kind, files in packer_kinds.kinds():
            groups.add(group)
            for i, verdict in enumerate(packer_kinds.measure(NOROSHI, Path(name), files)):
                n += 1
                wrong = wanted(group, kind, verdict)
                failed += wrong != ""
                if wrong:
                    print(f"# {kind}, file {i}: {wrong}: {verdict}")
    print(f"{'ok' if not failed else 'not ok'} 1 - {n} files of {len(groups)} groups")
    if "packed_by_upx" not in groups:
        print("# skip: no UPX to pack with")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
