#!/bin/sh
# The target says the same bytes about the same log as the host: verdicts with their reasons, every row, every feature.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build/host/noroshi-sim --seed 11 --hours 8 --hosts 2 -o "$work" >/dev/null
for command in replay 'replay --all --window 24h' 'replay --all --window 1h' 'model features --window 6h -o -'; do
    for build in build/host "$BUILD"; do
        "$build/noroshi-"$command "$work/conn.log" >"$work/$(basename "$build")" 2>"$work/words" ||
            { cat "$work/words"; exit 1; }
    done
    cmp "$work/host" "$work/$(basename "$BUILD")"
    [ -s "$work/host" ] || { echo "$command: nothing said"; exit 1; }
done
