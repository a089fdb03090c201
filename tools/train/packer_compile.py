"""C compilers for the architectures of the corpus."""
import os
import shutil
import subprocess

import packer_debs

# What is compiled for them; the last two have no Debian programs any more.
TRIPLETS = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu", "armhf": "arm-linux-gnueabihf", "i386": "i686-linux-gnu",
            "armel": "arm-linux-gnueabi", "mipsel": "mipsel-linux-gnu", "ppc64el": "powerpc64le-linux-gnu",
            "s390x": "s390x-linux-gnu", "riscv64": "riscv64-linux-gnu", "mips64el": "mips64el-linux-gnuabi64",
            "mips": "mips-linux-gnu", "powerpc": "powerpc-linux-gnu"}
CROSS_PACKAGES = ("libc6-dev-{}-cross", "libc6-{}-cross", "linux-libc-dev-{}-cross")


class Compiler:
    """The C compiler for an architecture, with Debian's C library for it below the cache. command: None without one."""

    def __init__(self, archive, arch):
        native = packer_debs.own_architecture()
        name = shutil.which(f"{TRIPLETS[arch]}-gcc")
        self.command, self.flags, self.debs = name, "", []
        if name and arch != native:
            root = archive.folder / "tools" / "cross"
            self.debs = archive.fetch(packer_debs.SUITES[native][0], native, [p.format(arch) for p in CROSS_PACKAGES])
            for deb in self.debs:
                packer_debs.unpack(deb, root)
            folder = root / "usr" / TRIPLETS[arch]
            self.flags = f"--sysroot={root} -B{folder}/lib -L{folder}/lib -isystem {folder}/include"

    def run(self, work, options):
        """main.c in the folder, compiled and linked; None if the compiler refused."""
        out = work / "compiled"
        out.unlink(missing_ok=True)
        subprocess.run([self.command, *self.flags.split(), *options.split(), "main.c", "-o", out], capture_output=True, cwd=work)
        return out.read_bytes() if out.exists() else None

    def run_shc(self, shc, work, data, options, level):
        script, out = work / "script.sh", work / "compiled"
        script.write_bytes(data)
        out.unlink(missing_ok=True)
        environment = {**os.environ, "CC": self.command, "CFLAGS": f"{level} {self.flags}"}
        subprocess.run([shc, *options, "-f", script, "-o", out], capture_output=True, env=environment, cwd=work)
        return out.read_bytes() if out.exists() else None
