"""Labelled packed and unpacked executables, made from Debian's programs with Debian's packers and compilers.

The outcome has the form of ../shared/data/packer: files by architecture and labels.tsv (`path sha256 format arch packer
packer_version original variant`), here unpacked. No packed file is ever run; the packers run on Debian's programs.
"""
import csv
import gzip
import hashlib
import io
import lzma
import os
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np

import packer_damage
import packer_debs

COLUMNS = ("path", "sha256", "format", "arch", "packer", "packer_version", "original", "variant")
CLEAN_PER_PACKAGE = 24   # programs kept of one package and architecture
PACKED_PER_PACKAGE = 8   # programs packed of one package, architecture and UPX version
SIZES = (20_000, 1_500_000)
UPX_ARCHS = ("amd64", "i386", "arm64", "armhf", "armel", "mipsel", "ppc64el")
METHODS = {"default": [], "1": ["-1"], "9": ["-9"], "best": ["--best"], "lzma": ["--lzma"], "lzma_best": ["--lzma", "--best"],
           "nrv2b": ["--nrv2b"], "nrv2d": ["--nrv2d"], "nrv2e": ["--nrv2e"], "nofilter": ["--no-filter"],
           "execve": ["--force-execve"], "7_lzma": ["-7", "--lzma"]}
SHARED_LIBRARY = ["--android-shlib"]
SCRIPT_PACKED = 30       # of each script packer
COMPILED = 16            # scripts that shc compiles for each architecture
BUNDLES = 12             # programs of each architecture that get an archive appended
# What shc's output is compiled for; the last two have no Debian programs, so UPX packs what was compiled.
TRIPLETS = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu", "armhf": "arm-linux-gnueabihf", "i386": "i686-linux-gnu",
            "armel": "arm-linux-gnueabi", "mipsel": "mipsel-linux-gnu", "ppc64el": "powerpc64le-linux-gnu",
            "s390x": "s390x-linux-gnu", "riscv64": "riscv64-linux-gnu", "mips64el": "mips64el-linux-gnuabi64",
            "mips": "mips-linux-gnu", "powerpc": "powerpc-linux-gnu"}
COMPILED_ONLY = ("mips", "powerpc")
CROSS_PACKAGES = ("libc6-dev-{}-cross", "libc6-{}-cross", "linux-libc-dev-{}-cross")
SEED = 1


class Corpus:
    """Writes files and their labels."""

    def __init__(self, folder):
        self.folder, self.rows, self.seen = folder, [], set()

    def add(self, data, arch, packer, version, original, variant):
        digest = hashlib.sha256(data).hexdigest()
        if digest in self.seen:
            return
        self.seen.add(digest)
        path = Path(arch) / packer / digest[:16]
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_bytes(data)
        kind = "elf" if data[:4] == b"\x7fELF" else "script"
        self.rows.append((path, digest, kind, arch, packer, version, original, variant))

    def close(self):
        """The labels come last: a folder without them was not finished."""
        with open(self.folder / "labels.tsv", "w") as f:
            writer = csv.writer(f, delimiter="\t", lineterminator="\n")
            writer.writerows([COLUMNS, *self.rows])


