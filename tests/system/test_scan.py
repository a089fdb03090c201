#!/usr/bin/env python3
"""noroshi scan as people use it: folders, loops, FIFOs, devices, standard input, processes, models, exit statuses.

Files are made here; if there is a UPX (upxlab.py), a harmless program is packed by it as well, and its header damaged."""
import hashlib
import json
import os
import random
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import upxlab  # noqa: E402

BUILD = Path(os.environ.get("BUILD", "build/host"))
NOROSHI = BUILD / "noroshi"


def scan(*args, stdin="", status=0, **more):
    done = subprocess.run([NOROSHI, "scan", *map(str, args)], input=stdin.encode(), capture_output=True, timeout=100, **more)
    out, err = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    assert done.returncode == status, f"{args}: exit {done.returncode}, not {status}: {out}{err}"
    return [json.loads(line) for line in out.splitlines()], err


def only(lines):
    assert len(lines) == 1, lines
    return lines[0]["noroshi"]


def packed_image():
    """A 64-bit ELF whose only load segment is writable, executable and random (System V ABI)."""
    head = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x400200, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    head += struct.pack("<IIQQQQQQ", 1, 7, 0, 0x400000, 0x400000, 9000, 9000, 4096)
    return head + random.Random(1).randbytes(9000 - len(head))


def make_packed(path):
    path.write_bytes(packed_image())
    return path


def clean_files_give_no_line_and_exit_0(work):
    lines, err = scan("/bin/sh", NOROSHI)
    assert lines == [] and "2 files, 0 packed" in err, err
    lines, _ = scan("--all", NOROSHI)
    assert lines[0]["file.path"] == str(NOROSHI)
    assert not only(lines)["packed"] and only(lines)["class"] == "none" and not only(lines)["tampered"]


def packed_files_give_a_line_and_exit_1(work):
    lines, err = scan(make_packed(work / "p"), NOROSHI, status=1)
    assert lines[0]["file.path"] == str(work / "p") and only(lines)["packed"]
    assert only(lines)["why"].startswith("rwx_segment,dense_beside_rwx,dense_entry_segment,dense_data_segment,no_section_table"), lines
    assert "2 files, 1 packed" in err, err
    assert "malicious" not in err


def hash_is_that_of_the_whole_file(work):
    make_packed(work / "p").open("ab").write(b"x" * 100000)
    lines, _ = scan("--hash", work / "p", status=1)
    assert lines[0]["file.hash.sha256"] == subprocess.check_output(["sha256sum", work / "p"]).decode().split()[0]


def folders_need_r_and_are_walked_without_loops(work):
    deep = work / "a" / "b"
    deep.mkdir(parents=True)
    make_packed(deep / "p")
    (deep / "up").symlink_to(work)
    (deep / "self").symlink_to("self")
    (deep / "file").symlink_to("p")
    os.mkfifo(deep / "fifo")
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(str(deep / "socket"))
    _, err = scan(work, status=2)
    assert f"{work}: a folder; -r looks below it" in err, err
    lines, err = scan("-r", work, status=1)
    assert [line["file.path"] for line in lines] == [str(deep / "p")]
    assert "3 links, 2 special files" in err and "not readable" not in err, err


def names_that_are_given_are_followed_or_named(work):
    make_packed(work / "p")
    (work / "link").symlink_to("p")
    (work / "self").symlink_to("self")
    os.mkfifo(work / "fifo")
    lines, _ = scan(work / "link", status=1)
    assert lines[0]["file.path"] == str(work / "link")
    for path, what in ((work / "self", "Symbolic link loop"), (work / "fifo", "not a regular file"),
                       ("/dev/null", "not a regular file"), (work / "missing", "No such file")):
        _, err = scan(path, status=2)
        assert f"noroshi: scan: {path}: {what}" in err and "1 not readable" in err, err


def what_cannot_be_read_is_told_and_the_rest_is_scanned(work):
    lines, err = scan(work / "missing", make_packed(work / "p"), status=1)
    assert len(lines) == 1 and "missing: No such file" in err, err


def without_rights_files_are_named(work):
    make_packed(work / "p").chmod(0)
    work.chmod(0o755)
    if os.geteuid() == 0:
        copy = work / "noroshi"
        shutil.copy(NOROSHI, copy)
        done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", copy, "scan", work / "p"], capture_output=True)
    else:
        done = subprocess.run([NOROSHI, "scan", work / "p"], capture_output=True)
    assert done.returncode == 2 and b"p: Permission denied" in done.stderr, done


def lists_come_from_standard_input(work):
    make_packed(work / "a b")
    lines, err = scan("-", stdin=f"{work / 'a b'}\n\n{NOROSHI}", status=1)
    assert len(lines) == 1 and "2 files" in err, err
    _, err = scan("-", stdin=f"{work}/{'x' * 5000}\n", status=2)
    assert "not readable" in err


