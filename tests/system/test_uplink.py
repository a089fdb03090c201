#!/usr/bin/env python3
"""The uplink against a server that answers as it likes: what is sent again, what is dropped, what is said."""
import http.server
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

BUILD = pathlib.Path(os.environ.get("BUILD", "build/host"))
COLLECTOR = BUILD / "noroshi-collector"
NOROSHI = BUILD / "noroshi"
DRIVER = pathlib.Path(os.environ.get("TEST_BUILD", "build/test")) / "system/kill9_agent"


class Server:
    """HTTPS with client certificates; `answer(lines)` gives (status, headers, body) for each POST."""

    def __init__(self, pki, answer, version=None, port=0):
        outer = self
        self.posts, self.connections = [], 0

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                outer.connections += 1

            def do_POST(self):
                lines = self.rfile.read(int(self.headers["Content-Length"])).decode().splitlines()
                outer.posts.append((self.path, dict(self.headers), lines))
                status, headers, body = answer(lines)
                if status == "garbage":
                    self.wfile.write(body)
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pki / "server.pem", pki / "server-key.pem")
        context.load_verify_locations(pki / "ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        if version:
            context.minimum_version = context.maximum_version = version

        class Https(http.server.ThreadingHTTPServer):
            def finish_request(self, request, address):
                super().finish_request(context.wrap_socket(request, server_side=True), address)

            def handle_error(self, *_):
                pass

        self.http = Https(("127.0.0.1", port), Handler)
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def lines(self):
        return [line for _, _, lines in self.posts for line in lines]

    def close(self):
        self.http.shutdown()
        self.http.server_close()


class Proxy:
    """An HTTP proxy that knows CONNECT."""

    def __init__(self, reply=b"HTTP/1.1 200 Connection established\r\n\r\n"):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.reply, self.asked = self.socket.getsockname()[1], reply, []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.socket.accept()
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(4096)
            self.asked.append(head.split(b"\r\n")[0].decode())
            client.sendall(self.reply)
            if b" 200 " not in self.reply:
                client.close()
                continue
            host, port = self.asked[-1].split()[1].rsplit(":", 1)
            try:
                server = socket.create_connection((host, int(port)))
            except OSError:
                client.close()
                continue
            for a, b in ((client, server), (server, client)):
                threading.Thread(target=self.pump, args=(a, b), daemon=True).start()

    @staticmethod
    def pump(a, b):
        try:
            while data := a.recv(65536):
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class Agent:
    """A device of a fresh PKI; its spool is filled by the driver and sent by the driver or by the real program."""

    def __init__(self, folder):
        subprocess.run([COLLECTOR, "init", folder / "pki", "--listen", "127.0.0.1:1", "--page", "127.0.0.1:2"], check=True,
                       stdout=subprocess.DEVNULL)
        self.pki, self.folder = folder / "pki", folder / "pki/devices/device-1"
        self.config = self.folder / "noroshi.json"

    def configure(self, port, report=None, **collector):
        shutil.rmtree(self.folder / "spool", ignore_errors=True)
        (self.folder / "notes").unlink(missing_ok=True)
        settings = {"url": f"https://127.0.0.1:{port}/v1/verdicts", "ca": "ca.pem", "cert": "device.pem",
                    "key": "device-key.pem"}
        self.config.write_text(json.dumps({"collector": {**settings, **collector}, "report": report or {},
                                           "source": {"order": "proc"}}))

    def fill(self, n):
        """n verdicts in the spool, and nobody there to take them."""
        subprocess.run([DRIVER, self.config, self.folder / "notes", "1000", str(n)], check=True)
        return (self.folder / "notes").read_text().split()

    def drain(self, timeout=20):
        return subprocess.run([DRIVER, self.config, self.folder / "notes", "0"], timeout=timeout).returncode

    def run(self, until, timeout=10):
        """The real program until a line on stderr has `until`; everything that it said."""
        child = subprocess.Popen([NOROSHI, "run", "--config", self.config], stderr=subprocess.PIPE, text=True)
        said = []
        timer = threading.Timer(timeout, child.kill)
        timer.start()
        for line in child.stderr:
            said.append(line)
            if until in line:
                break
        timer.cancel()
        child.terminate()
        child.communicate()
        assert child.returncode == 0 and until in said[-1], (child.returncode, said)
        return said


def event(line):
    return json.loads(line)["event.id"]


def with_server(agent, answer, n, version=None, **collector):
    """Fills the spool for a server that is not there yet, then starts it. (server, what was spooled)"""
    server = Server(agent.pki, answer)
    server.close()
    agent.configure(server.port, **collector)
    noted = agent.fill(n)
    return Server(agent.pki, answer, version, server.port), noted


def stored_once_over(agent, version):
    server, noted = with_server(agent, lambda lines: (200, {}, b"{}"), 600, version)
    assert agent.drain() == 0
    assert sorted(map(event, server.lines())) == sorted(noted)
    assert all(len(lines) <= 256 for _, _, lines in server.posts) and len(server.posts) >= 3
    assert server.connections == 1, "the connection is kept"
    path, headers, _ = server.posts[0]
    assert path == "/v1/verdicts" and headers["Content-Type"] == "application/x-ndjson"
    server.close()


def tls_1_2(agent):
    stored_once_over(agent, ssl.TLSVersion.TLSv1_2)


def tls_1_3(agent):
    stored_once_over(agent, ssl.TLSVersion.TLSv1_3)


def refused_record_is_found_dropped_and_the_rest_stored(agent):
    bad = []
    good = []

    def answer(lines):
        if any(event(line) in bad for line in lines):
            return 400, {}, b"line 3: not for me\n"
        good.extend(map(event, lines))
        return 200, {}, b"{}"

    server, noted = with_server(agent, answer, 300)
    bad.append(noted[137])
    assert agent.drain() == 0
    assert sorted(good) == sorted(set(noted) - set(bad))
    server.close()


def too_large_batches_are_halved(agent):
    good = []

    def answer(lines):
        if len(lines) > 10:
            return 413, {}, b""
        good.extend(map(event, lines))
        return 200, {}, b"{}"

    server, noted = with_server(agent, answer, 100)
    assert agent.drain() == 0
    assert sorted(good) == sorted(noted)
    server.close()


def busy_server_gets_the_same_batch_again(agent):
    answers = [(503, {"Retry-After": "1"}, b""), ("garbage", {}, b"\0\1\2 not http\r\n\r\n"),
               (302, {"Location": "/elsewhere"}, b"")]
    good = []

    def answer(lines):
        if answers:
            return answers.pop(0)
        good.extend(map(event, lines))
        return 200, {}, b"{}"

    server, noted = with_server(agent, answer, 50)
    assert agent.drain(120) == 0
    assert sorted(good) == sorted(noted)
    posted = [lines for _, _, lines in server.posts[:4]]
    assert posted[0] == posted[1], "the same batch again"
    assert posted[2] == posted[3] == posted[0][:len(posted[0]) // 2], "after no reply, half of it"
    server.close()


def server_that_refuses_everything_does_not_drain_the_spool(agent):
    server, noted = with_server(agent, lambda lines: (400, {}, b"no"), 100)
    try:
        agent.drain(3)
        raise AssertionError("the spool was drained")
    except subprocess.TimeoutExpired:
        pass
    server.close()
    server = Server(agent.pki, lambda lines: (200, {}, b"{}"), None, server.port)
    assert agent.drain() == 0
    assert len(server.lines()) >= len(noted) - 8, "at the pace of the back-off, a few"
    server.close()


def answer_that_closes_the_connection_is_an_answer(agent):
    server, noted = with_server(agent, lambda lines: (200, {"Connection": "close"}, b"{}"), 600)
    assert agent.drain() == 0
    assert sorted(map(event, server.lines())) == sorted(noted)
    assert server.connections == len(server.posts)
    server.close()


def prefix_and_content_type_make_a_bulk_request(agent):
    server, noted = with_server(agent, lambda lines: (201, {}, b"{}"), 20, prefix='{"create":{}}',
                                content_type="application/json")
    assert agent.drain() == 0
    assert server.lines()[::2] == ['{"create":{}}'] * len(noted)
    assert sorted(map(event, server.lines()[1::2])) == sorted(noted)
    assert server.posts[0][1]["Content-Type"] == "application/json"
    server.close()


def proxy_is_passed_with_connect(agent):
    proxy = Proxy()
    server, noted = with_server(agent, lambda lines: (200, {}, b"{}"), 20, proxy=f"http://127.0.0.1:{proxy.port}")
    assert agent.drain() == 0
    assert sorted(map(event, server.lines())) == sorted(noted)
    assert proxy.asked[-1] == f"CONNECT 127.0.0.1:{server.port} HTTP/1.1"
    server.close()


def the_program_says_once_what_is_wrong(agent):
    server = Server(agent.pki, lambda lines: (200, {}, b"{}"))
    other = agent.folder / "other-ca.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                    "/dev/null", "-out", other, "-subj", "/CN=other", "-days", "2"], check=True, capture_output=True)
    agent.configure(server.port, ca="other-ca.pem")
    agent.run("uplink: TLS: the collector's certificate is not signed by our CA")
    agent.configure(server.port, cert="", key="")
    agent.run("uplink: TLS: refused by the collector")
    proxy = Proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    agent.configure(server.port, proxy=f"http://127.0.0.1:{proxy.port}")
    agent.run("uplink: the proxy refuses with status 407")
    server.close()
    agent.configure(server.port)
    agent.run("uplink: 127.0.0.1: Connection refused")
    assert not [line for line in server.lines() if "noroshi.beacon" in line]


def main():
    if not COLLECTOR.exists() or not DRIVER.exists():
        print("skipped: the collector is not built")
        return 77
    folder = pathlib.Path(tempfile.mkdtemp(prefix="noroshi-uplink-"))
    tests = (tls_1_2, tls_1_3, refused_record_is_found_dropped_and_the_rest_stored, too_large_batches_are_halved,
             busy_server_gets_the_same_batch_again, server_that_refuses_everything_does_not_drain_the_spool,
             answer_that_closes_the_connection_is_an_answer, prefix_and_content_type_make_a_bulk_request,
             proxy_is_passed_with_connect, the_program_says_once_what_is_wrong)
    try:
        agent = Agent(folder)
        for test in tests:
            began = time.monotonic()
            test(agent)
            print(f"{test.__name__} ({time.monotonic() - began:.1f} s)")
        return 0
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
