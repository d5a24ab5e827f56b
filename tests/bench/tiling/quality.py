"""Decodes all tiles of archives made of one table and tells what each lost, broke and tore.

usage: quality.py [--id ATTRIBUTE] [--layer NAME] [--zooms LIST] [--hold] SOURCE.gpkg NAME=ARCHIVE…

Gap and overlap are shares of the land's area, measured tile by tile without the tiles' buffers; a
rim of two units along the outer border of the land is left out. With --hold the command fails if
the first archive loses or breaks anything, or tears more than it may.
"""
import argparse
import dataclasses
import json
import multiprocessing
import os
import sys

import numpy
import shapely

import archive
import cover
import decode
from source import Source

RIM = 2 / 4096
"""Of a tile: what is left out along the outer border of the land."""
LARGE = 8
"""Tile units (of 4096) from which a polygon counts as large: from there on almost nothing may be torn."""
TORN_LARGE, TORN_SMALL = 0.001e-2, 0.5e-2
"""Gap and overlap that --hold allows where the median polygon is large, and where it is not."""


def main():
    options = parsed()
    zooms = [int(zoom) for zoom in options.zooms.split(",")]
    source = Source(options.source, options.id)
    found = {}
    with multiprocessing.Pool(options.jobs, begin, (source.land, options.layer, options.id)) as pool:
        for name, path in (named.split("=", 1) for named in options.archives):
            tiles = (tile for tile in archive.entries(path) if tile[0] in zooms)
            by_zoom = {zoom: Zoom() for zoom in zooms}
            for zoom, tile in pool.imap_unordered(measure, tiles, chunksize=2):
                by_zoom[zoom].add(tile)
            found[name] = {zoom: by_zoom[zoom].figures(source) for zoom in zooms}
            print(f"{name}: done", file=sys.stderr)
    print_table(zooms, found, source)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(found, file, indent=1)
    if options.hold:
        hold(next(iter(found)), next(iter(found.values())), source)


def parsed():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("archives", nargs="+", metavar="NAME=ARCHIVE")
    parser.add_argument("--id", default="BSM")
    parser.add_argument("--layer", default="parcels")
    parser.add_argument("--zooms", default="8,10,12,14")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--json")
    parser.add_argument("--hold", action="store_true")
    return parser.parse_args()


def begin(land, layer, attribute):
    global LAND, LAYER, ATTRIBUTE
    LAND, LAYER, ATTRIBUTE = land, layer, attribute


def measure(entry):
    """The zoom and the figures of one tile."""
    zoom, column, row, data = entry
    layer = decode.layers(archive.unpacked(data)).get(LAYER)
    if layer is None:
        return zoom, {"bytes": len(data)}
    parcels = decode.polygons(layer, ATTRIBUTE)
    is_valid = shapely.is_valid(parcels.multipolygons)
    pieces = parcels.multipolygons.copy()
    pieces[~is_valid] = shapely.make_valid(pieces[~is_valid], method="structure")
    land = in_tile(zoom, column, row, parcels.extent)
    covered = cover.cover(pieces, parcels.squares, land)
    unit = parcels.extent**2
    return zoom, {
        "bytes": len(data),
        "ids": parcels.ids,
        "polygons": len(pieces),
        "squares": int(parcels.squares.sum()),
        "invalid": int((parcels.flawed | ~is_valid).sum()),
        "zero_length": parcels.zero_length,
        **{key: amount / unit for key, amount in dataclasses.asdict(covered).items()},
    }


def in_tile(zoom, column, row, extent):
    """The land within a tile, in its units, without the rim."""
    scale = 2**zoom * extent
    corner = numpy.array([column, row]) * extent
    tile = shapely.box(0, 0, extent, extent)
    land = shapely.transform(LAND, lambda points: points * scale - corner)
    land = shapely.intersection(shapely.buffer(land, -RIM * extent, join_style="mitre"), tile)
    shapely.prepare(land)
    return land


class Zoom:
    """Sums over the tiles of a zoom."""

    SUMS = ("polygons", "squares", "invalid", "zero_length", "area")
    SUMS += ("gap", "overlap", "gap_at_squares", "overlap_by_squares")

    def __init__(self):
        self.ids, self.sums, self.sizes = set(), dict.fromkeys(self.SUMS, 0), []

    def add(self, tile):
        self.ids.update(tile.get("ids", ()))
        self.sizes.append(tile["bytes"])
        for key in self.SUMS:
            self.sums[key] += tile.get(key, 0)

    def figures(self, source):
        area = self.sums["area"] or 1.0
        return {
            "draws": bool(self.ids),
            "lost": len(source.ids - self.ids),
            "strange": len(self.ids - source.ids),
            **{key: self.sums[key] for key in ("polygons", "squares", "invalid", "zero_length")},
            **{key: self.sums[key] / area for key in self.SUMS[-4:]},
            "tiles": len(self.sizes),
            "bytes": sum(self.sizes),
            "largest": max(self.sizes, default=0),
        }


def print_table(zooms, found, source):
    print("| zoom | tool | ids lost | invalid | gap % | overlap % | by squares % | squares | tiles | MB | largest kB |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for zoom in zooms:
        for name, by_zoom in found.items():
            at = by_zoom[zoom]
            row = f"| {zoom} ({source.width * 2**zoom * 4096:.1f}) | {name} |"
            if at["draws"]:
                squares = at["gap_at_squares"] + at["overlap_by_squares"]
                row += f" {at['lost']} | {at['invalid']} | {percent(at['gap'])} | {percent(at['overlap'])} |"
                row += f" {percent(squares)} | {at['squares']} |"
            else:
                row += f" {'all' if at['tiles'] == 0 else 'no parcels drawn'} | | | | | |"
            print(f"{row} {at['tiles']} | {at['bytes'] / 1e6:.2f} | {at['largest'] / 1e3:.0f} |")
    print("\nIn brackets: width of the median polygon in units of a tile of 4096.")


def percent(share):
    return f"{100 * share:.5f}"


def hold(name, by_zoom, source):
    broken = []
    for zoom, at in by_zoom.items():
        if not at["draws"]:
            continue
        allowed = TORN_LARGE if source.width * 2**zoom * 4096 >= LARGE else TORN_SMALL
        torn = at["gap"] + at["overlap"]
        if at["lost"] or at["strange"] or at["invalid"] or at["zero_length"] or torn > allowed:
            broken.append(f"z{zoom}: {at}")
    if not any(at["draws"] for at in by_zoom.values()):
        broken.append("no zoom draws a parcel")
    if broken:
        sys.exit(f"{name} does not hold:\n" + "\n".join(broken))


if __name__ == "__main__":
    main()
