# 32-bit big-endian PowerPC with FPU: older access points, control systems. Position independent code costs 66 KiB of padding.
CROSS := powerpc-linux-gnu-
PIE := 0
QEMU := qemu-ppc-static
