#!/usr/bin/env python3
"""The collector as agents meet it: identity, deduplication, refusals, limits, restarts, kills, a full disk."""
import contextlib
import pathlib
import re
import resource
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings

from collectorlab import PROGRAM, Collector, evidence, health, json, post, verdict

BOTH = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


def refused_by_tls(collector, context):
    """The connection ends without an answer: in the handshake, or at the first read with TLS 1.3."""
    try:
        with socket.create_connection(("127.0.0.1", collector.agents), 10) as raw:
            with context.wrap_socket(raw, server_hostname="127.0.0.1") as tls:
                tls.sendall(b"POST /v1/verdicts HTTP/1.1\r\n\r\n")
                return tls.recv(1) == b""
    except (ssl.SSLError, ConnectionError):
        return True


def test_records_are_stored_once_over_both_versions(lab):
    for version in BOTH:
        client = lab.client(version=version)
        first = version == BOTH[0]
        assert post(client, [verdict(1), verdict(2), evidence(3, 1, 1, lambda h, m: m % 16)])[:2] == \
            (200, {"ok": 3, "new": 3 if first else 0})
        assert post(client, [verdict(2)])[1] == {"ok": 1, "new": 0}
    assert [r["event.id"] for r in lab.export()] == ["device-1-a1-1", "device-1-a1-2", "device-1-a1-3"]


def test_identity_is_the_certificate(lab):
    lab.device("gate-7")
    client = lab.client("gate-7")
    assert post(client, [verdict(1, host="device-1")])[:2] == \
        (400, {"error": "line 1: event.id: its host is not the name in the device's certificate"})
    lie = verdict(1, host="gate-7")
    lie["host.id"] = "device-1"
    text = json.dumps(lie).replace('"host.id"', '"host\\u002eid"')
    assert post(client, [text, health(2, host="gate-7")])[1] == {"ok": 2, "new": 2}
    rows = lab.get("/api/verdicts")[2]["verdicts"]
    assert rows[0]["device"] == "gate-7"
    assert [r["host.id"] for r in lab.export()] == ["gate-7"]
    assert [d["name"] for d in lab.get("/api/devices")[2]["devices"] if d["last_seen"]] == ["gate-7"]


def test_strangers_are_refused(lab):
    anonymous = lab.tls(device=None)
    assert refused_by_tls(lab, anonymous)
    with Collector() as other:
        stranger = other.tls(ca=lab.folder / "ca.pem")
        assert refused_by_tls(lab, stranger)
        mistrusting = lab.tls(ca=other.folder / "ca.pem")
        try:
            with socket.create_connection(("127.0.0.1", lab.agents), 10) as raw:
                mistrusting.wrap_socket(raw, server_hostname="127.0.0.1")
            raise AssertionError("a collector of another authority was believed")
        except ssl.SSLCertVerificationError:
            pass
    server = lab.tls(device=None)
    server.load_cert_chain(str(lab.folder / "server.pem"), str(lab.folder / "server-key.pem"))
    assert refused_by_tls(lab, server), "a server's certificate is not a device's"
    warnings.simplefilter("ignore", DeprecationWarning)
    old = lab.tls()
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    assert refused_by_tls(lab, old)


def test_certificate_must_be_for_clients_and_no_authority(lab):
    lab.sign("plain", "keyUsage=digitalSignature")
    assert refused_by_tls(lab, lab.tls("plain")), "a certificate that names no use"
    lab.sign("both", "basicConstraints=CA:TRUE\nextendedKeyUsage=clientAuth")
    assert refused_by_tls(lab, lab.tls("both")), "an authority's certificate"
    lab.sign("good", "basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth")
    assert post(lab.client("good"), [verdict(1, host="good")])[0] == 200


def test_refusals_name_peer_certificate_and_reason(lab):
    lab.sign("plain", "keyUsage=digitalSignature")
    assert refused_by_tls(lab, lab.tls("plain"))
    lines = lab.stop_and_read()
    assert re.search(r"^noroshi-collector: agents: 127\.0\.0\.1:\d+ was refused: the certificate is not for clients; "
                     r"certificate O=noroshi, CN=plain, serial 4A:01$", lines, re.M), lines
    lab.start()
    with Collector() as other:
        assert refused_by_tls(lab, other.tls(ca=lab.folder / "ca.pem"))
    assert refused_by_tls(lab, lab.tls(device=None))
    time.sleep(1.1)
    assert refused_by_tls(lab, lab.tls(device=None))
    lines = lab.stop_and_read()
    assert "was refused: the certificate is not signed by ca.pem; certificate O=noroshi, CN=device-1, serial " in lines, lines
    assert re.search(r"; no certificate \(1 more since the last line\)$", lines, re.M), lines


