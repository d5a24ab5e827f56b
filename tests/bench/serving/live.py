"""Edits a project's source again and again and waits until each edit is served.

usage: live.py GEOPACKAGE FOLDER ROUNDS LIMIT_S, with TUBAN in the environment
"""
import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time

from edits import cluster, edit
from process import Server
from project import CONFIG

source, folder, rounds, limit = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
tuban = os.environ["TUBAN"]
LOOK_EVERY_S = 0.002
LONGEST_S = 120

shutil.rmtree(folder, ignore_errors=True)
os.makedirs(folder)
file, log = os.path.join(folder, "in.gpkg"), os.path.join(folder, "log")
shutil.copyfile(source, file)
with open(os.path.join(folder, "tuban.toml"), "w") as config:
    config.write(CONFIG.format(file="in.gpkg"))
subprocess.run([tuban, "build", folder], check=True, stdout=subprocess.DEVNULL)

os.environ["RUST_LOG"] = "server=debug,layers=debug,tiler=debug"
command = [tuban, "serve", folder, "--listen", "127.0.0.1:{port}", "--log-format", "json"]
taken = []
with Server(command, "/ready", log=log, core=None) as server:
    client = http.client.HTTPConnection("127.0.0.1", server.port)

    def asked(path):
        client.request("GET", path)
        answer = client.getresponse()
        return answer.headers, answer.read()

    for number in range(rounds):
        headers, before = asked("/base/0/0/0")
        generation = headers["X-Tuban-Generation"]
        rows = edit(file, cluster(10), f"edit {number}")
        began = time.monotonic()
        while asked("/base/0/0/0")[0]["X-Tuban-Generation"] == generation:
            if time.monotonic() - began > LONGEST_S:
                sys.exit("the edit is not served")
            time.sleep(LOOK_EVERY_S)
        seconds = time.monotonic() - began
        taken.append(seconds)
        new = asked("/ready")[1]
        new = json.loads(new)["generation"]
        with open(os.path.join(folder, "generations", new, "changes.json")) as changes:
            base = json.load(changes)["tilesets"]["base"]
        tiles = [f"{zoom}/{tile}" for zoom, some in base["tiles"].items() for tile in some]
        if base.get("everything") or not tiles:
            sys.exit(f"not by what changed: {base.get('everything')}")
        for tile in tiles:
            if asked(f"/base/{tile}?v={new}")[1] == asked(f"/base/{tile}?v={generation}")[1]:
                sys.exit(f"{tile} did not change")
        print(f"{rows} rows, {len(tiles)} tiles: {seconds:.2f} s, load {os.getloadavg()[0]:.1f}", flush=True)
        # The server says that it is up to date, and looks on, before the next edit.
        time.sleep(1)

print("\nthe last build:")
with open(log) as lines:
    lines = [json.loads(line) for line in lines if line.startswith("{")]
last = max(place for place, line in enumerate(lines) if line.get("message", "").startswith("sources changed"))
for line in lines[last:]:
    stamp = re.sub(r".*T|Z", "", line["timestamp"])
    rest = {key: value for key, value in line.items() if key not in ("timestamp", "level", "target", "message")}
    print(stamp, line.get("message"), json.dumps(rest, ensure_ascii=False))
print(f"\nmedian {statistics.median(taken):.2f} s, worst {max(taken):.2f} s")
if statistics.median(taken) > limit:
    sys.exit(f"more than {limit} s")
