"""Requests a second, CPU time a request and latency of servers of the same tiles.

usage: throughput.py GEOPACKAGE FOLDER ROUNDS SECONDS, with TUBAN, MARTIN and BARE in the environment
"""
import json
import os
import statistics
import subprocess
import sys

from process import FIRST, LOAD, Server
from project import prepare

file, folder, rounds, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
tuban, martin, bare = (os.environ[name] for name in ("TUBAN", "MARTIN", "BARE"))
here = os.path.dirname(os.path.abspath(__file__))
CONNECTIONS = (1, 8, 64)

archive = prepare(tuban, file, folder)
mbtiles = os.path.join(folder, "fabric.mbtiles")
pmtiles = os.path.join(folder, "fabric.pmtiles")
if os.path.lexists(pmtiles):
    os.remove(pmtiles)
os.link(archive, pmtiles)


def commands(kind):
    """Command, and the paths that it is asked for, by name."""
    of_martin = [martin, "--workers", "1", "--listen-addresses", "127.0.0.1:{port}"]
    ours = [tuban, "serve", folder, "--workers", "1", "--listen", "127.0.0.1:{port}"]
    paths = {prefix: os.path.join(folder, f"{kind}-{prefix}.txt") for prefix in ("base", "fabric")}
    return {
        "tuban": (ours, paths["base"]),
        "bare": ([bare, paths["base"], archive, "127.0.0.1:{port}"], paths["base"]),
        "martin, MBTiles": ([*of_martin, mbtiles], paths["fabric"]),
        "martin, PMTiles": ([*of_martin, pmtiles], paths["fabric"]),
    }


def load(server, paths, connections, time):
    words = [*FIRST, "taskset", "-c", LOAD, "wrk", "-t1", f"-c{connections}", f"-d{time}s", "--timeout", "10s"]
    words += ["-s", os.path.join(here, "urls.lua"), server.url, "--", paths]
    before = server.cpu_s()
    said = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout
    result = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
    result["cpu_us"] = (server.cpu_s() - before) / result["requests"] * 1e6
    result["rate"] = result["requests"] / result["seconds"]
    return result


def first(paths):
    with open(paths) as lines:
        return lines.readline().strip()


def measure(kind):
    """Results of all rounds by name and number of connections; memory and seconds to the first answer by name."""
    results, memory, starts = {}, {}, {}
    for turn in range(rounds):
        these = list(commands(kind).items())
        # Every round begins with another server, so that none always runs on the quietest machine.
        for name, (command, paths) in these[turn % len(these) :] + these[: turn % len(these)]:
            with Server(command, first(paths)) as server:
                starts.setdefault(name, []).append(server.first_s)
                load(server, paths, 8, 1)
                for connections in CONNECTIONS:
                    result = load(server, paths, connections, seconds)
                    results.setdefault((name, connections), []).append(result)
                    print(f"round {turn + 1}: {name}, {connections}: {json.dumps(result)}", file=sys.stderr)
                memory.setdefault(name, []).append(server.memory_mib())
    return results, memory, starts


for kind in ("typical", "small"):
    results, memory, starts = measure(kind)
    print(f"\n{kind} tiles, medians of {rounds} rounds\n")
    print("| server | connections | requests/s | of bare | CPU µs a request | p50 ms | p99 ms | wrong |")
    print("|---|---|---|---|---|---|---|---|")
    for (name, connections), runs in results.items():
        middle = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        # The share of the limit is that of each round, in the same minute.
        shares = [run["rate"] / limit["rate"] for run, limit in zip(runs, results["bare", connections])]
        print(
            f"| {name} | {connections} | {middle['rate']:.0f} | {statistics.median(shares):.2f} "
            f"| {middle['cpu_us']:.1f} | {middle['p50_ms']:.2f} | {middle['p99_ms']:.2f} | {middle['wrong']:.0f} |"
        )
    print()
    for name, runs in memory.items():
        resident, own = (statistics.median(run[at] for run in runs) for at in (0, 1))
        start = statistics.median(starts[name]) * 1000
        print(f"{name}: first answer after {start:.0f} ms; {resident:.0f} MiB resident, {own:.0f} MiB of it no file")
