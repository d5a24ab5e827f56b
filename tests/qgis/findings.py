"""QGIS opens the findings GeoPackage of a generation and shows what the tables say.

    python3 findings.py GENERATION_FOLDER [PICTURE.png]

Every layer comes with its default style from the file: renderer, categories and colours, Chinese
aliases and value maps are those of the code lists; the parcels layer is drawn and the colours of
its classes are in the picture; areas summed by class are those of stats.json. Prints what was
compared and ends with exit code 1 at the first thing that is not so.

Needs QGIS's Python bindings (Debian: python3-qgis) and no screen.
"""

import json
import sqlite3
import sys
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path

from drawing import in_mercator, rendered, run
from qgis.core import NULL, QgsVectorLayer

# Class attribute of a layer, the table that adds it up, and where its classes stand.
THEMES = [
    ("parcels", "far_class", "far"),
    ("parcels", "density_class", "density"),
    ("parcels", "intensity", "intensity"),
    ("parcels", "conflict", "conformity"),
    ("parcels", "zone", "zones"),
    ("changes", "change", "changes"),
    ("conflicts", "type", "conflicts"),
    ("marginal", "kind", "marginal"),
]


def check(truth, message):
    if not truth:
        sys.exit(f"not so: {message}")


def is_han(text):
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def text(value):
    """A value as QGIS compares it with a category or a value map."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def layer_names(gpkg):
    query = "SELECT table_name FROM gpkg_contents WHERE data_type = 'features' ORDER BY rowid"
    with closing(sqlite3.connect(f"file:{gpkg}?mode=ro", uri=True)) as connection:
        return [name for (name,) in connection.execute(query)]


def check_layer(layer, name):
    """What a user sees of a layer before touching anything."""
    check(layer.isValid(), f"QGIS opens {name}")
    check(layer.featureCount() > 0, f"{name} has features")
    check(is_han(layer.metadata().title()), f"{name} has a Chinese title, it has {layer.metadata().title()!r}")
    for index, field in enumerate(layer.fields()):
        check(is_han(layer.attributeAlias(index)), f"{name}.{field.name()} has a Chinese alias")
    renderer = layer.renderer()
    if renderer.type() == "categorizedSymbol":
        categories = renderer.categories()
        values = [category.value() for category in categories]
        labels = [category.label() for category in categories]
        check(len(set(map(str, values))) == len(values), f"categories of {name} are distinct: {values}")
        check(labels[-1] == "未评价", f"{name} has a category for what was not assessed: {labels}")
        attribute = renderer.classAttribute()
        check(layer.fields().indexOf(attribute) >= 0, f"{name} has the attribute {attribute} that it is drawn by")
        # Every value in the data falls in a category of its own, none in the rest.
        found = {feature[attribute] for feature in layer.getFeatures()}
        known = {text(value) for value in values}
        strays = {value for value in found if value != NULL and text(value) not in known}
        check(not strays, f"{name}.{attribute} has values without a category: {strays}")
    return renderer.type()


def check_value_maps(layer, name):
    """Codes are shown by their Chinese names."""
    maps = 0
    for index, field in enumerate(layer.fields()):
        setup = layer.editorWidgetSetup(index)
        if setup.type() != "ValueMap":
            continue
        maps += 1
        entries = setup.config()["map"]
        shown = {value: label for entry in entries for label, value in entry.items()}
        for value in {feature[field.name()] for feature in layer.getFeatures()} - {NULL}:
            check(text(value) in shown, f"{name}.{field.name()} names the value {value!r}: {shown}")
    return maps


def check_styles(layer):
    """Named styles beside the default."""
    count, ids, names, _, error = layer.listStylesInDatabase()
    check(not error, error)
    own = [(ids[place], names[place]) for place in range(count)]
    for identifier, style in own:
        qml, error = layer.getStyleFromDatabase(identifier)
        check(qml and not error, f"style {style} can be read: {error}")
    return [style for _, style in own]


def draw(layer, picture):
    """Draws the layer; returns how many pixels each colour has."""
    image = rendered([layer], in_mercator(layer.extent()), (1400, 1000))
    if picture:
        image.save(str(picture))
    pixels = Counter()
    for x in range(image.width()):
        for y in range(image.height()):
            pixels[image.pixelColor(x, y).name()] += 1
    return pixels


def check_sums(layers, statistics):
    """Areas by class, summed here, are those of the tables."""
    tables = {table["table"]: table for table in statistics["tables"]}
    compared = 0
    for name, attribute, table in THEMES:
        check(name in layers and table in tables, f"there are a layer {name} and a table {table}")
        sums = defaultdict(float)
        for feature in layers[name].getFeatures():
            value = feature[attribute]
            sums["" if value == NULL else str(value)] += feature["area_ha"]
        for row in tables[table]["rows"]:
            measured = sums.get(row["key"], 0.0)
            check(
                abs(measured - row["area_ha"]) < 1e-6,
                f"{name}.{attribute} {row['key']}: {measured} ha in QGIS, {row['area_ha']} ha in table {table}",
            )
            compared += 1
    return compared


def main(generation, picture):
    gpkg = generation / "findings.gpkg"
    statistics = json.loads((generation / "stats.json").read_text(encoding="utf-8"))
    layers = {}
    for name in layer_names(gpkg):
        layer = QgsVectorLayer(f"{gpkg}|layername={name}", name, "ogr")
        kind = check_layer(layer, name)
        maps = check_value_maps(layer, name)
        styles = check_styles(layer)
        print(f"{name:14} {layer.metadata().title()}: {layer.featureCount()} features, {kind}, {maps} value maps, styles {styles}")
        layers[name] = layer
    check({"parcels", "conflicts", "changes", "zoning"} <= layers.keys(), f"the layers are {sorted(layers)}")
    parcels = layers["parcels"]
    check(len(check_styles(parcels)) >= 5, "parcels have a style for each theme")
    renderer = parcels.renderer()
    check(renderer.classAttribute() == "intensity", "parcels are drawn by their intensity")
    labels = [category.label() for category in renderer.categories()]
    check(labels == ["差", "较差", "一般", "较好", "好", "未评价"], f"intensity has its five classes: {labels}")
    check(parcels.attributeAlias(parcels.fields().indexOf("area_ha")) == "面积（公顷）", "area_ha is called in Chinese")
    pixels = draw(parcels, picture)
    for category in renderer.categories()[:-1]:
        colour = category.symbol().color().name()
        check(pixels[colour] > 50, f"{category.label()} is drawn in {colour}: {pixels[colour]} pixels")
    provenance = QgsVectorLayer(f"{gpkg}|layername=provenance", "provenance", "ogr")
    check(provenance.featureCount() > 10, "the file says where its numbers come from")
    compared = check_sums(layers, statistics)
    print(f"{compared} classes have the hectares of stats.json")
    check(compared >= 25, "classes were compared")


if __name__ == "__main__":
    check(len(sys.argv) in (2, 3), "usage: findings.py GENERATION_FOLDER [PICTURE.png]")
    run(main, Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else None)
