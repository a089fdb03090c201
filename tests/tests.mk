# Test programs: every room and tool (without its main) in one library built with AddressSanitizer and UBSan, and one
# program per file of tests/unit, tests/property, tests/fuzz and per driver in tests/system.

TEST_CC ?= $(HOST_CC)
FUZZ_CC ?= clang
FUZZ_SECONDS ?= 60
FUZZ_OUT := build/$(if $(findstring afl,$(FUZZ_CC)),afl,fuzz)
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
TEST_CFLAGS = $(LANGUAGE) $(WARNINGS) -Werror $(HOST_INCLUDES) -O1 -g $(SANITIZE)
FUZZ_CFLAGS = $(LANGUAGE) -Wall $(HOST_INCLUDES) -O1 -g $(SANITIZE) -fsanitize=fuzzer-no-link
TEST_LIBS = $(LIBS_collector)

ALL_SRC := $(sort $(SHARED_SRC) $(filter-out %/main.c,$(call c_files,tools/* tools/*/*)) $(GEN_collector))
test_programs = $(sort $(patsubst tests/%.c,build/test/%,$(wildcard tests/$(1)/$(2)*.c)))
TESTS := $(foreach kind,unit property simulation,$(call test_programs,$(kind),test_))
FUZZERS := $(call test_programs,fuzz,fuzz_)
DRIVERS := $(call test_programs,system,)

$(eval $(call compile,build/test/o,$(TEST_CC),TEST_CFLAGS,$(HOST_STAMP)))
$(eval $(call compile,$(FUZZ_OUT)/o,$(FUZZ_CC),FUZZ_CFLAGS,$(HOST_STAMP)))

build/test/libnoroshi.a: $(ALL_SRC:%.c=build/test/o/%.o)
$(FUZZ_OUT)/libnoroshi.a: $(ALL_SRC:%.c=$(FUZZ_OUT)/o/%.o)
build/test/libnoroshi.a $(FUZZ_OUT)/libnoroshi.a:
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcsD $@ $^

link_test = $(call say,LINK,$@) && mkdir -p $(@D) && $(TEST_CC) $(SANITIZE) -o $@ -Wl,--start-group $(filter %.o %.a,$^) $(TEST_LIBS) -Wl,--end-group
$(TESTS): build/test/%: build/test/o/tests/%.o build/test/libnoroshi.a
	$(link_test) -lcmocka
$(DRIVERS): build/test/%: build/test/o/tests/%.o build/test/libnoroshi.a
	$(link_test)
$(FUZZERS): build/test/%: build/test/o/tests/%.o build/test/o/tests/fuzz/replay.o build/test/libnoroshi.a
	$(link_test)
$(FUZZERS:build/test/%=$(FUZZ_OUT)/%): $(FUZZ_OUT)/%: $(FUZZ_OUT)/o/tests/%.o $(FUZZ_OUT)/libnoroshi.a
	$(call say,LINK,$@) && mkdir -p $(@D) && $(FUZZ_CC) $(SANITIZE) -fsanitize=fuzzer -o $@ -Wl,--start-group $^ $(TEST_LIBS) -Wl,--end-group

test: all $(TESTS) $(FUZZERS) $(DRIVERS)
	$(Q)BUILD=build/host TEST_BUILD=build/test tests/run $(if $(K),-k '$(K)')

fuzz: $(FUZZERS:build/test/%=$(FUZZ_OUT)/%)
	$(Q)FUZZ_OUT=$(FUZZ_OUT) FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run $(F)

# What a bench measures are the device's own objects, linked like the device.
BENCHES := $(patsubst tests/bench/%.c,$(OUT)/bench/%,$(sort $(wildcard tests/bench/*.c)))
$(BENCHES): $(OUT)/bench/%: $(OUT)/device/tests/bench/%.o $(filter-out %/main.o,$(DEVICE_SRC:%.c=$(OUT)/device/%.o))
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(call link_device,$(@D)) $(LIBS_noroshi)
bench: all $(BENCHES)
	$(Q)BUILD=$(OUT) tests/bench/run $(K)
