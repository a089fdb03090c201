# MIPS32r2, big-endian, no FPU (OpenWrt mips_24kc, ath79): routers. Position independent code costs 17 % here,
# so the program has fixed addresses. Debian's libgcc for MIPS needs an FPU: compiler-rt takes its place.
CROSS := mips-linux-gnu-
ARCH_FLAGS := -march=24kc -mabi=32 -msoft-float -fno-pic -mno-abicalls
MUSL_TARGET := mips-linux-muslsf
PIE := 0
LIBGCC := -lbuiltins
QEMU := qemu-mips-static -cpu 24Kc
