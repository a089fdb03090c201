#!/usr/bin/env python3
"""A machine of few megabytes boots Debian's kernel with the agent as its only program, and the agent flags a beacon.

The machine is emulated whole, so this is where a foreign processor's own kernel judges the agent: packets, system call filter,
memory. It takes two minutes. Which kernel and machine: cross/targets/NAME.mk (BOOT_...); targets
without are skipped.
"""
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(os.environ.get("BUILD", "build/x86_64/run"))
OUT = BUILD.parent
KERNEL, MACHINE = os.environ.get("BOOT_KERNEL", ""), shlex.split(os.environ.get("BOOT_MACHINE", ""))
CONFIG = {"host_id": "board", "user": "65534", "table": {"profile": "router"}, "spool": {"dir": "/spool"},
          "source": {"order": "packet", "interfaces": ["lo"]}}


def archive(entries):
    """A cpio archive (newc) of (name, mode, content, device) for the kernel's first file system."""
    out = b""
    for inode, (name, mode, content, device) in enumerate([*entries, ("TRAILER!!!", 0, b"", (0, 0))], 1):
        name = name.encode() + b"\0"
        fields = (inode, mode, 0, 0, 1, 0, len(content), 0, 0, *device, len(name), 0)
        out += b"070701" + b"".join(b"%08x" % f for f in fields) + name
        out += b"\0" * (-len(out) % 4) + content
        out += b"\0" * (-len(out) % 4)
    return out


def image():
    folders = [(name, 0o040755, b"", (0, 0)) for name in ("dev", "etc")]
    devices = [(f"dev/{name}", 0o020666, b"", device) for name, device in
               {"console": (5, 1), "null": (1, 3), "urandom": (1, 9)}.items()]
    programs = [(name, 0o100755, path.read_bytes(), (0, 0)) for name, path in
                {"init": OUT / "test/target/init", "noroshi": OUT / "noroshi", "noroshi-lab": OUT / "noroshi-lab"}.items()]
    return archive(folders + devices + programs + [("etc/noroshi.json", 0o100644, json.dumps(CONFIG).encode(), (0, 0))])


def boot():
    kernel = subprocess.run(["cross/kernel", *KERNEL.split()], capture_output=True, text=True)
    if kernel.returncode != 0:
        print(f"skipped: {kernel.stderr.strip()}")
        sys.exit(77)
    with tempfile.NamedTemporaryFile() as initrd:
        initrd.write(image())
        initrd.flush()
        done = subprocess.run(["timeout", "-k", "5", "600", *MACHINE, "-nographic", "-no-reboot", "-net", "none",
                               "-append", "console=ttyS0 panic=-1 quiet", "-initrd", initrd.name,
                               "-kernel", kernel.stdout.strip()], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace")
    return done.stdout.replace("\r", "")


def main():
    if not KERNEL:
        print("skipped: no kernel to boot is named for this target")
        sys.exit(77)
    console = boot()
    facts = dict(re.findall(r"^fact (\w+):\s+(\d+)", console, re.M))
    verdicts = [json.loads(line) for line in re.findall(r'^\{"@timestamp.*\}$', console, re.M)]
    flagged = [v for v in verdicts if v["event.dataset"] == "noroshi.beacon" and v["destination.ip"] == "127.0.0.1"]
    assert "init: agent ended with 0" in console and flagged, console[-6000:]
    assert facts["Seccomp"] == "2" and facts["NoNewPrivs"] == "1", facts
    assert int(facts["VmHWM"]) <= 1536, facts
    (OUT / "boot").write_text(f"{facts['VmHWM']}\n")
    print(f"score {flagged[0]['noroshi']['score']} for the beacon; resident {facts['VmHWM']} KiB at most")


if __name__ == "__main__":
    main()
