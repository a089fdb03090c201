#!/usr/bin/env python3
"""People's own PKI with RSA keys: the device program sends over TLS 1.2 and 1.3, its key in both forms that openssl writes; keys that
lack numbers are refused in one line."""
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import time

from test_uplink import COLLECTOR, DRIVER, NOROSHI, Agent, Server, event


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def certificate(at, name, subject, extension=None):
    """NAME.pem and NAME-key.pem (PKCS#8) of an RSA key, signed by ca.pem, or by itself if it is the CA."""
    ca = [] if name == "ca" else ["-CA", at / "ca.pem", "-CAkey", at / "ca-key.pem"]
    openssl("req", "-x509", "-newkey", "rsa:2048", "-sha256", "-nodes", "-days", "30", "-subj", f"/CN={subject}", *ca,
            "-keyout", at / f"{name}-key.pem", "-out", at / f"{name}.pem", *(["-addext", extension] if extension else []))


def make_pki(agent):
    certificate(agent.pki, "ca", "people's CA")
    certificate(agent.pki, "server", "collector", "subjectAltName=IP:127.0.0.1")
    certificate(agent.pki, "device", "device-1")
    for name in ("ca.pem", "device.pem", "device-key.pem"):
        shutil.copy(agent.pki / name, agent.folder / name)
    openssl("rsa", "-traditional", "-in", agent.folder / "device-key.pem", "-out", agent.folder / "device-key1.pem")


def verdicts_arrive(agent, version, key):
    server = Server(agent.pki, lambda lines: (200, {}, b"{}"))
    server.close()
    agent.configure(server.port, key=key)
    noted = agent.fill(5)
    server = Server(agent.pki, lambda lines: (200, {}, b"{}"), version, server.port)
    child = subprocess.Popen([NOROSHI, "run", "--config", agent.config], stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 20
    while time.monotonic() < end and len(server.lines()) < len(noted):
        time.sleep(0.05)
    child.terminate()
    said = child.communicate()[1]
    server.close()
    arrived = {event(line) for line in server.lines()}
    assert set(noted) <= arrived, (version, key, said)


def key_that_lacks_numbers_is_refused(agent):
    """The same key without its primes: n, e and d stand, the others are 0."""
    text = subprocess.run(["openssl", "rsa", "-in", agent.folder / "device-key.pem", "-noout", "-text"], capture_output=True,
                          text=True, check=True).stdout
    numbers, name = {}, None
    for line in text.splitlines():
        if not line.startswith(" "):
            name = line.split(":")[0]
            numbers[name] = line.partition(":")[2].split("(")[0].strip()
        elif name:
            numbers[name] += line.strip()
    n, d = (f"0x{numbers[k].replace(':', '')}" for k in ("modulus", "privateExponent"))
    fields = {"version": "0", "n": n, "e": "65537", "d": d, "p": "0", "q": "0", "dp": "0", "dq": "0", "qi": "0"}
    config = agent.folder / "key.cnf"
    config.write_text("asn1=SEQUENCE:key\n[key]\n" + "".join(f"{k}=INTEGER:{v}\n" for k, v in fields.items()))
    openssl("asn1parse", "-genconf", config, "-noout", "-out", agent.folder / "key.der")
    body = subprocess.run(["openssl", "base64", "-in", agent.folder / "key.der"], capture_output=True, text=True, check=True).stdout
    (agent.folder / "bare-key.pem").write_text(f"-----BEGIN RSA PRIVATE KEY-----\n{body}-----END RSA PRIVATE KEY-----\n")
    agent.configure(1, key="bare-key.pem")
    check = subprocess.run([NOROSHI, "check", "--config", agent.config], capture_output=True, text=True)
    assert check.returncode == 2 and "not an unencrypted PEM private key" in check.stderr, (check.returncode, check.stderr)


def main():
    if not COLLECTOR.exists() or not DRIVER.exists():
        print("skipped: the collector is not built")
        return 77
    if shutil.which("openssl") is None:
        print("skipped: openssl is not installed")
        return 77
    folder = pathlib.Path(tempfile.mkdtemp(prefix="noroshi-rsa-"))
    try:
        agent = Agent(folder)
        make_pki(agent)
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            for key in ("device-key.pem", "device-key1.pem"):
                verdicts_arrive(agent, version, key)
                print(f"{version.name}, {key}: verdicts arrived")
        key_that_lacks_numbers_is_refused(agent)
        return 0
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