def test_every_answer_has_the_safe_headers(lab):
    client = lab.client()
    answers = [post(client, [verdict(1)])[2], post(client, ["x"])[2], post(client, [verdict(1)], path="/x")[2]]
    answers += [lab.get(path)[1] for path in ("/", "/metrics", "/healthz", "/api/devices", "/api/verdicts/9", "/nowhere")]
    for headers in answers:
        assert headers["Content-Security-Policy"].startswith("default-src 'self'") and headers["X-Content-Type-Options"] == "nosniff"


def test_bad_requests_are_named(lab):
    client = lab.client()
    assert post(client, [verdict(1), "{}"])[:2] == (400, {"error": "line 2: @timestamp: missing"})
    assert post(client, [verdict(1), verdict(2, st="closed")])[1] == {"error": "line 2: st: unknown value"}
    assert post(client, ["not json"])[0] == 400
    assert post(client, [verdict(1)], kind="text/plain")[0] == 415
    assert post(client, [verdict(1)], path="/v1/other")[0] == 404
    client.request("GET", "/v1/verdicts")
    answer = client.getresponse()
    assert (answer.status, answer.getheader("Allow")) == (405, "POST") and answer.read()
    assert post(client, [])[:2] == (200, {"ok": 0, "new": 0})
    assert post(lab.client(), ["x" * 70000])[0] == 413
    assert lab.export() == [], "nothing of a refused request is stored"
    assert post(client, [verdict(1)], kind="application/json; charset=utf-8")[1] == {"ok": 1, "new": 1}


def test_fast_device_is_slowed_down(lab):
    lab.stop()
    lab.set(posts_per_s=2, posts_burst=4)
    lab.start()
    client = lab.client()
    answers = [post(client, [verdict(n)]) for n in range(1, 10)]
    assert {status for status, _, _ in answers} == {200, 429}
    assert all("Retry-After" in headers for status, _, headers in answers if status == 429)
    assert len(lab.export()) == sum(status == 200 for status, _, _ in answers)


def test_day_of_a_device_ends_with_429(lab):
    lab.stop()
    lab.set(records_per_day=3)
    lab.start()
    client = lab.client()
    assert post(client, [verdict(1), verdict(2), verdict(3), health(4)])[0] == 200
    status, body, headers = post(client, [verdict(5)])
    assert status == 429 and "for today" in body["error"] and 0 < int(headers["Retry-After"]) <= 86400
    assert post(client, [health(6)])[0] == 200
    lab.device("gate-2")
    assert post(lab.client("gate-2"), [verdict(1, host="gate-2")])[0] == 200, "another device's day is its own"


def test_one_device_has_few_connections(lab):
    """Half-sent bodies of one device, as with a stolen key, do not take the room of the others."""
    half = b"POST /v1/verdicts HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n" + b"x" * 50000
    held = []
    for _ in range(12):
        held.append(lab.tls().wrap_socket(socket.create_connection(("127.0.0.1", lab.agents), 10), server_hostname="127.0.0.1"))
        with contextlib.suppress(OSError):
            held[-1].sendall(half)
    lab.device("gate-2")
    assert post(lab.client("gate-2"), [verdict(1, host="gate-2")])[0] == 200
    metrics = lab.get("/metrics")[2].decode()
    assert re.search(r"agents [45]$", metrics, re.M) and "device_connections_closed_total 8" in metrics, metrics
    assert int(re.search(r"pending_bytes (\d+)", metrics)[1]) <= 4 * 65536


