"""A server before, while and after it is asked for four times as much as it can serve.

usage: overload.py GEOPACKAGE FOLDER SECONDS, with TUBAN and OFFER in the environment
"""
import json
import os
import subprocess
import sys

from process import FIRST, LOAD, Server
from project import prepare

file, folder, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3])
tuban, offer = os.environ["TUBAN"], os.environ["OFFER"]
PROBE_S = 4
QUARTER, OVER, HALF = 0.25, 4, 0.5
TIMES = 3
# Answers that are being written take memory, and the allocator keeps some of it.
SLACK_MIB = 16

prepare(tuban, file, folder)
paths = os.path.join(folder, "typical-base.txt")


def offered(server, encoding, *phases, connections=1024):
    """What came of these phases of (rate, seconds): a row a second, and how many connections broke."""
    words = [*FIRST, "taskset", "-c", LOAD, offer, server.url.removeprefix("http://"), paths, "--encoding", encoding]
    words += ["--connections", str(connections), *(f"{rate:.0f}:{time}" for rate, time in phases)]
    said = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout
    *rows, end = [json.loads(line) for line in said.splitlines()]
    return rows, end["broken"]


def capacity(server, encoding):
    """Requests a second that are answered to clients that wait for each other: a few, so that all are served."""
    rows, _ = offered(server, encoding, (1_000_000, PROBE_S), connections=8)
    # The first second holds what a cold server does.
    return sum(row["accepted"] for row in rows[1:]) / (PROBE_S - 1)


def worst(rows, key):
    return max((row[key] for row in rows if row[key] is not None), default=float("nan"))


failed = []
# In its first second a flood is not told from a crowd that comes at once, and is worked off; in brackets.
print("| tiles | served at most, requests/s | offered | accepted/s | refused/s | p50 ms | p99 ms | memory, MiB |")
print("|---|---|---|---|---|---|---|---|")
for name, encoding in (("as stored", "gzip"), ("compressed anew", "br")):
    command = [tuban, "serve", folder, "--workers", "1", "--listen", "127.0.0.1:{port}"]
    with open(paths) as lines:
        path = lines.readline().strip()
    with Server(command, path) as server:
        most = capacity(server, encoding)
        # All in one run, so that the last phase begins the moment the flood ends.
        phases = [(share * most, seconds) for share in (QUARTER, OVER, HALF)]
        before = server.memory_mib()[1]
        rows, broken = offered(server, encoding, *phases)
        after = server.memory_mib()[1]
        parts = [rows[at * seconds : (at + 1) * seconds] for at in range(3)]
        for share, part in zip((QUARTER, OVER, HALF), parts):
            accepted, refused = (sum(row[key] for row in part) / seconds for key in ("accepted", "refused"))
            first = f" ({part[0]['p99_ms']:.1f})" if share == OVER else ""
            print(
                f"| {name} | {most:.0f} | {share} × | {accepted:.0f} | {refused:.0f} "
                f"| {worst(part[1:], 'p50_ms'):.1f} | {worst(part[1:], 'p99_ms'):.1f}{first} | {before:.0f} → {after:.0f} |"
            )
        calm, (_, *flood), again = parts
        if worst(flood, "p99_ms") > TIMES * worst(calm[1:], "p99_ms"):
            failed.append(f"{name}: p99 of accepted requests")
        # The first second may still have some of the flood.
        if any(row["refused"] for row in again[1:]) or worst(again[1:], "p99_ms") > TIMES * worst(calm[1:], "p99_ms"):
            failed.append(f"{name}: not at full speed after a second")
        if after > before + SLACK_MIB:
            failed.append(f"{name}: memory")
        if broken or any(row["other"] for row in rows):
            failed.append(f"{name}: neither 200 nor 503")
if failed:
    sys.exit("; ".join(failed))
