# Where the dependencies' sysroots are (build cache, see cross/deps/sysroot) and how to compile against them.

PIE ?= 1
LIBGCC ?=
PIE_CFLAGS := $(if $(filter 1,$(PIE)),-fPIE,-fno-pie)
ARCH_FLAGS ?=
PROTECTOR := -fstack-protector-strong
STACK_CLASH ?= -fstack-clash-protection
SMALL := $(shell $(CC) -Oz -E -x c /dev/null >/dev/null 2>&1 && echo -Oz || echo -Os)
DEVICE_DEPS_CFLAGS = $(ARCH_FLAGS) $(SMALL) $(PIE_CFLAGS) -ffunction-sections -fdata-sections $(PROTECTOR) \
	$(STACK_CLASH) -fno-unwind-tables -fno-asynchronous-unwind-tables
HOST_DEPS_CFLAGS := -O2 -g1 -fPIE $(PROTECTOR)

# Our own code, mbedTLS, cJSON and libuv are optimised as one program when it is linked; musl is not. Debugging data
# tells `make size` whose code is whose; it is stripped.
LTO ?= 1
LTO_CFLAGS := $(if $(filter 1,$(LTO)),-flto=auto -flto-partition=one -g)

target_env = CC='$(CC)' AR='$(CROSS)gcc-ar' TARGET='$(TARGET)' MUSL_TARGET='$(MUSL_TARGET)' PIE='$(PIE)' LIBGCC='$(LIBGCC)'
device_env = $(target_env) DEPS_CFLAGS='$(DEVICE_DEPS_CFLAGS) $(call device_switches,$(TLS_SWITCHES))' LTO_CFLAGS='$(LTO_CFLAGS)'
host_env = CC='$(HOST_CC)' TARGET=host DEPS_CFLAGS='$(HOST_DEPS_CFLAGS) $(call tool_switches,$(TLS_SWITCHES))'

# Goals that compile nothing need no sysroot.
ifneq ($(NEEDING),)
DEVICE_ROOT := $(shell $(device_env) cross/deps/sysroot path device)
HOST_ROOT := $(shell $(host_env) cross/deps/sysroot path host)
GCC_INCLUDE := $(shell $(CC) -print-file-name=include)

DEVICE_INCLUDES = -nostdinc -isystem $(DEVICE_ROOT)/include -isystem $(GCC_INCLUDE) $(call device_switches,$(SWITCHES))
HOST_INCLUDES = -isystem $(HOST_ROOT)/include $(call tool_switches,$(SWITCHES))
HOST_LIB := $(HOST_ROOT)/lib
DEVICE_STAMP := $(DEVICE_ROOT)/VERSIONS
HOST_STAMP := $(HOST_ROOT)/VERSIONS

# Not the name of make itself: with it, `make -n` would build them.
make_program := $(MAKE)
$(DEVICE_STAMP):
	$(Q)$(device_env) MAKE='$(make_program)' cross/deps/sysroot build device
$(HOST_STAMP):
	$(Q)$(host_env) MAKE='$(make_program)' cross/deps/sysroot build host
endif
