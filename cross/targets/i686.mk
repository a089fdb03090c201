# 32-bit x86 from the Pentium Pro on: old PCs, industrial boards. Position independent code costs 23 KiB here, more than
# there is room for, so the program has fixed addresses. Nothing uses SSE, so the stack needs no alignment to 16 bytes
# before each call.
CROSS := i686-linux-gnu-
ARCH_FLAGS := -march=i686 -mpreferred-stack-boundary=2
PIE := 0
QEMU := $(if $(filter x86_64,$(shell uname -m)),,qemu-i386-static)
