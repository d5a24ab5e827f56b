"""A server before, while and after it is asked for four times as much as it can serve.

usage: overload.py GEOPACKAGE FOLDER SECONDS, with TUBAN and OFFER in the environment
"""
import json
import os
import subprocess
import sys
import time

from process import FIRST, LOAD, Server
from project import prepare

file, folder, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3])
tuban, offer = os.environ["TUBAN"], os.environ["OFFER"]
PROBE_S = 4
# More connections than a server takes by itself (`server.limits.connections`) would wait for each other.
CLOSED, FLOOD = 16, 900
QUARTER, OVER, HALF = 0.25, 4, 0.5
TIMES = 3
# Answers that are being written take memory, and the allocator keeps some of it.
SLACK_MIB = 24

prepare(tuban, file, folder)
paths = os.path.join(folder, "typical-base.txt")


def offered(server, encoding, probes, *phases, connections=FLOOD):
    """What came of these phases of (rate, seconds): a row a second, one a phase, and how many connections broke.

    Memory of the server that is no file is looked at every tenth of a second: the most of each phase.
    """
    words = [*FIRST, "taskset", "-c", LOAD, offer, server.url.removeprefix("http://"), paths, "--encoding", encoding]
    words += ["--connections", str(connections), "--probes", str(probes), *(f"{rate:.0f}:{time}" for rate, time in phases)]
    memory, began = [0.0] * len(phases), time.monotonic()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    ends = [sum(seconds for _, seconds in phases[: place + 1]) for place in range(len(phases))]
    while process.poll() is None:
        now = time.monotonic() - began
        phase = next((place for place, end in enumerate(ends) if now < end), len(phases) - 1)
        memory[phase] = max(memory[phase], server.memory_mib()[1])
        time.sleep(0.1)
    if process.returncode:
        sys.exit("the load failed")
    *rows, end = [json.loads(line) for line in process.stdout]
    seconds, parts = rows[: -len(phases)], rows[-len(phases) :]
    return seconds, parts, memory, end


def capacity(server, encoding, probes):
    """Requests a second that are answered to clients that wait for each other: as many as are served without refusal."""
    rows, _, _, _ = offered(server, encoding, probes, (1_000_000, PROBE_S), connections=CLOSED)
    # The first second holds what a cold server does.
    return sum(row["accepted"] for row in rows[1:]) / (PROBE_S - 1)


# What is computed is asked for so seldom that the load is not late itself: it needs no clients beside it.
KINDS = (("as stored", "gzip", 4, []), ("compressed anew", "br", 0, ["--cache-memory", "0B"]))
failed = []
# In its first second a flood is not told from a crowd that comes at once, and is worked off.
print("| tiles | served at most, requests/s | offered | accepted/s | refused/s | not even sent/s | p50 ms | p99 ms | memory, MiB |")
print("|---|---|---|---|---|---|---|---|---|")
for name, encoding, probes, flags in KINDS:
    command = [tuban, "serve", folder, "--workers", "1", "--listen", "127.0.0.1:{port}", *flags]
    with open(paths) as lines:
        path = lines.readline().strip()
    with Server(command, path) as server:
        most = capacity(server, encoding, probes)
        # All in one run, so that the last phase begins the moment the flood ends.
        shares = (QUARTER, OVER, HALF)
        rows, parts, memory, end = offered(server, encoding, probes, *((share * most, seconds) for share in shares))
        for share, part, mib in zip(shares, parts, memory):
            accepted, refused = (part[key] / (seconds - 1) for key in ("accepted", "refused"))
            unsent = max(share * most - accepted - refused, 0) if share == OVER else 0
            print(
                f"| {name} | {most:.0f} | {share} × | {accepted:.0f} | {refused:.0f} | {unsent:.0f} "
                f"| {part['p50_ms']:.2f} | {part['p99_ms']:.2f} | {mib:.0f} |",
                flush=True,
            )
        calm, flood, again = parts
        if os.environ.get("ROWS"):
            for row in rows:
                print(row)
        if flood["p99_ms"] > TIMES * calm["p99_ms"]:
            failed.append(f"{name}: p99 of accepted requests")
        # The first second may still have some of the flood.
        if again["refused"] or again["p99_ms"] > TIMES * calm["p99_ms"]:
            failed.append(f"{name}: not at full speed after a second")
        later = offered(server, encoding, probes, (OVER * most, seconds))[2][0]
        if later > memory[1] + SLACK_MIB:
            failed.append(f"{name}: memory, {memory[1]:.0f} MiB in the first flood and {later:.0f} in the next")
        if end["broken"] or any(row["other"] for row in rows):
            failed.append(f"{name}: neither 200 nor 503: {end['broken']}, {sum(row['other'] for row in rows)}")
if failed:
    sys.exit("; ".join(failed))
