"""Reads a table of a GeoPackage in longitude and latitude, and writes what another tiler reads.

usage: convert.py FILE.gpkg OUT.parquet|OUT.fgb

Arrow from end to end, without an index: the fastest way there is for these files.
"""
import json
import sys

import pyarrow
import pyarrow.parquet
import pyogrio
from pyogrio.raw import write_arrow

source, target = sys.argv[1:]
meta, table = pyogrio.read_arrow(source)
geometry = meta["geometry_name"]
if target.endswith(".parquet"):
    # No reference system: GeoParquet's default, longitude and latitude. tylertoo refuses EPSG:4490.
    plain = pyarrow.schema([field.remove_metadata() for field in table.schema])
    column = {"encoding": "WKB", "geometry_types": [meta["geometry_type"]]}
    geo = {"version": "1.0.0", "primary_column": geometry, "columns": {geometry: column}}
    table = pyarrow.table(table.columns, schema=plain).replace_schema_metadata({"geo": json.dumps(geo)})
    pyarrow.parquet.write_table(table, target)
else:
    write_arrow(
        table,
        target,
        driver="FlatGeobuf",
        crs="EPSG:4326",
        geometry_name=geometry,
        geometry_type=meta["geometry_type"],
        layer_options={"SPATIAL_INDEX": "NO"},
    )
