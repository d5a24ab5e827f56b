"""Edits a cadastre, tiles it again with --incremental and as a whole, and compares cost and bytes.

usage: incremental.py TUBAN GEOPACKAGE
"""
import filecmp
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile

tuban, source = sys.argv[1:]
ZOOMS = ["--min-zoom", "0", "--max-zoom", "14"]
# Streets have more bytes than parcels; their corners are left where they are.
PARCEL_BYTES = 4000


def cost(arguments):
    """CPU and wall seconds and peak MiB of a command that must succeed."""
    began = os.times().elapsed
    process = subprocess.Popen(arguments)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(arguments)} failed")
    return used.ru_utime + used.ru_stime, os.times().elapsed - began, used.ru_maxrss / 1024


def corners(blob):
    """Offset of the first ring's points in a GeoPackage polygon or multipolygon, and their number."""
    at = 8 + {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[blob[3] >> 1 & 7]
    (kind,) = struct.unpack_from("<I", blob, at + 1)
    at += 9 if kind == 6 else 0
    (points,) = struct.unpack_from("<I", blob, at + 9)
    return at + 13, points


def edit(file, chosen):
    """Moves a corner of each parcel that `chosen` picks, in every parcel that has it."""
    database = sqlite3.connect(file)
    triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in triggers:
        # They call functions that only a GeoPackage library has.
        database.execute(f'DROP TRIGGER "{name}"')
    (table, geometry), = database.execute("SELECT table_name, column_name FROM gpkg_geometry_columns")
    columns = [row for row in database.execute(f'PRAGMA table_info("{table}")')]
    key = next(row[1] for row in columns if row[5])
    text = next(row[1] for row in columns if "TEXT" in row[2].upper() and not row[5])
    index = f"rtree_{table}_{geometry}"
    picked = chosen(database, index)
    marks = ",".join("?" * len(picked)) if len(picked) < 900 else ",".join(map(str, picked))
    values = picked if len(picked) < 900 else []
    parcels = dict(database.execute(f'SELECT "{key}", "{geometry}" FROM "{table}" WHERE "{key}" IN ({marks})', values))
    near = {}
    for row in picked:
        box = database.execute(f'SELECT minx, maxx, miny, maxy FROM "{index}" WHERE id = ?', [row]).fetchone()
        for (other,) in database.execute(
            f'SELECT id FROM "{index}" WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?', box
        ).fetchall():
            near.setdefault(other, set()).add(row)
    blobs = {}
    for row in near:
        (blob,) = database.execute(f'SELECT "{geometry}" FROM "{table}" WHERE "{key}" = ?', [row]).fetchone()
        blobs[row] = bytearray(blob)
    streets = [bytes(blob) for blob in blobs.values() if len(blob) > PARCEL_BYTES]
    around = {}
    for other, rows in near.items():
        for row in rows:
            around.setdefault(row, []).append(other)
    changed = set()
    for row in picked:
        start, points = corners(parcels[row])
        for point in range(1, points - 1):
            corner = bytes(blobs[row][start + 16 * point : start + 16 * point + 16])
            if not any(corner in street for street in streets):
                break
        else:
            continue
        x, y = struct.unpack("<dd", corner)
        moved = struct.pack("<dd", x + 4e-6, y + 3e-6)
        for other in around[row]:
            if corner in blobs[other]:
                blobs[other] = bytearray(bytes(blobs[other]).replace(corner, moved))
                changed.add(other)
    for row in changed:
        database.execute(f'UPDATE "{table}" SET "{geometry}" = ? WHERE "{key}" = ?', [bytes(blobs[row]), row])
    for row in picked:
        database.execute(f'UPDATE "{table}" SET "{text}" = ? WHERE "{key}" = ?', [f"changed {row}", row])
    database.commit()
    database.close()
    return len(changed | set(picked))


def cluster(count):
    def chosen(database, index):
        west, east, south, north = database.execute(
            f'SELECT min(minx), max(maxx), min(miny), max(maxy) FROM "{index}"'
        ).fetchone()
        x, y = west + (east - west) * 0.37, south + (north - south) * 0.58
        near = f"""SELECT id FROM "{index}" WHERE maxx - minx < {(east - west) / 40}
            ORDER BY (minx - ?) * (minx - ?) + (miny - ?) * (miny - ?) LIMIT ?"""
        return [row for (row,) in database.execute(near, [x, x, y, y, count])]

    return chosen


def scattered(count):
    def chosen(database, index):
        (all_rows,) = database.execute(f'SELECT count(*) FROM "{index}"').fetchone()
        rows = [row for (row,) in database.execute(f'SELECT id FROM "{index}" ORDER BY id')]
        return [rows[(2 * place + 1) * all_rows // (2 * count)] for place in range(count)]

    return chosen


with tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(source))) as folder:
    name = lambda part: os.path.join(folder, part)
    data, first, again, whole = name("in.gpkg"), name("first.pmtiles"), name("again.pmtiles"), name("whole.pmtiles")
    tile = [tuban, "tile", data, *ZOOMS]
    shutil.copyfile(source, data)
    plain = cost([*tile, "-o", whole])
    full = cost([*tile, "-o", first, "--incremental"])
    if not filecmp.cmp(first, whole, shallow=False):
        sys.exit("--incremental makes another archive than the first time")
    database = sqlite3.connect(data)
    (table,) = database.execute("SELECT table_name FROM gpkg_geometry_columns").fetchone()
    (rows,) = database.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    database.close()
    print(f"{rows} polygons, zooms 0 to 14, load {os.getloadavg()[0]:.1f}\n")
    sizes = [os.path.getsize(first), os.path.getsize(first + ".state")]
    print(f"archive {sizes[0] / 1e6:.1f} MB, kept beside it {sizes[1] / 1e6:.1f} MB\n")
    print("| run | rows changed | tiles changed | CPU s | wall s | peak MiB | % of the CPU time |")
    print("|---|---|---|---|---|---|---|")

    def line(run, rows, tiles, used):
        share = f"{100 * used[0] / plain[0]:.1f}"
        print(f"| {run} | {rows} | {tiles} | {used[0]:.2f} | {used[1]:.2f} | {used[2]:.0f} | {share} |", flush=True)

    line("all, nothing kept", "", "", plain)
    line("all, `--incremental`", "", "", full)
    edits = [("ten together", cluster(10)), ("ten anywhere", scattered(10)), ("1 % together", cluster(rows // 100))]
    for what, chosen in [("nothing", None), *edits]:
        shutil.copyfile(source, data)
        for suffix in ("", ".state"):
            shutil.copyfile(first + suffix, again + suffix)
        edited = edit(data, chosen) if chosen else 0
        used = cost([*tile, "-o", again, "--incremental"])
        with open(again + ".changes.json") as file:
            changes = json.load(file)
        if changes.get("everything"):
            print(f"everything was made again: {changes['everything']}")
        line(what, edited, sum(map(len, changes["tiles"].values())), used)
        cost([*tile, "-o", whole])
        if not filecmp.cmp(again, whole, shallow=False):
            sys.exit(f"{what}: the archive differs from that of a full run")
