# shellcheck shell=sh
# For the tests of noroshi-model, at their start: the program, a folder that goes with the test, fail and expect.
model=${BUILD:-build/host}/noroshi-model
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
    echo "FAIL: $*"
    exit 1
}

# expect CODE TEXT COMMAND...: the exit code, and TEXT somewhere in what it says
expect() {
    code=$1 text=$2
    shift 2
    status=0
    "$@" >"$dir/out" 2>&1 || status=$?
    [ "$status" = "$code" ] || fail "$*: exit $status, not $code: $(cat "$dir/out")"
    [ -z "$text" ] || grep -qF -e "$text" "$dir/out" || fail "$*: no \"$text\" in: $(cat "$dir/out")"
}
