#!/usr/bin/python3
"""False positives of `noroshi scan` on executables and libraries of Debian packages that training never saw.

Every package of packer-packages.txt's `bench` lines, for every architecture of packer_debs.py, is unpacked into a temporary folder
and scanned; what is flagged is listed. Exit 1 if anything is.
"""
import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

import packer_debs
import packer_rows


def unpacked(archive, archs):
    """(architecture, {path: "package path"}) for one package after the other; the files last until the next one."""
    for arch in archs:
        for deb in archive.fetch(packer_debs.SUITES[arch][0], arch, packer_debs.wanted("bench")):
            if deb.stem.endswith("_all") and arch != archs[0]:
                continue
            with tempfile.TemporaryDirectory() as tmp:
                names = {}
                for number, (path, data) in enumerate(packer_debs.members(deb)):
                    if packer_debs.is_program(data):
                        file = Path(tmp) / str(number)
                        file.write_bytes(data)
                        names[str(file)] = f"{deb.name.split('_')[0]} {path}"
                yield arch, names


def options():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--build", type=Path, default=Path("build/host"))
    ap.add_argument("--arch", action="append", help="only these (default: all)")
    return ap.parse_args()


def main():
    a = options()
    elf, scripts, flagged = Counter(), Counter(), []
    for arch, names in unpacked(packer_debs.Archive(), a.arch or list(packer_debs.SUITES)):
        for path, told in packer_rows.scan(a.build, "--all", files=list(names)).items():
            with open(path, "rb") as f:
                (elf if f.read(4) == b"\x7fELF" else scripts)[arch] += 1
            if told["noroshi"]["packed"]:
                flagged.append((arch, names[path], told["noroshi"]["class"], told["noroshi"]["why"]))
        print(f"\r\033[K{arch}: {elf[arch]}", end="", file=sys.stderr, flush=True)
    print("\r\033[K", end="", file=sys.stderr)
    for arch in elf:
        print(f"{arch:10} {elf[arch]:6} executables and libraries, {scripts[arch]:5} scripts")
    print(f"{'all':10} {sum(elf.values()):6} executables and libraries, {sum(scripts.values()):5} scripts, {len(flagged)} false positives")
    for line in flagged:
        print("\t".join(line))
    sys.exit(1 if flagged else 0)


if __name__ == "__main__":
    main()
