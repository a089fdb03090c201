#!/bin/sh
# Every configuration in tests/golden/config is refused with exit code 2 and exactly the line in its .exp file.
# UPDATE=1 writes the .exp files anew.
bin=${BUILD:-build/host}/noroshi
failed=0
for json in tests/golden/config/*.json; do
    exp=${json%.json}.exp
    out=$("$bin" check --config "$json" 2>&1 >/dev/null)
    code=$?
    out=$(printf '%s\n' "$out" | sed "s,$PWD/,,g")
    [ -n "$UPDATE" ] && printf '%s\n' "$out" >"$exp"
    if [ "$code" -ne 2 ] || ! printf '%s\n' "$out" | diff -u "$exp" -; then
        echo "$json: exit code $code"
        failed=1
    fi
done
exit $failed
