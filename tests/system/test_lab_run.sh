#!/bin/bash
# tools/lab/run ends everything that it started, on its own time and on Ctrl-C, and tells what is missing.
set -u
BUILD=${BUILD:-build/host}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export LAB=$tmp/lab LISTEN_PORT=18443 PAGE_PORT=18080 BEACON_PORT=18000 BUILD

fail() { echo "$*"; cat "$tmp/out" 2>/dev/null; exit 1; }
for program in noroshi noroshi-collector noroshi-lab noroshi-replay noroshi-sim; do
    [ -x "$BUILD/$program" ] || { echo "skip: no $program"; exit 77; }
done
command -v curl >/dev/null || { echo "skip: no curl"; exit 77; }

# No process whose command line names this lab, and nobody on its beacon's port.
nothing_left() {
    ! grep -qazs "$LAB" /proc/[1-9]*/cmdline && ! (exec 3<>/dev/tcp/127.0.0.1/18000) 2>/dev/null
}

# Three seconds are too few for a live verdict; the office day has its own.
RUN_SECONDS=3 tools/lab/run >"$tmp/out" 2>&1
[ $? = 1 ] || fail "a run without a live verdict did not end with 1"
grep -q 'no verdict of lab-live' "$tmp/out" || fail "what is missing was not named"
! grep -q 'no verdict of lab-office' "$tmp/out" || fail "the office day did not arrive"
grep -q 'lab-office .* risk ' "$tmp/out" || fail "no verdict was printed"
nothing_left || fail "processes were left behind"

rm "$tmp/out"
# Ctrl-C in a terminal: setsid gives the script a group of its own, and SIGINT its default action.
python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.setsid()
os.execv(sys.argv[1], sys.argv[1:])' tools/lab/run >"$tmp/out" 2>&1 &
lab=$!
for _ in {1..100}; do
    grep -qs 'lab-office' "$tmp/out" && break
    sleep 0.2
done
kill -INT -- -$lab
wait $lab
[ $? = 130 ] || fail "Ctrl-C did not end with 130"
nothing_left || fail "Ctrl-C left processes behind"
