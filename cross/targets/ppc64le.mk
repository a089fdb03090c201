# 64-bit little-endian POWER8 and later.
CROSS := powerpc64le-linux-gnu-
ARCH_FLAGS := -mlong-double-64 # musl has no other here
QEMU := qemu-ppc64le-static
