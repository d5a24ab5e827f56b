"""Polygons of a vector tile as its bytes say them: rings are classified by winding alone
(MVT 2.1, 4.3.4.4), and nothing is repaired on the way."""
from dataclasses import dataclass

import numpy
import shapely
from mapbox_vector_tile.Mapbox.vector_tile_pb2 import tile as Tile

MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 7
POLYGON = 3


@dataclass
class Polygons:
    """The features of a layer: ids of all, and the polygons among them."""

    extent: int
    ids: list
    """An attribute of every feature, of any geometry."""
    multipolygons: numpy.ndarray
    """shapely, one a polygon feature, in tile units."""
    flawed: numpy.ndarray
    """Whether a polygon feature has rings that cannot be classified: a hole first, no area, open."""
    squares: numpy.ndarray
    """Whether it is a square of one unit."""
    zero_length: int
    """Segments from a point to itself."""


def layers(data):
    message = Tile()
    message.ParseFromString(data)
    return {layer.name: layer for layer in message.layers}


def polygons(layer, attribute):
    """`Polygons` of a layer; `attribute` tells a feature's id."""
    ids = list(attributes(layer, attribute))
    features = [feature.geometry for feature in layer.features if feature.type == POLYGON]
    integers, starts = [], []
    for geometry in features:
        starts.append(len(integers))
        integers.extend(geometry)
    starts.append(len(integers))
    flawed = numpy.zeros(len(features), bool)
    rings, commands, points_before = walk(integers, starts, flawed)
    points = decoded(numpy.array(integers, numpy.int64), commands, points_before)
    return assemble(layer.extent, ids, points, rings, flawed)


def attributes(layer, attribute):
    try:
        key = list(layer.keys).index(attribute)
    except ValueError:
        return [None] * len(layer.features)
    return (value(layer, list(feature.tags), key) for feature in layer.features)


def value(layer, tags, key):
    for place in range(0, len(tags) - 1, 2):
        if tags[place] == key:
            found = layer.values[tags[place + 1]]
            return next((getattr(found, field.name) for field, _ in found.ListFields()), None)
    return None


def walk(integers, starts, flawed):
    """Rings as (feature, first point, end, closed), places of commands, points before each feature."""
    rings, commands, points_before, points = [], [], [], 0
    for feature in range(len(starts) - 1):
        place, end = starts[feature], starts[feature + 1]
        points_before.append(points)
        first, is_open = points, False
        while place < end:
            command, count = integers[place] & 7, integers[place] >> 3
            commands.append(place)
            place += 1
            if command == CLOSE_PATH:
                rings.append((feature, first, points))
                is_open = False
                continue
            if command == MOVE_TO:
                flawed[feature] |= is_open or count != 1
                first, is_open = points, True
            elif command != LINE_TO:
                raise ValueError(f"no command {command}")
            points += count
            place += 2 * count
        flawed[feature] |= is_open
    return rings, commands, points_before


def decoded(integers, commands, points_before):
    """Points of all features from the parameters, which are steps within one feature."""
    is_parameter = numpy.ones(len(integers), bool)
    is_parameter[commands] = False
    parameters = integers[is_parameter]
    steps = ((parameters >> 1) ^ -(parameters & 1)).reshape(-1, 2)
    points = numpy.cumsum(steps, axis=0)
    before = numpy.vstack([numpy.zeros((1, 2), numpy.int64), points])[points_before]
    counts = numpy.diff(numpy.append(points_before, len(points)))
    return points - numpy.repeat(before, counts, axis=0)


def assemble(extent, ids, points, rings, flawed):
    coordinates, ring_ends, polygon_ends, feature_ends = [], [0], [0], [0]
    zero_length, squares = 0, numpy.zeros(len(flawed), bool)
    areas, zeros, spans = ring_figures(points, rings)
    at, size = 0, 0
    for feature in range(len(flawed)):
        has_shell, only = False, at
        while at < len(rings) and rings[at][0] == feature:
            _, first, end = rings[at]
            zero_length += zeros[at]
            is_shell = areas[at] > 0
            if end - first < 3 or areas[at] == 0 or not (is_shell or has_shell):
                flawed[feature] = True
            else:
                if is_shell and has_shell:
                    polygon_ends.append(len(ring_ends) - 1)
                has_shell = True
                coordinates.append(numpy.arange(first, end))
                coordinates.append([first])
                size += end - first + 1
                ring_ends.append(size)
            at += 1
        if has_shell:
            polygon_ends.append(len(ring_ends) - 1)
        feature_ends.append(len(polygon_ends) - 1)
        # Twice the area, four corners and a unit both ways.
        if at - only == 1 and areas[only] == 2 and rings[only][2] - rings[only][1] == 4:
            squares[feature] = spans[only] == 1
    chosen = numpy.concatenate(coordinates) if coordinates else numpy.zeros(0, int)
    offsets = tuple(numpy.array(ends) for ends in (ring_ends, polygon_ends, feature_ends))
    kind = shapely.GeometryType.MULTIPOLYGON
    multipolygons = shapely.from_ragged_array(kind, points[chosen].astype(float).reshape(-1, 2), offsets)
    return Polygons(extent, ids, multipolygons, flawed, squares, int(zero_length))


def ring_figures(points, rings):
    """Of each ring: twice its area (positive for a shell, as y points down), segments of no length,
    and the longer side of its box."""
    areas, zeros, spans = (numpy.zeros(len(rings), numpy.int64) for _ in range(3))
    kept = numpy.array([place for place, (_, first, end) in enumerate(rings) if end > first], int)
    if len(kept) == 0:
        return areas, zeros, spans
    first = numpy.array([rings[place][1] for place in kept])
    end = numpy.array([rings[place][2] for place in kept])
    following = numpy.arange(1, len(points) + 1)
    following[end - 1] = first
    following = points[following]
    cross = points[:, 0] * following[:, 1] - following[:, 0] * points[:, 1]
    areas[kept] = numpy.add.reduceat(cross, first)
    zeros[kept] = numpy.add.reduceat((points == following).all(axis=1).astype(numpy.int64), first)
    high, low = (limit.reduceat(points, first) for limit in (numpy.maximum, numpy.minimum))
    spans[kept] = (high - low).max(axis=1)
    return areas, zeros, spans
