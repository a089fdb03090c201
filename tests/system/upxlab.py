"""A UPX to pack with: the one in PATH, else the one that tools/train packs with. Debian 12 has no package of it; that one comes
from the suites beside it and stays in the cache."""
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools/train"))
import packer_debs  # noqa: E402

NEWEST = "upx-ucl@trixie"


def find():
    """(command, "") or (None, why there is none)."""
    if found := shutil.which("upx") or shutil.which("upx-ucl"):
        return [found], ""
    try:
        _, command = packer_debs.Tools(packer_debs.Archive()).upx(NEWEST)
        subprocess.run([*command, "--version"], check=True, capture_output=True)
    except (SystemExit, OSError, IndexError, subprocess.CalledProcessError) as why:
        return None, f"no upx in PATH, and none to fetch: {str(why).strip().splitlines()[-1]}"
    return command, ""
