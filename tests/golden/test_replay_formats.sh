#!/bin/sh
# One stretch of traffic gives the same verdicts in every form of text (tests/golden/replay/formats/make.py).
set -eu
replay=${BUILD:-build/host}/noroshi-replay
here=tests/golden/replay/formats
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

verdicts() { # file...: without the file's mark, which is in the ids
    "$replay" "$@" | sed 's/"event.id":"replay-r[0-9a-f]*-/"event.id":"/'
}

verdicts "$here/zeek.tsv.gz" >"$work/wanted"
grep -q '"destination.ip":"203.0.113.9"' "$work/wanted" || { echo "zeek.tsv.gz: the beacon is not flagged"; exit 1; }
for input in "$here"/*.gz "$here"/*.xz "$here"/*.bz2 "$here"/*.zst; do
    fields=
    case $input in
    */zeek-no-header.*) fields=--fields=ts,uid,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,service,duration,orig_bytes,resp_bytes,conn_state ;;
    esac
    verdicts $fields "$input" >"$work/verdicts"
    diff -u "$work/wanted" "$work/verdicts" || { echo "$input: other verdicts"; exit 1; }
done
