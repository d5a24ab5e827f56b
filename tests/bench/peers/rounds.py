"""Runs commands in turn, several times, and measures each with all processes it starts."""
import json
import os
import shlex
import statistics
import subprocess
import sys
import threading
import time

PAGE = os.sysconf("SC_PAGE_SIZE")


def in_turn(rounds, commands):
    """What each command printed last (a JSON object) and cost, round by round; by name.

    `wall_s`, `cpu_s` and `peak_mib` are of the command and everything below it.
    """
    runs = {name: [] for name in commands}
    for turn in range(rounds):
        # Every round begins with another tool, so that none always runs on the warmest machine.
        names = list(commands)
        for name in names[turn % len(names):] + names[: turn % len(names)]:
            result = run(commands[name])
            if result is None:
                sys.exit(f"{name} failed")
            runs[name].append(result)
            print(f"round {turn + 1}: {name}: {json.dumps(result)}", file=sys.stderr)
    return runs


def run(command):
    """The same for one command; none if it failed."""
    begun = time.perf_counter()
    process = subprocess.Popen(shlex.split(command), stdout=subprocess.PIPE)
    watch = Watch(process.pid)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    peak = watch.stop()
    if status != 0:
        return None
    result = json.loads(output.splitlines()[-1]) if output.strip() else {}
    result["wall_s"] = wall
    result["cpu_s"] = usage.ru_utime + usage.ru_stime
    # The kernel knows the peak of one process exactly; the sum of several is looked at now and then.
    result["peak_mib"] = max(peak, usage.ru_maxrss * 1024) / 2**20
    return result


def medians(results, keys):
    return {key: statistics.median(result[key] for result in results) for key in keys}


class Watch(threading.Thread):
    """Looks fifty times a second at the memory that a process and all below it hold together."""

    def __init__(self, root):
        super().__init__(daemon=True)
        self.root, self.peak, self.ended = root, 0, threading.Event()
        self.start()

    def run(self):
        while not self.ended.wait(0.02):
            self.peak = max(self.peak, sum(map(resident, below(self.root))))

    def stop(self):
        self.ended.set()
        self.join()
        return self.peak


def below(process):
    """A process and all that it started."""
    yield process
    try:
        for thread in os.listdir(f"/proc/{process}/task"):
            with open(f"/proc/{process}/task/{thread}/children") as children:
                for child in children.read().split():
                    yield from below(int(child))
    except OSError:
        return  # it has just ended


def resident(process):
    try:
        with open(f"/proc/{process}/statm") as memory:
            return int(memory.read().split()[1]) * PAGE
    except OSError:
        return 0
