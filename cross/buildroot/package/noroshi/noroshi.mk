################################################################################
#
# noroshi
#
################################################################################

# The tree that this external tree is part of, at its commit.
NOROSHI_SITE = $(realpath $(BR2_EXTERNAL_NOROSHI_PATH)/../..)
NOROSHI_SITE_METHOD = git
NOROSHI_VERSION = $(shell git -C $(NOROSHI_SITE) rev-parse HEAD)
NOROSHI_LICENSE = Apache-2.0 (noroshi, mbedTLS), MIT (musl, cJSON, libuv), ISC and BSD-2-Clause (libuv)
NOROSHI_LICENSE_FILES = LICENSE cross/debian/copyright
BR_NO_CHECK_HASH_FOR += $(NOROSHI_SOURCE)

# The pinned sources of its libraries; cross/deps/pins.tsv has the same.
NOROSHI_EXTRA_DOWNLOADS = \
	https://musl.libc.org/releases/musl-1.2.6.tar.gz \
	https://github.com/Mbed-TLS/mbedtls/releases/download/mbedtls-3.6.7/mbedtls-3.6.7.tar.bz2 \
	https://github.com/DaveGamble/cJSON/archive/refs/tags/v1.7.19.tar.gz \
	https://dist.libuv.org/dist/v1.50.0/libuv-v1.50.0.tar.gz

NOROSHI_ENV = NOROSHI_CACHE=$(@D)/cache NOROSHI_PACKAGES=present

define NOROSHI_CONFIGURE_CMDS
	$(NOROSHI_ENV) $(@D)/cross/deps/import $(NOROSHI_DL_DIR)
endef

define NOROSHI_BUILD_CMDS
	$(NOROSHI_ENV) $(MAKE) -C $(@D) CC="$(TARGET_CC)" CROSS="$(TARGET_CROSS)" \
		OUT=build/device VERSION=$(NOROSHI_VERSION) build/device/noroshi
endef

define NOROSHI_INSTALL_TARGET_CMDS
	$(INSTALL) -D -m 0755 $(@D)/build/device/noroshi $(TARGET_DIR)/usr/bin/noroshi
	$(INSTALL) -D -m 0644 $(@D)/cross/router.json $(TARGET_DIR)/etc/noroshi/noroshi.json
endef

define NOROSHI_INSTALL_INIT_SYSV
	$(INSTALL) -D -m 0755 $(NOROSHI_PKGDIR)/S70noroshi $(TARGET_DIR)/etc/init.d/S70noroshi
endef

define NOROSHI_INSTALL_INIT_SYSTEMD
	$(INSTALL) -D -m 0644 $(@D)/cross/systemd/noroshi.service \
		$(TARGET_DIR)/usr/lib/systemd/system/noroshi.service
	$(INSTALL) -D -m 0644 $(@D)/cross/systemd/noroshi.tmpfiles \
		$(TARGET_DIR)/usr/lib/tmpfiles.d/noroshi.conf
endef

define NOROSHI_USERS
	noroshi -1 noroshi -1 * /var/lib/noroshi - - noroshi agent
endef

define NOROSHI_PERMISSIONS
	/etc/noroshi d 0750 0 noroshi - - - - -
endef

$(eval $(generic-package))
