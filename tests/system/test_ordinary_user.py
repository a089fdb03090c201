#!/usr/bin/env python3
"""`make run` as an ordinary user: the lab ends with a verdict on the live beacon, seen through the polling source, and
says what that source cannot see."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import faultlab as lab  # noqa: E402

RUN_SECONDS = 60  # the verdict comes after some ten check-ins, three seconds apart


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def copy_programs(home):
    """The folder of the sources may be closed to others (a clone below /root is)."""
    shutil.copytree("tools/lab", home / "tools/lab")
    (home / "bin").mkdir()
    for program in pathlib.Path(os.environ.get("BUILD", "build/host")).glob("noroshi*"):
        if program.is_file():
            shutil.copy(program, home / "bin")


def main():
    if not lab.ROOT:
        skip("needs root to become another user")
    lab.in_own_namespaces()
    become = ["setpriv", f"--reuid={lab.NOBODY}", f"--regid={lab.NOBODY}", "--clear-groups", "--"]
    home = pathlib.Path(tempfile.mkdtemp(prefix="noroshi-ordinary-"))
    copy_programs(home)
    os.chown(home, lab.NOBODY, lab.NOBODY)
    try:
        environment = {**os.environ, "HOME": str(home), "LAB": str(home / "lab"), "BUILD": str(home / "bin"),
                       "RUN_SECONDS": str(RUN_SECONDS)}
        done = subprocess.run([*become, home / "tools/lab/run"], cwd=home, env=environment, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        log = (home / "lab/agent.log").read_text() if (home / "lab/agent.log").exists() else ""
    finally:
        shutil.rmtree(home)
    wanted = [(done.stdout, "not root: the agent reads the kernel's socket tables"), (done.stdout, "it sees neither UDP"),
              (done.stdout, "lab-live  127.0.0.1 -> 127.0.0.1:"), (log, "packet: no permission (needs CAP_NET_RAW)"),
              (log, "flowsrc: using proc; ")]
    missing = [words for text, words in wanted if words not in text]
    if done.returncode != 0 or missing:
        sys.exit(f"{done.stdout}{log}exit status {done.returncode}, missing: {missing}")
    print("an ordinary user's lab: exit status 0, a verdict of the live beacon by the proc source")


if __name__ == "__main__":
    main()