def rng_of(*names):
    """A generator that depends on the names only, so that one more package changes no other."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256("|".join(names).encode()).digest()[:8], "little") + SEED)


def draw(items, count, rng):
    items = sorted(items)
    return [items[i] for i in sorted(rng.permutation(len(items))[:count])]


def programs_of(deb):
    return {path: data for path, data in packer_debs.members(deb) if packer_debs.is_program(data)}


class Packers:
    """The packers of packer-packages.txt, unpacked below the cache, not installed. upx: {version: command}."""

    def __init__(self, archive, work):
        tools = packer_debs.Tools(archive)
        self.work, self.root = work, tools.root
        names = packer_debs.wanted("tool")
        self.upx = dict(tools.upx(name) for name in names if name.startswith("upx-ucl@"))
        for name in names:
            if not name.startswith("upx-ucl@"):
                tools.unpack(name)

    def tool(self, package):
        """(version, folder) of a packer there is one version of."""
        folder = next(self.root.glob(f"{package}-*"))
        return folder.name[len(package) + 1:], folder

    def run(self, command, data, name="program"):
        """The command on a copy of the data; what it wrote, or None if it refused."""
        path = self.work / name
        path.write_bytes(data)
        path.chmod(0o700)
        done = subprocess.run([*command, path], capture_output=True, cwd=self.work)
        packed = path.read_bytes()
        return packed if done.returncode == 0 and packed != data else None


def pack_upx(corpus, packers, arch, package, programs):
    """Each UPX version packs its own draw of the programs, each with a drawn method; every second one is damaged."""
    fit = [path for path, data in programs.items() if data[:4] == b"\x7fELF" and SIZES[0] <= len(data) <= SIZES[1]]
    for version, command in packers.upx.items():
        rng = rng_of("upx", version, arch, package)
        for path in draw(fit, PACKED_PER_PACKAGE, rng):
            method = list(METHODS)[rng.integers(0, len(METHODS))]
            extra = SHARED_LIBRARY if ".so" in path else []
            packed = packers.run([*command, "-q", *METHODS[method], *extra], programs[path])
            if packed is None:
                continue
            original = f"{package}__{Path(path).name}"
            corpus.add(packed, arch, "upx", version, original, method)
            if rng.integers(0, 2):
                variant = packer_damage.VARIANTS[rng.integers(0, len(packer_damage.VARIANTS))]
                corpus.add(packer_damage.damage(packed, variant, rng), arch, "upx", version, original, f"damaged-{variant}")


def keep_clean(corpus, arch, suite, package, programs):
    for path in draw(programs, CLEAN_PER_PACKAGE, rng_of("clean", arch, suite, package)):
        corpus.add(programs[path], arch, "none", suite, f"{package}__{Path(path).name}", "clean")


def pack_scripts(corpus, packers, arch, pool):
    """gzexe and makeself: (package, path, data) of the pool, drawn."""
    rng = rng_of("scripts")
    pool = [p for p in pool if 2000 <= len(p[2]) <= SIZES[1]]
    version, makeself = packers.tool("makeself")
    for i in rng.permutation(len(pool))[:SCRIPT_PACKED]:
        package, path, data = pool[i]
        packed = packers.run(["gzexe"], data)
        if packed:
            corpus.add(packed, arch, "gzexe", "system", f"{package}__{Path(path).name}", "gzexe")
    for n, i in enumerate(rng.permutation(len(pool))[:SCRIPT_PACKED]):
        package, path, data = pool[i]
        option = ("--gzip", "--bzip2", "--xz", "--nocomp", "--sha256")[n % 5]
        packed = run_makeself(packers.work, makeself, option, data)
        if packed:
            corpus.add(packed, arch, "makeself", version, f"{package}__{Path(path).name}", option.lstrip("-"))


def run_makeself(work, folder, option, data):
    content, out = work / "content", work / "archive.run"
    content.mkdir(exist_ok=True)
    (content / "program").write_bytes(data)
    out.unlink(missing_ok=True)
    header = folder / "usr/share/makeself/makeself-header.sh"
    done = subprocess.run(["sh", folder / "usr/bin/makeself", option, "--header", header, content, out, "an archive",
                           "./program"], capture_output=True)
    return out.read_bytes() if done.returncode == 0 and out.exists() else None


def append_bundles(corpus, arch, pool):
    """Programs with an archive of other programs behind them, as installers and self-contained applications have it: clean."""
    rng = rng_of("bundles", arch)
    elf = [p for p in pool if p[2][:4] == b"\x7fELF" and len(p[2]) <= SIZES[1]]
    for n, i in enumerate(rng.permutation(len(elf))[:BUNDLES]):
        package, path, data = elf[i]
        content = [elf[j] for j in rng.permutation(len(elf))[:3]]
        kind = ("zip", "stored", "gz", "xz")[n % 4]
        corpus.add(data + archive_of(kind, content), arch, "none", "bundle", f"{package}__{Path(path).name}", f"bundle-{kind}")


def archive_of(kind, content):
    out = io.BytesIO()
    if kind in ("zip", "stored"):
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if kind == "zip" else zipfile.ZIP_STORED) as archive:
            for _, path, data in content:
                archive.writestr(zipfile.ZipInfo(path), data)
        return out.getvalue()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for _, path, data in content:
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(out.getvalue(), mtime=0) if kind == "gz" else lzma.compress(out.getvalue())


class Compiler:
    """The C compiler for an architecture, with Debian's C library for it below the cache. None without one."""

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

    def run_shc(self, shc, work, data, options, level):
        script, out = work / "script.sh", work / "compiled"
        script.write_bytes(data)
        out.unlink(missing_ok=True)
        environment = {**os.environ, "CC": self.command, "CFLAGS": f"{level} {self.flags}"}
        subprocess.run([shc, *options, "-f", script, "-o", out], capture_output=True, env=environment, cwd=work)
        return out.read_bytes() if out.exists() else None


