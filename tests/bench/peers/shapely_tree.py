"""shapely: an STRtree finds pairs with prepared geometries, parcels inside a polygon are taken whole."""
import sys

import numpy
import peer
import shapely

parcels, plan = (frame.geometry.to_numpy() for frame in peer.read(sys.argv[1]))
with peer.step("shapely", shapely.__version__) as result:
    shapely.prepare(parcels)
    parcel, polygon = shapely.STRtree(plan).query(parcels, predicate="intersects")
    shapely.prepare(plan)
    inside = shapely.contains_properly(plan[polygon], parcels[parcel])
    pieces = numpy.where(inside, parcels[parcel], None)
    pieces[~inside] = shapely.intersection(parcels[parcel[~inside]], plan[polygon[~inside]])
    areas = shapely.area(pieces)
    result.update(pieces=int((areas > 0).sum()), area=peer.total(areas))
