#!/bin/sh
# noroshi-model features from the outside: tables, labels, classes, expansion over a model, and what it refuses.
set -eu
. tests/system/modellab.sh
traffic=tests/golden/replay/traffic.conn.log
features() { "$model" features "$@"; }
# same WHAT A B
same() { [ "$2" = "$3" ] || fail "$1: \"$2\", not \"$3\""; }

# A table: every feature of the schema under its name, one row a destination and window
features "$traffic" -o "$dir/all.csv"
same "identity" "$(head -1 "$dir/all.csv" | cut -d, -f1-9)" \
    label,source,from,window,source.ip,destination.ip,destination.port,network.transport,conns
same "features" "$(head -1 "$dir/all.csv" | cut -d, -f10- | tr , '\n')" \
    "$("$model" schema beacon | sed -n 's/.*"name":"\([a-z_0-9]*\)","max".*/\1/p' | tail -n +1)"
same "windows" "$(cut -d, -f4 "$dir/all.csv" | tail -n +2 | sort -u | tr '\n' ' ')" "1h 24h 6h "
same "source" "$(cut -d, -f2 "$dir/all.csv" | tail -n +2 | sort -u)" traffic
same "columns" "$(awk -F, '{ print NF }' "$dir/all.csv" | sort -u | wc -l)" 1
features --window 24h --min-conns 1 "$traffic" -o "$dir/day.csv"
same "one window, all counts" "$(tail -n +2 "$dir/day.csv" | wc -l)" 5
features --window 24h --min-conns 1 - -o - <"$traffic" | cut -d, -f3- >"$dir/piped"
cut -d, -f3- "$dir/day.csv" | cmp - "$dir/piped" || fail "standard input gives other rows"
same "least connections" "$(awk -F, 'NR > 1 && $9 < 6' "$dir/all.csv" | wc -l)" 0

# Labels and classes
beacon=$(awk -F, 'NR > 1 && $9 > 50 { print $6; exit }' "$dir/day.csv")
printf 'id.resp_h\tlabel\n%s\tc2-beacon\n203.0.113.200\tbenign\n' "$beacon" >"$dir/labels.tsv"
gzip -k "$dir/labels.tsv"
features --window 24h --min-conns 1 --labels "$dir/labels.tsv.gz" "$traffic" -o "$dir/labelled.csv"
same "labelled" "$(awk -F, 'NR > 1 && $1 == "c2-beacon" { print $6 }' "$dir/labelled.csv")" "$beacon"
same "unlabelled" "$(grep -c '^,' "$dir/labelled.csv")" 4
features --window 24h --labels "$dir/labels.tsv" --class good=benign --class c2=c2-beacon "$traffic" -o "$dir/class.csv"
same "only rows of a class" "$(tail -n +2 "$dir/class.csv" | cut -d, -f1)" c2

# For LIBSVM: the same numbers under their indices, which are named beside
features --window 24h --labels "$dir/labels.tsv" --class good=benign --class c2=c2-beacon "$traffic" -o "$dir/class.svm"
same "class number" "$(cut -d' ' -f1 "$dir/class.svm")" 1
grep -qP '^# class\t-1\tgood$' "$dir/class.svm.columns" || fail "the classes are not named"
same "the same values" \
    "$(cut -d' ' -f2- "$dir/class.svm" | tr ' ' '\n' | sort)" \
    "$(tail -1 "$dir/class.csv" | cut -d, -f10- | tr , '\n' | awk '$1 { print NR ":" $1 }' | sort)"
same "columns named" "$(grep -v '^#' "$dir/class.svm.columns" | cut -f2)" \
    "$(head -1 "$dir/class.csv" | cut -d, -f10- | tr , '\n')"

