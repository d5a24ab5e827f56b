"""SedonaDB: a spatial join with ST_Intersection, collected with geometry and area."""
import sys

import peer
import pyarrow.compute
import sedonadb

parcels, plan = peer.read(sys.argv[1])
connection = sedonadb.connect()
connection.create_data_frame(parcels).to_view("parcels")
connection.create_data_frame(plan).to_view("plan")
SQL = """
SELECT parcel, plan, piece, ST_Area(piece) AS area FROM (
  SELECT parcels.id AS parcel, plan.id AS plan, ST_Intersection(parcels.geometry, plan.geometry) AS piece
  FROM parcels JOIN plan ON ST_Intersects(parcels.geometry, plan.geometry))
"""
with peer.step("sedonadb", sedonadb.__version__) as result:
    table = connection.sql(SQL).to_arrow_table()
    areas = table["area"].to_numpy()
    result.update(pieces=int((areas > 0).sum()), area=peer.total(areas))
