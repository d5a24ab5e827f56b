"""Edits a cadastre, tiles it again with --incremental and as a whole, and compares cost and bytes.

usage: incremental.py TUBAN GEOPACKAGE
"""
import filecmp
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

from edits import cluster, edit, scattered

tuban, source = sys.argv[1:]
ZOOMS = ["--min-zoom", "0", "--max-zoom", "14"]


def cost(arguments):
    """CPU and wall seconds and peak MiB of a command that must succeed."""
    began = os.times().elapsed
    process = subprocess.Popen(arguments)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(arguments)} failed")
    return used.ru_utime + used.ru_stime, os.times().elapsed - began, used.ru_maxrss / 1024


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
