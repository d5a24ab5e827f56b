"""Tiles of a PMTiles or MBTiles archive, by other people's readers."""
import gzip
import mmap
import sqlite3

from pmtiles.reader import MmapSource, all_tiles
from pmtiles.tile import deserialize_directory, deserialize_header, tileid_to_zxy


def entries(path):
    """`(z, x, y, bytes)` of every addressed tile, unpacked by nobody: bytes as stored."""
    if path.endswith(".mbtiles"):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            rows = connection.execute("SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles")
            for zoom, column, row, data in rows:
                yield zoom, column, 2**zoom - 1 - row, data
        return
    with open(path, "rb") as file:
        for (zoom, column, row), data in all_tiles(MmapSource(file)):
            yield zoom, column, row, data


def unpacked(data):
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def count(path):
    """Tiles by zoom, from the directories of a PMTiles archive."""
    counts = {}
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        header = deserialize_header(data[:127])
        waiting = [(header["root_offset"], header["root_length"])]
        while waiting:
            offset, length = waiting.pop()
            for entry in deserialize_directory(data[offset : offset + length]):
                if entry.run_length == 0:
                    waiting.append((header["leaf_directory_offset"] + entry.offset, entry.length))
                    continue
                for tile in range(entry.tile_id, entry.tile_id + entry.run_length):
                    zoom = tileid_to_zxy(tile)[0]
                    counts[zoom] = counts.get(zoom, 0) + 1
    return counts
