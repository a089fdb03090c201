#!/usr/bin/env python3
"""`make sbom` writes SPDX 2.3 with the fields that it asks for: one package for each pinned library with its digest and patches, and
one for each library of the system that a tool was linked with, in the version that was linked."""
import json
import os
import pathlib
import re
import subprocess

DEPS = pathlib.Path("cross/deps")
ID = re.compile(r"SPDXRef-[a-zA-Z0-9.-]+")

# Shared libraries that belong to the C library or the compiler, and so to no package of ours.
RUNTIME = {"libc", "libm", "libpthread", "libdl", "libgcc_s", "ld-linux-x86-64", "linux-vdso"}
NAMES = {"libsqlite3": "sqlite", "libhttp_parser": "http_parser", "libllhttp": "llhttp", "libz": "zlib"}


def linked_libraries_are_named(document, packages):
    """What ldd finds in the collector is in the document, in the version of the file that is loaded."""
    collector = pathlib.Path(os.environ.get("BUILD", "build/host")) / "noroshi-collector"
    text = subprocess.run(["ldd", collector], capture_output=True, text=True, check=True).stdout
    loaded = {m[1]: m[2] for m in re.finditer(r"^\s*(\S+?)\.so\S* => (\S+)", text, re.M) if m[1] not in RUNTIME}
    assert loaded, text
    related = {(r["spdxElementId"], r["relationshipType"], r["relatedSpdxElement"]) for r in document["relationships"]}
    for library, path in loaded.items():
        p = packages[f"SPDXRef-system-{NAMES[library].replace('_', '-')}"]
        assert ("SPDXRef-noroshi-tools", "DYNAMIC_LINK", p["SPDXID"]) in related, library
        file = pathlib.Path(path).resolve().name  # libz.so.1.2.13; SQLite's has a number of its own
        assert p["name"] == "sqlite" or file.endswith("." + p["versionInfo"]), (file, p["versionInfo"])
    sqlite = subprocess.run(["python3", "-c", "import sqlite3; print(sqlite3.sqlite_version)"], capture_output=True, text=True,
                            check=True).stdout.strip()
    assert packages["SPDXRef-system-sqlite"]["versionInfo"] == sqlite


def main():
    text = subprocess.run(["cross/sbom", "1.2.3"], capture_output=True, text=True, check=True,
                          env={"PATH": "/usr/bin:/bin", "SOURCE_DATE_EPOCH": "86400"}).stdout
    document = json.loads(text)
    assert document["spdxVersion"] == "SPDX-2.3" and document["dataLicense"] == "CC0-1.0"
    assert document["SPDXID"] == "SPDXRef-DOCUMENT" and document["name"] == "noroshi-1.2.3"
    assert re.fullmatch(r"https://\S+[^#]", document["documentNamespace"])
    assert document["creationInfo"]["created"] == "1970-01-02T00:00:00Z"
    assert all(re.match(r"(Tool|Person|Organization): ", c) for c in document["creationInfo"]["creators"])

    packages = {p["SPDXID"]: p for p in document["packages"]}
    assert len(packages) == len(document["packages"]) and all(ID.fullmatch(i) for i in packages)
    for p in packages.values():
        assert {"name", "downloadLocation", "filesAnalyzed", "licenseConcluded", "licenseDeclared", "copyrightText"} <= set(p)

    rows = [line.split("\t") for line in (DEPS / "pins.tsv").read_text().splitlines() if line and line[0] != "#"]
    system = {i for i in packages if i.startswith("SPDXRef-system-")}
    assert {f"SPDXRef-{row[0]}" for row in rows} == set(packages) - system - {"SPDXRef-noroshi", "SPDXRef-noroshi-tools"}
    linked_libraries_are_named(document, packages)
    pinned = {name: (version, digest) for name, version, digest, _ in reversed(rows)}  # the first row of a name counts
    for name, (version, digest) in pinned.items():
        p = packages[f"SPDXRef-{name}"]
        assert p["versionInfo"] == version and p["checksums"] == [{"algorithm": "SHA256", "checksumValue": digest}], name
    for patch in (DEPS / "patches").glob("*.patch"):
        owner = patch.name.split("-")[0]
        assert patch.name in packages[f"SPDXRef-{owner}"]["comment"], patch.name

    related = document["relationships"]
    assert {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-noroshi"} in related
    ends = {r["spdxElementId"] for r in related} | {r["relatedSpdxElement"] for r in related}
    assert ends == set(packages) | {"SPDXRef-DOCUMENT"}


if __name__ == "__main__":
    main()