def test_slow_peers_are_cut_off(lab):
    lab.stop()
    lab.set(request_s=1)
    lab.start()
    silent = socket.create_connection(("127.0.0.1", lab.agents), 20)
    page = socket.create_connection(("127.0.0.1", lab.page), 20)
    page.sendall(b"GET / HTTP/1.1\r\nX-A")
    trickle = lab.tls().wrap_socket(socket.create_connection(("127.0.0.1", lab.agents), 20), server_hostname="127.0.0.1")
    trickle.sendall(b"POST /v1/verdicts HTTP/1.1\r\nContent-Length: 100\r\n\r\n")
    closed = False
    for _ in range(100):
        try:
            trickle.sendall(b"x")
            time.sleep(0.1)
        except OSError:
            closed = True
            break
    assert closed, "a body of one byte now and then held the connection"
    assert silent.recv(1) == b"" and page.recv(1) == b""
    assert post(lab.client(), [verdict(1)])[0] == 200


def test_connections_are_limited(lab):
    lab.stop()
    lab.set(connections=5)
    lab.start()
    clients = []
    for number in range(4):
        lab.device(f"gate-{number}")
        clients.append(lab.client(f"gate-{number}"))
        assert post(clients[-1], [verdict(1, host=f"gate-{number}")])[0] == 200
    silent = [socket.create_connection(("127.0.0.1", lab.agents), 10) for _ in range(3)]
    assert silent[0].recv(1) == b"" and silent[1].recv(1) == b"", "who says nothing makes room"
    assert post(lab.client(), [verdict(1)])[0] == 200
    for number, client in enumerate(clients):
        assert post(client, [verdict(2, host=f"gate-{number}")])[0] == 200, "devices that are connected stay"


def test_full_listener_of_known_devices_turns_away(lab):
    lab.stop()
    lab.set(connections=1)
    lab.start()
    client = lab.client()
    assert post(client, [verdict(1)])[0] == 200
    assert socket.create_connection(("127.0.0.1", lab.agents), 10).recv(1) == b""
    assert post(client, [verdict(2)])[0] == 200


def test_idle_connections_shut_nobody_out(lab):
    """Silent connections to both ports, more than either has room for one address, are closed for those that speak."""
    lab.stop()
    lab.set(address_unknown=20)
    lab.start()
    idle = [socket.create_connection(("127.0.0.1", port), 10) for port, n in ((lab.agents, 100), (lab.page, 80)) for _ in range(n)]
    assert post(lab.client(), [verdict(1)])[0] == 200
    assert lab.get("/healthz")[0] == 200
    metrics = lab.get("/metrics")[2].decode()
    assert int(re.search(r"^noroshi_collector_agents (\d+)", metrics, re.M)[1]) <= 21, metrics
    assert len(idle) == 180


def test_handshakes_of_an_address_have_a_rate(lab):
    lab.stop()
    lab.set(address_handshakes=1)
    lab.start()
    outcomes = [refused_by_tls(lab, lab.tls()) for _ in range(8)]
    assert outcomes[:4] == [False] * 4 and outcomes[-1], outcomes


def test_restart_keeps_everything(lab):
    post(lab.client(), [verdict(1), health(2)])
    lab.stop()
    lab.start()
    assert post(lab.client(), [verdict(1), verdict(3)])[1] == {"ok": 2, "new": 1}
    assert len(lab.get("/api/verdicts")[2]["verdicts"]) == 2


def test_term_answers_what_was_taken_in(lab):
    lab.stop()
    lab.set(gather_ms=200)
    lab.start()
    client = lab.client()
    result = []
    thread = threading.Thread(target=lambda: result.append(post(client, [verdict(1)])))
    thread.start()
    time.sleep(0.1)
    lab.stop()
    thread.join()
    assert result[0][:2] == (200, {"ok": 1, "new": 1})
    assert result[0][2]["Connection"] == "close"
    assert len(lab.export()) == 1


def send_until_cut(lab, device, boot, acknowledged):
    """Posts verdicts until the collector is gone; notes the ids that were answered with 200."""
    try:
        client = lab.client(device)
        for number in range(100000):
            lines = [verdict(number * 5 + i, host=device, boot=boot) for i in range(5)]
            if post(client, lines)[0] == 200:
                acknowledged.extend(line["event.id"] for line in lines)
    except (OSError, ssl.SSLError, ValueError):
        pass
    except Exception as error:  # http.client's own
        assert type(error).__module__ == "http.client", error


