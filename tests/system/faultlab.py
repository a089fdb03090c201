"""A house for the fault tests: agents of a collector (collectorlab.py), flows that they flag, models that they trust,
disks that can be filled, and a wire that is listened to."""
import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

BUILD = pathlib.Path(os.environ.get("BUILD", "build/host")).resolve()
NOROSHI, MODEL_TOOL = BUILD / "noroshi", BUILD / "noroshi-model"
ROOT = os.geteuid() == 0
NOBODY = 65534
WAIT_S = 30
AT_BODY, AT_KIND, AT_SCHEMA, AT_KEY_ID, AT_DIGEST, AT_SIGNATURE = 136, 5, 16, 32, 40, 72  # models/FORMAT.md


def in_own_namespaces():
    """Starts this script again where mounts and loopback are its own. Without the right to, it goes on as it is."""
    inside = "NOROSHI_FAULTLAB"
    wrap = ["unshare", "--mount", "--net", "--"]
    if ROOT and inside not in os.environ and subprocess.run([*wrap, "true"], capture_output=True).returncode == 0:
        os.execvpe(wrap[0], [*wrap, sys.executable, *sys.argv], {**os.environ, inside: "1"})
    if inside in os.environ:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    return inside in os.environ


def run(*command):
    """(exit status, standard output, lines of standard error); a program that goes on has no status: None."""
    try:
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, errors="replace",
                              stdin=subprocess.DEVNULL, timeout=WAIT_S / 3)
    except subprocess.TimeoutExpired as late:
        return None, "", (late.stderr or b"").decode().splitlines()
    return done.returncode, done.stdout, done.stderr.splitlines()


def until(question, what):
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        with contextlib.suppress(OSError, ValueError, KeyError):
            if answer := question():
                return answer
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {WAIT_S} s")


@contextlib.contextmanager
def folder():
    """A temporary folder that other users may enter."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="noroshi-faults-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def small_disk(path, kib):
    """A file system of its own at this folder."""
    path.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k,mode=755", "tmpfs", path], check=True)
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", path], check=True)


def fill(disk):
    """Takes every free byte; returns the file to remove. Its name is one that an agent makes: it refuses a folder with others."""
    ballast = disk / "check.tmp"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as f:
        while True:
            f.write(bytes(4096))
    return ballast


def merged(base, changes):
    """Nested dictionaries: changes go before base, None takes a key out."""
    out = dict(base)
    for key, value in changes.items():
        out[key] = merged(base.get(key, {}), value) if isinstance(value, dict) else value
    return {key: value for key, value in out.items() if value is not None}


class Agent:
    """`noroshi run` in a folder of its own, as device-1 of a collector."""

    def __init__(self, at, of=None, port=None, **changes):
        self.folder, self.child = at, None
        at.mkdir(exist_ok=True)
        keys = of.folder / "devices/device-1" if of else None
        server = {"url": f"https://127.0.0.1:{port or of.agents}/v1/verdicts", "ca": str(keys / "ca.pem"),
                  "cert": str(keys / "device.pem"), "key": str(keys / "device-key.pem")} if of else {}
        base = {"collector": server, "source": {"order": "proc", "interfaces": ["lo"], "poll_s": 1},
                "report": {"flush_s": 1, "health_s": 10, "min_conns": 3}}
        self.settings = merged(base, changes)
        self.config, self.log, self.spool = at / "noroshi.json", at / "log", at / "spool"
        self.config.write_text(json.dumps(self.settings, indent=1))

    def start(self, user=None):
        become = {"user": user, "group": user, "extra_groups": []} if user is not None else {}
        program = NOROSHI if user is None else shutil.copy(NOROSHI, self.folder)  # the sources may be closed to others
        self.child = subprocess.Popen([program, "run", "--config", self.config], stdout=subprocess.DEVNULL,
                                      stderr=self.log.open("w"), stdin=subprocess.DEVNULL, **become)
        return self

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()

    def said(self, words):
        """The lines with these words so far."""
        return [line for line in self.log.read_text().splitlines() if words in line]

    def watches(self):
        """From here on it has looked at its source, so what comes now is news to it."""
        until(self.status, "the agent's status")
        return self

    def says(self, words):
        until(lambda: self.said(words) or self.child.poll() is not None, words)
        assert self.said(words), f"no {words!r} in:\n{self.log.read_text()}"

    def status(self):
        assert self.child.poll() is None, f"the agent ended with {self.child.returncode}:\n{self.log.read_text()}"
        return json.loads(run(NOROSHI, "status", "--json", "--config", self.config)[1])

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        code = self.child.wait(WAIT_S)
        assert code == 0, f"exit status {code}:\n{self.log.read_text()}"


class Beacon:
    """A port that answers, and a client that calls it: three connections are a destination that is flagged, and calls after the ten
    seconds until it is judged again open the verdict."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.answer, daemon=True).start()

    def answer(self):
        while True:
            connection, _ = self.server.accept()
            with connection:
                connection.recv(100)
                connection.sendall(b"well\n")
                connection.recv(1)

    def call(self, times=4):
        self.connect(times)
        self.later = [threading.Timer(s, self.connect, (1,)) for s in (12, 24)]
        for timer in self.later:
            timer.daemon = True
            timer.start()
        return self

    def wait(self):
        """Until the last of its calls."""
        for timer in self.later:
            timer.join()

    def connect(self, times):
        for _ in range(times):
            with socket.create_connection(("127.0.0.1", self.port)) as s:
                s.sendall(b"how are you?\n")
                s.recv(100)


