# Which Debian packages the goals need (packages.txt), and the step that installs them. Reading the Makefile only looks whether
# they are there. If some are missing, the goals have one rule: install them, then read everything once more, because the names of
# folders depend on the compiler. `make -n` shows the step and installs nothing.

goals_of = $(if $(filter $(2),$(MAKECMDGOALS)),$(1))
NEEDING := $(filter-out clean help uninstall,$(or $(MAKECMDGOALS),all))
PACKAGE_KINDS := $(if $(NEEDING),build $(filter-out cross-host,cross-$(TARGET)) \
	$(call goals_of,cross-test cross-test-$(TARGET),test-target) $(call goals_of,cross-test,test-cross cross-table) \
	$(call goals_of,run,run evasion sbom) $(call goals_of,model,model) $(call goals_of,test,test fuzz bench) \
	$(call goals_of,package,deb ipk container) $(call goals_of,package package-test,test-deb test-ansible))
PACKAGE_KINDS := $(filter-out $(PACKAGES_DONE),$(PACKAGE_KINDS))
MISSING_PACKAGES := $(if $(PACKAGE_KINDS),$(shell cross/packages --missing $(PACKAGE_KINDS)))

ifneq ($(MISSING_PACKAGES),)
.PHONY: packages again $(or $(MAKECMDGOALS),all)
$(or $(MAKECMDGOALS),all): again ;@:
packages:
	@cross/packages $(PACKAGE_KINDS)
again: packages
	@PACKAGES_DONE='$(PACKAGES_DONE) $(PACKAGE_KINDS)' $(MAKE) --no-print-directory $(MAKECMDGOALS)
endif
