#!/usr/bin/python3
"""Training of the packer model from the labelled corpus alone, in a short form: the same bytes twice, a model that the tool accepts,
packed programs of packages that were held out found, hardly a clean one; and headers are damaged as they say."""
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

BUILD = os.environ.get("BUILD", "build/host")
PYTHON = "/usr/bin/python3"
CORPUS = pathlib.Path("../shared/data/packer")
LEAST_FOUND = 99.0  # percent, packages held out
MOST_FLAGGED = 2    # clean files, of 420: this short form learns from few


def train(folder, name):
    out = folder / name
    out.mkdir()
    run = subprocess.run([PYTHON, "tools/train/packer.py", "--build", BUILD, "--corpus", folder / "none", "--made", CORPUS, "--work", out,
                          "--quick", "-o", out], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"packer.py: {run.stderr.strip()[-500:]}")
    return out / "packer.nrm", run.stdout


def check_model(folder):
    first, page = train(folder, "first")
    second, _ = train(folder, "second")
    if first.read_bytes() != second.read_bytes():
        sys.exit("two runs made different models")
    if first.stat().st_size > 8192:
        sys.exit(f"the model has {first.stat().st_size} bytes")
    found, flagged = re.search(r"\| package held out \| \d+ \| ([\d.]+) % \| .* \| \d+ \| (\d+) \|", page).groups()
    if float(found) < LEAST_FOUND or int(flagged) > MOST_FLAGGED:
        sys.exit(f"held out: {found} % found, {flagged} clean files flagged")
    shown = subprocess.run([f"{BUILD}/noroshi-model", "inspect", first], capture_output=True, text=True)
    if shown.returncode or "grams" not in shown.stdout or "packed" not in shown.stdout:
        sys.exit(f"inspect: {shown.stdout[-300:]}{shown.stderr}")


def check_damage():
    sys.path.insert(0, "tools/train")
    import numpy
    import packer_damage
    with open(CORPUS / "labels.tsv") as f:
        archive, member = next(line.split("\t")[0] for line in f if "\tupx\t" in line and "\tdefault\n" in line).split("!")
    with tarfile.open(CORPUS / archive) as tar:
        packed = tar.extractfile(member).read()
    for number, variant in enumerate(packer_damage.VARIANTS):
        damaged = packer_damage.damage(packed, variant, numpy.random.default_rng(number))
        again = packer_damage.damage(packed, variant, numpy.random.default_rng(number))
        if damaged == packed or damaged != again:
            sys.exit(f"{variant}: not damaged, or not the same twice")
        if damaged[:4] != b"\x7fELF" or damaged[24:32] != packed[24:32]:
            sys.exit(f"{variant}: the ELF header's start is not what it was")
    for wrong in (b"\x7fELF" + bytes(600), packed.replace(b"UPX!", b"....")):
        try:
            packer_damage.damage(wrong, "magic", numpy.random.default_rng(1))
        except ValueError:
            continue
        sys.exit("a file without UPX's headers was damaged")


def main():
    if subprocess.run([PYTHON, "-c", "import sklearn"], capture_output=True).returncode:
        print("python3-sklearn is not installed")
        sys.exit(77)
    if not CORPUS.exists():
        print(f"{CORPUS} is not there")
        sys.exit(77)
    check_damage()
    with tempfile.TemporaryDirectory() as tmp:
        check_model(pathlib.Path(tmp))


if __name__ == "__main__":
    main()
