#!/bin/sh
# `make install` puts programs, manual pages and units below DESTDIR and PREFIX, what it installs runs, and `make uninstall`
# leaves nothing. The manual pages are well-formed, the units as closed as promised.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*"; exit 1; }
[ -x "$BUILD/noroshi" ] || { echo "skip: no noroshi"; exit 77; }

make -s install DESTDIR="$work/root" PREFIX=/opt/noroshi >/dev/null
cd "$work/root/opt/noroshi"
found=$(find . -type f | sort | tr '\n' ' ')
expected=
for name in noroshi noroshi-collector noroshi-lab noroshi-model noroshi-replay noroshi-sim; do
    expected="$expected./bin/$name ./share/man/man1/$name.1 "
done
for name in noroshi noroshi-collector; do
    expected="$expected./lib/systemd/system/$name.service ./lib/sysusers.d/$name.conf ./lib/tmpfiles.d/$name.conf "
done
expected=$(echo "$expected" | tr ' ' '\n' | sed '/^$/d' | sort | tr '\n' ' ')
[ "$found" = "$expected" ] || fail "installed: $found; expected: $expected"
bin/noroshi version | grep -q '^noroshi ' || fail 'the installed agent does not run'
grep -q '^ExecStart=/opt/noroshi/bin/noroshi run$' lib/systemd/system/noroshi.service || fail 'the unit starts another program'
grep -q '^ExecStart=/opt/noroshi/bin/noroshi-collector run' lib/systemd/system/noroshi-collector.service ||
    fail "the collector's unit starts another program"

for page in share/man/man1/*; do
    name=$(basename "$page" .1)
    # Every line of --help is in the page, spaces aside.
    bin/"$name" --help | sed 's/^usage:/ /; s/^'"$name"' - //' | tr -s ' ' '\n' | grep . >"$work/help"
    sed -n '/^\.SH NAME/,$s/^\\&//p; /^\.SH NAME/,$p' "$page" | sed 's/\\e/\\/g; s/\\(ga/`/g; s/\\-/-/g' | tr -s ' ' '\n' >"$work/page"
    sort -u "$work/help" -o "$work/help"
    sort -u "$work/page" -o "$work/page"
    missing=$(comm -23 "$work/help" "$work/page" | tr '\n' ' ')
    [ -z "$missing" ] || fail "$page lacks: $missing"
    ! command -v mandoc >/dev/null || mandoc -Tlint -Wwarning "$page" || fail "$page is not well-formed"
done

if command -v systemd-analyze >/dev/null; then
    for unit in lib/systemd/system/*.service; do
        systemd-analyze security --offline=true --threshold=25 "$unit" >"$work/security" 2>&1 ||
            fail "$unit: $(tail -n 1 "$work/security")"
    done
fi

cd - >/dev/null
make -s uninstall DESTDIR="$work/root" PREFIX=/opt/noroshi >/dev/null
left=$(find "$work/root" -type f)
[ -z "$left" ] || fail "left by uninstall: $left"
make -s install DESTDIR="$work/plain" SYSTEMD=0 >/dev/null
[ -x "$work/plain/usr/local/bin/noroshi" ] || fail 'nothing is installed by default below /usr/local'
[ ! -e "$work/plain/usr/local/lib" ] || fail 'SYSTEMD=0 installs units'
