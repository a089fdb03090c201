# 64-bit ARM: servers, Raspberry Pi 3 and later, newer routers. Segments are 64 KiB apart in memory for kernels with such pages.
CROSS := aarch64-linux-gnu-
QEMU := qemu-aarch64-static
