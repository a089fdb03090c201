#!/bin/sh
# The same source gives the same device program, whatever folder it is built in; and it builds from a source tree
# without git, as out of a tarball.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for folder in one another/and/deeper; do
    mkdir -p "$work/$folder"
    cp -R Makefile agent models platform cross tests "$work/$folder"
    make -s -C "$work/$folder" VERSION=1.2.3 OUT=build/x build/x/noroshi
done
"$work/one/build/x/noroshi" version | grep -q '1\.2\.3'
cmp "$work/one/build/x/noroshi" "$work/another/and/deeper/build/x/noroshi"
