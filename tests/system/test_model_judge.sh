#!/bin/sh
# noroshi-model evaluate, compare, emit-c and the export report from the outside, on rows made here.
set -eu
. tests/system/modellab.sh
lib=${BUILD:-build/host}/libnoroshi.a
said() { grep -qxE -e "$1" "$dir/out" || fail "no line \"$1\" in: $(cat "$dir/out")"; }

# Two models that look at one feature, and rows whose scores can be told by hand
"$model" schema beacon >"$dir/schema.json"
/usr/bin/python3 - "$dir" <<'PYTHON'
import csv, json, sys
d = sys.argv[1]
schema = json.load(open(f"{d}/schema.json"))
names = [f["name"] for f in schema["features"]]
def save(name, fill, terms=()):
    bins = {"type": "bins", "feature": "fill", "cuts": [50, 100, 200], "weights": [fill]}
    json.dump({"kind": "beacon", "schema_hash": schema["hash"], "outputs": ["beacon"], "bias": [0.5], "terms": [bins, *terms],
               "thresholds": {"1h": 1, "6h": 1, "24h": 1}, "calibration": [[-2, 10], [2, 90]]}, open(f"{d}/{name}.json", "w"))
save("one", [-2, -1, 0.4, 1.5])
save("two", [-2, -1, 1.4, 1.5], [{"type": "linear", "feature": "peak", "weights": [0.1]}])
with open(f"{d}/rows.csv", "w") as f:
    out = csv.writer(f)
    out.writerow(["label", *names])
    # fill 210 and 150: scores 2.0 and 0.9 in the first model, 2.0 and 1.9 in the second
    for label, fill, n in (("c2", 210, 3), ("c2", 150, 1), ("benign", 150, 2), ("benign", 0, 4), ("", 250, 5)):
        for _ in range(n):
            out.writerow([label, *({"win": 2, "fill": fill}.get(name, 0) for name in names)])
PYTHON
for m in one two; do
    "$model" export --from additive-json "$dir/$m.json" -o "$dir/$m.nrm"
done

# The report of an export: everything on one page, decisions counted on the rows
expect 0 "sums within" "$model" export --from additive-json "$dir/one.json" --data "$dir/rows.csv" -o "$dir/one.nrm"
said 'calibrated -2000:10% \+2000:90%'
said 'decisions  0 of 15 rows decided otherwise than before; 0 rows are so near .*'
grep -qE 'weights +4, of which 0' "$dir/out" && [ "$(wc -l <"$dir/out")" -le 40 ] || fail "not one page: $(cat "$dir/out")"

# Evaluate: 3 of 4 c2 rows at or above the threshold, none of the 6 others; AUC: 3*6 + 1*4 + 2 ties of 24 pairs
expect 0 "" "$model" evaluate "$dir/one.nrm" --data "$dir/rows.csv" --positive c2 --plot "$dir/plot.svg"
said '24h +4 +6 +0\.9583 +0\.7500 +0\.7500 +\+1000 +3 +1 +0 +6'
said '80\.\.89 % +3 +89\.0 % +100\.0 %'
said '60\.\.69 % +3 +67\.0 % +33\.3 %'
/usr/bin/python3 -c 'import sys, xml.dom.minidom as x; d = x.parse(sys.argv[1]); assert len(d.getElementsByTagName("polyline")) == 1' \
    "$dir/plot.svg" || fail "the plot is not an SVG with one curve"
expect 2 "--positive LABEL,... is needed" "$model" evaluate "$dir/one.nrm" --data "$dir/rows.csv"
expect 2 "c3: no row has this label" "$model" evaluate "$dir/one.nrm" --data "$dir/rows.csv" --positive c3
expect 2 "--data is needed" "$model" evaluate "$dir/one.nrm"
expect 2 "no column win" "$model" evaluate "$dir/one.nrm" --data "$dir/one.json" --positive c2

# Compare: the same, then the term that changed and the one that is new, and whose rows are flagged now
cp "$dir/one.nrm" "$dir/later.nrm"
"$model" bump --serial 5 "$dir/later.nrm"
expect 0 "0 terms differ" "$model" compare "$dir/one.nrm" "$dir/later.nrm"
expect 1 "2 terms differ, each where it differs most" "$model" compare "$dir/one.nrm" "$dir/two.nrm" --data "$dir/rows.csv"
grep -qE '^ +\+(39|40). +\+(139|140). .* fill=100$' "$dir/out" || fail "the changed bin is not named: $(cat "$dir/out")"
grep -qE '^ +\+0 .* peak=15 \(only in the second\)$' "$dir/out" || fail "the new term is not named: $(cat "$dir/out")"
said 'benign +6 +0 +2 +2 +0'
said 'c2 +4 +3 +4 +1 +0'
expect 2 "two models are expected" "$model" compare "$dir/one.nrm"
expect 2 "not a model file" "$model" compare "$dir/one.nrm" "$dir/rows.csv"

