#!/usr/bin/env python3
"""`make sbom` writes SPDX 2.3 with the fields that it asks for, one package for each pinned library with its digest and patches."""
import json
import pathlib
import re
import subprocess

DEPS = pathlib.Path("cross/deps")
ID = re.compile(r"SPDXRef-[a-zA-Z0-9.-]+")


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
    assert {f"SPDXRef-{row[0]}" for row in rows} == set(packages) - {"SPDXRef-noroshi"}
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
