#!/bin/sh
# noroshi-model from the outside: export, inspect, sign, verify, tamper, bump, and what it refuses.
set -eu
. tests/system/modellab.sh

# flip FILE OFFSET: changes one byte
flip() {
    byte=$(od -An -tu1 -j "$2" -N1 "$1")
    printf "\\$(printf %03o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# A model over the real schema: bins on every feature, one cross, one linear term.
"$model" schema beacon >"$dir/schema.json"
/usr/bin/python3 - "$dir" <<'PYTHON'
import json, sys
d = sys.argv[1]
s = json.load(open(f"{d}/schema.json"))
wide = [f for f in s["features"] if f["max"] >= 3]
terms = [{"type": "bins", "feature": f["name"], "cuts": [1, f["max"] // 2 + 1], "weights": [[-0.7, 0.1 * i, 1.3]]}
         for i, f in enumerate(wide)]
terms.append({"type": "linear", "feature": wide[0]["name"], "weights": [1 / 3 / wide[0]["max"]]})
terms.append({"type": "cross", "a": wide[1]["name"], "a_cuts": [1], "b": wide[0]["name"], "b_cuts": [2],
              "weights": [[0, 0.25, -0.5, 1e-9]]})
model = {"kind": "beacon", "schema_hash": s["hash"], "name": "test", "outputs": ["beacon"], "bias": [-1.5], "terms": terms,
         "thresholds": {"1h": 3, "6h": 2.5, "24h": 2}, "calibration": [[-4, 1], [0, 50], [5, 100]]}
save = lambda name: json.dump(model, open(f"{d}/{name}", "w"))
save("model.json")
model["schema_hash"] = "0" * 16
save("other.json")
model["schema_hash"] = s["hash"]
terms[0]["cuts"] = [2, 2]
save("cuts.json")
terms[0]["cuts"] = [1, 2]
terms[0]["feature"] = "nonsense"
save("feature.json")
PYTHON

export_to() { "$model" export --from additive-json "$dir/$1" -o "$dir/$2"; }

# Export and inspect
expect 0 "bound " "$model" export --from additive-json "$dir/model.json" --schema beacon --serial 7 --expires 30 \
    --min-agent 1.2.3 --report -o "$dir/m.nrm"
expect 0 "of which 1 became zero" "$model" export --from additive-json "$dir/model.json" --report -o "$dir/n.nrm"
expect 0 "beacon-7" "$model" inspect "$dir/m.nrm"
expect 0 "min agent    1.2.3" "$model" inspect "$dir/m.nrm"
expect 0 "thresholds   1h +3000  6h +2500  24h +2000 mlogit" "$model" inspect "$dir/m.nrm"
expect 0 "+5000:99%" "$model" inspect "$dir/m.nrm"
expect 0 "signature    none" "$model" inspect "$dir/m.nrm"
export_to model.json again.nrm
cmp "$dir/n.nrm" "$dir/again.nrm" || fail "the same model twice gave other bytes"

# Refusals name the place and leave no file
echo "[]" >"$dir/list.json"
expect 2 "schema_hash: not" "$model" export --from additive-json "$dir/other.json" -o "$dir/x.nrm"
expect 2 "cuts not ascending: 2 after 2" "$model" export --from additive-json "$dir/cuts.json" -o "$dir/x.nrm"
expect 2 "terms[0]: feature: no such feature" "$model" export --from additive-json "$dir/feature.json" -o "$dir/x.nrm"
expect 2 "a noroshi model file already" "$model" export --from additive-json "$dir/m.nrm" -o "$dir/x.nrm"
expect 2 "not a JSON object" "$model" export --from additive-json "$dir/list.json" -o "$dir/x.nrm"
expect 2 "No such file" "$model" export --from additive-json "$dir/missing" -o "$dir/x.nrm"
[ ! -e "$dir/x.nrm" ] || fail "a refused model was written"

# Keys and signatures
id_of() { cat "$dir/$1.id"; }
"$model" keygen -o "$dir/key.pem" | sed 's/.*key id //' >"$dir/key.id"
[ "$(tr -d '0-9a-f\n' <"$dir/key.id" | wc -c) $(wc -c <"$dir/key.id")" = "0 17" ] || fail "no key id: $(id_of key)"
[ "$(stat -c %a "$dir/key.pem")" = 600 ] || fail "the key is readable by others"
expect 2 "File exists" "$model" keygen -o "$dir/key.pem"
"$model" keygen -o "$dir/other.pem" | sed 's/.*key id //' >"$dir/other.id"
expect 1 "signature: none" "$model" verify --pub "$dir/key.pub.pem" "$dir/m.nrm"
expect 0 "key id" "$model" sign --key "$dir/key.pem" "$dir/m.nrm"
expect 0 "key id" "$model" verify --pub "$dir/key.pub.pem" "$dir/m.nrm"
expect 0 "signed by" "$model" inspect "$dir/m.nrm"
expect 1 "signature: by key $(id_of key), not by $(id_of other)" "$model" verify --pub "$dir/other.pub.pem" "$dir/m.nrm"
expect 2 "not a public key" "$model" verify --pub "$dir/m.nrm" "$dir/m.nrm"
cp "$dir/key.pub.pem" "$dir/public.pem" && chmod 600 "$dir/public.pem"
expect 2 "not a private key" "$model" sign --key "$dir/public.pem" "$dir/m.nrm"
chmod 640 "$dir/other.pem"
expect 2 "open to others (mode 0640)" "$model" sign --key "$dir/other.pem" "$dir/m.nrm"
cp "$dir/m.nrm" "$dir/again.nrm"
"$model" sign --key "$dir/key.pem" "$dir/again.nrm" >/dev/null
cmp "$dir/m.nrm" "$dir/again.nrm" || fail "one key and one model gave two signatures"

# Another tool agrees: the signature over the digest, and the key id
if command -v openssl >/dev/null; then
    dd if="$dir/m.nrm" bs=1 skip=40 count=32 of="$dir/digest" 2>/dev/null
    { dd if="$dir/m.nrm" bs=1 count=40; dd if="$dir/m.nrm" bs=1 skip=136; } 2>/dev/null |
        openssl dgst -sha256 -binary | cmp - "$dir/digest" || fail "openssl computes another digest"
    /usr/bin/python3 - "$dir" <<'PYTHON'
import sys
d = sys.argv[1]
raw = open(f"{d}/m.nrm", "rb").read()[72:136]
def integer(b):
    b = b.lstrip(b"\0")
    b = b"\0" + b if b[0] & 0x80 else b
    return bytes([2, len(b)]) + b
body = integer(raw[:32]) + integer(raw[32:])
open(f"{d}/sig.der", "wb").write(bytes([0x30, len(body)]) + body)
PYTHON
    openssl pkeyutl -verify -pubin -inkey "$dir/key.pub.pem" -in "$dir/digest" -sigfile "$dir/sig.der" >/dev/null ||
        fail "openssl does not accept the signature"
    id=$(openssl pkey -pubin -in "$dir/key.pub.pem" -outform DER | openssl dgst -sha256 -r | cut -c1-16)
    expect 0 "$id" "$model" inspect "$dir/m.nrm"
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp384r1 -out "$dir/p384.pem" 2>/dev/null
    chmod 600 "$dir/p384.pem"
    expect 2 "not of curve P-256" "$model" sign --key "$dir/p384.pem" "$dir/m.nrm"
fi

# Tampering: kind, serial, key id, digest, signature, body; a cut; a longer file
for at in 5 8 32 40 72 135 140 300; do
    cp "$dir/m.nrm" "$dir/t.nrm"
    flip "$dir/t.nrm" "$at"
    expect 1 "noroshi-model:" "$model" verify --pub "$dir/key.pub.pem" "$dir/t.nrm"
done
head -c 200 "$dir/m.nrm" >"$dir/t.nrm"
expect 2 "body: cut off" "$model" verify --pub "$dir/key.pub.pem" "$dir/t.nrm"
{ cat "$dir/m.nrm"; echo; } >"$dir/t.nrm"
expect 2 "followed by more bytes" "$model" inspect "$dir/t.nrm"
head -c 70000 /dev/zero >"$dir/t.nrm"
expect 2 "larger than 65536 bytes" "$model" inspect "$dir/t.nrm"

# A new serial takes the signature away; signing again brings it back
expect 0 "" "$model" bump --serial 8 "$dir/m.nrm"
expect 0 "beacon-8" "$model" inspect "$dir/m.nrm"
expect 1 "signature: none" "$model" verify --pub "$dir/key.pub.pem" "$dir/m.nrm"
"$model" sign --key "$dir/key.pem" "$dir/m.nrm" >/dev/null
expect 0 "key id" "$model" verify --pub "$dir/key.pub.pem" "$dir/m.nrm"

# Usage
expect 0 "additive-json" "$model" --help
expect 0 "noroshi-model" "$model" --version
expect 2 "a command is expected" "$model"
expect 2 "no such command" "$model" nonsense
expect 2 "-o is needed" "$model" export "$dir/model.json"
expect 2 "not a serial" "$model" bump --serial -1 "$dir/m.nrm"
expect 2 "no such schema" "$model" schema nonsense
expect 2 "standard output" sh -c "'$model' --help >/dev/full; exit \$?"
echo "noroshi-model: all as expected"