# Expanded over a model: in every row exactly one bin of every term
features --window 24h --expand models/beacon.nrm "$traffic" -o "$dir/bins.csv"
/usr/bin/python3 - "$dir/bins.csv" <<'PYTHON'
import csv, sys
head, *rows = csv.reader(open(sys.argv[1]))
terms = {}
for i, name in enumerate(head[9:], 9):
    terms.setdefault(name.split("[")[0], []).append(i)
assert rows and len(terms) > 10 and all(len(c) > 1 for c in terms.values()), terms
for row in rows:
    for term, columns in terms.items():
        assert sorted(int(row[c]) for c in columns) == [0] * (len(columns) - 1) + [1], (term, row)
PYTHON

# Executables: facts, the start bytes as identity, n-grams as columns; what is no executable is passed over
mkdir "$dir/files" && cp "$model" "$dir/files/tool" && cp README.md "$dir/files" && ln -s tool "$dir/files/link"
printf 'sha256\tpacker\n%s\tnone\n' "$(sha256sum "$model" | cut -d' ' -f1)" >"$dir/packers.tsv"
features --schema packer --labels "$dir/packers.tsv" --label-column packer --grams 2,3:64:9 "$dir/files" -o "$dir/files.csv"
same "files" "$(tail -n +2 "$dir/files.csv" | cut -d, -f1,2)" "none,$dir/files/tool"
same "bytes" "$(tail -1 "$dir/files.csv" | cut -d, -f4 | tr -d '0-9a-f.\n' | wc -c) $(tail -1 "$dir/files.csv" | cut -d, -f4 | wc -c)" "0 257"
same "facts and buckets" "$(head -1 "$dir/files.csv" | cut -d, -f5- | tr , '\n' | sed 's/\[.*//' | uniq -c | tail -1 | tr -s ' ')" " 512 start"
/usr/bin/python3 - "$dir/files.csv" <<'PYTHON'
import csv, sys
head, row = csv.reader(open(sys.argv[1]))
start = bytes.fromhex(row[3][:128])
salt = int(row[head.index("arch")])
def bucket(run):
    h = 0x811C9DC5
    for b in (salt, len(run), *run):
        h = (h ^ b) * 0x01000193 % 2**32
    return (h ^ h >> 16) % 512
wanted = {bucket(start[i:i + n]) for n in (2, 3) for i in range(64 - n + 1)}
assert {i for i in range(512) if row[head.index(f"start[{i}]")] == "1"} == wanted, "other buckets than models/FORMAT.md says"
PYTHON

# Refusals: one line, the exit status, no file left
expect 2 "an input and -o are needed" features "$traffic"
expect 2 "2h: not accepted" features --window 2h "$traffic" -o "$dir/x.csv"
expect 2 "needs --labels" features --class a "$traffic" -o "$dir/x.csv"
expect 2 "one --window only" features - -o "$dir/x.csv"
expect 2 "missing.log: No such file" features "$dir/missing.log" -o "$dir/x.csv"
expect 2 "not in a format that is read here" features models/beacon.nrm -o "$dir/x.csv"
expect 2 "line 1: no column \`label\`" features --labels "$traffic" "$traffic" -o "$dir/x.csv"
expect 2 "not n-grams like" features --schema packer --grams 5:64:9 "$dir/files" -o "$dir/x.csv"
expect 2 "not n-grams like" features --grams 2:64:9 "$traffic" -o "$dir/x.csv"
expect 2 "No such file" features --schema packer "$dir/missing" -o "$dir/x.csv"
expect 2 "not a model file" features --expand README.md "$traffic" -o "$dir/x.csv"
printf 'id.resp_h\tlabel\n192.0.2.250\tc2-beacon\n' >"$dir/other.tsv"
expect 1 "no row has a label of it" features --labels "$dir/other.tsv" "$traffic" -o "$dir/x.csv"
expect 2 "No such file or directory" features "$traffic" -o "$dir/none/x.csv"
[ -z "$(find "$dir" -name 'x.csv*')" ] || fail "a refused table was left"
echo "noroshi-model features: all as expected"
