# 32-bit x86 from the Pentium Pro on: old PCs, industrial boards.
CROSS := i686-linux-gnu-
QEMU := qemu-i386-static