# Several outputs, with n-grams of the start bytes: classes by the highest score
"$model" schema packer >"$dir/packer.json"
mkdir "$dir/files" && cp "$model" "$dir/files/one" && cp "${BUILD:-build/host}/noroshi-sim" "$dir/files/two"
printf 'file.path\tlabel\n%s\tnone\n%s\tupx\n' "$dir/files/one" "$dir/files/two" >"$dir/labels.tsv"
"$model" features --schema packer --labels "$dir/labels.tsv" "$dir/files" -o "$dir/files.csv"
/usr/bin/python3 - "$dir" <<'PYTHON'
import json, sys
d = sys.argv[1]
schema = json.load(open(f"{d}/packer.json"))
grams = {"type": "grams", "feature": "arch", "grams": [1, 2], "reach": 32, "bits": 6, "weights": [[0.01] * 64, [-0.01] * 64]}
wide = {"type": "linear", "feature": "wide", "weights": [2.0, 0.0]}
json.dump({"kind": "packer", "schema_hash": schema["hash"], "outputs": ["none", "upx"], "bias": [0, 0.1], "terms": [grams, wide],
           "thresholds": {"packed": 0, "named": 1}}, open(f"{d}/packer-model.json", "w"))
PYTHON
expect 0 "safe, perhaps not attained" "$model" export --from additive-json --schema packer "$dir/packer-model.json" \
    --data "$dir/files.csv" -o "$dir/packer.nrm"
said 'thresholds packed \+0, named \+1000 mlogit'
expect 0 "" "$model" evaluate "$dir/packer.nrm" --data "$dir/files.csv"
said 'none +1 +1 100\.00 % *'
said 'upx +1 +0 +0\.00 % +none 1'
said 'all +2 +1 +50\.00 %'
expect 0 "0 terms differ" "$model" compare "$dir/packer.nrm" "$dir/packer.nrm" --data "$dir/files.csv"
said '0 of 2 rows get another class'
expect 0 "start bucket" "$model" inspect "$dir/packer.nrm"
expect 2 "for models with one output" "$model" evaluate "$dir/packer.nrm" --data "$dir/files.csv" --positive upx
expect 2 "only models with one output" "$model" update "$dir/packer.nrm" --data "$dir/files.csv" --negative upx --dry-run
expect 2 "either -o or --dry-run" "$model" update "$dir/one.nrm" --feedback "$dir/rows.csv"
expect 2 "line 1: not a JSON object" "$model" update "$dir/one.nrm" --feedback "$dir/rows.csv" --dry-run
before=$(sha256sum "$dir/one.nrm")
expect 0 "none moves by more than" "$model" update "$dir/one.nrm" --data "$dir/rows.csv" --negative c2 --dry-run
[ "$(sha256sum "$dir/one.nrm")" = "$before" ] || fail "a dry run wrote the model"

# In C: compiled, loaded from memory, and it scores
expect 2 "not a name in C" "$model" emit-c --name 1st "$dir/one.nrm"
"$model" emit-c --name my_model "$dir/one.nrm" -o "$dir/my_model.c"
cat >"$dir/main.c" <<'C'
#include <stdio.h>
#include "models/beacon_schema.h"
#include "models/model.h"
extern const unsigned char my_model[];
extern const unsigned long my_model_len;
int main(void)
{
    static struct nrs_model model;
    struct nrs_model_envelope e;
    const char *place = "";
    uint16_t x[NRS_FEATURES_MAX] = {0};

    if (nrs_model_envelope_read(&e, my_model, my_model_len, &place) || nrs_model_load(&model, &e, &place))
        return puts(place);
    x[NRS_X_fill] = 210;
    printf("%d\n", (int)nrs_model_score(&model, x));
    return 0;
}
C
${CC:-cc} -std=c11 -Wall -Werror -I. -o "$dir/firmware" "$dir/main.c" "$dir/my_model.c" "$lib" 2>"$dir/out" || fail "$(cat "$dir/out")"
score=$("$dir/firmware")
bound=$("$model" inspect "$dir/one.nrm" | sed -n 's/^bound *\([0-9]*\) mlogit$/\1/p')
[ "$score" -ge $((2000 - bound)) ] && [ "$score" -le $((2000 + bound)) ] || fail "compiled in it scores $score, not 2000 +- $bound"
echo "noroshi-model evaluate, compare, emit-c: all as expected"
