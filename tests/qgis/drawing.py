"""QGIS without a screen: what the scripts beside this one share.

Needs QGIS's Python bindings (Debian: python3-qgis).
"""

import json
import os
import sys
import traceback
from urllib.request import urlopen

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsDataSourceUri,
    QgsMapBoxGlStyleConversionContext,
    QgsMapBoxGlStyleConverter,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsUnitTypes,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402
from qgis.PyQt.QtGui import QColor, QImage  # noqa: E402

# Dots per inch of the pictures: one pixel of a style is one of the picture.
DPI = 96


def run(main, *arguments) -> None:
    """Runs `main` in an application without a screen; its answer is the exit code, 1 if it gives up."""
    application = QgsApplication([], False)
    application.initQgis()
    try:
        code = main(*arguments) or 0
    except BaseException:
        traceback.print_exc()
        code = 1
    # QGIS's own threads may outlive its end, and crash then.
    sys.stdout.flush()
    os._exit(code)


def fetched(address: str):
    """A JSON document."""
    with urlopen(address) as answer:  # noqa: S310
        return json.load(answer)


def fetched_image(address: str) -> QImage:
    with urlopen(address) as answer:  # noqa: S310
        return QImage.fromData(answer.read())


def in_mercator(box: QgsRectangle) -> QgsRectangle:
    """A box of degrees in metres of Web Mercator."""
    degrees, metres = (QgsCoordinateReferenceSystem(code) for code in ("EPSG:4326", "EPSG:3857"))
    return QgsCoordinateTransform(degrees, metres, QgsProject.instance()).transformBoundingBox(box)


def rendered(layers: list, extent: QgsRectangle, size: tuple[int, int], ground: str = "#ffffff") -> QImage:
    """The layers as QGIS draws them, `extent` in metres of Web Mercator."""
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setBackgroundColor(QColor(ground))
    settings.setOutputSize(QSize(*size))
    settings.setOutputDpi(DPI)
    settings.setExtent(extent)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


def tile_layer(tiles: str, tilejson: dict, style: dict) -> tuple[QgsVectorTileLayer, list[str]]:
    """Tiles in a style, as QGIS converts it for a new layer; with what the converter remarks.

    QgsVectorTileLayer::loadDefaultStyle turns the pixels of a style into millimetres at 96 dots per
    inch and gives the converter the sprite.
    """
    uri = QgsDataSourceUri()
    uri.setParam("type", "xyz")
    uri.setParam("url", tiles)
    uri.setParam("zmin", str(tilejson["minzoom"]))
    uri.setParam("zmax", str(tilejson["maxzoom"]))
    layer = QgsVectorTileLayer(bytes(uri.encodedUri()).decode(), style.get("name", "tiles"))
    if not layer.isValid():
        sys.exit(f"QGIS takes no layer of {tiles}")
    context = QgsMapBoxGlStyleConversionContext()
    context.setTargetUnit(QgsUnitTypes.RenderMillimeters)
    context.setPixelSizeConversionFactor(25.4 / DPI)
    if "sprite" in style:
        context.setSprites(fetched_image(f"{style['sprite']}.png"), fetched(f"{style['sprite']}.json"))
    converter = QgsMapBoxGlStyleConverter()
    if converter.convert(style, context) != QgsMapBoxGlStyleConverter.Success:
        sys.exit(f"QGIS cannot read the style: {converter.errorMessage()}")
    layer.setRenderer(converter.renderer())
    layer.setLabeling(converter.labeling())
    return layer, converter.warnings()