def compile_scripts(corpus, packers, archive, arch, pool):
    """shc: shell scripts of the pool, compiled for the architecture. Returns {script: what came of it}."""
    version, folder = packers.tool("shc")
    compiler, compiled = Compiler(archive, arch), {}
    scripts = [p for p in pool if p[2][:9] == b"#!/bin/sh" and len(p[2]) < 60_000]
    rng = rng_of("shc", arch)
    for n, i in enumerate(rng.permutation(len(scripts))[:COMPILED] if compiler.command else ()):
        package, path, data = scripts[i]
        level = ("-O2", "-Os", "-O0", "-O2 -static")[n % 4]
        out = compiler.run_shc(folder / "usr/bin/shc", packers.work, data, ["-r"] if n % 3 else [], level)
        if out:
            corpus.add(out, arch, "shc", version, f"{package}__{Path(path).name}", f"shc {level}")
            compiled[path] = out
    for deb in compiler.debs if arch in COMPILED_ONLY else ():
        keep_clean(corpus, arch, "cross", deb.name.split("_")[0], programs_of(deb))
    return compiled


def make(archive, progress, archs=tuple(packer_debs.SUITES)):
    """The folder of the finished corpus, from the cache if it is there."""
    folder = archive.folder / "made" / identity(archs)
    if (folder / "labels.tsv").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    corpus = Corpus(folder)
    with tempfile.TemporaryDirectory() as tmp:
        packers = Packers(archive, Path(tmp))
        pool = of_architecture(corpus, packers, archive, archs[0], True, progress)
        for arch in archs[1:]:
            of_architecture(corpus, packers, archive, arch, False, progress)
        progress("scripts")
        pack_scripts(corpus, packers, archs[0], pool)
        for arch in archs + COMPILED_ONLY:
            progress(f"{arch}: shc")
            compiled = compile_scripts(corpus, packers, archive, arch, pool)
            if arch in COMPILED_ONLY:
                pack_upx(corpus, packers, arch, "compiled", compiled)
    corpus.close()
    return folder


def of_architecture(corpus, packers, archive, arch, with_common, progress):
    """Clean and packed programs of one architecture; packages for all architectures only where with_common says so. Returns
    the programs as (package, path, data)."""
    pool = []
    for suite in packer_debs.SUITES[arch]:
        for use in ("pack", "clean"):
            for deb in archive.fetch(suite, arch, packer_debs.wanted(use)):
                if deb.stem.endswith("_all") and not with_common:
                    continue
                package = deb.name.split("_")[0]
                progress(f"{arch} {suite}: {package}")
                programs = programs_of(deb)
                keep_clean(corpus, arch, suite, package, programs)
                if use == "pack" and arch in UPX_ARCHS:
                    pack_upx(corpus, packers, arch, package, programs)
                pool += [(package, path, data) for path, data in sorted(programs.items())]
    append_bundles(corpus, arch, pool)
    return pool


def identity(archs):
    """Names the corpus after all that decides what is in it, but for the packages' versions."""
    sources = [Path(__file__).with_name(n) for n in ("packer_make.py", "packer_damage.py", "packer-packages.txt")]
    digest = hashlib.sha256(b"".join(s.read_bytes() for s in sources) + " ".join(archs).encode())
    return digest.hexdigest()[:12]
