#!/usr/bin/env python3
"""The container image: an OCI layout whose digests fit, with the agent and nothing else in it; and, where runc is there, the
agent in a container that has the rights README names, a read-only root and a network of its own."""
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time

RIGHTS = ["CAP_NET_RAW", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID"]


def unpack(archive, root):
    """The image's configuration; its files go into root."""
    with tarfile.open(archive) as tar:
        def blob(reference):
            data = tar.extractfile("blobs/sha256/" + reference["digest"].removeprefix("sha256:")).read()
            assert "sha256:" + hashlib.sha256(data).hexdigest() == reference["digest"]
            return data

        manifest = json.loads(blob(json.load(tar.extractfile("index.json"))["manifests"][0]))
        config = json.loads(blob(manifest["config"]))
        assert len(manifest["layers"]) == len(config["rootfs"]["diff_ids"])
        for layer in manifest["layers"]:
            path = root.parent / "layer"
            path.write_bytes(blob(layer))
            with tarfile.open(path) as files:
                files.extractall(root)
    return config["config"]


def bundle(folder, config):
    """A runtime bundle as `podman run --cap-drop ALL --cap-add ... --read-only` would make it."""
    subprocess.run(["runc", "spec"], cwd=folder, check=True)
    spec = json.loads((folder / "config.json").read_text())
    spec["process"] |= {"args": config["Entrypoint"] + config["Cmd"], "terminal": False, "cwd": "/"}
    spec["process"]["capabilities"] = {kind: RIGHTS for kind in ("bounding", "effective", "permitted")}
    spec["root"] = {"path": "root", "readonly": True}
    spec["linux"]["namespaces"] = [{"type": kind} for kind in ("pid", "mount", "ipc", "uts", "network")]
    spec["linux"].pop("resources", None)
    spec["mounts"] = [m for m in spec["mounts"] if m["type"] not in ("cgroup", "cgroup2")]
    spec["mounts"].append({"destination": "/etc/noroshi", "type": "bind", "source": str(folder / "config"),
                           "options": ["bind", "ro"]})
    (folder / "config.json").write_text(json.dumps(spec))


def run(folder):
    name = f"noroshi-test-{os.getpid()}"
    command = ["runc", "--root", str(folder / "state")]
    with open(folder / "out", "w") as out:
        child = subprocess.Popen([*command, "run", "--bundle", str(folder), name], stdout=out, stderr=out)
    for _ in range(100):
        text = (folder / "out").read_text()
        if "system call filter" in text or child.poll() is not None:
            break
        time.sleep(0.2)
    if child.poll() is None:
        subprocess.run([*command, "kill", name, "TERM"], check=True)
    try:
        status = child.wait(20)
    except subprocess.TimeoutExpired:
        subprocess.run([*command, "kill", name, "KILL"], check=False)
        status = child.wait()
    assert status == 0, (status, text)
    assert "using packet" in text and "user noroshi (65533), no capabilities" in text, text


def main():
    if not shutil.which("buildah"):
        print("skip: no buildah (Debian package buildah)")
        return 77
    if os.getuid() != 0:
        print("skip: not root")
        return 77
    subprocess.run(["make", "-s", "container"], check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "NOROSHI_PACKAGES": "present"})
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "root").mkdir()
        (folder / "config").mkdir()
        config = unpack("build/container/noroshi.oci.tar", folder / "root")
        assert (config["Entrypoint"], config["Cmd"]) == (["/noroshi"], ["run"])
        files = sorted(str(p.relative_to(folder / "root")) for p in (folder / "root").rglob("*") if p.is_file())
        assert files == ["etc/passwd", "licenses/LICENSE", "licenses/copyright", "noroshi"], files
        if not shutil.which("runc"):
            print("the image was not run: no runc")
            return 0
        (folder / "config/noroshi.json").write_text('{"source": {"interfaces": ["lo"]}}')
        bundle(folder, config)
        run(folder)
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
