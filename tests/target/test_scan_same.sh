#!/bin/sh
# The target says the same about the same executables as the host.
set -eu
"$BUILD/noroshi" help | grep -q '^ *noroshi scan' || { echo "skipped: this program has no scan"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

files=$(find build/*/noroshi /bin/gzip /bin/cat /usr/bin/python3 tests/golden tests/fuzz/corpus -type f | sort | head -n 400)
for build in build/host "$BUILD"; do
    # shellcheck disable=SC2086
    "$build/noroshi" scan --all $files >"$work/$(basename "$build")" || [ $? = 1 ]
done
[ -s "$work/host" ]
cmp "$work/host" "$work/$(basename "$BUILD")"
