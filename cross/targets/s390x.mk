# IBM Z (64-bit, big-endian).
CROSS := s390x-linux-gnu-
QEMU := qemu-s390x-static
