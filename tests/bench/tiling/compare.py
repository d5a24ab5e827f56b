"""Runs tilers in turn on the same file, several times, and prints what each cost and made.

usage: compare.py ROUNDS FOLDER NAME=COMMAND…

A command writes FOLDER/NAME.pmtiles. The first is ours.
"""
import json
import os
import sys

import archive
import rounds

count, folder = int(sys.argv[1]), sys.argv[2]
commands = dict(argument.split("=", 1) for argument in sys.argv[3:])
runs = rounds.in_turn(count, commands)

COSTS = ("cpu_s", "wall_s", "peak_mib")
median = {name: rounds.medians(results, COSTS) for name, results in runs.items()}
print(f"medians of {count} rounds on {os.cpu_count()} processors (load {os.getloadavg()[0]:.1f}), conversion included\n")
print("| tool | CPU s | wall s | peak MiB | archive MB | tiles |")
print("|---|---|---|---|---|---|")
for name, cost in median.items():
    path = f"{folder}/{name}.pmtiles"
    tiles, size = sum(archive.count(path).values()), os.path.getsize(path)
    cost.update(tiles=tiles, bytes=size)
    row = f"{cost['cpu_s']:.2f} | {cost['wall_s']:.2f} | {cost['peak_mib']:.0f} | {size / 1e6:.1f} | {tiles}"
    print(f"| {name} | {row} |")
with open(f"{folder}/costs.json", "w") as file:
    json.dump({"runs": runs, "median": median}, file, indent=1)
ours, *others = commands
print()
for key, what in (("cpu_s", "CPU seconds"), ("wall_s", "wall seconds")):
    factors = (f"{median[name][key] / median[ours][key]:.1f} × {name}" for name in others)
    print(f"{what}: {ours} is faster by " + ", ".join(factors) + "  ")
