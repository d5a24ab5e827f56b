"""freestiler, reading GeoParquet by its own engine. Its default drops nothing.

usage: by_freestiler.py keep|default IN.gpkg OUT.pmtiles
"""
import freestiler
import peer

_, source, archive = peer.arguments()
freestiler.freestile_file(
    peer.converted(source, archive, ".parquet"),
    archive,
    layer_name=peer.LAYER,
    min_zoom=peer.MIN_ZOOM,
    max_zoom=peer.MAX_ZOOM,
    engine="geoparquet",
    quiet=True,
)
