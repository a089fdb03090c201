#!/bin/sh
# The agent's core under a full load (core_load.c): instructions counted by callgrind in the device's own objects, and
# nanoseconds on this machine's clock.
set -eu
load=$BUILD/bench/core_load
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

# The smallest of five: the others were disturbed.
nanoseconds() {
    for _ in 1 2 3 4 5; do "$load" "$1"; done | sort -n -k2 | awk 'NR == 1 {print $2}'
}

instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect=measured "$load.elf" "$1" \
        >"$work/out" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
    awk -v n="$(cut -d' ' -f1 "$work/out")" '/Collected/ {printf "%d", $NF / n}' "$work/log"
}

row() { # what, mode, budget of instructions, budget of nanoseconds
    printf '%s\t%s ns\t%s\n' "$1" "$(nanoseconds "$2")" "$4"
    if command -v valgrind >/dev/null; then
        count=$(instructions "$2")
        printf '%s\t%s instructions\t<= %s\n' "$1" "$count" "$3"
        [ "$count" -le "$3" ] || status=1
    fi
}

printf 'memory of the core, host profile (4,096 + 512 destinations)\t%s KiB\t\n' "$(($("$load" flow | cut -d' ' -f3) / 1024))"
printf 'memory of the core, router profile (1,024 + 128 destinations)\t%s bytes\t<= 671744\n' "$("$load" flow | cut -d' ' -f4)"
row 'flow into the table, 4,096 destinations' flow 1500 '<= 120 ns'
row 'scoring a watched destination, three windows' tick 30000 ''
exit $status
