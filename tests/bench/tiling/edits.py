"""Edits of a cadastre: parcels picked, corners moved, a text changed."""
import sqlite3
import struct

# Streets have more bytes than parcels; their corners are left where they are.
PARCEL_BYTES = 4000


def corners(blob):
    """Offset of the first ring's points in a GeoPackage polygon or multipolygon, and their number."""
    at = 8 + {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[blob[3] >> 1 & 7]
    (kind,) = struct.unpack_from("<I", blob, at + 1)
    at += 9 if kind == 6 else 0
    (points,) = struct.unpack_from("<I", blob, at + 9)
    return at + 13, points


def edit(file, chosen, text_value="changed"):
    """Moves a corner of each parcel that `chosen` picks, in every parcel that has it, and changes a text."""
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
        database.execute(f'UPDATE "{table}" SET "{text}" = ? WHERE "{key}" = ?', [f"{text_value} {row}", row])
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
