"""A collector in a folder of its own, clients for it, and records to send: shared by the tests of the collector."""
import base64
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import time

BUILD = pathlib.Path(os.environ.get("BUILD", "build/host"))
PROGRAM = BUILD / "noroshi-collector"


class Collector:
    """`init`, then `run` on ports the kernel chooses; stop() ends it with SIGTERM and expects exit code 0."""

    def __init__(self, **settings):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="noroshi-collector-")) / "data"
        subprocess.run([PROGRAM, "init", self.folder, "--listen", "127.0.0.1:0", "--page", "127.0.0.1:0"], check=True,
                       stdout=subprocess.DEVNULL)
        self.set(**settings)
        self.child = None

    def set(self, **settings):
        path = self.folder / "collector.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **settings}))

    def device(self, name):
        subprocess.run([PROGRAM, "device", self.folder, name], check=True)

    def start(self, preexec=None, **popen):
        self.child = subprocess.Popen([PROGRAM, "run", self.folder], stderr=subprocess.PIPE, text=True,
                                      preexec_fn=preexec, **popen)
        self.agents, self.page = (int(re.search(r":(\d+)/", self.child.stderr.readline())[1]) for _ in range(2))
        return self

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        assert self.child.wait(20) == 0, self.child.stderr.read()
        self.child = None

    def stop_and_read(self):
        """Stops it; what it wrote to stderr since the start."""
        child = self.child
        self.stop()
        return child.stderr.read()

    def kill(self):
        self.child.kill()
        self.child.wait()
        self.child = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        with contextlib.suppress(Exception):
            self.kill()
        shutil.rmtree(self.folder.parent, ignore_errors=True)

    def sign(self, name, extensions):
        """A certificate of the collector's authority with these extensions, as a device that tls() and client() take."""
        files = self.folder / "devices" / name
        files.mkdir()
        key, request = files / "device-key.pem", files / "request.pem"
        (files / "extensions").write_text(extensions)
        subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                        "-out", request, "-subj", f"/O=noroshi/CN={name}"], check=True, capture_output=True)
        subprocess.run(["openssl", "x509", "-req", "-in", request, "-CA", self.folder / "ca.pem", "-CAkey",
                        self.folder / "ca-key.pem", "-set_serial", "0x4a01", "-days", "9", "-extfile", files / "extensions",
                        "-out", files / "device.pem"], check=True, capture_output=True)

    def tls(self, device="device-1", version=None, ca=None):
        """A client's TLS context; device None = without a certificate."""
        context = ssl.create_default_context(cafile=str(ca or self.folder / "ca.pem"))
        context.hostname_checks_common_name = False
        if version:
            context.minimum_version = context.maximum_version = version
        if device:
            files = self.folder / "devices" / device
            context.load_cert_chain(str(files / "device.pem"), str(files / "device-key.pem"))
        return context

    def client(self, device="device-1", version=None, timeout=20):
        return http.client.HTTPSConnection("127.0.0.1", self.agents, context=self.tls(device, version),
                                           timeout=timeout)

    def get(self, path, **headers):
        """(status, headers, body) from the page's port; the body is parsed if it is JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.page, timeout=20)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.getheader("Content-Type", "").startswith("application/json"):
            body = json.loads(body)
        return answer.status, dict(answer.getheaders()), body

    def export(self, *options):
        out = subprocess.run([PROGRAM, "export", self.folder, *options], check=True, capture_output=True, text=True)
        return [json.loads(line) for line in out.stdout.splitlines()]


def post(client, lines, kind="application/x-ndjson", path="/v1/verdicts"):
    """(status, parsed answer, headers) of one POST of lines (objects or texts)."""
    body = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    client.request("POST", path, body.encode(), {"Content-Type": kind})
    answer = client.getresponse()
    return answer.status, json.loads(answer.read()), dict(answer.getheaders())


def stamp(seconds=None):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def verdict(seq, host="device-1", boot="a1", d=None, dst="203.0.113.7", **noroshi):
    """A beacon verdict as agent/VERDICT.md describes it."""
    inner = {"v": 1, "st": "open", "d": seq if d is None else d, "w": "24h", "score": 2608, "n": 320, "f": 2, "p": 300000,
             "j": 12, "h": 24, "tx": 512, "rx": 1380, "age": 86400, "cov": "full",
             "why": "vis_mad+2812,fill+1333,gap_share+402,hours+301,ports-18,rest-912,bias-1310",
             "m": "7u/v7v3u/v7+/u/uL4aIlpjDlpyDmpRPpkavM+bDppo5mYaKmITGxE6J"}
    return {"@timestamp": stamp(), "event.kind": "alert", "event.dataset": "noroshi.beacon",
            "event.id": f"{host}-{boot}-{seq:x}", "host.id": host, "event.risk_score": 93, "source.ip": "192.168.1.23",
            "destination.ip": dst, "destination.port": 443, "network.transport": "tcp",
            "destination.domain": "updates.example.net", "rule.id": "beacon-7", "noroshi": {**inner, **noroshi}}


def matrix(cell):
    """m4 of a function (hour, minute) -> 0..15."""
    counts = [cell(hour, minute) for hour in range(24) for minute in range(60)]
    return base64.b64encode(bytes(a << 4 | b for a, b in zip(counts[::2], counts[1::2]))).decode()


def evidence(seq, of, d, cell, host="device-1", boot="a1"):
    return {"@timestamp": stamp(), "event.kind": "event", "event.dataset": "noroshi.evidence",
            "event.id": f"{host}-{boot}-{seq:x}", "host.id": host,
            "noroshi": {"v": 1, "of": f"{of:x}", "d": d, "day": stamp()[:10], "m4": matrix(cell)}}


def packer(seq, host="device-1", boot="a1", path="/tmp/.x/kworkerd"):
    """A record on a packed file."""
    return {"@timestamp": stamp(), "event.kind": "alert", "event.dataset": "noroshi.packer", "event.id": f"{host}-{boot}-{seq:x}",
            "host.id": host, "event.risk_score": 99, "process.pid": 4211, "process.executable": path,
            "process.hash.sha256": "ab" * 32, "rule.id": "packer-1",
            "noroshi": {"v": 1, "score": 8120, "file": "packed,tampered,deleted", "class": "upx"}}


def combo(seq, of, d, file="packed,tampered,deleted", **more):
    """The joined verdict of the beacon `d` and a packed file, with the beacon's destination."""
    one, two = packer(seq, **more), verdict(seq, d=d)
    return {**one, "event.dataset": "noroshi.combo", "event.risk_score": 98, "rule.id": "beacon-7+packer-1",
            **{key: two[key] for key in ("source.ip", "destination.ip", "destination.port", "network.transport")},
            "noroshi": {"v": 1, "d": d, "n": 320, "p": 300000, "j": 12, "file": file, "class": "upx", "of": of}}


def health(seq, host="device-1", boot="a1", **noroshi):
    inner = {"v": 1, "up": 86411, "src": "packet", "cov": "full", "mdl": "beacon-7", "dst": 412, "wat": 31,
             "flows": 91234, "lost": 0, "evict": 0, "sup": 0, "q": 0, "drop": 0, "clk": 0, "rss": 1184}
    return {"@timestamp": stamp(), "event.kind": "metric", "event.dataset": "noroshi.health",
            "event.id": f"{host}-{boot}-{seq:x}", "host.id": host, "agent.version": "0.1.0",
            "noroshi": {**inner, **noroshi}}
