"""Damages the headers that UPX writes into an ELF file, the way malware does so that `upx -d` and signatures fail.

Layout (UPX's src/conf.h and packhead): after the program headers l_info {checksum, magic "UPX!", size 16, version 8,
format 8}, then p_info {progid, filesize, blocksize}; at the end PackHeader {magic "UPX!", ..., checksum at byte 31} and
four bytes of overlay offset. Values are drawn, never taken from a list of what was seen.
"""
import re

MAGIC = b"UPX!"
PACK_HEADER = 36  # with the overlay offset


def draw_bytes(rng, n):
    return bytes(int(v) for v in rng.integers(0, 256, n))


def other_magic(rng):
    kind = rng.integers(0, 4)
    if kind == 0:
        return bytes(4)
    if kind == 1:
        return bytes(int(v) for v in rng.integers(65, 91, 3)) + b"!"
    if kind == 2:
        return bytes(int(v) for v in rng.integers(33, 127, 4))
    return draw_bytes(rng, 4)


def magic(data, rng):
    """Every magic, or only the first one (l_info)."""
    return data.replace(MAGIC, other_magic(rng), 1 if rng.integers(0, 3) == 0 else -1)


def p_info(data, rng):
    at = data.find(MAGIC) + 8
    fields = [bytearray(data[at + 4 * i:at + 4 * i + 4]) for i in range(3)]
    value = bytes(4) if rng.integers(0, 2) == 0 else draw_bytes(rng, 4)
    for i in ((1, 2), (1,), (2,), (0, 1, 2))[rng.integers(0, 4)]:
        fields[i] = value if rng.integers(0, 2) == 0 else (bytes(4) if not any(value) else draw_bytes(rng, 4))
    return data[:at] + b"".join(bytes(f) for f in fields) + data[at + 12:]


def checksum(data, rng):
    """A length or the checksum of the PackHeader no longer fits."""
    at = data.rfind(MAGIC)
    at += (31, 16, 20, 24)[rng.integers(0, 4)]
    return data[:at] + bytes([data[at] ^ int(rng.integers(1, 256))]) + data[at + 1:]


def tail(data, rng):
    """Ends before the PackHeader, or within it."""
    return data[:data.rfind(MAGIC) + int(rng.integers(-8, 24))]


def overlay(data, rng):
    return data + draw_bytes(rng, int(rng.integers(1, 3000)))


def text(data, rng):
    """The notes of the loader: "$Id: UPX ...", "$Info: ... UPX executable packer ..."."""
    filler = bytes([int(rng.integers(0, 256))])
    return re.sub(rb"\$I(?:d|nfo): [^$]{4,120}\$", lambda found: filler * len(found.group()), data)


def sections(data, rng):
    """A section table that is not there, announced in the ELF header."""
    wide = data[4] == 2
    offset, size, count = (40, 8, 60) if wide else (32, 4, 48)
    data = data[:offset] + draw_bytes(rng, 3) + bytes(size - 3) + data[offset + size:]
    return data[:count] + draw_bytes(rng, 1) + b"\0" + data[count + 2:]


# Done in this order: what looks for the magic comes before what removes it.
STEPS = {"sections": sections, "pinfo": p_info, "checksum": checksum, "text": text, "tail": tail, "magic": magic,
         "overlay": overlay}
VARIANTS = ("magic", "pinfo", "checksum", "tail", "magic+pinfo", "text+magic", "text+magic+pinfo", "tail+magic",
            "pinfo+checksum+magic", "magic+overlay", "sections+magic", "text+tail+magic+pinfo")


def damage(data, variant, rng):
    """data: an ELF file as UPX wrote it. variant: names of STEPS joined by '+'."""
    if data.count(MAGIC) < 2:
        raise ValueError("no UPX headers to damage")
    chosen = variant.split("+")
    for name, step in STEPS.items():
        if name in chosen:
            data = step(data, rng)
    return data
