"""Debian packages of many architectures, fetched with apt from the site that this machine's apt is configured with.

apt gets a state of its own below the cache, so that neither the machine's sources nor its lists are touched. A package
that was fetched once is taken from the cache, without network.
"""
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

SUITES = {"amd64": ("bookworm", "trixie"), "arm64": ("bookworm", "trixie"), "i386": ("bookworm",), "armhf": ("bookworm",),
          "armel": ("bookworm",), "mipsel": ("bookworm",), "mips64el": ("bookworm",), "ppc64el": ("bookworm",),
          "s390x": ("bookworm",), "riscv64": ("trixie",)}
NEWEST = "trixie"  # the suite of the runtime
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
CACHE = Path(os.environ.get("NOROSHI_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "noroshi")
FILE_MAX = 4 << 20  # larger members are not looked at


def fail(text):
    sys.exit(f"packer_debs: {text}")


def call(*command, **options):
    run = subprocess.run([str(c) for c in command], capture_output=True, text=True, **options)
    if run.returncode:
        fail(f"{command[0]}: {run.stderr.strip()[-300:]}")
    return run.stdout


def wanted(use):
    """Package names of one use, in the order of packer-packages.txt."""
    with open(Path(__file__).with_name("packer-packages.txt")) as f:
        lines = [line.split() for line in f if not line.startswith("#")]
    return [name for line in lines if line and line[0] == use for name in line[1:]]


def own_architecture():
    return call("dpkg", "--print-architecture").strip()


class Archive:
    """The distribution's packages. folder: where lists and packages are kept."""

    def __init__(self, folder=CACHE / "packer"):
        self.folder = folder
        self.debs = folder / "debs"
        for part in ("lists/partial", "cache/archives/partial", "debs"):
            (folder / "apt" / part if part != "debs" else self.debs).mkdir(parents=True, exist_ok=True)

    def apt(self, tool, suite, arch, *arguments, check=True):
        """Runs an apt tool that sees one suite of one architecture."""
        state = self.folder / "apt"
        options = {"Dir::Etc::SourceList": self.source_list(suite, arch), "Dir::Etc::SourceParts": "/dev/null",
                   "Dir::State::Lists": state / "lists", "Dir::Cache": state / "cache", "Dir::State::status": "/dev/null",
                   "APT::Architecture": arch, "APT::Architectures::": arch, "Dir::Cache::pkgcache": "",
                   "Dir::Cache::srcpkgcache": "", "APT::Get::List-Cleanup": "false", "APT::Sandbox::User": "root",
                   "Acquire::http::Timeout": 30, "Acquire::Retries": 0}
        command = [tool, "-q", *(f"-o{key}={value}" for key, value in options.items()), *arguments]
        run = subprocess.run(command, capture_output=True, text=True, cwd=self.debs)
        if check and run.returncode:
            fail(f"{tool} {suite} {arch}: {run.stderr.strip()[-300:]}")
        return run.stdout

    def source_list(self, suite, arch):
        path = self.folder / "apt" / f"{suite}-{arch}.list"
        if not path.exists():
            path.write_text(f"deb [arch={arch} signed-by={KEYRING}] {self.site()} {suite} main\n")
            try:
                self.apt("apt-get", suite, arch, "update", "-oAPT::Update::Error-Mode=any")
            except SystemExit:
                path.unlink()  # lists that are not there are asked for again
                raise
        return path

    @staticmethod
    def site():
        told = call("apt-get", "indextargets", "--format", "$(ORIGIN)|$(CODENAME)|$(SITE)", "Created-By: Packages")
        sites = [line.split("|")[2] for line in told.splitlines() if line.startswith("Debian|") and "-" not in line.split("|")[1]]
        if not sites:
            fail("apt knows no Debian site")
        return sites[0]

    def known(self, suite, arch, names):
        """{name: file name in the cache} of the packages that the suite has for the architecture."""
        told = self.apt("apt-cache", suite, arch, "--no-all-versions", "show", *names, check=False)
        found = {}
        for record in told.split("\n\n"):
            field = dict(line.split(": ", 1) for line in record.splitlines() if line[:1].isalpha() and ": " in line)
            if "Package" in field:
                version = field["Version"].replace(":", "%3a")
                found[field["Package"]] = f"{field['Package']}_{version}_{field['Architecture']}.deb"
        return found

    def fetch(self, suite, arch, names):
        """Paths of the packages, in the order of the names; those that the suite does not have are left out."""
        known = self.known(suite, arch, names)
        missing = [n for n in names if n in known and not (self.debs / known[n]).exists()]
        if missing:
            self.apt("apt-get", suite, arch, "download", *missing)
        return [self.debs / known[n] for n in names if n in known]


def members(deb):
    """(path, bytes) of the regular files of a package, FILE_MAX at most each."""
    data = subprocess.run(["dpkg-deb", "--fsys-tarfile", deb], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for member in tar:
            if member.isreg() and 64 <= member.size <= FILE_MAX:
                yield member.name.lstrip("./"), tar.extractfile(member).read()


def unpack(deb, folder):
    folder.mkdir(parents=True, exist_ok=True)
    call("dpkg-deb", "-x", deb, folder)


class Tools:
    """The packers of packer-packages.txt, unpacked below the cache, not installed; they run with libraries of their own."""

    def __init__(self, archive):
        self.archive, self.root, self.native = archive, archive.folder / "tools", own_architecture()
        runtime = self.root / "runtime"
        for deb in archive.fetch(NEWEST, self.native, wanted("runtime")):
            unpack(deb, runtime)
        loader = sorted(runtime.rglob("ld-linux*.so*"))[0]
        self.runs = [loader, "--library-path", ":".join(sorted({str(p.parent) for p in runtime.rglob("*.so.*")}))]

    def unpack(self, name):
        """(version, folder) of NAME or NAME@SUITE."""
        package, _, suite = name.partition("@")
        for deb in self.archive.fetch(suite or SUITES[self.native][0], self.native, [package]):
            version = deb.name.split("_")[1].split("-")[0]
            folder = self.root / f"{package}-{version}"
            unpack(deb, folder)
            return version, folder
        return fail(f"{name}: not known to the archive")

    def upx(self, name):
        """(version, command) of one UPX."""
        version, folder = self.unpack(name)
        return version, [*self.runs, folder / "usr/bin/upx-ucl"]


def is_program(data):
    """An ELF executable or shared object (no relocatable object, no core), or a script."""
    if data[:2] == b"#!":
        return True
    return data[:4] == b"\x7fELF" and int.from_bytes(data[16:18], "little" if data[5] == 1 else "big") in (2, 3)
