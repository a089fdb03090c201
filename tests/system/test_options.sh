#!/bin/sh
# The option reader of the device program: both forms of a value, short options, the end of the options, wrong words.
set -eu
noroshi=${BUILD:-build/host}/noroshi
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
echo '{' >"$place/broken.json"
echo text >"$place/--all"
mkdir "$place/folder"
cp "$place/--all" "$place/folder/file"

# expect STATUS TEXT ARGUMENTS...: the exit status and a part of what is printed
expect() {
    wanted=$1 text=$2
    shift 2
    status=0
    printed=$(cd "$place" && "$program" "$@" 2>&1) || status=$?
    case $printed in
    *"$text"*) [ "$status" = "$wanted" ] && return ;;
    esac
    echo "noroshi $*: status $status, not $wanted, or no \"$text\" in: $printed"
    exit 1
}
program=$(realpath "$noroshi")

expect 2 broken.json check --config broken.json
expect 2 broken.json check --config=broken.json
expect 2 '--config: needs a value' check --config
expect 2 '--connect=yes: not an option' check --connect=yes
expect 2 '--c: not an option' check --c
expect 2 '-x: not an option' run -x
expect 2 'word: not an option' version word
expect 0 'noroshi ' version --
expect 2 '--help: not an option' version -- --help
expect 0 usage version --help
expect 0 usage version -h
if "$noroshi" help | grep -q 'noroshi scan'; then
    expect 0 'scan: 1 files' scan folder -r --all
    expect 0 'scan: 1 files' scan -- --all
    expect 2 '-x: not an option' scan -rx folder
    expect 0 usage scan -rh
fi
