#!/bin/sh
# One stretch of traffic gives the same verdicts in every form of text (tests/golden/replay/formats/make.py).
set -eu
replay=${BUILD:-build/host}/noroshi-replay
here=tests/golden/replay/formats
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for input in "$here"/*.gz "$here"/*.xz "$here"/*.bz2 "$here"/*.zst; do
    fields=
    case $input in
    */zeek-no-header.*) fields=--fields=ts,uid,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,service,duration,orig_bytes,resp_bytes,conn_state ;;
    esac
    # The file's mark is in the ids.
    "$replay" $fields "$input" | sed 's/"event.id":"replay-r[0-9a-f]*-/"event.id":"/' >"$work/verdicts"
    diff -u "$here/verdicts.exp" "$work/verdicts" || { echo "$input: other verdicts"; exit 1; }
done
