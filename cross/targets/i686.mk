# 32-bit x86 from the Pentium Pro on: old PCs, industrial boards.
CROSS := i686-linux-gnu-
QEMU := $(if $(filter x86_64,$(shell uname -m)),,qemu-i386-static)
