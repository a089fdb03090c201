# noroshi. `make help` lists what can be made; cross/README.md tells how the build works.
#
# The device program is static and built against musl and our own builds of mbedTLS, cJSON and libuv (cross/deps).
# The tools use the same sources, the system's libc and the host build of the same libraries.

PLATFORM ?= linux
TARGET ?= host
PREFIX ?= /usr/local
DESTDIR ?=
HOST_CC ?= gcc
ifneq ($(TARGET),host)
include cross/targets/$(TARGET).mk
endif
CROSS ?=
ifeq ($(origin CC),default)
CC := $(CROSS)gcc
endif
VERSION ?= $(or $(shell cat VERSION 2>/dev/null),$(shell git describe --tags --always --dirty 2>/dev/null),unknown)

.DEFAULT_GOAL := all
export LC_ALL := C
MAKEFLAGS += --no-builtin-rules
Q := $(if $(V),,@)
say = @$(if $(findstring s,$(firstword -$(MAKEFLAGS))),:,printf '  %-7s %s\n' $(1) $(2))
OUT := build/$(TARGET)

include cross/packages.mk
ifeq ($(MISSING_PACKAGES),) # to the end

include cross/switches.mk
include cross/deps/deps.mk

# Rooms
AGENT_ROOMS := agent/commands agent/run agent/verdicts agent/config agent/spool agent/net agent/uplink agent/trust
SCAN_ROOMS := $(if $(filter 1,$(WITH_SCAN)),agent/scan $(if $(filter 1,$(WITH_PE)),agent/scan/pe) agent/scanner agent/programs agent/commands/scan,agent/programs/none)
ROOMS := models/base models agent/core $(SCAN_ROOMS) $(AGENT_ROOMS) agent platform/packet platform/$(PLATFORM) platform
MODELS := beacon packer packer_pe
GEN_SRC := $(MODELS:%=build/gen/builtin_%.c)
c_files = $(sort $(foreach dir,$(1),$(wildcard $(dir)/*.c)))
DEVICE_SRC := $(call c_files,$(ROOMS)) $(if $(filter 1,$(WITH_PE)),$(GEN_SRC),$(GEN_SRC:%/builtin_packer_pe.c=%/builtin_packer_pe_none.c))
SHARED_SRC := $(filter-out %/main.c agent/programs/none/%,$(sort $(call c_files,$(ROOMS) agent/scan agent/scan/pe agent/scanner agent/programs agent/commands/scan platform/recorded platform/recorded/packings tools/spans))) $(GEN_SRC)
TOOL_SRC = $(call c_files,tools/$(1) tools/$(1)/*) $(GEN_$(1))
GEN_collector := build/gen/page.c

# Flags. `?=` ones are for users; the others belong to the code.
CFLAGS ?= $(SMALL)
HOST_CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wvla -Wundef
LANGUAGE := -std=c11 -D_GNU_SOURCE -I. -Ibuild/gen -ffile-prefix-map=$(CURDIR)=.
HARDEN := $(PROTECTOR) $(STACK_CLASH)
DEVICE_CODE = $(ARCH_FLAGS) $(CFLAGS) $(HARDEN) -ftrivial-auto-var-init=zero $(PIE_CFLAGS) $(LTO_CFLAGS) \
	-ffunction-sections -fdata-sections -fno-unwind-tables -fno-asynchronous-unwind-tables
DEVICE_CFLAGS = $(LANGUAGE) $(WARNINGS) $(DEVICE_INCLUDES) $(DEVICE_CODE)
TOOL_CFLAGS = $(LANGUAGE) $(WARNINGS) $(HOST_INCLUDES) $(HOST_CFLAGS) $(HARDEN)

# Programs: name, folder under tools/, libraries
PROGRAMS :=
LIBS_noroshi := -lmbedtls -lcjson -luv
UNPACK_LIBS := -lz -lzstd -llzma -lbz2
LIBS_replay := $(UNPACK_LIBS)
LIBS_sim := -lz -lm
LIBS_collector := $(HOST_LIB)/libmbedtls.a $(HOST_LIB)/libcjson.a $(HOST_LIB)/libuv.a $(HOST_LIB)/libllhttp.a -lsqlite3 $(UNPACK_LIBS) -lm -lpthread -ldl
LIBS_model := $(HOST_LIB)/libmbedtls.a $(HOST_LIB)/libcjson.a $(UNPACK_LIBS) -lm

.PHONY: all run model model-packer bench-packer-fp evasion test lint advisories fuzz bench size size-options deps clean help FORCE
.DELETE_ON_ERROR:
.SECONDARY:
all: programs

# Compiling: $(1) = folder of the objects, $(2) = compiler, $(3) = name of the variable with the flags, $(4) = sysroot
define compile
$(1)/flags: FORCE
	@mkdir -p $$(@D)
	@echo '$(2) $$($(3))' | cmp -s - $$@ || echo '$(2) $$($(3))' >$$@
$(1)/%.o: %.c $(1)/flags | $(4) build/gen/version.h
	@mkdir -p $$(@D)
	$$(call say,CC,$$<)
	$$(Q)$(2) $$($(3)) -frandom-seed=$$< -MMD -MP -c -o $$@ $$<
endef
$(eval $(call compile,$(OUT)/device,$(CC),DEVICE_CFLAGS,$(DEVICE_STAMP)))
# What every destination costs every minute is worth two KiB.
HOT ?= agent/core/day_read agent/core/features_window agent/core/intmath models/model_score
$(HOT:%=$(OUT)/device/%.o): CFLAGS := -O2
$(eval $(call compile,build/host/tool,$(HOST_CC),TOOL_CFLAGS,$(HOST_STAMP)))

# The device program, and the lab beacon, which has no business with our libraries: static, stripped.
LINK := cross/link cross/layout.sed
link_device = CC='$(CC)' STRIP='$(CROSS)strip' READELF='$(CROSS)readelf' SYSROOT='$(DEVICE_ROOT)' PIE='$(PIE)' LIBGCC='$(LIBGCC)' \
	PARTS='$(1)' cross/link $@ $(DEVICE_CODE) $(filter %.o,$^)
define device_program
PROGRAMS += $(OUT)/$(1)
$(OUT)/$(1): $$(patsubst %.c,$(OUT)/device/%.o,$(2)) $(DEVICE_STAMP) $(LINK)
	$$(call say,LINK,$$@)
	$$(Q)$$(call link_device,$(OUT)/device) $(3)
endef
$(if $(wildcard agent/main.c),$(eval $(call device_program,noroshi,$(DEVICE_SRC),$(LIBS_noroshi))))
$(if $(wildcard tools/lab/main.c),$(eval $(call device_program,noroshi-lab,$(call TOOL_SRC,lab))))

# Host tools: own sources, and whatever they need of the shared rooms.
SHARED_LIB := build/host/libnoroshi.a
$(SHARED_LIB): $(SHARED_SRC:%.c=build/host/tool/%.o)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcsD $@ $^
define tool
PROGRAMS += build/host/noroshi-$(1)
build/host/noroshi-$(1): $$(patsubst %.c,build/host/tool/%.o,$(call TOOL_SRC,$(2))) $(SHARED_LIB) $(HOST_STAMP)
	$$(call say,LINK,$$@)
	$$(Q)$(HOST_CC) $(HOST_CFLAGS) -pie -Wl,-z,relro,-z,now,--as-needed -o $$@ \
		-Wl,--start-group $$(filter %.o %/libnoroshi.a,$$^) $(LIBS_$(1)) -Wl,--end-group
endef
ifeq ($(TARGET),host)
$(foreach t,replay:replay sim:simulate collector:collector model:model,$(if $(wildcard tools/$(lastword $(subst :, ,$(t)))/main.c),\
	$(eval $(call tool,$(firstword $(subst :, ,$(t))),$(lastword $(subst :, ,$(t)))))))
endif
.PHONY: programs
programs: $(PROGRAMS)

# Made sources
build/gen/version.h: FORCE
	@mkdir -p $(@D)
	@printf '#define NRS_VERSION "%s"\n' '$(VERSION)' | cmp -s - $@ || printf '#define NRS_VERSION "%s"\n' '$(VERSION)' >$@
build/gen/page.c: tools/collector/embed $(sort $(wildcard tools/collector/page/*))
	@mkdir -p $(@D)
	$(Q)tools/collector/embed $(filter tools/collector/page/%,$^) >$@
build/gen/builtin_%.c: cross/embed $(wildcard models/*.nrm)
	@mkdir -p $(@D)
	$(Q)cross/embed nrs_builtin_$* models/$*.nrm >$@
build/gen/builtin_%_none.c: cross/embed
	@mkdir -p $(@D)
	$(Q)cross/embed nrs_builtin_$* '' >$@

include tests/tests.mk
include cross/cross.mk
ifneq ($(TARGET),host)
include tests/cross.mk
endif

model: all
	$(Q)tools/train/train.py --build build/host
model-packer: all
	$(if $(PE_FOLDER),$(Q)$(MAKE) WITH_PE=1 OUT=build/pe build/pe/noroshi)
	$(Q)tools/train/packer.py --build build/host $(if $(PE_FOLDER),--pe '$(PE_FOLDER)') $(if $(UNSEEN_FOLDER),--unseen '$(UNSEEN_FOLDER)')
bench-packer-fp: all
	$(Q)tools/train/packer_fp.py --build build/host
evasion: all
	$(Q)tools/train/evasion.py --build build/host
run: all
	$(Q)tools/lab/run
deps: $(DEVICE_STAMP) $(HOST_STAMP)
	@echo "device: $(DEVICE_ROOT)"; echo "host:   $(HOST_ROOT)"
lint: $(OUT)/noroshi
	$(Q)CC='$(CC)' CROSS='$(CROSS)' DEVICE_CFLAGS='$(DEVICE_CFLAGS)' OUT='$(OUT)' cross/lint/run
advisories: $(OUT)/noroshi
	$(Q)cross/deps/advisories cross/deps $(OUT)/device/noroshi.elf
size: all
	$(Q)cross/size $(OUT) $(TARGET)
size-options:
	$(Q)CC='$(CC)' MAKE='$(make_program)' cross/size-options >cross/OPTIONS.md.new && mv cross/OPTIONS.md.new cross/OPTIONS.md
include cross/packaging.mk
clean:
	rm -rf build
help:
	@cat cross/help.txt

-include $(shell find build -name '*.d' -type f 2>/dev/null)
endif