def test_kill_loses_nothing_acknowledged(lab):
    lab.stop()
    lab.set(posts_per_s=100000, records_per_day=1000000, gather_ms=1)
    acknowledged = []
    for turn in range(12):
        lab.start()
        threads = [threading.Thread(target=send_until_cut, args=(lab, "device-1", f"k{turn}x{n}", acknowledged)) for n in range(3)]
        for thread in threads:
            thread.start()
        time.sleep(0.15 + 0.02 * turn)
        lab.kill()
        for thread in threads:
            thread.join()
    stored = [record["event.id"] for record in lab.export()]
    assert len(acknowledged) > 100, "the test did not test"
    assert len(stored) == len(set(stored)) and not set(acknowledged) - set(stored)


def test_full_disk_is_said_and_survived(lab):
    lab.stop()
    size = sum(f.stat().st_size for f in lab.folder.iterdir() if f.name.startswith("noroshi.db"))
    limit = size + 200_000
    lab.set(posts_per_s=100000, records_per_day=1000000)
    lab.start(preexec=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY)))
    client = lab.client()
    number, status = 0, 200
    stored = 0
    while status == 200 and number < 400:
        status, _, headers = post(client, [verdict(number * 50 + i) for i in range(50)])
        stored += 50 if status == 200 else 0
        number += 1
    assert status == 503 and headers["Retry-After"], status
    assert lab.get("/healthz")[0] == 503
    resource.prlimit(lab.child.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    until = time.monotonic() + 30
    while lab.get("/healthz")[0] != 200:
        assert time.monotonic() < until, "nobody posts, and /healthz stays at 503"
        time.sleep(0.2)
    assert post(client, [verdict(1000000)])[0] == 200
    assert len(lab.export()) == stored + 1


def test_old_records_are_deleted_while_it_runs(lab):
    client = lab.client()
    post(client, [verdict(1), evidence(2, 1, 1, lambda h, m: 1), health(3)])
    lab.stop()
    with contextlib.closing(sqlite3.connect(lab.folder / "noroshi.db", isolation_level=None)) as db:
        db.execute("UPDATE record SET received=received-10*86400")
    lab.set(retain_days=5)
    lab.start()
    post(lab.client(), [verdict(4)])
    until = time.monotonic() + 30
    while len(lab.export()) != 1:
        assert time.monotonic() < until, lab.export()
        time.sleep(0.1)
    assert lab.get("/api/devices")[2]["devices"][0]["health"]["noroshi"]["dst"] == 412


def proxied(lab, address, device="device-1"):
    """A device's TLS connection as a balancer passes it on; raises if it is refused."""
    raw = socket.create_connection(("127.0.0.1", lab.agents), 10)
    raw.sendall(b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + socket.inet_aton(address) + b"\x7f\0\0\1\x9c\x40\x20\xfb")
    return lab.tls(device).wrap_socket(raw, server_hostname="127.0.0.1")


def test_balancer_passes_addresses_on(lab):
    lab.stop()
    lab.set(proxy_from="127.0.0.1", address_handshakes=1)
    lab.start()
    for _ in range(4):
        proxied(lab, "192.0.2.7").close()
    proxied(lab, "192.0.2.8").close()
    try:
        proxied(lab, "192.0.2.7")
        raise AssertionError("one address shook hands too often")
    except (ssl.SSLError, ConnectionError):
        pass
    assert refused_by_tls(lab, lab.tls()), "no header from an address that must send one"
    lab.sign("plain", "keyUsage=digitalSignature")
    time.sleep(1.1)
    with contextlib.suppress(ssl.SSLError, ConnectionError):
        proxied(lab, "192.0.2.9", "plain").recv(1)
    lines = lab.stop_and_read()
    assert "agents: 192.0.2.9:40000 was refused: " in lines and "no PROXY header" in lines, lines
    lab.set(proxy_from="192.0.2.1")
    lab.start()
    try:
        proxied(lab, "192.0.2.7")
        raise AssertionError("a stranger names an address")
    except (ssl.SSLError, ConnectionError):
        pass


def test_page_port_is_careful(lab):
    assert lab.get("/healthz")[2] == {"ok": True}
    status, headers, body = lab.get("/")
    assert status == 200 and b"<title>noroshi" in body and headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert lab.get("/", **{"If-None-Match": headers["ETag"]})[0] == 304
    assert lab.get("/", Host="evil.example")[0] == 421
    assert lab.get("/", Host=f"localhost:{lab.page}")[0] == 200
    assert lab.get("/../collector.json")[0] == 404 and lab.get("/ca-key.pem")[0] == 404
    assert lab.get("/api/verdicts?after=x")[0] == 400 and lab.get("/api/verdicts/9")[0] == 404
    assert b"noroshi_collector_agents 0" in lab.get("/metrics")[2]


def test_follower_sees_each_change_once(lab):
    client = lab.client()
    post(client, [verdict(1), verdict(2)])
    seen = lab.get("/api/verdicts?after=0&limit=1")[2]["verdicts"]
    assert [v["record"]["event.id"] for v in seen] == ["device-1-a1-1"]
    post(client, [verdict(3, d=1, st="update")])
    more = lab.get(f"/api/verdicts?after={seen[-1]['id']}")[2]["verdicts"]
    assert [v["record"]["event.id"] for v in more] == ["device-1-a1-2", "device-1-a1-3"]
    assert lab.get(f"/api/verdicts?after={more[-1]['id']}")[2]["verdicts"] == []


def test_export_speaks_three_languages(lab):
    post(lab.client(), [verdict(1), evidence(2, 1, 1, lambda h, m: 1)])
    ecs = lab.export("--format", "ecs")
    assert ecs[0]["threat.technique.id"] == ["T1071"] and ecs[1]["event.module"] == "noroshi"
    ocsf = lab.export("--format", "ocsf")
    assert len(ocsf) == 1 and ocsf[0]["class_uid"] == 2004 and ocsf[0]["type_uid"] == 200401
    assert ocsf[0]["evidences"][0]["dst_endpoint"]["ip"] == "203.0.113.7"
    assert len(lab.export("--after", "1")) == 1


def complaint(*arguments):
    out = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)
    assert out.returncode == 2 and out.stderr.count("\n") == 1 and out.stderr.startswith("noroshi-collector: "), out
    return out.stderr


