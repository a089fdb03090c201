#!/bin/sh
# The same traffic gives the same rows from every form: Zeek TSV, Zeek JSON, Suricata EVE, pcap and pcapng; and so do all
# features.
set -eu
replay=${BUILD:-build/host}/noroshi-replay
model=${BUILD:-build/host}/noroshi-model
here=tests/golden/replay
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for input in traffic.conn.log traffic.json.log.gz traffic.eve.json.gz traffic.pcap.gz traffic.pcapng.gz; do
    "$replay" --all --window 1h --model none "$here/$input" | sort >"$work/rows"
    diff -u "$here/traffic.exp" "$work/rows" || { echo "$input: other rows"; exit 1; }
    "$model" features --window 6h "$here/$input" -o - | cut -d, -f3- | sort >"$work/$input" # without the source's name
    diff -u "$work/traffic.conn.log" "$work/$input" || { echo "$input: other features than the TSV log"; exit 1; }
done
