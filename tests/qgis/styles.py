"""QGIS draws styles of a server, at one view.

    python3 styles.py http://127.0.0.1:3000 OUTPUT_FOLDER < {"styles": ["far", …], "view": "lon,lat,zoom", "size": [w, h]}

Writes `{style}-qgis.png` into the folder and prints what the converter of styles remarks.
"""

import json
import math
import sys
from pathlib import Path

from drawing import fetched, in_mercator, rendered, run, tile_layer
from qgis.core import QgsPointXY, QgsRectangle

# Metres of Web Mercator around the world (EPSG:3857: the equator of a sphere of 6378137 m).
AROUND = 2 * math.pi * 6378137


def main(server: str, output: Path) -> None:
    asked = json.load(sys.stdin)
    longitude, latitude, zoom = map(float, asked["view"].split(","))
    width, height = asked["size"]
    # A world of zoom 0 is 512 pixels wide (MapLibre style specification, "zoom").
    pixel = AROUND / 512 / 2**zoom
    center = in_mercator(QgsRectangle(longitude, latitude, longitude, latitude)).center()
    corner = QgsPointXY(center.x() - pixel * width / 2, center.y() - pixel * height / 2)
    extent = QgsRectangle(corner.x(), corner.y(), corner.x() + pixel * width, corner.y() + pixel * height)
    output.mkdir(parents=True, exist_ok=True)
    remarks = {}
    for name in asked["styles"]:
        style = fetched(f"{server}/style/{name}")
        # One layer of QGIS has all tilesets of the style, merged by the server.
        tileset = f"{server}/{','.join(style['sources'])}"
        layer, remarks[name] = tile_layer(f"{tileset}/{{z}}/{{x}}/{{y}}", fetched(tileset), style)
        # The converter leaves out what is behind everything.
        ground = next(layer["paint"]["background-color"] for layer in style["layers"] if layer["type"] == "background")
        rendered([layer], extent, (width, height), ground).save(str(output / f"{name}-qgis.png"))
    print(json.dumps(remarks, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    run(main, sys.argv[1].rstrip("/"), Path(sys.argv[2]))
