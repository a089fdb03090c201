# 32-bit ARM without FPU: Kirkwood, ARM926 boards. Atomic operations are the kernel's helpers, called by libgcc. Thumb code is
# a quarter smaller; GCC has no stack clash protection for it.
CROSS := arm-linux-gnueabi-
ARCH_FLAGS := -march=armv5te -mfloat-abi=soft -mthumb
STACK_CLASH :=
MUSL_TARGET := arm-linux-musleabi
QEMU := qemu-arm-static -cpu arm926
