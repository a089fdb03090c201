SUMMARY = "Sees beaconing malware from the rhythm of connections"
DESCRIPTION = "Samples connections, judges them on the device with a small linear model and reports what looks like \
command-and-control to a collector over mutually authenticated TLS."
LICENSE = "Apache-2.0 AND BSD-2-Clause AND ISC AND MIT"
LIC_FILES_CHKSUM = "file://LICENSE;md5=3b83ef96387f14655fc854ddc3c6bd57"

# The tree that this layer is part of, at its commit; a mirror of it may be named instead.
NOROSHI_GIT ?= "${@os.path.realpath(os.path.join(d.getVar('FILE_DIRNAME'), '../../../..'))}"
NOROSHI_BRANCH ?= "main"
SRCREV ?= "${AUTOREV}"
PV = "0.1.0+git"

# The pinned sources of its libraries; cross/deps/pins.tsv has the same.
SRC_URI = "git://${NOROSHI_GIT};protocol=file;branch=${NOROSHI_BRANCH} \
           https://musl.libc.org/releases/musl-1.2.6.tar.gz;name=musl;unpack=0 \
           https://github.com/Mbed-TLS/mbedtls/releases/download/mbedtls-3.6.7/mbedtls-3.6.7.tar.bz2;name=mbedtls;unpack=0 \
           https://github.com/DaveGamble/cJSON/archive/refs/tags/v1.7.19.tar.gz;name=cjson;downloadfilename=cjson-1.7.19.tar.gz;unpack=0 \
           https://dist.libuv.org/dist/v1.50.0/libuv-v1.50.0.tar.gz;name=libuv;unpack=0 \
           "
# The archive of a tag at its host may change with its packer; then its hash fits no longer, and the fetch says so.
INSANE_SKIP += "src-uri-bad"
SRC_URI[musl.sha256sum] = "d585fd3b613c66151fc3249e8ed44f77020cb5e6c1e635a616d3f9f82460512a"
SRC_URI[mbedtls.sha256sum] = "a7e8bcbec0e6f761b4af24f25677626b35f762f68eef79c08677a363212d11f6"
SRC_URI[cjson.sha256sum] = "7fa616e3046edfa7a28a32d5f9eacfd23f92900fe1f8ccd988c1662f30454562"
SRC_URI[libuv.sha256sum] = "6dc2b39aa7fa66c04e2e015bf47738b84e1c6b86b8987d57dd432d149d77ee25"

inherit systemd useradd

# The program brings its own musl, so it needs the compiler but not the libraries of the target. It is stripped already.
INHIBIT_PACKAGE_STRIP = "1"
INHIBIT_PACKAGE_DEBUG_SPLIT = "1"
INSANE_SKIP:${PN} += "ldflags already-stripped"

NOROSHI_ENV = "NOROSHI_CACHE=${B}/cache NOROSHI_PACKAGES=present"
do_configure() {
    ${NOROSHI_ENV} ${S}/cross/deps/import ${UNPACKDIR}
}
do_compile() {
    # The machine's flags are in CC; the rest would make the program larger than its own do.
    unset CFLAGS CPPFLAGS LDFLAGS
    ${NOROSHI_ENV} oe_runmake -C ${S} CC="${CC}" CROSS="${TARGET_PREFIX}" OUT=build/device VERSION=${PV} build/device/noroshi
}
do_install() {
    install -D -m 0755 ${S}/build/device/noroshi ${D}${bindir}/noroshi
    install -D -m 0644 ${S}/cross/router.json ${D}${sysconfdir}/noroshi/noroshi.json
    install -D -m 0644 ${S}/cross/systemd/noroshi.service ${D}${systemd_system_unitdir}/noroshi.service
    install -D -m 0644 ${S}/cross/systemd/noroshi.tmpfiles ${D}${nonarch_libdir}/tmpfiles.d/noroshi.conf
}

USERADD_PACKAGES = "${PN}"
USERADD_PARAM:${PN} = "--system --home-dir /var/lib/noroshi --no-create-home --shell /sbin/nologin --user-group noroshi"
SYSTEMD_SERVICE:${PN} = "noroshi.service"
CONFFILES:${PN} = "${sysconfdir}/noroshi/noroshi.json"
FILES:${PN} += "${nonarch_libdir}/tmpfiles.d ${systemd_system_unitdir}"
