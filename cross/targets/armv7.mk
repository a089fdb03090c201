# 32-bit ARM with VFP (Debian armhf, OpenWrt arm_cortex-a*): Raspberry Pi 2, routers, cameras.
CROSS := arm-linux-gnueabihf-
ARCH_FLAGS := -march=armv7-a+vfpv3-d16 -mthumb
MUSL_TARGET := arm-linux-musleabihf
QEMU := qemu-arm-static -cpu cortex-a7
