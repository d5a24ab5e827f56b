"""What the peers have in common: reading, and measuring a step."""
import contextlib
import json
import math
import resource
import time

import geopandas


def read(file):
    """Parcels and plan as data frames with a column `id`."""
    return tuple(geopandas.read_file(file, layer=layer, engine="pyogrio") for layer in ("parcels", "plan"))


def total(areas):
    """A sum without rounding."""
    return math.fsum(areas)


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


@contextlib.contextmanager
def step(tool, version):
    """Measures what happens within, and prints it with what was found."""
    result = {"tool": tool, "version": version}
    wall, before = time.perf_counter(), cpu()
    yield result
    result["step_wall_s"] = time.perf_counter() - wall
    result["step_cpu_s"] = cpu() - before
    result["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result))
