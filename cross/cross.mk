# Goals over the targets of cross/targets. TARGETS chooses some; results are kept in build/TARGET, so a run that was cut goes on
# with the others, and TARGETS.md is written when all have been tested.

ALL_TARGETS := $(patsubst cross/targets/%.mk,%,$(sort $(wildcard cross/targets/*.mk)))
TARGETS ?= $(ALL_TARGETS)

.PHONY: cross cross-all test-cross cross-table repro sbom
ifeq ($(TARGET),host)
cross:
	@echo 'cross: make cross TARGET=NAME, one of: $(ALL_TARGETS)' >&2; exit 2
else
cross: $(OUT)/noroshi
	$(Q)cross/size $(OUT) $(TARGET)
endif
cross-all:
	$(Q)for t in $(TARGETS); do $(MAKE) --no-print-directory TARGET=$$t cross || exit 1; done
test-cross:
	$(Q)for t in $(TARGETS); do \
		mkdir -p build/$$t; \
		{ echo 'noroshi $(VERSION)'; $(MAKE) --no-print-directory TARGET=$$t K= size test-target; } >build/$$t/test.part 2>&1 \
			|| cat build/$$t/test.part; \
		mv build/$$t/test.part build/$$t/test.log; \
		echo "$$t: $$(grep ' passed, ' build/$$t/test.log || echo failed)"; \
	done
	$(Q)cross/table $(ALL_TARGETS)
# The same table without the tests: sizes of today beside the last results.
cross-table:
	$(Q)$(MAKE) --no-print-directory TARGETS='$(ALL_TARGETS)' cross-all
	$(Q)cross/table $(ALL_TARGETS)

# Same source, same bytes: everything, dependencies too, built in two folders of different depth with caches of their own.
repro:
	$(Q)cross/repro $(if $(filter command line,$(origin TARGETS)),$(TARGETS),host mips24kc aarch64)
sbom:
	$(Q)HOST_CC='$(HOST_CC)' cross/sbom '$(VERSION)' >build/noroshi.spdx.json && echo build/noroshi.spdx.json
