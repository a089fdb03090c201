# MIPS32r2, little-endian, no FPU (OpenWrt mipsel_24kc, ramips): routers. Position independent code costs 17 % here,
# so the program has fixed addresses. Debian's libgcc for MIPS needs an FPU: compiler-rt takes its place.
CROSS := mipsel-linux-gnu-
ARCH_FLAGS := -march=24kc -mabi=32 -msoft-float -fno-pic -mno-abicalls
MUSL_TARGET := mipsel-linux-muslsf
PIE := 0
LIBGCC := -lbuiltins
QEMU := qemu-mipsel-static -cpu 24Kc
BOOT_KERNEL := mipsel linux-image-4kc-malta
BOOT_MACHINE := qemu-system-mipsel -M malta -cpu 24Kc -m 48
