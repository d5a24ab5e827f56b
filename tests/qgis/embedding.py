"""QGIS draws the tiles of a server with the addresses that docs/embedding.md gives.

    python3 embedding.py http://127.0.0.1:3000 [PICTURE.png]

The table of the section on QGIS is read, `https://map.example` is replaced by the server, and the
connection that it describes is opened and drawn with its style. Prints what was seen and ends with
exit code 1 if that is nothing.

Needs QGIS's Python bindings (Debian: python3-qgis) and no screen.
"""

import re
import sys
from collections import Counter
from pathlib import Path

from drawing import fetched, in_mercator, rendered, run, tile_layer
from qgis.core import QgsRectangle

DOCUMENT = Path(__file__).parents[2] / "docs" / "embedding.md"


def addresses(server: str) -> dict[str, str]:
    section = DOCUMENT.read_text(encoding="utf-8").split("## QGIS")[1]
    rows = re.findall(r"^\| ([^|]+) \|[^`|]*`([^`]+)`", section, re.MULTILINE)
    return {name.strip(): value.strip().replace("https://map.example", server) for name, value in rows}


def main(server: str, picture: str | None) -> int:
    said = addresses(server)
    tilejson = fetched(said["Min. and max. zoom level"])
    layer, remarks = tile_layer(said["Source URL"], tilejson, fetched(said["Style URL"]))
    image = rendered([layer], in_mercator(QgsRectangle(*tilejson["bounds"])), (900, 600))
    if picture:
        image.save(picture)
    colours = Counter(image.pixel(x, y) for x in range(0, 900, 2) for y in range(0, 600, 2))
    areas = [colour for colour, count in colours.items() if count > 100]
    print(f"{len(areas)} colours of areas; remarks of the converter: {remarks}")
    return 0 if len(areas) >= 5 else 1


if __name__ == "__main__":
    run(main, sys.argv[1].rstrip("/"), sys.argv[2] if len(sys.argv) > 2 else None)
