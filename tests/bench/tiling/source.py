"""The table that tiles were made of: ids, land and the size of its polygons."""
import numpy
import pyogrio
import pyproj
import shapely
from pyogrio.raw import read

MERCATOR = 20037508.342789244
SAMPLE = 20_000


class Source:
    def __init__(self, path, attribute):
        _, _, geometries, (ids,) = read(path, columns=[attribute])
        info = pyogrio.read_info(path)
        self.ids = set(ids.tolist())
        polygons = shapely.from_wkb(geometries)
        box = shapely.box(*shapely.total_bounds(polygons))
        fills = abs(shapely.area(polygons).sum() / shapely.area(box) - 1) < 1e-6
        land = box if fills else shapely.union_all(polygons)
        change = pyproj.Transformer.from_crs(info["crs"], 3857, always_xy=True).transform

        def world(geometries):
            """Of the world's width, y down."""
            def project(points):
                x, y = change(points[:, 0], points[:, 1])
                return numpy.column_stack([0.5 + x / (2 * MERCATOR), 0.5 - y / (2 * MERCATOR)])
            return shapely.transform(geometries, project)

        if not pyproj.CRS(info["crs"]).is_geographic:
            land = shapely.segmentize(land, 100.0)
        self.land = world(land)
        step = max(1, len(polygons) // SAMPLE)
        self.width = float(numpy.median(numpy.sqrt(shapely.area(world(polygons[::step])))))
        """Of the median polygon, as a share of the world's."""
