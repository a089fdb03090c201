#!/bin/sh
# The target says the same bytes about the same log as the host: verdicts with their reasons, every row, every feature.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build/host/noroshi-sim --seed 11 --hours 8 --hosts 2 -o "$work" >/dev/null
for options in '' '--all --window 24h' '--all --window 1h' '--all --window 6h --features'; do
    # shellcheck disable=SC2086
    for build in build/host "$BUILD"; do
        "$build/noroshi-replay" $options "$work/conn.log" >"$work/$(basename "$build")" 2>"$work/words" || [ $? = 1 ] ||
            { cat "$work/words"; exit 1; }
    done
    cmp "$work/host" "$work/$(basename "$BUILD")"
    [ -s "$work/host" ] || { echo "replay $options: nothing said"; exit 1; }
done
