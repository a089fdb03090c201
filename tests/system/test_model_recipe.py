#!/usr/bin/python3
"""The newcomer's path of tools/model/README.md, as it is written there: ten commands from recorded traffic to a model of one's
own in place on the agent. Then the model finds beacons in the captures."""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

README = pathlib.Path("tools/model/README.md")
BUILD = pathlib.Path(os.environ.get("BUILD", "build/host")).resolve()
COMMANDS_MAX = 10


def commands():
    section = README.read_text().split("## A model of your own, in ten commands\n")[1].split("\n## ")[0]
    block = "\n".join(line[4:] for line in section.splitlines() if line.startswith("    "))
    return block.replace("\\\n", " ").splitlines()


def run(command, folder):
    """In a shell, with the programs in the path and the sources beside, as after `make` in a clone."""
    env = {**os.environ, "PATH": f"{folder}/bin:{BUILD}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=env, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command}: exit {done.returncode}: {(done.stdout + done.stderr).strip()[-400:]}")
    return done.stdout


def main():
    if subprocess.run(["/usr/bin/python3", "-c", "import sklearn"], capture_output=True).returncode:
        print("python3-sklearn is not installed")
        sys.exit(77)
    lines = commands()
    if not 1 <= len(lines) <= COMMANDS_MAX:
        sys.exit(f"{README}: {len(lines)} commands, not ten")
    with tempfile.TemporaryDirectory() as tmp:
        folder = pathlib.Path(tmp)
        (folder / "bin").mkdir()
        (folder / "bin/python3").symlink_to("/usr/bin/python3")
        (folder / "tools").symlink_to(pathlib.Path("tools").resolve())
        said = [run(line, folder) for line in lines]
        for needed in ("beacon-100, signed by a trusted key", "everything is fine"):
            if needed not in said[-1]:
                sys.exit(f"{lines[-1]}: no \"{needed}\" in: {said[-1]}")
        if not re.search(r"others 0$", said[3], re.M):
            sys.exit(f"{lines[3]}: decisions differ beyond the bound: {said[3]}")
        logs = " ".join(shlex.quote(str(p)) for p in sorted((folder / "traffic/conn").glob("*.gz")))
        if '"event.kind":"alert"' not in run(f"noroshi-replay --quiet --model beacon.nrm {logs}", folder):
            sys.exit("the model flags nothing in the captures that it was made of")


if __name__ == "__main__":
    main()
