"""What the peers have in common: their input, made anew by a process of its own."""
import os
import subprocess
import sys

LAYER = "parcels"
MIN_ZOOM, MAX_ZOOM = 0, 14


def arguments():
    """Policy (`keep` or `default`), GeoPackage, archive."""
    policy, source, archive = sys.argv[1:]
    if policy not in ("keep", "default"):
        sys.exit(f"no such policy: {policy}")
    return policy == "keep", source, archive


def converted(source, archive, extension):
    """The GeoPackage in a format that the peer reads, beside the archive."""
    target = archive + extension
    if os.path.exists(target):
        os.remove(target)
    convert = os.path.join(os.path.dirname(__file__), "convert.py")
    subprocess.run([sys.executable, convert, source, target], check=True)
    return target
