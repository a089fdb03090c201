# shellcheck shell=bash
# Sourced by what needs a Debian 12 of its own (cross/debian/test, cross/ansible/test): `debian_unpack` makes it below $root,
# `debian_boot [nspawn options]` starts it with systemd in namespaces, `inside` runs commands there; at the end it is gone. As
# root, with debootstrap and systemd-nspawn. The system is made once and kept in the cache; it has no network but its own
# loopback.
set -euo pipefail
base=${NOROSHI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/noroshi}/debian-12.tar
nspawn= init=
me=$(basename "$(dirname "$0")")
[ "$(id -u)" = 0 ] || { echo "$me: has to be root" >&2; exit 1; }

work=$(mktemp -d "/var/tmp/noroshi-$me.XXXXXX")
root=$work/root
finish() {
    status=$?
    [ -z "$nspawn" ] || { kill -s RTMIN+4 "${init:-$nspawn}" 2>/dev/null; wait "$nspawn" || true; }
    [ "$status" = 0 ] || { echo "$me: failed at: ${now:-the beginning}" >&2; tail -n 20 "$work/log" >&2; }
    rm -rf --one-file-system "$work"
}
trap finish EXIT

step() { now=$1 && echo "  $1"; }
quietly() { "$@" >>"$work/log" 2>&1; }
fail() {
    echo "$me: $*" >&2
    [ -z "$init" ] || quietly inside journalctl -u noroshi -u noroshi-collector -n 20 --no-pager
    exit 1
}
inside() { nsenter -t "$init" -m -u -i -n -p -C -r -w -- /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C "$@" </dev/null; }
soon() { # what command...: true within 30 s
    local what=$1
    shift
    for _ in {1..150}; do
        if quietly "$@"; then return; fi
        sleep 0.2
    done
    fail "not within 30 s: $what"
}
page() { # path, pattern
    inside python3 -B -c 'import sys, urllib.request, re
sys.exit(not re.search(sys.argv[2], urllib.request.urlopen("http://127.0.0.1:8080" + sys.argv[1]).read().decode()))' "$@"
}
debian_unpack() {
    step 'a Debian 12'
    if [ ! -f "$base" ]; then
        quietly debootstrap --variant=minbase --include=systemd,python3-minimal,libpython3-stdlib,python3-apt,libsqlite3-0 bookworm "$root"
        tar -C "$root" -cf "$base.part" .
        mv "$base.part" "$base"
    else
        mkdir "$root"
        tar -C "$root" -xpf "$base"
    fi
}

debian_boot() {
    step 'boot'
    systemd-nspawn -q -D "$root" -M "nrs$$" --register=no --keep-unit --private-network "$@" \
        --system-call-filter='landlock_create_ruleset landlock_add_rule landlock_restrict_self' -b </dev/null >"$work/console" 2>&1 &
    nspawn=$!
    for _ in {1..150}; do
        init=$(pgrep -P "$nspawn" -x systemd) && break
        sleep 0.2
    done
    [ -n "$init" ] || fail "it does not start: $(tail -n 1 "$work/console")"
    soon 'the system is up' inside systemctl is-active multi-user.target
}
