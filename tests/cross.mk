# Tests on a target: `make test-target TARGET=name` runs there what `make test` runs on the host, as far as a device has it:
# unit, property and simulation tests, fuzz corpora, golden files, a TLS session of the agent with the host's collector.
#
# They are built like the device's own objects (same compiler, same flags but link-time optimisation), against the host's
# configuration of mbedTLS, whose server side many tests need. Left out is the collector, which is no device's program.
# Programs are started through wrappers in $(OUT)/run, so the scripts know nothing of qemu. It is ten times slower than the
# machine, so a test is given more time before it counts as hung.

# cmocka.h makes an uintptr_t of its own, not always of the right size, unless it is told that there is one.
UINTPTR := -DHAVE_UINTPTR_T
test_env = $(target_env) DEPS_CFLAGS='$(DEVICE_DEPS_CFLAGS) $(UINTPTR) $(call tool_switches,$(TLS_SWITCHES))'
TEST_ROOT := $(shell $(test_env) cross/deps/sysroot path test)
TEST_STAMP := $(TEST_ROOT)/VERSIONS
TARGET_CFLAGS = $(LANGUAGE) $(WARNINGS) -Werror -nostdinc -isystem $(TEST_ROOT)/include -isystem $(GCC_INCLUDE) \
	-include stdint.h $(UINTPTR) $(call tool_switches,$(SWITCHES)) $(DEVICE_CODE)
TARGET_LIBS := -lmbedtls -lcjson -luv -lz -lcmocka

$(TEST_STAMP):
	$(Q)$(test_env) MAKE='$(make_program)' cross/deps/sysroot build test

TARGET_SRC := $(sort $(filter-out platform/recorded/packings/%,$(SHARED_SRC)) platform/recorded/packings/none/packings_none.c \
	$(filter-out %/main.c tools/collector/%,$(call c_files,tools/* tools/*/*)))
COLLECTOR_FIXTURES := $(shell grep -l '"tools/collector/' $(wildcard tests/*.h))
COLLECTOR_TESTS := $(patsubst tests/%.c,%,$(shell grep -l -e '"tools/collector/' $(COLLECTOR_FIXTURES:%=-e '"%"') $(wildcard tests/*/*.c)))
TARGET_TESTS := $(filter-out $(COLLECTOR_TESTS),$(TESTS:build/test/%=%) $(FUZZERS:build/test/%=%) system/kill9_agent)
TARGET_TOOLS := replay:replay sim:simulate model:model
TARGET_SCRIPTS := golden/test_config.sh golden/test_replay.sh golden/test_simulate.sh system/test_chain.py \
	$(filter-out $(if $(BOOT_KERNEL),,target/test_boot.py),$(patsubst tests/%,%,$(wildcard tests/target/test_*)))

$(OUT)/test/%: LTO_CFLAGS :=
$(eval $(call compile,$(OUT)/test/o,$(CC),TARGET_CFLAGS,$(TEST_STAMP)))
$(OUT)/test/libnoroshi.a: $(TARGET_SRC:%.c=$(OUT)/test/o/%.o)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(CROSS)ar rcsD $@ $^

link_target = $(call say,LINK,$@) && mkdir -p $(@D) && $(subst $(DEVICE_ROOT),$(TEST_ROOT),$(call link_device,$(@D))) \
	-Wl,--start-group $(filter %.a,$^) $(TARGET_LIBS) -Wl,--end-group
TARGET_FUZZERS := $(filter fuzz/%,$(TARGET_TESTS))
$(TARGET_FUZZERS:%=$(OUT)/test/%): $(OUT)/test/o/tests/fuzz/replay.o
$(TARGET_TESTS:%=$(OUT)/test/%) $(OUT)/test/target/init: $(OUT)/test/%: $(OUT)/test/o/tests/%.o $(OUT)/test/libnoroshi.a $(LINK)
	$(link_target)
define target_tool
$(OUT)/test/noroshi-$(1): $(patsubst %.c,$(OUT)/test/o/%.o,$(call TOOL_SRC,$(2))) $(OUT)/test/libnoroshi.a $(LINK)
	$$(link_target)
endef
$(foreach t,$(TARGET_TOOLS),$(eval $(call target_tool,$(firstword $(subst :, ,$(t))),$(lastword $(subst :, ,$(t))))))

# Wrappers: $(OUT)/run/NAME starts $(OUT)/NAME or $(OUT)/test/NAME on the target.
TARGET_RUN := $(addprefix $(OUT)/run/,noroshi $(foreach t,$(TARGET_TOOLS),noroshi-$(firstword $(subst :, ,$(t)))) \
	$(TARGET_TESTS:%=test/%))
wrap = @mkdir -p $(@D) && printf '\#!/bin/sh\nexec $(QEMU) $(CURDIR)/$< "$$@"\n' >$@ && chmod +x $@
$(OUT)/run/noroshi: $(OUT)/noroshi
	$(wrap)
$(OUT)/run/noroshi-%: $(OUT)/test/noroshi-%
	$(wrap)
$(OUT)/run/test/%: $(OUT)/test/%
	$(wrap)

.PHONY: test-target
test-target: $(TARGET_RUN) $(OUT)/noroshi-lab $(if $(BOOT_KERNEL),$(OUT)/test/target/init)
	$(Q)$(MAKE) --no-print-directory TARGET=host $(addprefix build/host/noroshi-,collector replay sim model) \
		build/host/noroshi
	$(Q)ln -sfn $(CURDIR)/build/host/noroshi-collector $(OUT)/run/noroshi-collector
	@echo '$(or $(subst -static,,$(QEMU)),native)' >$(OUT)/how
	$(Q)BOOT_KERNEL='$(BOOT_KERNEL)' BOOT_MACHINE='$(BOOT_MACHINE)' BUILD=$(OUT)/run TEST_BUILD=$(OUT)/run/test \
		TEST_TIMEOUT=$${TEST_TIMEOUT:-900} \
		tests/run $(if $(K),-k '$(K)') $(TARGET_TESTS) $(TARGET_SCRIPTS)
