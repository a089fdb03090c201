#!/bin/sh
# The device program builds without a system behind it, which is where a port to another one begins; and what it cannot
# do is one line, not a crash.
set -eu
out=build/none
make -s PLATFORM=none OUT=$out $out/noroshi

"$out/noroshi" version | grep -q '^noroshi '
status=0
"$out/noroshi" run >"$out/log" 2>&1 || status=$?
lines=$(wc -l <"$out/log")
cat "$out/log"
[ "$status" -gt 0 ] && [ "$status" -lt 126 ] || { echo "run ended with $status" >&2; exit 1; }
[ "$lines" -ge 1 ] && [ "$lines" -le 3 ] || { echo "$lines lines instead of one" >&2; exit 1; }
