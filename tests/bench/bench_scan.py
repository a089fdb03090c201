#!/usr/bin/env python3
"""What a look at a file costs and finds, beside peers: `upx -t`, a whole-file entropy rule, YARA with the text that public
signatures for UPX look for. All in one run, over the labelled corpus of ../shared/data/packer, cache warm."""
import csv
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

CORPUS = Path("../shared/data/packer")
BUILD = Path(os.environ.get("BUILD", "build/host"))
LOAD = BUILD / "bench" / "scan_load"
INSTRUCTIONS = 1_200_000  # 300 microseconds at four instructions a nanosecond
RULES = 'rule upx { strings: $a = "UPX!" $b = "$Id: UPX" condition: uint32(0) == 0x464c457f and any of them }\n'


def load(mode, names):
    out = subprocess.run([LOAD, mode], input="\n".join(names) + "\n", capture_output=True, text=True, check=True).stdout.splitlines()
    n, median, mean, most = map(int, out[-1].split()[1:])
    return set(out[:-1]), n, median, mean, most


def instructions(names):
    """A file, by callgrind."""
    with tempfile.TemporaryDirectory() as work:
        done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=measured",
                               f"{LOAD}.elf", "scan"], input="\n".join(names) + "\n", capture_output=True, text=True, cwd=os.getcwd())
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1)) // len(names)


def found_by(command, names):
    """Files for which the command ends with 0 and prints something that names them, and milliseconds a file."""
    start = time.monotonic()
    found = {name for name in names if command(name)}
    return found, (time.monotonic() - start) * 1000 / len(names)


def row(what, found, truth, cost, budget=""):
    recall = 100 * len(found & truth["packed"]) / len(truth["packed"])
    print(f"{what}\t{cost}, recall {recall:.1f} %, {len(found - truth['packed'] - truth['shc'])} false\t{budget}")


def unpack(folder):
    truth = {"packed": set(), "shc": set(), "all": []}
    for tar in sorted(CORPUS.glob("*.tar.xz")):
        with tarfile.open(tar) as t:
            t.extractall(folder / tar.name)
    with (CORPUS / "labels.tsv").open() as f:
        for r in csv.DictReader(f, delimiter="\t"):
            name = str(folder / r["path"].replace("!", "/"))
            truth["all"].append(name)
            if r["packer"] != "none":
                truth["shc" if r["packer"] == "shc" else "packed"].add(name)
    return truth


def peers(truth, folder):
    names = truth["all"]
    found, _, median, _, _ = load("entropy", names)
    row("entropy of the whole file > 7 bits", found, truth, f"{median / 1000:.0f} us")
    upx = shutil.which("upx") or shutil.which("upx-ucl")
    if upx:
        found, ms = found_by(lambda name: subprocess.run([upx, "-t", name], capture_output=True).returncode == 0, names)
        row("upx -t, a process a file", found, truth, f"{ms:.1f} ms")
    if shutil.which("yara"):
        rules = folder / "upx.yar"
        rules.write_text(RULES)
        found, ms = found_by(lambda name: subprocess.run(["yara", rules, name], capture_output=True).stdout != b"", names)
        row("yara, text of UPX, a process a file", found, truth, f"{ms:.1f} ms")
    program = BUILD / "noroshi"
    found, ms = found_by(lambda name: subprocess.run([program, "scan", name], capture_output=True).returncode == 1, names)
    row("noroshi scan, a process a file", found, truth, f"{ms:.1f} ms")


def main():
    if not CORPUS.is_dir():
        print("../shared/data/packer is not there")
        return 77
    status = 0
    with tempfile.TemporaryDirectory() as folder:
        truth = unpack(Path(folder))
        load("scan", truth["all"])
        found, n, median, mean, most = load("scan", truth["all"])
        row(f"packer scan, {n} files, warm: median", found, truth, f"{median / 1000:.0f} us (mean {mean / 1000:.0f})", "<= 300 us")
        print(f"most bytes read of a file\t{most}\t<= 65536")
        if shutil.which("valgrind"):
            count = instructions(truth["all"][::8])
            print(f"packer scan, a file\t{count} instructions\t<= {INSTRUCTIONS}")
            status = int(count > INSTRUCTIONS)
        peers(truth, Path(folder))
    return status or int(most > 65536)


if __name__ == "__main__":
    sys.exit(main())
