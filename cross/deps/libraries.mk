# Builds mbedTLS, cJSON and libuv as static libraries from unpacked sources in the current folder into $(ROOT).
# Called by `sysroot`, which sets KIND, ROOT, CC, AR and DEPS_CFLAGS. Sources are named relative to this folder, so
# no path of the machine gets into the objects.

ifeq ($(KIND),device)
GCC_INCLUDE := $(shell $(CC) -print-file-name=include)
LIBC_FLAGS := -nostdinc -isystem $(ROOT)/include -isystem $(GCC_INCLUDE)
endif

CFLAGS := $(LIBC_FLAGS) $(DEPS_CFLAGS) $(LTO_CFLAGS) -std=gnu11 -DNDEBUG -w
LIBS := mbedtls cjson uv

# All of mbedTLS is compiled; what the configuration leaves out becomes an empty object.
mbedtls_SRC := $(sort $(wildcard mbedtls/library/*.c))
mbedtls_FLAGS := -Imbedtls/include -Imbedtls/library

# cJSON_Utils (JSON pointer and patch) is not compiled: nothing uses it, and CVE-2025-57052 is in it.
cjson_SRC := cjson/cJSON.c

# The files that libuv's own build lists for Linux.
uv_UNIX := async core dl fs getaddrinfo getnameinfo linux loop loop-watcher pipe poll process procfs-exepath \
	proctitle random-devurandom random-getrandom random-sysctl-linux signal stream tcp thread tty udp
uv_SRC := $(sort $(wildcard libuv1/src/*.c)) $(uv_UNIX:%=libuv1/src/unix/%.c)
uv_FLAGS := -Ilibuv1/include -Ilibuv1/src -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64

all: $(LIBS:%=$(ROOT)/lib/lib%.a)
	cp -R mbedtls/include/mbedtls mbedtls/include/psa libuv1/include/uv.h libuv1/include/uv cjson/cJSON.h $(ROOT)/include/

define library
$(1)_OBJ := $$($(1)_SRC:.c=.o)
$$($(1)_OBJ): FLAGS := $$($(1)_FLAGS)
$(ROOT)/lib/lib$(1).a: $$($(1)_OBJ)
	$(AR) rcsD $$@ $$^
endef
$(foreach lib,$(LIBS),$(eval $(call library,$(lib))))

%.o: %.c
	$(CC) $(CFLAGS) $(FLAGS) -frandom-seed=$< -c -o $@ $<
