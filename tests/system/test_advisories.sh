#!/bin/sh
# Known advisories of the pinned libraries: every row holds today, and no way to leave a pin without an answer goes unnoticed.
set -eu
device=${BUILD:-build/host}/device/noroshi.elf
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fresh() {
    rm -rf "$work/deps"
    cp -R cross/deps "$work/deps"
}

refused() { # what the line must have, edit...: the edit is run in a copy of cross/deps
    wanted=$1
    shift
    fresh
    (cd "$work/deps" && "$@")
    if said=$(cross/deps/advisories "$work/deps" "$device"); then
        echo "not refused: $*"
        exit 1
    fi
    case $said in
    *"$wanted"*) ;;
    *) echo "$*: said: $said; wanted: $wanted"; exit 1 ;;
    esac
}

pin() { # name version
    sed -i "s/^$1	[^	]*	/$1	$2	/" pins.tsv
}

answer() { # advisory, the rest of its row
    sed -i "s/	$1	.*/	$1	$2/" advisories.tsv
}

cross/deps/advisories cross/deps "$device"
refused 'mbedtls: 3.6.9 is pinned, but the advisories were reviewed for 3.6.7' pin mbedtls 3.6.9
refused 'delete it, and this row says fixed in' pin mbedtls 3.6.8
refused 'mbedtls CVE-2026-50583: fixed in 3.6.7, but 3.6.6 is pinned' pin mbedtls 3.6.6
refused 'zlib is pinned, but has no row' sed -i '/^zlib/d' advisories.tsv
refused 'patches/mbedtls-legacy-version-CVE-2026-115490.patch is not there' rm patches/mbedtls-legacy-version-CVE-2026-115490.patch
refused 'CVE-2026-40200: musl-qsort-CVE-2026-40200.patch has no row' sed -i '/CVE-2026-40200/d' advisories.tsv
refused 'cJSON_Utils is compiled' sed -i 's/^cjson_SRC := .*/& cjson\/cJSON_Utils.c/' libraries.mk
refused 'MBEDTLS_SSL_TLS_C is defined' answer CVE-2026-50585 'not compiled	option MBEDTLS_SSL_TLS_C	x'
refused 'qsort is in ' answer CVE-2026-6042 'not compiled	symbol qsort	x'
refused 'no such answer: perhaps' answer CVE-2026-50585 'perhaps	x	x'
refused 'a row has five columns' answer CVE-2026-50585 'fixed in	3.6.7'
refused 'gnutls is not in pins.tsv' sed -i 's/^cmocka	reviewed/gnutls	reviewed/' advisories.tsv
