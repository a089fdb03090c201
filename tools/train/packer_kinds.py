#!/usr/bin/env python3
"""What somebody does to a packed file so that it is not found, what happens to an honest file so that it is, and what
noroshi scan says of both.

  packer_kinds.py SCANNER [--before SCANNER] [-o models/PACKER_EVASION.md]

SCANNER is a noroshi program. Every input is made here: small harmless programs that gcc compiles, archives that Python
writes, random bytes in the place of a payload, and copies packed by the UPX of tests/system/upxlab.py if there is one.
Nothing is run but compilers and packers. Random numbers have a fixed seed.
"""
import argparse
import base64
import bz2
import gzip
import io
import json
import lzma
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests/system"))
import upxlab  # noqa: E402

SOURCE = """#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static char table[%d] = {1};
int main(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        printf("%%s %%zu %%d\\n", argv[i], strlen(argv[i]), table[i]);
    return argc > %d ? EXIT_FAILURE : EXIT_SUCCESS;
}
"""
FLAGS = {"pie": [], "no-pie": ["-no-pie"], "static": ["-static"], "one-page": ["-Wl,-z,noseparate-code"], "stripped": ["-s", "-O2"]}
CUTS = (300, 1000, 3000, 5000, 0.125, 0.25, 0.5)
PAYLOAD = 64 * 1024


def compile_program(folder, name, flags):
    source, out = folder / f"{name}.c", folder / name
    source.write_text(SOURCE % (100 + 777 * len(name), len(name)))
    subprocess.run(["gcc", *flags, "-o", out, source], check=True, capture_output=True)
    return out.read_bytes()


def late_start(folder, name, flags):
    """The start in a segment of its own behind all others, where llvm-bolt puts the code that it has laid out anew."""
    source, out = folder / f"late-{name}.s", folder / f"late-{name}"
    source.write_text('.section .late,"ax",@progbits\n.globl late_start\nlate_start: jmp _start\n' + "nop\n" * 3000 +
                      '.section .note.GNU-stack,"",@progbits\n')
    subprocess.run(["gcc", "-no-pie", *flags, "-Wl,--section-start=.late=0x10000000,-e,late_start", "-o", out, folder / f"{name}.c", source],
                   check=True, capture_output=True)
    return out.read_bytes()


def noise(seed, n=PAYLOAD):
    return random.Random(seed).randbytes(n)


