#!/bin/sh
# The device program as a file: static, position independent, hardened, and without a trace of the machine that built it.
set -eu
export LC_ALL=C
program=$BUILD/noroshi
[ -f "$program" ] || { echo "$program is not built"; exit 77; }
failed=0

must() { # what, pattern, text
    echo "$3" | grep -qE "$2" || { echo "not so: $1"; failed=1; }
}
must_not() {
    ! echo "$3" | grep -qE "$2" || { echo "not so: $1"; failed=1; }
}

headers=$(readelf -hlW "$program")
dynamic=$(readelf -dW "$program")
must_not 'no interpreter: static' 'INTERP' "$headers"
must_not 'no shared library' 'NEEDED' "$dynamic"
must 'position independent' 'Type: +DYN' "$headers"
must 'constants sealed after relocation' 'GNU_RELRO' "$headers"
must 'stack not executable' 'GNU_STACK.* RW ' "$headers"
must_not 'no segment writable and executable' 'LOAD.* RWE ' "$headers"
must_not 'constants in a segment of their own' '\.text.*\.rodata' "$headers"
must_not 'no relocation in code' 'TEXTREL' "$dynamic"
must 'stripped' 'There are no sections|no symbols' "$(readelf -sW "$program"; readelf -SW "$program" | grep -q symtab || echo 'no symbols')"
must_not 'no path of the building machine' "$(pwd)|$HOME/|/home/" "$(strings "$program")"
echo "$headers" | awk '$1 == "LOAD" {print $2, $5}' | {
    end=0
    while read -r offset size; do
        [ $((offset - end)) -lt 64 ] || echo "not so: no padding in the file: $((offset - end)) bytes before $offset"
        end=$((offset + size))
    done
} | grep . && failed=1
if ldd "$program" >/dev/null 2>&1; then
    must 'ldd finds nothing to load' 'statically linked' "$(ldd "$program" 2>&1)"
fi
exit $failed
