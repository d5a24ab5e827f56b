"""How much of an area polygons leave bare, and how much they cover twice."""
from dataclasses import dataclass

import numpy
import shapely

POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass
class Cover:
    """Areas in square tile units."""

    area: float
    """To be covered."""
    gap: float
    overlap: float
    """Covered by two counts once, by three twice."""
    gap_at_squares: float
    """Of the gap: the parts that touch a square of one unit."""
    overlap_by_squares: float
    """Of the overlap: what would not be without these squares."""


def cover(pieces, squares, land):
    """`pieces` are valid; those of `squares` are minimum squares; `land` is what they should fill."""
    inside = shapely.contains(land, pieces)
    clipped = pieces.copy()
    clipped[~inside] = shapely.intersection(pieces[~inside], land)
    clipped, squares = polygonal(clipped, squares)
    area, total = shapely.area(land), shapely.area(clipped).sum()
    overlap = doubled(clipped)
    found = Cover(area, max(area - (total - overlap), 0.0), overlap, 0.0, 0.0)
    if squares.any():
        found.overlap_by_squares = overlap - doubled(clipped[~squares])
        bare = shapely.get_parts(shapely.difference(land, shapely.union_all(distinct(clipped))))
        touching = shapely.STRtree(clipped[squares]).query(bare, predicate="intersects")[0]
        found.gap_at_squares = shapely.area(bare[numpy.unique(touching)]).sum()
    return found


def polygonal(geometries, squares):
    """Without points and lines that clipping left."""
    mixed = ~numpy.isin(shapely.get_type_id(geometries), POLYGONAL)
    for place in numpy.flatnonzero(mixed):
        parts = shapely.get_parts(geometries[place])
        geometries[place] = shapely.union_all(parts[shapely.area(parts) > 0])
    kept = shapely.area(geometries) > 0
    return geometries[kept], squares[kept]


def doubled(pieces):
    """Area that pieces have in common. Those that fit their neighbours edge by edge need no overlay."""
    if len(pieces) == 0:
        return 0.0
    misfit = ~shapely.is_empty(shapely.coverage_invalid_edges(pieces))
    if not misfit.any():
        return 0.0
    # A piece that holds a misfit within may itself look fit.
    near = shapely.STRtree(pieces).query(pieces[misfit], predicate="intersects")[1]
    some = pieces[numpy.unique(near)]
    return max(shapely.area(some).sum() - shapely.area(shapely.union_all(distinct(some))), 0.0)


def distinct(pieces):
    """Equal pieces once: thousands of squares may lie on one place."""
    return shapely.from_wkb(numpy.unique(shapely.to_wkb(shapely.normalize(pieces))))
