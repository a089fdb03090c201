#!/bin/sh
# Speed and memory of noroshi-replay on a made log: lines of `name<TAB>measured<TAB>budget`.
#
# 2 million records of 126 bytes over 24 hours, 3,000 destinations. The memory of 1 million records stands beside that of 2
# million: replay holds a table and one buffer, whatever the length of the log; more than a tenth above it fails. RECORDS sets
# another number.
set -eu
replay=${BUILD:-build/host}/noroshi-replay
records=${RECORDS:-2000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

awk -v n="$records" -v hours=24 -f tests/bench/make_conn_log.awk >"$work/whole.log"
head -n $((records / 2)) "$work/whole.log" >"$work/half.log"
gzip -1 -c "$work/half.log" >"$work/half.log.gz"
# The records as a writer has them that keeps each for up to an hour, and newest first.
{ grep '^#' "$work/whole.log"; grep -v '^#' "$work/whole.log" |
    awk 'BEGIN { srand(3); CONVFMT = "%.6f" } { print $1 + rand() * 3600 "\t" $0 }' | sort -n | cut -f 2-; } >"$work/hour.log"
{ grep '^#' "$work/whole.log"; grep -v '^#' "$work/whole.log" | tac; } >"$work/reversed.log"

# stat NAME ARGUMENT...: one number of --stats
stat() {
    name=$1
    shift
    "$replay" --model none --quiet --stats "$@" 2>&1 >/dev/null | awk -v name="$name" '$1 == name { print $2 }'
}
best_of_three() {
    for _ in 1 2 3; do stat "$@"; done | sort -n | tail -1
}

# The processor's time does not depend on what else runs here; the wall clock does.
per_cpu_second() {
    for _ in 1 2 3; do stat cpu_milliseconds "$@"; done | sort -n | awk -v n="$records" 'NR == 1 { printf "%d", n * 1000 / ($1 > 0 ? $1 : 1) }'
}

printf 'replay: Zeek TSV, rows, records per CPU second\t%s\t>= 2000000\n' "$(per_cpu_second --all "$work/whole.log")"
printf 'replay: the same with an hour of disorder, records per CPU second\t%s\t>= 1000000\n' "$(per_cpu_second --all "$work/hour.log")"
printf 'replay: the same newest first, records per CPU second\t%s\t>= 1000000\n' "$(per_cpu_second --all "$work/reversed.log")"
printf 'replay: Zeek TSV, rows, records/s\t%s\t>= 2000000\n' "$(best_of_three records_per_s --all "$work/whole.log")"
printf 'replay: Zeek TSV in gzip, rows, records/s\t%s\t-\n' "$(best_of_three records_per_s --all "$work/half.log.gz")"
printf 'replay: Zeek TSV, judged every minute, records/s\t%s\t-\n' "$(stat records_per_s "$work/half.log")"
half=$(stat resident_kib --all "$work/half.log")
whole=$(stat resident_kib --all "$work/whole.log")
printf 'replay: resident memory, %s records, KiB\t%s\t-\n' "$((records / 2))" "$half"
printf 'replay: resident memory, %s records, KiB\t%s\t<= %s\n' "$records" "$whole" "$((half + half / 10))"
[ "$whole" -le "$((half + half / 10))" ]
