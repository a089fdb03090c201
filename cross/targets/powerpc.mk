# 32-bit big-endian PowerPC with FPU: older access points, control systems. Position independent code is larger.
CROSS := powerpc-linux-gnu-
PIE := 0
ARCH_FLAGS := -mlong-double-64 # musl has no other here
QEMU := qemu-ppc-static