def text(n):
    return (b"The quick brown fox jumps over the lazy dog. " * (n // 45 + 1))[:n]


def members():
    """Files of an archive: text and something that is compressed already."""
    return {"a.txt": text(9000), "b.bin": noise(3, 30000)}


def zip_bytes(method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, content in members().items():
            z.writestr(name, content)
    return out.getvalue()


def small_zip(wide):
    """One stored file of 400 random bytes; with the end records of zip64 if asked for (APPNOTE 4.3)."""
    content, flags = noise(14, 400), (45 if wide else 20, 0, 0, 0, 0, 0, 400, 400, 1, 0)
    local = b"PK\3\4" + struct.pack("<HHHHHIIIHH", *flags) + b"a" + content
    directory = b"PK\1\2" + struct.pack("<HHHHHHIIIHHHHHII", 45, *flags, 0, 0, 0, 0, 0) + b"a"
    size, offset, end = len(directory), len(local), b""
    if wide:
        end = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, size, offset)
        end += b"PK\6\7" + struct.pack("<IQI", 0, offset + size, 1)
        size = offset = 0xffffffff
    return local + directory + end + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, size, offset, 0)


def pyinstaller():
    body, entry = noise(11, 40000), struct.pack(">IIIIBc", 32, 0, 40000, 40000, 0, b"s") + b"main".ljust(14, b"\0")
    length = len(body) + len(entry) + 88
    return body + entry + b"MEI\014\013\012\013\016" + struct.pack(">IIII", length, len(body), len(entry), 311) + b"libpython".ljust(64, b"\0")


def bun(size_of_program):
    blob = noise(12, 40000)
    offsets = struct.pack("<QIIII", len(blob), 0, 0, 0, 0).ljust(32, b"\0")
    whole = size_of_program + len(blob) + 32 + 16 + 8
    return blob + offsets + b"\n---- Bun! ----\n" + struct.pack("<Q", whole)


def squashfs():
    head = struct.pack("<4sIIIIHHHHHHQQ", b"hsqs", 3, 0, 131072, 1, 1, 17, 0, 1, 4, 0, 0, 96 + 60000)
    return head.ljust(96, b"\0") + noise(13, 60000)


def run_tool(command, content):
    if shutil.which(command[0]) is None:
        return None
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout


def archives(program):
    content = text(5000) + noise(5, 50000)
    made = {"zip": zip_bytes(zipfile.ZIP_DEFLATED), "zip, stored": zip_bytes(zipfile.ZIP_STORED), "gzip": gzip.compress(content, mtime=0),
            "xz": lzma.compress(content), "bzip2": bz2.compress(content), "squashfs": squashfs(), "PyInstaller": pyinstaller(),
            "Bun": bun(len(program)), "zstd": run_tool(["zstd", "-q", "-c"], content), "lz4": run_tool(["lz4", "-q", "-c"], content)}
    return {name: data for name, data in made.items() if data is not None}


FORGED = {"zip": b"PK\3\4", "gzip": b"\x1f\x8b\x08\0", "xz": b"\xfd7zXZ\0", "bzip2": b"BZh9", "zstd": b"\x28\xb5\x2f\xfd", "7z": b"7z\xbc\xaf\x27\x1c",
          "squashfs": b"hsqs", "ar": b"!<arch>\n", "dwarfs": b"DWARFS\2\5", "rar": b"Rar!\x1a\7\0"}
FORGED_ENDS = {"zip": b"PK\5\6" + bytes(18), "PyInstaller": b"MEI\014\013\012\013\016" + bytes(80), "Deno": b"d3n0l4nd" + bytes(32),
               "Bun": b"\n---- Bun! ----\n" + bytes(8)}


def image(machine, flags, content):
    """A 32-bit ELF image as firmware is shipped: headers, hashes, one writable and executable segment, no sections."""
    entries = [(0, 0, 0, 0, 180, 180, 0x7000000), (0, 0x1000, 0, 0, 64, 64, 0x2200000)] if flags else []
    entries.append((1, 0x2000, 0x100000, 0x100000, len(content), len(content) + 9000, 7))
    head = b"\x7fELF\1\1\1" + bytes(9) + struct.pack("<HHIIIIIHHHHHH", 2, machine, 1, 0x100000, 52, 0, 0, 52, 32, len(entries), 40, 0, 0)
    for kind, offset, vaddr, paddr, n_file, n_memory, rights in entries:
        head += struct.pack("<IIIIIIII", kind, offset, vaddr, paddr, n_file, n_memory, rights, 4096)
    return head.ljust(0x2000, b"\0") + content


def with_section(folder, program, content):
    (folder / "in").write_bytes(program)
    (folder / "content").write_bytes(content)
    subprocess.run(["objcopy", "--add-section", f".extra={folder / 'content'}", folder / "in", folder / "out"], check=True, capture_output=True)
    return (folder / "out").read_bytes()


def xor(content, key):
    return bytes(b ^ key[i % len(key)] for i, b in enumerate(content))


def cut(content, where):
    return content[:int(where * len(content)) if where < 1 else where]


def honest(folder, programs):
    base = programs["pie"]
    yield "cut-off program", [cut(p, c) for p in programs.values() for c in CUTS]
    yield "firmware of a machine without Linux", [image(164, False, noise(21)), image(164, True, noise(22)), image(165, False, noise(23))]
    yield "firmware, led by descriptions of headers and hashes", [image(40, True, noise(24)), image(40, True, text(PAYLOAD))]
    yield "program laid out anew, with its start last", [late_start(folder, name, flags) for name, flags in FLAGS.items() if name != "pie"]
    yield "archive appended that parses", [base + a for a in archives(base).values()]
    yield "text or zeros appended", [base + text(PAYLOAD), base + bytes(PAYLOAD), base + base64.b64encode(noise(6))]
    yield "script with a zip archive that runs itself", [line + zip_bytes(zipfile.ZIP_DEFLATED) for line in (b"#!/usr/bin/env python3\n", b"#!/bin/bash\n")]
    yield "script with a small archive, or one of zip64", [b"#!/bin/bash\nexit\n" + small_zip(False), b"#!/bin/bash\nexit\n" + small_zip(True)]
    yield "script with base64", [b"#!/usr/bin/python3\nx = '''" + base64.encodebytes(noise(7)) + b"'''\n"]


def hiding(folder, programs):
    base, dense = programs["pie"], noise(31)
    yield "payload behind the magic of an archive", [base + magic + dense for magic in FORGED.values()]
    yield "payload before the end mark of a bundle", [base + dense + end for end in FORGED_ENDS.values()]
    yield "payload before a whole zip archive", [base + dense + zip_bytes(zipfile.ZIP_DEFLATED)]
    yield "zeros before a payload (4 to 8 KiB)", [base + bytes(n) + dense for n in (4096, 6000, 8192)]
    yield "zeros after a payload (1 to 2 times as long)", [base + dense + bytes(n * PAYLOAD) for n in (1, 2)]
    yield "text around a payload (as long as it)", [base + text(PAYLOAD // 2) + dense + text(PAYLOAD // 2)]
    yield "zeros after a payload (5 to 31 times as long)", [base + dense + bytes(n * PAYLOAD) for n in (5, 31)]
    yield "program appended under one byte", [base + xor(programs["static"], bytes([k])) for k in (1, 0x5a, 0xff)]
    yield "program appended under sixteen bytes", [base + xor(programs["static"], noise(32, 16))]
    yield "payload in base64 appended", [base + base64.b64encode(dense)]
    yield "payload in a section that is not loaded", [with_section(folder, base, dense)]
    yield "whole archive that is the payload", [base + gzip.compress(dense, mtime=0)]
    yield "shell script through busybox or env, with a payload", [line + dense for line in (b"#!/bin/busybox sh\n", b"#!/usr/bin/env -S sh -e\n")]
    yield "script of another interpreter with a payload", [b"#!/usr/bin/" + name + b"\n" + dense for name in (b"python3", b"perl", b"php", b"node")]
    yield "script with a payload and zeros after it", [b"#!/bin/sh\nexit\n" + dense + bytes(4096)]


def packed_by_upx(folder, programs):
    command, _ = upxlab.find()
    if command is None:
        return
    (folder / "x").write_bytes(programs["static"])
    (folder / "x").chmod(0o700)  # UPX packs nothing else
    subprocess.run([*command, "-q", "-o", folder / "y", folder / "x"], check=True, capture_output=True)
    packed = (folder / "y").read_bytes()
    zeroed = bytearray(packed)
    zeroed[-32:-4] = bytes(28)
    yield "UPX, whole", [packed]
    yield "UPX, cut at 60 and 90 %", [cut(packed, 0.6), cut(packed, 0.9)]
    yield "UPX, text or zeros after it", [packed + text(500), packed + bytes(3000)]
    yield "UPX, PackHeader all zeros but its magic", [bytes(zeroed)]
    yield "UPX, e_ident altered", [packed[:5] + b"\2" + packed[6:], packed[:4] + b"\1" + packed[5:]]


def measure(scanner, folder, files):
    """One verdict a file, in order."""
    paths = []
    for i, content in enumerate(files):
        paths.append(folder / f"file-{i}")
        paths[-1].write_bytes(content)
    done = subprocess.run([scanner, "scan", "--all", *paths], capture_output=True, text=True)
    said = [json.loads(line)["noroshi"] for line in done.stdout.splitlines()]
    if len(said) != len(files):
        sys.exit(f"{scanner}: {len(said)} lines for {len(files)} files: {done.stderr.strip()[-200:]}")
    return said


def kinds():
    """(group, kind, files) of everything that is tried."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programs = {name: compile_program(folder, name, flags) for name, flags in FLAGS.items()}
        for group in (honest, hiding, packed_by_upx):
            for kind, files in group(folder, programs):
                yield group.__name__, kind, files


def table(rows, before):
    head = "| what | files | flagged before | flagged now | tampered now | incomplete now |" if before else "| what | files | flagged | tampered | incomplete |"
    lines = [head, "| --- " + "| ---: " * (head.count("|") - 2) + "|"]
    for kind, now, then in rows:
        numbers = [len(now), *([sum(v["packed"] for v in then)] if before else []), sum(v["packed"] for v in now),
                   sum(v["tampered"] for v in now), sum(v.get("incomplete", False) for v in now)]
        lines.append(f"| {kind} | " + " | ".join(map(str, numbers)) + " |")
    return "\n".join(lines) + "\n"


PAGE = """# Packed executables: what hides a file, and what makes an honest one look packed

Written by `tools/train/packer_kinds.py`, which makes every file of these tables; do not edit. "Before" is the scanner before the
rules for these kinds were written. The rules were written with these kinds in view, so the tables show what they do, not how they
carry over to what nobody has thought of.

## Honest files

Every number of flagged files here is a false alarm.

{honest}
## Files that hide something

Every file here carries random bytes, or a program, where a packer has its payload.

{hiding}
## UPX

{packed_by_upx}
## Escapes that remain

* **A payload that is an archive.** A container that parses is believed, whatever is in it. A payload as gzip, as a stored
  file of a zip archive or as the one file of a squashfs image is not flagged, because honest programs carry the same.
* **A forged structure.** The checks read sizes, offsets and block headers. They unpack nothing and verify no checksum, so somebody
  who writes a whole frame around random bytes is believed.
* **Thin disguises.** A program under a key of several bytes is found only where the result is dense. Base64, and a payload in `.rodata`, in `.data` or in a section that is not loaded
  look like resources: pictures, compressed debug information, tables. No rule tells them apart without flagging honest files.
* **Great dilution.** Eight samples are taken of what is appended. A payload that is less than a quarter of it is missed, unless
  zeros before it are all that dilutes it, up to 8 KiB of them.
* **A file that says it is incomplete.** A load segment that ends after the end of the file makes a file `incomplete`, and only UPX's
  blocks are looked for in it. Linux may start such a file. The line says `incomplete`, so a program that runs and is incomplete is worth a
  look.
* **A program in the shape of firmware.** Linux ignores the two entries that mark an image of Qualcomm's boot chain.
"""


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("scanner")
    ap.add_argument("--before")
    ap.add_argument("-o", "--out", type=Path)
    a = ap.parse_args()
    rows = {"honest": [], "hiding": [], "packed_by_upx": []}
    with tempfile.TemporaryDirectory() as name:
        for group, kind, files in kinds():
            then = measure(a.before, Path(name), files) if a.before else []
            rows[group].append((kind, measure(a.scanner, Path(name), files), then))
    page = PAGE.format(**{group: table(r, a.before) if r else "No UPX was found.\n" for group, r in rows.items()})
    if a.out:
        a.out.write_text(page)
    else:
        print(page, end="")


if __name__ == "__main__":
    main()