class Wire:
    """Stands before a port, passes every byte on and keeps a copy of what the client said."""

    def __init__(self, to):
        self.to, self.connections, self.heard = to, 0, b""
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.server.accept()
            self.connections += 1
            server = socket.create_connection(("127.0.0.1", self.to))
            for source, target, keep in ((client, server, True), (server, client, False)):
                threading.Thread(target=self.copy, args=(source, target, keep), daemon=True).start()

    def copy(self, source, target, keep):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.heard += data if keep else b""
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


class Models:
    """Model files: one that flags everything, signed by a key that agents of these tests trust, and its bad brothers."""

    def __init__(self, at):
        self.at, self.key, self.public = at, at / "model-key.pem", at / "model-key.pub.pem"
        schema = json.loads(self.tool("schema", "beacon"))
        wide = next(f for f in schema["features"] if f["max"] >= 3)
        self.trained = {"kind": "beacon", "schema_hash": schema["hash"], "name": "all", "outputs": ["beacon"], "bias": [1],
                        "terms": [{"type": "bins", "feature": wide["name"], "cuts": [1], "weights": [[0.1, 0.2]]}],
                        "thresholds": {"1h": -3, "6h": -3, "24h": -3}, "calibration": [[-4, 1], [0, 50], [5, 100]]}
        self.tool("keygen", "-o", self.key)
        self.tool("keygen", "-o", at / "foreign.pem")
        self.good = self.sign(self.export("good.nrm"))
        self.trusted = {"file": str(self.good), "keys": [str(self.public)]}

    def tool(self, *args):
        code, out, err = run(MODEL_TOOL, *args)
        assert code == 0, err
        return out

    def export(self, name):
        source = self.at / "trained.json"
        source.write_text(json.dumps(self.trained))
        self.tool("export", "--from", "additive-json", source, "--serial", "1000000", "-o", self.at / name)
        return self.at / name

    def sign(self, path, key=None):
        self.tool("sign", "--key", key or self.key, path)
        return path

    def changed(self, name, change):
        """The good file with its bytes changed."""
        raw = bytearray(self.good.read_bytes())
        path = self.at / name
        path.write_bytes(change(raw) or raw)
        return path

    def resigned(self, name, offset):
        """One byte of the header flipped, digest and signature made anew: what a careless signer would hand out."""
        raw = bytearray(self.good.read_bytes())
        raw[offset] ^= 2
        raw[AT_DIGEST:AT_SIGNATURE] = hashlib.sha256(raw[:AT_DIGEST] + raw[AT_BODY:]).digest()
        (self.at / "digest").write_bytes(raw[AT_DIGEST:AT_SIGNATURE])
        der = subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", self.key, "-in", self.at / "digest"],
                             capture_output=True, check=True).stdout
        raw[AT_SIGNATURE:AT_BODY] = raw_signature(der)
        path = self.at / name
        path.write_bytes(raw)
        return path


def raw_signature(der):
    """SEQUENCE { INTEGER r, INTEGER s } as 64 bytes."""
    r_len = der[3]
    r, s = der[4:4 + r_len], der[6 + r_len:]
    return b"".join(int.from_bytes(n, "big").to_bytes(32, "big") for n in (r, s))


def client_certificate(at, authority, days):
    """A certificate and key for device-1 by the authority of that collector folder; days may be negative."""
    key, request, cert, extensions = (at / name for name in ("key.pem", "request.pem", "cert.pem", "extensions"))
    extensions.write_text("basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n")
    for command in (["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key],
                    ["req", "-new", "-key", key, "-subj", "/O=noroshi/CN=device-1", "-out", request],
                    ["x509", "-req", "-in", request, "-CA", authority / "ca.pem", "-CAkey", authority / "ca-key.pem",
                     "-CAserial", at / "serial", "-CAcreateserial", "-days", str(days), "-extfile", extensions,
                     "-out", cert]):
        subprocess.run(["openssl", *command], check=True, capture_output=True)
    return {"cert": str(cert), "key": str(key)}
