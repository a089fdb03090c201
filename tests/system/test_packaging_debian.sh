#!/bin/sh
# The Debian packages build, have what they should, and lintian finds nothing. `make test-deb` installs and runs them.
set -eu
fail() { echo "$*"; exit 1; }
for tool in dpkg-buildpackage dh; do
    command -v $tool >/dev/null || { echo "skip: no $tool (cross/packages package)"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

NOROSHI_PACKAGES=present make -s deb DEB="$work/deb" >/dev/null
has() { # package, paths
    package=$1
    shift
    dpkg-deb -c "$work"/deb/"$package"_*.deb | awk '$1 !~ /^d/ {print substr($6, 2)}' | grep -v '^/usr/share/doc/' | sort >"$work/found"
    printf '%s\n' "$@" | sort >"$work/expected"
    diff "$work/expected" "$work/found" || fail "$package: other files"
    dpkg-deb --fsys-tarfile "$work"/deb/"$package"_*.deb | tar xO "./usr/share/doc/$package/copyright" | grep -q 'Rich Felker' ||
        fail "$package: no licences of the libraries"
}
man() { printf '/usr/share/man/man1/%s.1.gz ' "$@"; }

# shellcheck disable=SC2046
has noroshi /usr/bin/noroshi /etc/noroshi/noroshi.json /lib/systemd/system/noroshi.service /usr/lib/sysusers.d/noroshi.conf \
    /usr/lib/tmpfiles.d/noroshi.conf /usr/share/lintian/overrides/noroshi $(man noroshi)
# shellcheck disable=SC2046
has noroshi-collector /usr/bin/noroshi-collector /lib/systemd/system/noroshi-collector.service \
    /usr/lib/sysusers.d/noroshi-collector.conf /usr/lib/tmpfiles.d/noroshi-collector.conf \
    /usr/share/lintian/overrides/noroshi-collector $(man noroshi-collector)
# shellcheck disable=SC2046
has noroshi-tools /usr/bin/noroshi-replay /usr/bin/noroshi-sim /usr/bin/noroshi-model /usr/bin/noroshi-lab \
    /usr/share/lintian/overrides/noroshi-tools $(man noroshi-replay noroshi-sim noroshi-model noroshi-lab)

[ "$(dpkg-deb --ctrl-tarfile "$work"/deb/noroshi_*.deb | tar xO ./conffiles)" = /etc/noroshi/noroshi.json ] || fail 'other conffiles'
dpkg-deb -f "$work"/deb/noroshi_*.deb Depends | grep -vq libc6 || fail 'the agent depends on the system libc'
dpkg --compare-versions "$(dpkg-deb -f "$work"/deb/noroshi_*.deb Version)" gt 0~ || fail 'not a version'
"$BUILD/noroshi" check --config cross/debian/noroshi.json >/dev/null || fail 'the packaged configuration is refused'

command -v lintian >/dev/null || { echo 'lintian was not run: it is not there'; exit 0; }
lintian --fail-on error,warning "$work"/deb/*.changes 2>&1 || fail 'lintian complains'
