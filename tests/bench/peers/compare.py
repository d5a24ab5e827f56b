"""Runs tools in turn on the same file, several times, and prints what each cost.

usage: compare.py ROUNDS NAME=COMMAND…
"""
import os
import sys

import rounds

count = int(sys.argv[1])
commands = dict(argument.split("=", 1) for argument in sys.argv[2:])
runs = rounds.in_turn(count, commands)

load = os.getloadavg()[0]
print(f"medians of {count} rounds on {os.cpu_count()} processors (load {load:.1f}); step = overlay alone, read before")
print(f"{'tool':<14}{'pieces':>9}{'area m²':>20}{'step CPU s':>12}{'step wall s':>12}{'CPU s':>8}{'wall s':>8}{'peak MiB':>10}")
median = {}
for name, results in runs.items():
    middle = rounds.medians(results, ("step_cpu_s", "step_wall_s", "cpu_s", "wall_s", "peak_mib"))
    last = results[-1]
    median[name] = middle
    print(
        f"{name:<14}{last['pieces']:>9}{last['area']:>20.4f}{middle['step_cpu_s']:>12.2f}{middle['step_wall_s']:>12.2f}"
        f"{middle['cpu_s']:>8.2f}{middle['wall_s']:>8.2f}{middle['peak_mib']:>10.0f}"
    )
ours, *others = commands
for key, what in (("step_cpu_s", "CPU seconds of the step"), ("step_wall_s", "wall seconds of the step")):
    fastest = min(others, key=lambda name: median[name][key])
    print(f"{what}: {median[fastest][key] / median[ours][key]:.1f} times as fast as {fastest}, the fastest other")
areas = [results[-1]["area"] for results in runs.values()]
spread = (max(areas) - min(areas)) / max(areas)
print(f"areas agree to {spread:.1e} of the total")
if spread > 1e-9:
    sys.exit("areas differ by more than 1e-9")