def names_from_outside_stay_on_one_line(work):
    make_packed(work / 'x"\n\x1b[31m\udcff')
    lines, _ = scan("-r", work, status=1)
    assert lines[0]["file.path"].endswith('/x"\n\x1b[31m\ufffd')
    make_packed(work / "m\nn").chmod(0o644)
    _, err = scan(work / "no\nname", status=2)
    assert "no?name" in err and err.count("\n") == 2, err


def deep_folders_end_at_the_limit(work):
    path = work
    for _ in range(150):
        path = path / "d"
        path.mkdir()
    _, err = scan("-r", work, status=2)
    assert "Symbolic link loop" in err and "1 not readable" in err, err


def other_files_are_skipped_by_name(work):
    image = bytearray(packed_image())
    image[16] = 1
    (work / "o").write_bytes(image)
    image[16] = 4
    (work / "core").write_bytes(image)
    (work / "empty").touch()
    (work / "text").write_text("hello\n")
    lines, err = scan("--all", *(work / name for name in ("o", "core", "empty", "text")))
    assert [line["noroshi"]["skipped"] for line in lines] == ["object file", "core file", "empty", "not an executable"]
    assert "4 not executables" in err, err


def huge_sparse_files_cost_no_more_than_small_ones(work):
    image = packed_image()
    with (work / "huge").open("wb") as f:
        f.write(image)
        f.truncate(1 << 40)
    lines, _ = scan(work / "huge", status=1)
    assert only(lines)["packed"]


def file_that_shrinks_is_judged_by_what_is_left(work):
    path, image = work / "p", packed_image()
    path.write_bytes(image)
    writer = subprocess.Popen([sys.executable, "-c", f"""
import os, time
end = time.monotonic() + 4
while time.monotonic() < end:
    os.truncate({str(path)!r}, 3000)
    os.truncate({str(path)!r}, {len(image)})
"""])
    names = f"{path}\n" * 20000
    done = subprocess.run([NOROSHI, "scan", "-"], input=names.encode(), capture_output=True, timeout=100)
    writer.kill()
    writer.wait()
    assert done.returncode == 1, done.stderr[-300:]
    err = done.stderr.decode()
    assert "20000 files" in err, err[-300:]
    assert "changed while they were read" in err, err[-300:]


def programs_of_processes_are_found_also_deleted_ones(work):
    program = work / "sleeper"
    shutil.copy("/bin/sleep", program)
    children = [subprocess.Popen([program, "60"]) for _ in range(2)]
    try:
        time.sleep(0.2)
        program.unlink()
        lines, err = scan("--processes", "--all")
        mine = [line for line in lines if line["file.path"] == str(program)]
        assert len(mine) == 1 and mine[0]["noroshi"]["deleted"], lines
        assert mine[0]["process.pid"] in [child.pid for child in children]
        assert "seen before" in err, err
    finally:
        for child in children:
            child.kill()
            child.wait()


def features_are_for_training(work):
    names = re.findall(r"X\((\w+), (\d+),", Path("models/packer_features.h").read_text())
    lines, _ = scan("--features", make_packed(work / "p"), NOROSHI, "/etc/passwd")
    assert [line.get("schema") for line in lines] == ["packer", "packer", None]
    assert all(len(line["x"]) == len(names) and len(line["start"]) == 256 for line in lines[:2])
    assert all(0 <= v <= int(top) for line in lines[:2] for v, (_, top) in zip(line["x"], names))
    assert lines[2] == {"file.path": "/etc/passwd", "format": "other", "skipped": "not an executable"}


def fnv1a(data):
    h = 0xCBF29CE484222325
    for b in data:
        h = (h ^ b) * 0x100000001B3 % 2**64
    return h


def write_model(path, classes, serial=1000):
    """The class `acme` gets a hundredth of its weight from the feature `wide`: every 64-bit file is packed by acme."""
    features = re.findall(r"X\((\w+), (\d+),", Path("models/packer_features.h").read_text())
    version = re.search(r"\.version = (\d+)", Path("models/schema_packer.c").read_text()).group(1)
    bytes_ = int(re.search(r"NRS_START_BYTES (\d+)", Path("models/schema.h").read_text()).group(1))
    schema = f"packer/{version};" + "".join(f"{n}:{top};" for n, top in features) + f"bytes:{bytes_};"
    wide = [n for n, _ in features].index("wide")
    body = struct.pack("<BBHBB3ii", len(classes), 1, 1, 1, 0, 100, 100, 0, 0)
    for name in classes:
        body += struct.pack("<iIB", 0, 2**31, len(name)) + name.encode()
    body += struct.pack("<iB", 0, 50)
    body += struct.pack("<BH", 1, wide) + bytes(len(classes)) + bytes([100 if name == "acme" else 0 for name in classes])
    body += bytes(2 * (len(features) + bytes_)) + bytes(8 * len(classes))
    head = b"NRSM" + struct.pack("<BBHIIQII", 1, 2, 0, serial, 0, fnv1a(schema.encode()), 0, len(body))
    head += bytes(8)
    path.write_bytes(head + hashlib.sha256(head + body).digest() + bytes(64) + body)
    return path


