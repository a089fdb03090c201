#!/bin/sh
# Packages that make needs: nothing but the goals that need them installs them, in one command for root, and others are given
# the command. apt-get, dpkg-query and id are stand-ins that write down what they were asked.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/tree"
cp -R Makefile agent cross models platform tests tools "$work/tree"
unset MAKEFLAGS MAKELEVEL MFLAGS NOROSHI_PACKAGES
export PATH="$work/bin:$PATH" WORK="$work"

stand_in() { # name, text of the script
    printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1"
    chmod +x "$work/bin/$1"
}
stand_in dpkg-query '[ -f "$WORK/installed" ] && while read -r name; do echo "installed $name"; done <"$WORK/installed"'
stand_in apt-get 'echo "$*" >>"$WORK/asked"
case $1 in install) while [ "$1" != --no-install-recommends ]; do shift; done; shift 3; printf "%s\n" "$@" >>"$WORK/installed" ;; esac'
stand_in id 'echo 0'

fresh() {
    rm -rf "$work/asked" "$work/installed" "$work/tree/build"
}
asked_nothing() { # goal
    [ ! -f "$work/asked" ] || { echo "make $*: apt-get $(cat "$work/asked")"; exit 1; }
}
make_in_tree() {
    make -s -C "$work/tree" VERSION=1 "$@" >"$work/said" 2>&1
}

for goal in help clean '-n lint' '-n' '-n test' '-n cross TARGET=armv7' 'clean help' '-pn help'; do
    fresh
    # shellcheck disable=SC2086
    make_in_tree $goal || { echo "make $goal: $(cat "$work/said")"; exit 1; }
    asked_nothing "$goal"
done

# Root: one command installs what is missing, says so in one line, and makes the goal.
fresh
make_in_tree build/gen/version.h || { cat "$work/said"; exit 1; }
[ -f "$work/tree/build/gen/version.h" ] || { echo 'the goal was not made'; exit 1; }
[ "$(grep -c '^install ' "$work/asked")" = 1 ] || { echo "installed more than once: $(cat "$work/asked")"; exit 1; }
[ "$(grep -c '^  APT .* gcc' "$work/said")" = 1 ] || { echo "not one line: $(cat "$work/said")"; exit 1; }

# They are there now: nothing is asked any more, and a goal with other needs asks for those alone.
rm "$work/asked"
make_in_tree build/gen/version.h
asked_nothing build/gen/version.h
make_in_tree TARGET=armv7 build/gen/version.h
grep -q ' gcc-arm-linux-gnueabihf' "$work/asked" || { echo 'the toolchain was not installed'; exit 1; }
! grep -q ' libsqlite3-dev' "$work/asked" || { echo 'what is there was installed again'; exit 1; }

# Others: no apt-get, the command, and make stops.
fresh
stand_in id 'echo 1000'
if make_in_tree build/gen/version.h; then
    echo 'made without the packages'
    exit 1
fi
asked_nothing build/gen/version.h
grep -q 'as root: apt-get install --no-install-recommends .*gcc' "$work/said" || { echo "no command: $(cat "$work/said")"; exit 1; }
