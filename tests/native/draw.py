"""MapLibre Native draws styles of a server, at one view.

    python3 draw.py http://127.0.0.1:3000 OUTPUT_FOLDER < {"styles": ["far", …], "view": "lon,lat,zoom", "size": [w, h]}

Writes `{style}-native.png` into the folder. Needs pymgl (see requirements.txt) and a software renderer
of OpenGL (Debian: libegl1, libegl-mesa0, libgles2, libgl1-mesa-dri), and no screen.
"""

import json
import os
import sys
from pathlib import Path
from urllib.request import urlopen

os.environ.setdefault("EGL_PLATFORM", "surfaceless")

from pymgl import Map  # noqa: E402


def main(server: str, output: Path) -> None:
    asked = json.load(sys.stdin)
    longitude, latitude, zoom = map(float, asked["view"].split(","))
    width, height = asked["size"]
    output.mkdir(parents=True, exist_ok=True)
    for style in asked["styles"]:
        with urlopen(f"{server}/style/{style}") as answer:  # noqa: S310
            document = answer.read().decode()
        with Map(document, width, height, 1, longitude, latitude, zoom) as drawn:
            (output / f"{style}-native.png").write_bytes(drawn.renderPNG())


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2]))
