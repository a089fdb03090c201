# 64-bit x86: servers, PCs, x86 routers. As `host`, but the same program on any build machine.
CROSS := x86_64-linux-gnu-
QEMU := $(if $(filter x86_64,$(shell uname -m)),,qemu-x86_64-static)
BOOT_KERNEL := amd64 linux-image-cloud-amd64
BOOT_MACHINE := qemu-system-x86_64 -m 80
