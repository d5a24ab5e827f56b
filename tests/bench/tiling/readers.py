"""Reads archives with other people's programs and compares what they count, zoom by zoom.

usage: readers.py ARCHIVE…

The Python reader of PMTiles, GDAL (from pyogrio's wheel: Debian's is too old for PMTiles) and
tippecanoe-decode. A reader that fails, says anything on standard error or counts otherwise than the
first is an error.
"""
import collections
import json
import subprocess
import sys
from importlib.metadata import distribution

import archive
import decode
import pyogrio

TIPPECANOE = str(distribution("tippecanoe").locate_file("tippecanoe/bin/tippecanoe-decode"))


def features(path):
    """Features by zoom and layer: the reader in Python, and protobuf's own."""
    counts = collections.Counter()
    tiles = 0
    for zoom, _, _, data in archive.entries(path):
        tiles += 1
        for name, layer in decode.layers(archive.unpacked(data)).items():
            counts[zoom, name] += len(layer.features)
    if path.endswith(".pmtiles") and tiles != sum(archive.count(path).values()):
        sys.exit(f"{path}: {tiles} tiles are read, its directories address another number")
    return counts


def by_tippecanoe(path):
    """The same by tippecanoe-decode, which repeats a feature in every tile too."""
    counts = collections.Counter()
    decoder = subprocess.Popen([TIPPECANOE, "-c", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in decoder.stdout:
        feature = json.loads(line.rstrip().removesuffix(","))
        if feature.get("type") == "Feature":
            about = feature["tippecanoe"]
            counts["all", about["layer"]] += 1
    said = decoder.stderr.read()
    if decoder.wait() != 0 or said.strip():
        sys.exit(f"{path}: tippecanoe-decode: {said}")
    return counts


def by_gdal(path, zooms):
    counts = collections.Counter()
    for zoom in zooms:
        for name, _ in pyogrio.list_layers(path):
            found = pyogrio.read_info(path, layer=name, ZOOM_LEVEL=zoom, force_feature_count=True)
            counts[zoom, name] = found["features"]
    return counts


def main():
    for path in sys.argv[1:]:
        expected = features(path)
        total = collections.Counter()
        for (_, layer), count in expected.items():
            total["all", layer] += count
        zooms = sorted({zoom for zoom, _ in expected})
        gdal = by_gdal(path, zooms)
        compare(path, "GDAL", +expected, +gdal)
        compare(path, "tippecanoe-decode", total, by_tippecanoe(path))
        print(f"{path}: {sum(expected.values())} features at z{zooms[0]}-{zooms[-1]}, the same by all readers")


def compare(path, reader, expected, counted):
    for key in sorted(set(expected) | set(counted), key=str):
        if expected[key] != counted[key]:
            sys.exit(f"{path}: {reader} counts {counted[key]} features at {key}, not {expected[key]}")


if __name__ == "__main__":
    main()
