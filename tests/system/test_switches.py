#!/usr/bin/env python3
"""Agents with parts left out (cross/switches.mk) build and still reach the collector, with the TLS version that they have."""
import pathlib
import subprocess
import sys

import test_chain

VARIANTS = (  # name, TLS version that is left, switches
    ("tls12", 12, ["WITH_TLS13=0", "WITH_RSA=0", "WITH_CHACHA=0", "WITH_X25519=0", "WITH_SCAN=0", "WITH_PACKET=0"]),
    ("tls13", 13, ["WITH_TLS12=0", "WITH_P384=1"]),
)


def build(name, switches):
    out = f"build/switches-{name}"
    subprocess.run(["make", "-s", f"OUT={out}", f"{out}/noroshi", *switches], check=True)
    return pathlib.Path(out) / "noroshi"


if __name__ == "__main__":
    for program in (test_chain.PROGRAM, test_chain.AGENT, test_chain.SPOOLER):
        if not program.exists():
            print(f"skipped: {program} is not built")
            sys.exit(77)
    whole = test_chain.AGENT.stat().st_size
    for name, version, switches in VARIANTS:
        agent = build(name, switches)
        assert agent.stat().st_size < whole, (name, agent.stat().st_size, whole)
        test_chain.AGENT = agent.resolve()
        test_chain.run_chain(version)
        print(f"ok {' '.join(switches)}: {agent.stat().st_size} bytes")