def tool(*args):
    subprocess.run([BUILD / "noroshi-model", *map(str, args)], check=True, capture_output=True)


def sign(raw, private, signed):
    shutil.copy(raw, signed)
    tool("sign", "--key", private, signed)


def model_from_a_file_has_to_be_signed(work):
    raw = write_model(work / "raw.nrm", ["none", "acme"])
    private, public = work / "key.pem", work / "key.pub.pem"
    tool("keygen", "-o", private)
    config = work / "noroshi.json"
    config.write_text(json.dumps({"model": {"keys": [str(public)]}}))
    _, err = scan("--model", raw, "--config", config, NOROSHI, status=2)
    assert f"{raw}: " in err and err.count("\n") == 1, err
    signed = work / "signed.nrm"
    sign(raw, private, signed)
    lines, _ = scan("--model", signed, "--config", config, NOROSHI, status=1)
    assert only(lines)["class"] == "acme" and only(lines)["score"] == 100 and only(lines)["why"].endswith("wide+100"), lines
    damaged = bytearray(signed.read_bytes())
    damaged[-1] ^= 1
    (work / "damaged.nrm").write_bytes(damaged)
    _, err = scan("--model", work / "damaged.nrm", "--config", config, NOROSHI, status=2)
    assert "digest is wrong" in err, err
    sign(write_model(raw, ["clean", "acme"]), private, signed)
    _, err = scan("--model", signed, "--config", config, NOROSHI, status=2)
    assert "no class none" in err, err
    sign(Path("models/beacon.nrm"), private, signed)
    _, err = scan("--model", signed, "--config", config, NOROSHI, status=2)
    assert "it is not a packer model" in err, err
    lines, _ = scan("--model", "none", "--all", NOROSHI)
    assert only(lines)["score"] == 0


def wrong_usage_is_one_line(work):
    for args in ((), ("--nonsense", "x"), ("--model",), ("--config",)):
        _, err = scan(*args, status=2)
        assert err.startswith("noroshi: scan: ") and err.count("\n") == 1, err
    done = subprocess.run([NOROSHI, "scan", "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and "exit codes:" in done.stdout


def full_output_is_an_error(work):
    with open("/dev/full", "w") as full:
        done = subprocess.run([NOROSHI, "scan", make_packed(work / "p")], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2 and "standard output: No space left" in done.stderr, done


def program_packed_by_upx_is_named_and_damage_is_told(work, upx):
    packed = work / "p"
    subprocess.run([*upx, "-q", "-o", packed, "/bin/sleep"], check=True, capture_output=True)
    image = packed.read_bytes()
    lines, _ = scan(packed, status=1)
    assert only(lines)["class"] == "upx" and not only(lines)["tampered"], lines
    magic = image.index(b"UPX!")
    for name, damaged in (("magic", image.replace(b"UPX!", b"OPS!")), ("one magic", image[:magic] + b"\0" * 4 + image[magic + 4:]),
                          ("p_info", image[:magic + 12] + bytes(8) + image[magic + 20:]), ("trailer", image[:-36]),
                          ("checksum", image[:-10] + bytes([image[-10] ^ 1]) + image[-9:]), ("appended", image + bytes(77))):
        packed.write_bytes(damaged)
        lines, _ = scan(packed, status=1)
        assert only(lines)["class"] == "upx" and only(lines)["tampered"], (name, lines)


def main():
    tests = [clean_files_give_no_line_and_exit_0, packed_files_give_a_line_and_exit_1, hash_is_that_of_the_whole_file,
             folders_need_r_and_are_walked_without_loops, names_that_are_given_are_followed_or_named,
             what_cannot_be_read_is_told_and_the_rest_is_scanned, without_rights_files_are_named, lists_come_from_standard_input,
             names_from_outside_stay_on_one_line, deep_folders_end_at_the_limit, other_files_are_skipped_by_name,
             huge_sparse_files_cost_no_more_than_small_ones, file_that_shrinks_is_judged_by_what_is_left,
             programs_of_processes_are_found_also_deleted_ones, features_are_for_training, model_from_a_file_has_to_be_signed,
             wrong_usage_is_one_line, full_output_is_an_error]
    for test in tests:
        with tempfile.TemporaryDirectory(prefix="nrs-scan-") as folder:
            test(Path(folder))
            print("ok", test.__name__)
    upx, why = upxlab.find()
    if upx is None:
        print(f"left out, packed by UPX: {why}")
        return
    with tempfile.TemporaryDirectory(prefix="nrs-scan-") as folder:
        program_packed_by_upx_is_named_and_damage_is_told(Path(folder), upx)
        print("ok program_packed_by_upx_is_named_and_damage_is_told")


if __name__ == "__main__":
    sys.exit(main())
