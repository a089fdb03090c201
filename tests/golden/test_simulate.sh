#!/bin/sh
# noroshi-sim writes the bytes of tests/golden/simulate/*.exp on every machine. After a wanted change of these rows:
# UPDATE=1 tests/golden/test_simulate.sh
set -eu
here=$(dirname "$0")/simulate
sim=${BUILD:-build/host}/noroshi-sim
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

"$sim" --seed 3 --hours 1 --hosts 2 --only sliver,ntpd,mdns,emotet,vendor-cloud -o "$out"
for name in conn.log labels.tsv families.tsv; do
    [ -z "${UPDATE:-}" ] || cp "$out/$name" "$here/$name.exp"
    diff -u "$here/$name.exp" "$out/$name"
done
