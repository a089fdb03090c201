#!/bin/sh
# Every program answers -h and --help on standard output, with its usage and exit status 0.
set -eu
build=${BUILD:-build/host}
for program in "$build"/noroshi "$build"/noroshi-collector "$build"/noroshi-lab "$build"/noroshi-model "$build"/noroshi-replay \
    "$build"/noroshi-sim; do
    for option in -h --help; do
        help=$("$program" $option 2>/dev/null) || { echo "$program $option: exit status $?"; exit 1; }
        case $help in
        *[uU]sage:* | *usage*) ;;
        *) echo "$program $option: no usage in it"; exit 1 ;;
        esac
    done
done