def test_commands_refuse_with_one_line(lab):
    with tempfile.TemporaryDirectory() as empty:
        assert "collector.json" in complaint("run", empty)
    assert "not an empty folder" in complaint("init", lab.folder)
    assert "device name" in complaint("device", lab.folder, "../x")
    assert "File exists" in complaint("device", lab.folder, "device-1")
    assert "another collector is using it" in complaint("run", lab.folder, "--listen", "127.0.0.1:0", "--page", "127.0.0.1:0")
    assert "the page has no login" in complaint("run", lab.folder, "--page", "0.0.0.0:0")
    assert "ADDRESS:PORT" in complaint("run", lab.folder, "--listen", "nowhere")
    lab.stop()
    with Collector() as other:
        assert "already in use" in complaint("run", lab.folder, "--listen", f"127.0.0.1:{other.page}")
    (lab.folder / "collector.json").write_text('{"page": "192.0.2.1:8080"}')
    assert "page: not an address of this machine" in complaint("run", lab.folder)
    (lab.folder / "collector.json").write_text('{"lisen": "x"}')
    assert "lisen: unknown key" in complaint("run", lab.folder)


def test_init_says_what_comes_next(lab):
    folder = lab.folder.parent / "next"
    lines = subprocess.run([PROGRAM, "init", folder], check=True, capture_output=True, text=True).stdout.splitlines()
    assert len(lines) == 3 and f"run {folder}" in lines[0] and "noroshi.json" in lines[1] and "http://127.0.0.1:8080/" in lines[2]


def test_files_are_private(lab):
    modes = {path.name: path.stat().st_mode & 0o777 for path in pathlib.Path(lab.folder).rglob("*")}
    assert lab.folder.stat().st_mode & 0o777 == 0o700
    assert {modes[n] for n in ("ca-key.pem", "server-key.pem", "device-key.pem")} == {0o600}
    agent = json.loads((lab.folder / "devices/device-1/noroshi.json").read_text())
    assert agent["collector"]["cert"] == "device.pem"


def main():
    tests = [(name, fn) for name, fn in globals().items() if name.startswith("test_") and (len(sys.argv) < 2 or sys.argv[1] in name)]
    for name, test in tests:
        begin = time.monotonic()
        with Collector() as lab:
            test(lab)
        print(f"ok {name} ({time.monotonic() - begin:.1f} s)", flush=True)


if __name__ == "__main__":
    if not PROGRAM.exists():
        print("skipped: the collector is not built")
        sys.exit(77)
    main()
