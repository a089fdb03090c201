"""Labelled packed and unpacked executables, made from Debian's programs with Debian's packers and compilers.

The outcome has the form of ../shared/data/packer: files by architecture and labels.tsv (`path sha256 format arch packer
packer_version original variant`), here unpacked. No packed file is ever run; the packers run on Debian's programs.
"""
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import packer_carry
import packer_damage
import packer_debs
from packer_compile import Compiler
from packer_corpus import SIZES, Corpus, draw, rng_of

CLEAN_PER_PACKAGE = 24   # programs kept of one package and architecture
PACKED_PER_PACKAGE = 8   # programs packed of one package, architecture and UPX version
UPX_ARCHS = ("amd64", "i386", "arm64", "armhf", "armel", "mipsel", "ppc64el")
METHODS = {"default": [], "1": ["-1"], "9": ["-9"], "best": ["--best"], "lzma": ["--lzma"], "lzma_best": ["--lzma", "--best"],
           "nrv2b": ["--nrv2b"], "nrv2d": ["--nrv2d"], "nrv2e": ["--nrv2e"], "nofilter": ["--no-filter"],
           "execve": ["--force-execve"], "7_lzma": ["-7", "--lzma"]}
SHARED_LIBRARY = ["--android-shlib"]
SCRIPT_PACKED = 30       # of each script packer
COMPILED = 16            # scripts that shc compiles for each architecture
COMPILED_ONLY = ("mips", "powerpc")


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
            packer_carry.link_bare(corpus, archive, packers.work, arch)
            compiled = compile_scripts(corpus, packers, archive, arch, pool)
            if arch in COMPILED_ONLY:
                pack_upx(corpus, packers, arch, "compiled", compiled)
                packer_carry.link_resources(corpus, archive, packers.work, arch, pool)
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
    packer_carry.append_archives(corpus, arch, pool)
    packer_carry.link_resources(corpus, archive, packers.work, arch, pool)
    return pool


def identity(archs):
    """Names the corpus after all that decides what is in it, but for the packages' versions."""
    sources = [Path(__file__).with_name(n) for n in ("packer_make.py", "packer_carry.py", "packer_compile.py", "packer_corpus.py",
                                                    "packer_damage.py", "packer-packages.txt")]
    digest = hashlib.sha256(b"".join(s.read_bytes() for s in sources) + " ".join(archs).encode())
    return digest.hexdigest()[:12]
