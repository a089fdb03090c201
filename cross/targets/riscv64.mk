# 64-bit RISC-V with FPU (rv64gc, lp64d): VisionFive, newer boards.
CROSS := riscv64-linux-gnu-
QEMU := qemu-riscv64-static
