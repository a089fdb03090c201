# 64-bit little-endian POWER8 and later.
CROSS := powerpc64le-linux-gnu-
QEMU := qemu-ppc64le-static
