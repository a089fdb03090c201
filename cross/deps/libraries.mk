# Builds the libraries of one KIND of sysroot as static libraries from unpacked sources in the current folder into $(ROOT).
# Called by `sysroot`, which sets KIND, ROOT, CC, AR, DEPS_CFLAGS and LIBGCC. Sources are named relative to this folder, so
# no path of the machine gets into the objects.

ifneq ($(KIND),host)
GCC_INCLUDE := $(shell $(CC) -print-file-name=include)
LIBC_FLAGS := -nostdinc -isystem $(ROOT)/include -isystem $(GCC_INCLUDE)
endif

CFLAGS := $(LIBC_FLAGS) $(DEPS_CFLAGS) $(LTO_CFLAGS) -std=gnu11 -DNDEBUG -w
LIBS_device := mbedtls cjson uv $(LIBGCC:-l%=%)
LIBS_host := mbedtls cjson uv llhttp
LIBS_test := $(LIBS_device) z cmocka
LIBS := $(LIBS_$(KIND))

# All of mbedTLS is compiled; what the configuration leaves out becomes an empty object.
mbedtls_SRC := $(sort $(wildcard mbedtls/library/*.c))
mbedtls_FLAGS := -Imbedtls/include -Imbedtls/library

# cJSON_Utils (JSON pointer and patch) is not compiled: nothing uses it, and CVE-2025-57052 is in it.
cjson_SRC := cjson/cJSON.c
cjson_FLAGS := $(if $(filter device,$(KIND)),-DCJSON_NO_NUMBER_VALUES)

# The files that libuv's own build lists for Linux.
uv_UNIX := async core dl fs getaddrinfo getnameinfo linux loop loop-watcher pipe poll process procfs-exepath \
	proctitle random-devurandom random-getrandom random-sysctl-linux signal stream tcp thread tty udp
uv_SRC := $(sort $(wildcard libuv1/src/*.c)) $(uv_UNIX:%=libuv1/src/unix/%.c)
uv_FLAGS := -Ilibuv1/include -Ilibuv1/src -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64

# The collector's HTTP parser, as C that its generator wrote. llhttp's own archive has only the generator's input, so the
# C comes out of nghttp2's release, which carries it. Nothing else of nghttp2 is compiled.
llhttp_SRC := $(sort $(wildcard nghttp2/third-party/llhttp/src/*.c))
llhttp_FLAGS := -Inghttp2/third-party/llhttp/include

# What GCC calls where the machine has no instruction, for targets whose libgcc does not fit: floating point and 64-bit
# integers by software, out of compiler-rt.
builtins_DIR := emscripten/system/lib/compiler-rt/lib/builtins
builtins_SRC := $(addprefix $(builtins_DIR)/,$(addsuffix .c,fp_mode \
	addsf3 adddf3 subsf3 subdf3 mulsf3 muldf3 divsf3 divdf3 negsf2 negdf2 comparesf2 comparedf2 extendsfdf2 truncdfsf2 \
	fixsfsi fixsfdi fixdfsi fixdfdi fixunssfsi fixunssfdi fixunsdfsi fixunsdfdi \
	floatsisf floatsidf floatdisf floatdidf floatunsisf floatunsidf floatundisf floatundidf \
	ashldi3 ashrdi3 lshrdi3 muldi3 divdi3 moddi3 divmoddi4 udivdi3 umoddi3 udivmoddi4 cmpdi2 ucmpdi2 \
	clzsi2 clzdi2 ctzsi2 ctzdi2 ffsdi2 popcountsi2 popcountdi2 bswapsi2 bswapdi2))
builtins_FLAGS := -fno-lto

# For tests that run on a target. Without thread-local variables: GNU ld reserves relocations in code for them on RISC-V.
z_SRC := $(sort $(wildcard zlib/*.c))
z_FLAGS := -DHAVE_UNISTD_H
cmocka_SRC := cmocka/src/cmocka.c
cmocka_FLAGS := -Icmocka/include -D_GNU_SOURCE -DHAVE_INTTYPES_H -DHAVE_MALLOC_H -DHAVE_SIGNAL_H -DHAVE_STRINGS_H \
	-DHAVE_SIGLONGJMP -DHAVE_STRSIGNAL -DHAVE_STRUCT_TIMESPEC -DHAVE_CLOCK_REALTIME

HEADERS_host := nghttp2/third-party/llhttp/include/llhttp.h
HEADERS_test := zlib/zlib.h zlib/zconf.h cmocka/include/cmocka.h
HEADERS := mbedtls/include/mbedtls mbedtls/include/psa libuv1/include/uv.h libuv1/include/uv cjson/cJSON.h $(HEADERS_$(KIND))
all: $(LIBS:%=$(ROOT)/lib/lib%.a)
	cp -R $(HEADERS) $(ROOT)/include/

define library
$(1)_OBJ := $$($(1)_SRC:.c=.o)
$$($(1)_OBJ): FLAGS := $$($(1)_FLAGS)
$(ROOT)/lib/lib$(1).a: $$($(1)_OBJ)
	$(AR) rcsD $$@ $$^
endef
$(foreach lib,$(LIBS),$(eval $(call library,$(lib))))

%.o: %.c
	$(CC) $(CFLAGS) $(FLAGS) -frandom-seed=$< -c -o $@ $<
