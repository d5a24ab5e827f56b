"""Serves a project for minutes while everything happens to it that happens to servers.

usage: soak.py GEOPACKAGE FOLDER MINUTES, with TUBAN in the environment
"""
import json
import os
import random
import shutil
import socket
import sqlite3
import statistics
import struct
import subprocess
import sys
import threading
import time

from process import LOAD, Server
from project import prepare

source, folder, minutes = sys.argv[1], sys.argv[2], float(sys.argv[3])
tuban = os.environ["TUBAN"]
here = os.path.dirname(os.path.abspath(__file__))
ENDS = time.monotonic() + 60 * minutes
EDIT_EVERY_S = 10
LOOK_EVERY_S = 2
# What may come and go without being growth.
SLACK_MIB, SLACK_COUNT = 8, 8


def is_over():
    return time.monotonic() >= ENDS


def edited(file, counts):
    """Changes ten rows again and again."""
    database = sqlite3.connect(file)
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        # They call functions that only a GeoPackage library has.
        database.execute(f'DROP TRIGGER "{name}"')
    (table,) = database.execute("SELECT table_name FROM gpkg_geometry_columns").fetchone()
    columns = database.execute(f'PRAGMA table_info("{table}")').fetchall()
    text = next(row[1] for row in columns if "TEXT" in row[2].upper() and not row[5])
    while not is_over():
        number = counts["edits"]
        database.execute(f'UPDATE "{table}" SET "{text}" = ? WHERE rowid BETWEEN ? AND ?', [f"edit {number}", number, number + 9])
        database.commit()
        counts["edits"] += 1
        time.sleep(EDIT_EVERY_S)


def connected(port):
    client = socket.create_connection(("127.0.0.1", port), timeout=60)
    return client


def slow_reader(port, path, counts):
    """Asks for a large file and takes a little of it now and then."""
    while not is_over():
        try:
            with connected(port) as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
                for _ in range(10):
                    client.recv(512)
                    time.sleep(0.5)
        except OSError:
            pass
        counts["slow readers"] += 1


def slow_writer(port, counts):
    """Sends a request byte by byte, and never all of it."""
    while not is_over():
        try:
            with connected(port) as client:
                for byte in b"GET /health HTTP/1.1\r\nHost: a\r\nX-Slow: " + b"a" * 200:
                    client.sendall(bytes([byte]))
                    time.sleep(0.3)
        except OSError:
            pass
        counts["slow writers"] += 1


def aborter(port, path, counts):
    """Asks and resets the connection before the answer is through."""
    while not is_over():
        try:
            with connected(port) as client:
                client.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
                client.recv(1000)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
        counts["aborted"] += 1
        time.sleep(0.02)


def garbage(port, counts):
    """Sends what is no request, and requests for what cannot be."""
    chance = random.Random(1)
    while not is_over():
        try:
            with connected(port) as client:
                kind = chance.randrange(4)
                if kind == 0:
                    client.sendall(chance.randbytes(chance.randrange(1, 5000)))
                elif kind == 1:
                    client.sendall(b"GET /" + bytes(chance.choices(b"%./?&,=\\\x7f\xc3 a0", k=200)) + b" HTTP/1.1\r\nHost: a\r\n\r\n")
                elif kind == 2:
                    client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * chance.randrange(5000) + b"\r\n")
                else:
                    client.sendall(b"POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n" + bytes(5000))
                client.shutdown(socket.SHUT_WR)
                while client.recv(65536):
                    pass
        except OSError:
            pass
        counts["garbage"] += 1
        time.sleep(0.02)


def listener(port, counts):
    """Waits for news, and comes back now and then."""
    while not is_over():
        try:
            with connected(port) as client:
                client.sendall(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
                until = time.monotonic() + 20
                while time.monotonic() < until and not is_over():
                    client.settimeout(5)
                    try:
                        counts["events"] += client.recv(65536).count(b"id:")
                    except TimeoutError:
                        pass
        except OSError:
            pass


def load(url, paths, counts):
    """Asks for tiles as fast as they come, a minute at a time."""
    while not is_over():
        seconds = max(1, round(min(60, ENDS - time.monotonic())))
        words = ["taskset", "-c", LOAD, "wrk", "-t1", "-c8", f"-d{seconds}s", "-s", os.path.join(here, "urls.lua"), url, "--", paths]
        said = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout
        result = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
        counts["tiles"] += result["requests"]
        counts["wrong"] += result["wrong"]


os.makedirs(folder, exist_ok=True)
copy = os.path.join(folder, "soak.gpkg")
shutil.copyfile(source, copy)
prepare(tuban, copy, folder)
log = os.path.join(folder, "server.log")
command = [tuban, "serve", folder, "--listen", "127.0.0.1:{port}", "--log-format", "json", "--timeouts-head", "5s"]
with open(os.path.join(folder, "typical-base.txt")) as paths:
    path = paths.readline().strip()
counts = dict.fromkeys(
    ["tiles", "wrong", "edits", "events", "slow readers", "slow writers", "aborted", "garbage"], 0
)
looks = []
with Server(command, path, log=log, core=None) as server:
    port = server.port
    archive = "/archive/base.pmtiles"
    work = [(edited, copy), (load, server.url, os.path.join(folder, "typical-base.txt"))]
    work += [(slow_reader, port, archive)] * 8 + [(slow_writer, port)] * 8 + [(listener, port)] * 4
    work += [(aborter, port, archive), (garbage, port)]
    threads = [threading.Thread(target=what, args=(*arguments, counts)) for what, *arguments in work]
    for thread in threads:
        thread.start()
    while not is_over():
        time.sleep(LOOK_EVERY_S)
        resident, own = server.memory_mib()
        looks.append({"resident": resident, "own": own, "fd": server.count("fd"), "task": server.count("task")})
    for thread in threads:
        thread.join()
    time.sleep(6)
    after = {"own": server.memory_mib()[1], "fd": server.count("fd"), "task": server.count("task")}

fifth = max(1, len(looks) // 5)
early, late = looks[fifth : 2 * fifth], looks[-fifth:]
grown = []
print("| | second fifth | last fifth | all gone |")
print("|---|---|---|---|")
for key, name in [("own", "memory that is no file, MiB"), ("fd", "descriptors"), ("task", "threads")]:
    before, then = (statistics.median(look[key] for look in part) for part in (early, late))
    print(f"| {name} | {before:.0f} | {then:.0f} | {after[key]:.0f} |")
    if then > before + (SLACK_MIB if key == "own" else SLACK_COUNT):
        grown.append(name)
print()
print(", ".join(f"{number} {what}" for what, number in counts.items()))
with open(log) as lines:
    complaints = [line for line in lines if '"level":"WARN"' in line or '"level":"ERROR"' in line]
print(f"{len(complaints)} complaints in the log")
for line in complaints[:20]:
    print(line.rstrip())
if grown or counts["wrong"] or complaints:
    sys.exit(f"grown: {grown}, wrong answers: {counts['wrong']}, complaints: {len(complaints)}")
