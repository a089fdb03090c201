# 64-bit x86: servers, PCs, x86 routers. As `host`, but the same program on any build machine.
CROSS := x86_64-linux-gnu-
