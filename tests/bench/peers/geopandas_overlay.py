"""geopandas.overlay, measured: one line of JSON."""
import sys

import geopandas
import peer

parcels, plan = peer.read(sys.argv[1])
with peer.step("geopandas", geopandas.__version__) as result:
    pieces = geopandas.overlay(parcels, plan, how="intersection", keep_geom_type=True)
    areas = pieces.geometry.area.to_numpy()
    result.update(pieces=int((areas > 0).sum()), area=peer.total(areas))
