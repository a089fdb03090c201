# Goals over the targets of cross/targets. TARGETS chooses some; TARGETS.md is written when all have been tested.

ALL_TARGETS := $(patsubst cross/targets/%.mk,%,$(sort $(wildcard cross/targets/*.mk)))
TARGETS ?= $(ALL_TARGETS)
each_target = $(Q)for t in $(TARGETS); do $(1) || exit 1; done

.PHONY: cross cross-all test-cross repro sbom
ifeq ($(TARGET),host)
cross:
	@echo 'cross: name one: make cross TARGET=$(subst $( ), | ,$(ALL_TARGETS))' >&2; exit 2
else
cross: $(OUT)/noroshi
	$(Q)cross/size $(OUT) $(TARGET)
endif
cross-all:
	$(call each_target,$(MAKE) --no-print-directory TARGET=$$t cross)
test-cross:
	$(call each_target,{ echo "== $$t"; mkdir -p build/$$t; $(MAKE) --no-print-directory TARGET=$$t size test-target >build/$$t/test.log 2>&1; \
		status=$$?; tail -n 1 build/$$t/test.log; [ $$status = 0 ] || { grep -v '^  ok' build/$$t/test.log; false; }; })
	$(Q)cross/table $(TARGETS) $(if $(filter-out $(TARGETS),$(ALL_TARGETS)),,>cross/TARGETS.md)

# Same source, same bytes: everything, dependencies too, built in two folders of different depth with caches of their own.
repro:
	$(Q)cross/repro $(if $(filter command line,$(origin TARGETS)),$(TARGETS),host mips24kc aarch64)
sbom:
	$(Q)cross/sbom '$(VERSION)' >build/noroshi.spdx.json && echo build/noroshi.spdx.json
