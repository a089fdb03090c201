#!/usr/bin/env python3
"""The recipes for OpenWrt, Buildroot and Yocto: their archives are the pinned ones, their texts say what the tree says, and make
can read them. With BUILDROOT=FOLDER (a Buildroot tree) its own check-package has to be content, too."""
import hashlib
import os
import pathlib
import re
import subprocess
import sys

BUILD = pathlib.Path(os.environ.get("BUILD", "build/host"))
OPENWRT = pathlib.Path("cross/openwrt/noroshi/Makefile")
BUILDROOT = pathlib.Path("cross/buildroot/package/noroshi")
YOCTO = pathlib.Path("cross/yocto/recipes-security/noroshi/noroshi_git.bb")
SHA256 = "[0-9a-f]{64}"


def pins():
    """{url: sha256} of what may be downloaded, and {name: urls} of the version that is the pin."""
    rows = [line.split("\t") for line in pathlib.Path("cross/deps/pins.tsv").read_text().splitlines() if line[:1] != "#"]
    rows = [row for row in rows if len(row) == 4]
    first = {}
    for name, version, _, _ in rows:
        first.setdefault(name, version)
    wanted = {name: {url for n, v, _, url in rows if (n, v) == (name, version) and url != "-"}
              for name, version in first.items()}
    return {url: sha256 for _, _, sha256, url in rows}, wanted


def openwrt():
    blocks = re.findall(r"define Download/\w+\n(.*?)endef", OPENWRT.read_text(), re.S)
    fields = [dict(re.findall(r"(\w+):=(\S+)", block)) for block in blocks]
    return {f["URL"] + "/" + f.get("URL_FILE", f["FILE"]): f["HASH"] for f in fields}


def buildroot():
    hashes = {name: sha256 for sha256, name in re.findall(rf"^sha256  ({SHA256})  (\S+)$",
                                                           (BUILDROOT / "noroshi.hash").read_text(), re.M)}
    urls = re.findall(r"^\t(https://\S+)", (BUILDROOT / "noroshi.mk").read_text(), re.M)
    assert len(urls) == len(hashes)
    return {url: hashes[url.rsplit("/", 1)[1]] for url in urls}


def yocto():
    text = YOCTO.read_text()
    hashes = dict(re.findall(rf'SRC_URI\[(\w+)\.sha256sum\] = "({SHA256})"', text))
    return {url: hashes[name] for url, name in re.findall(r"(https://[^;]+);name=(\w+)", text)}


def test_archives_are_the_pinned_ones():
    known, wanted = pins()
    # compiler-rt is for Debian's compilers only; these build systems have a libgcc without FPU.
    wanted = {name: urls for name, urls in wanted.items() if name in ("musl", "mbedtls", "cjson", "libuv1")}
    assert len(wanted) == 4
    for recipe in (openwrt, buildroot, yocto):
        archives = recipe()
        for url, sha256 in archives.items():
            assert known.get(url) == sha256, f"{recipe.__name__}: {url}: not as in cross/deps/pins.tsv"
        for name, urls in wanted.items():
            assert len(urls & set(archives)) == 1, f"{recipe.__name__}: {name}: not the pinned version"


def test_texts_say_what_the_tree_says():
    release = re.search(r"NRS_AGENT_NUMBER .*/\* (\S+) \*/", pathlib.Path("agent/release.h").read_text())[1]
    assert f"PKG_VERSION:={release}\n" in OPENWRT.read_text()
    assert f'PV = "{release}+git"' in YOCTO.read_text()
    licence = hashlib.md5(pathlib.Path("LICENSE").read_bytes()).hexdigest()
    assert f"file://LICENSE;md5={licence}" in YOCTO.read_text()
    for recipe in (OPENWRT, BUILDROOT / "noroshi.mk", YOCTO):
        for path in re.findall(r"\bcross/[\w./]+", recipe.read_text()):
            assert pathlib.Path(path).exists(), f"{recipe}: {path}"
    if (BUILD / "noroshi").exists():
        subprocess.run([BUILD / "noroshi", "check", "--config", "cross/router.json"], check=True, capture_output=True)


def read_by_make(recipe, variables, show):
    """What make expands a recipe's variable to; includes and functions of the build system are not there."""
    text = re.sub(r"^include .*$|^\$\(eval .*$", "", recipe.read_text(), flags=re.M)
    rules = text + f"\n$(info $({show}))\nall: ;\n"
    return subprocess.run(["make", "-s", "-f", "-", *variables], input=rules, check=True, capture_output=True, text=True,
                          env={"PATH": os.environ["PATH"]}).stdout


def test_make_reads_the_recipes():
    tools = ["TARGET_CC=x-gcc", "TARGET_CROSS=x-", "MAKE=make"]
    for text in (read_by_make(BUILDROOT / "noroshi.mk", [*tools, "BR2_EXTERNAL_NOROSHI_PATH=cross/buildroot"], "NOROSHI_BUILD_CMDS"),
                 read_by_make(OPENWRT, [*tools, "TARGET_CFLAGS=-Os -msoft-float"], "Build/Compile")):
        assert re.search(r"""make -C .* CC=["']x-gcc["'] CROSS=["']x-["'] .*OUT=build/device .*build/device/noroshi""",
                         text.replace("\\\n", " "), re.S), text
        assert "NOROSHI_CACHE=" in text and "NOROSHI_PACKAGES=present" in text
    assert "ARCH_FLAGS='-msoft-float'" in read_by_make(OPENWRT, [*tools, "TARGET_CFLAGS=-Os -msoft-float"], "Build/Compile")


def test_buildroot_is_content():
    tree = pathlib.Path(os.environ["BUILDROOT"])
    files = [str(path) for path in pathlib.Path("cross/buildroot").rglob("*") if path.is_file() and path.suffix != ".md"]
    subprocess.run([tree / "utils/check-package", "-b", *files], check=True)


def main():
    test_archives_are_the_pinned_ones()
    test_texts_say_what_the_tree_says()
    test_make_reads_the_recipes()
    if "BUILDROOT" in os.environ:
        test_buildroot_is_content()
    return 0


if __name__ == "__main__":
    sys.exit(main())
