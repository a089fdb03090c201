# Installing, and packages: `make install`, `uninstall`, `deb`, `test-deb`, `ipk`, `container`. Each kind of package has a folder here.
#
# install puts programs, and for the host manual pages, below $(DESTDIR)$(PREFIX); with SYSTEMD=1 the units, too. Nothing is
# put into /etc: the agent needs no configuration file, and the collector writes the one that names it.

SYSTEMD ?= 1
SOURCE_DATE_EPOCH ?= $(or $(shell git log -1 --format=%ct 2>/dev/null),0)

# Versions of packages begin with a digit and grow: a tag, else the number in agent/release.h and the count of commits.
RELEASE = $(shell sed -n 's,^.define NRS_AGENT_NUMBER .*/\* \(.*\) \*/,\1,p' agent/release.h)
PACKAGE_VERSION ?= $(shell echo '$(VERSION)' | sed -n 's/^v\{0,1\}\([0-9][0-9]*\.[0-9][0-9.]*\)/\1/p' | tr - + | grep . || \
	echo "$(RELEASE)~git$$(git rev-list --count HEAD 2>/dev/null || echo 0).$(VERSION)" | tr - +)

MAN := $(if $(filter host,$(TARGET)),$(patsubst $(OUT)/%,build/man/%.1,$(PROGRAMS)))
build/man/%.1: build/host/% cross/man
	@mkdir -p $(@D)
	$(Q)VERSION='$(VERSION)' SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) cross/man $< >$@

SERVICES := $(filter noroshi noroshi-collector,$(notdir $(PROGRAMS)))
INTO := $(DESTDIR)$(PREFIX)
INSTALLED := $(patsubst $(OUT)/%,$(INTO)/bin/%,$(PROGRAMS)) $(MAN:build/man/%=$(INTO)/share/man/man1/%) \
	$(if $(filter 1,$(SYSTEMD)),$(SERVICES:%=$(INTO)/lib/systemd/system/%.service) \
	$(SERVICES:%=$(INTO)/lib/sysusers.d/%.conf) $(SERVICES:%=$(INTO)/lib/tmpfiles.d/%.conf))
.PHONY: install uninstall deb test-deb test-ansible ipk container
install: $(INSTALLED)
uninstall:
	rm -f $(INSTALLED)
$(INTO)/bin/%: $(OUT)/% FORCE
	install -D -m 755 $< $@
$(INTO)/share/man/man1/%: build/man/% FORCE
	install -D -m 644 $< $@
$(INTO)/lib/sysusers.d/%.conf: cross/systemd/%.sysusers FORCE
	install -D -m 644 $< $@
$(INTO)/lib/tmpfiles.d/%.conf: cross/systemd/%.tmpfiles FORCE
	install -D -m 644 $< $@
$(INTO)/lib/systemd/system/%.service: cross/systemd/%.service FORCE
	install -d $(@D)
	sed 's,^ExecStart=/usr/,ExecStart=$(PREFIX)/,' $< >$@

DEB ?= build/deb
deb: all $(MAN)
	$(Q)rm -rf $(DEB) && mkdir -p $(DEB)/noroshi
	$(Q)$(MAKE) -s install DESTDIR=$(abspath $(DEB))/noroshi/root PREFIX=/usr SYSTEMD=0
	$(Q)install -D -m 644 cross/debian/noroshi.json $(DEB)/noroshi/root/etc/noroshi/noroshi.json
	$(Q)cp -R cross/debian $(DEB)/noroshi/debian && cp cross/systemd/* agent/CONFIG.md agent/VERDICT.md $(DEB)/noroshi/debian
	$(Q)printf 'noroshi (%s) unstable; urgency=medium\n\n  * Built from noroshi %s.\n\n -- %s  %s\n' '$(PACKAGE_VERSION)' '$(VERSION)' \
		"$$(sed -n 's/^Maintainer: //p' cross/debian/control)" "$$(date -uRd @$(SOURCE_DATE_EPOCH))" >$(DEB)/noroshi/debian/changelog
	$(Q)cd $(DEB)/noroshi && SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) dpkg-buildpackage -b -uc -us -d >../build.log 2>&1 || { tail -n 20 ../build.log; exit 1; }
	@ls -l $(DEB)/*.deb
test-deb: deb
	$(Q)cross/debian/test $(DEB)

# OpenWrt's names of its architectures; IPK_ARCH=... for a board that has another one.
IPK_ARCH_host := $(subst amd64,x86_64,$(shell dpkg --print-architecture 2>/dev/null))
IPK_ARCH_i686 := i386_pentium4
IPK_ARCH_aarch64 := aarch64_generic
IPK_ARCH_armv7 := arm_cortex-a7
IPK_ARCH_armv5te := arm_arm926ej-s
IPK_ARCH_mips24kc := mips_24kc
IPK_ARCH_mipsel24kc := mipsel_24kc
IPK_ARCH_riscv64 := riscv64_generic
IPK_ARCH_powerpc := powerpc_8548
IPK_ARCH ?= $(or $(IPK_ARCH_$(TARGET)),$(TARGET))
IPK = build/openwrt/noroshi_$(PACKAGE_VERSION)_$(IPK_ARCH).ipk
ipk: $(OUT)/noroshi
	$(Q)SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) cross/openwrt/ipk $< '$(IPK_ARCH)' '$(PACKAGE_VERSION)' '$(IPK)'
	@ls -l '$(IPK)'

# Buildah's store is a folder of ours, so nothing of the machine's is touched and no daemon is needed.
IMAGE := build/container/noroshi.oci.tar
BUILDAH = buildah --root $(abspath build/container/store) --runroot $(abspath build/container/run) --storage-driver vfs
container: $(OUT)/noroshi
	$(Q)rm -rf build/container && mkdir -p build/container/context
	$(Q)cp $< cross/container/passwd LICENSE cross/debian/copyright build/container/context
	$(Q)$(BUILDAH) build -q --isolation chroot --timestamp $(SOURCE_DATE_EPOCH) --label org.opencontainers.image.version='$(VERSION)' \
		-t noroshi -f cross/container/Containerfile build/container/context >/dev/null
	$(Q)$(BUILDAH) push -q noroshi oci-archive:$(IMAGE)
	$(Q)rm -rf build/container/store build/container/run build/container/context
	@ls -l $(IMAGE)

test-ansible: deb
	$(Q)rm -rf build/ansible && $(MAKE) -s install DESTDIR=$(abspath build/ansible) >/dev/null
	$(Q)cross/ansible/test $(DEB) build/ansible
