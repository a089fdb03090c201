#!/usr/bin/env python3
"""The device program and model files that want to do harm: every byte flipped, every truncation, an old serial, another
kind, an unknown key, expired, unsigned, 64 KiB and one byte more. Each is refused by `noroshi check` with one line that
names the file, and an exit status that is not success; the untouched file is taken."""
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BUILD = os.environ.get("BUILD", "build/host")
KIND_AT, EXPIRES_AT, DIGEST_AT = 5, 24, 40
LIMIT = 65536


def tool(*arguments):
    subprocess.run([f"{BUILD}/noroshi-model", *map(str, arguments)], check=True, capture_output=True)


def check(folder, data):
    """Exit status and the lines on standard error of one check."""
    with tempfile.TemporaryDirectory(dir=folder) as at:
        model = Path(at) / "m.nrm"
        model.write_bytes(data)
        config = Path(at) / "c.json"
        config.write_text(f'{{"host_id":"test","model":{{"file":"{model}","keys":["{folder}/key.pub.pem"]}},'
                          f'"spool":{{"dir":"{at}/spool"}}}}')
        done = subprocess.run([f"{BUILD}/noroshi", "check", "--config", config], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr, [line for line in done.stderr.splitlines() if str(model) in line]


def refused(folder, what, data):
    status, said, lines = check(folder, data)
    if status == 0 or len(lines) != 1 or "model      beacon-" in said:
        sys.exit(f"{what}: exit {status}, said {said!r}")
    return re.sub(r"^.*m\.nrm: ", "", lines[0])


def changed(folder, name, *commands):
    """A copy of the model after some commands of noroshi-model; `FILE` in them is the copy."""
    at = folder / name
    shutil.copyfile(folder / "good.nrm", at)
    for command in commands:
        tool(*(at if word == "FILE" else word for word in command))
    return at.read_bytes()


def patched(folder, name, offset, value):
    """A copy with bytes changed where only the signer may, signed again."""
    at = folder / name
    data = bytearray((folder / "good.nrm").read_bytes())
    data[offset:offset + len(value)] = value
    data[32:40], data[72:136] = bytes(8), bytes(64)
    data[DIGEST_AT:DIGEST_AT + 32] = hashlib.sha256(data[:DIGEST_AT] + data[136:]).digest()
    at.write_bytes(data)
    tool("sign", "--key", folder / "key.pem", at)
    return at.read_bytes()


def main():
    with tempfile.TemporaryDirectory() as tmp:
        folder = Path(tmp)
        for key in ("key", "other"):
            tool("keygen", "-o", folder / f"{key}.pem")
        shutil.copyfile("models/beacon.nrm", folder / "good.nrm")
        tool("bump", "--serial", 1000, folder / "good.nrm")
        tool("sign", "--key", folder / "key.pem", folder / "good.nrm")
        good = (folder / "good.nrm").read_bytes()
        status, said, _ = check(folder, good)
        if "model      beacon-1000, signed by a trusted key" not in said:
            sys.exit(f"the untouched model is not taken: {said}")

        stories = {
            "old serial": (changed(folder, "old.nrm", ("bump", "--serial", 0, "FILE"), ("sign", "--key", folder / "key.pem", "FILE")),
                           "older than allowed|serial"),
            "another kind": (patched(folder, "kind.nrm", KIND_AT, b"\x02"), "not a beacon model"),
            "unknown key": (changed(folder, "foreign.nrm", ("sign", "--key", folder / "other.pem", "FILE")), "key"),
            "unsigned": (changed(folder, "unsigned.nrm", ("bump", "--serial", 1000, "FILE")), "sign"),
            "expired": (patched(folder, "expired.nrm", EXPIRES_AT, (10000).to_bytes(4, "little")), "expire"),
            "65,536 bytes": (good + bytes(LIMIT - len(good)), "followed by more bytes"),
            "65,537 bytes": (good + bytes(LIMIT + 1 - len(good)), "larger|large|65536|long"),
            "empty": (b"", "cut off|short|empty"),
        }
        for what, (data, wanted) in stories.items():
            said = refused(folder, what, data)
            if not re.search(wanted, said):
                sys.exit(f"{what}: refused as {said!r}, wanted {wanted}")

        cases = [(f"byte {i} flipped", good[:i] + bytes([good[i] ^ 1 << i % 8]) + good[i + 1:]) for i in range(len(good))]
        cases += [(f"cut to {n} bytes", good[:n]) for n in range(len(good))]
        with ThreadPoolExecutor(2) as pool:
            reasons = Counter(pool.map(lambda case: refused(folder, *case), cases))
        print(f"{len(good)} bytes: {len(cases)} damaged files and {len(stories)} stories refused, {len(reasons)} reasons")


if __name__ == "__main__":
    main()
