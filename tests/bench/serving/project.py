"""A project around one GeoPackage, built once, and paths of its tiles to ask for."""
import os
import random
import sqlite3
import subprocess

# Shares of the zooms with which tiles of 200 000 polygons have 72 kB on average.
SHARES = {12: 6, 13: 24, 14: 30, 15: 25, 16: 15}
PATHS = 5000
SMALL = 1024

CONFIG = """[project]
name = "fabric"

[tiles]
min_zoom = 0
max_zoom = 16

[[layers]]
id = "parcels"
role = "plain"
file = "{file}"
"""


def prepare(tuban, file, folder):
    """Builds the project in `folder`, writes `fabric.mbtiles`, `typical.txt` and `small.txt` there.

    Returns the archive of its tiles.
    """
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "tuban.toml"), "w") as config:
        config.write(CONFIG.format(file=os.path.relpath(file, folder)))
    subprocess.run([tuban, "build", folder], check=True, stdout=subprocess.DEVNULL)
    store = os.path.join(folder, "generations")
    with open(os.path.join(store, "current")) as current:
        archive = os.path.join(store, current.read().strip(), "tiles", "base.pmtiles")
    mbtiles = os.path.join(folder, "fabric.mbtiles")
    if os.path.exists(mbtiles):
        os.remove(mbtiles)
    subprocess.run([tuban, "tile", archive, "-o", mbtiles], check=True, stdout=subprocess.DEVNULL)
    tiles = sizes(mbtiles)
    chance = random.Random(1)
    by_zoom = {zoom: sorted(tile for tile in tiles if tile[0] == zoom) for zoom in SHARES}
    zooms = chance.choices(list(SHARES), list(SHARES.values()), k=PATHS)
    write(folder, "typical", [chance.choice(by_zoom[zoom]) for zoom in zooms], tiles)
    write(folder, "small", sorted(tile for tile, size in tiles.items() if size <= SMALL), tiles)
    return archive


def sizes(mbtiles):
    """Bytes of each tile by zoom, column and row from the north."""
    query = "SELECT zoom_level, tile_column, tile_row, length(tile_data) FROM tiles"
    rows = sqlite3.connect(mbtiles).execute(query)
    return {(z, x, 2**z - 1 - y): size for z, x, y, size in rows}


def write(folder, name, chosen, tiles):
    mean = sum(tiles[tile] for tile in chosen) / len(chosen)
    print(f"{name}: {len(chosen)} paths, {mean:.0f} bytes a tile")
    for prefix in ("base", "fabric"):
        with open(os.path.join(folder, f"{name}-{prefix}.txt"), "w") as paths:
            paths.writelines(f"/{prefix}/{z}/{x}/{y}\n" for z, x, y in chosen)
