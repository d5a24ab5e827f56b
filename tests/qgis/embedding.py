"""QGIS draws the tiles of a server with the addresses that docs/embedding.md gives.

    python3 embedding.py http://127.0.0.1:3000 [PICTURE.png]

The table of the section on QGIS is read, `https://map.example` is replaced by the server, and the
connection that it describes is opened and drawn with its style. Prints what was seen and ends with
exit code 1 if that is nothing.

Needs QGIS's Python bindings (Debian: python3-qgis) and no screen.
"""

import json
import os
import re
import sys
from collections import Counter
from pathlib import Path
from urllib.request import urlopen

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsDataSourceUri,
    QgsMapBoxGlStyleConverter,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402

DOCUMENT = Path(__file__).parents[2] / "docs" / "embedding.md"


def addresses(server: str) -> dict[str, str]:
    section = DOCUMENT.read_text(encoding="utf-8").split("## QGIS")[1]
    rows = re.findall(r"^\| ([^|]+) \| `?([^|`]+)`?", section, re.MULTILINE)
    return {name.strip(): value.strip().replace("https://map.example", server) for name, value in rows}


def fetched(address: str) -> dict:
    with urlopen(address) as answer:  # noqa: S310
        return json.load(answer)


def main(server: str, picture: str | None) -> int:
    said = addresses(server)
    tilejson = fetched(f"{server}/findings")
    uri = QgsDataSourceUri()
    uri.setParam("type", "xyz")
    uri.setParam("url", said["Source URL"])
    uri.setParam("zmin", str(tilejson["minzoom"]))
    uri.setParam("zmax", str(tilejson["maxzoom"]))
    layer = QgsVectorTileLayer(bytes(uri.encodedUri()).decode(), "findings")
    if not layer.isValid():
        print("QGIS takes no such layer")
        return 1
    converter = QgsMapBoxGlStyleConverter()
    if converter.convert(fetched(said["Style URL"])) != QgsMapBoxGlStyleConverter.Success:
        print(f"QGIS cannot read the style: {converter.errorMessage()}")
        return 1
    layer.setRenderer(converter.renderer())
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setOutputSize(QSize(900, 600))
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    to_map = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:4326"), settings.destinationCrs(), QgsProject.instance()
    )
    settings.setExtent(to_map.transformBoundingBox(QgsRectangle(*tilejson["bounds"])))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    if picture:
        image.save(picture)
    colours = Counter(image.pixel(x, y) for x in range(0, 900, 2) for y in range(0, 600, 2))
    areas = [colour for colour, count in colours.items() if count > 100]
    print(f"{len(areas)} colours of areas; remarks of the converter: {len(converter.warnings())}")
    return 0 if len(areas) >= 5 else 1


if __name__ == "__main__":
    application = QgsApplication([], False)
    application.initQgis()
    code = main(sys.argv[1].rstrip("/"), sys.argv[2] if len(sys.argv) > 2 else None)
    # QGIS's own threads may outlive its end, and crash then.
    sys.stdout.flush()
    os._exit(code)
