#!/bin/sh
# The packet parser (packet_load.c) with a full table: instructions counted by callgrind in the device's own objects, and
# nanoseconds on this machine's clock.
set -eu
load=$BUILD/bench/packet_load
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

nanoseconds() { # the smallest of five: the others were disturbed
    for _ in 1 2 3 4 5; do "$load" "$1"; done | sort -n -k2 | awk 'NR == 1 {print $2}'
}

instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect=measured "$load.elf" "$1" \
        >"$work/out" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
    awk -v n="$(cut -d' ' -f1 "$work/out")" '/Collected/ {printf "%d", $NF / n}' "$work/log"
}

row() { # what, mode, budget of instructions
    printf '%s\t%s ns\t\n' "$1" "$(nanoseconds "$2")"
    if command -v valgrind >/dev/null; then
        count=$(instructions "$2")
        printf '%s\t%s instructions\t<= %s\n' "$1" "$count" "$3"
        [ "$count" -le "$3" ] || status=1
    fi
}

printf 'memory of the packet parser, 4,096 open flows\t%s KiB\t\n' "$(($("$load" data | cut -d' ' -f3) / 1024))"
row 'TCP data segment skipped' data 250
row 'TCP connection, four segments into OPEN and CLOSE' tcp 6000
row 'UDP exchange, two datagrams' udp 3000
row 'DNS exchange with two addresses named' dns 4500
exit $status
