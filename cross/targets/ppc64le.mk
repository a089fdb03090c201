# 64-bit little-endian POWER8 and later.
CROSS := powerpc64le-linux-gnu-
ARCH_FLAGS := -mlong-double-64 # musl has no other here
QEMU := qemu-ppc64le-static
# Bytes are nearer to their budget here than instructions: less is compiled for speed.
HOT := agent/core/day_read models/model_score
