"""tylertoo: an overview file, then tiles of it.

usage: by_tylertoo.py keep|default IN.gpkg OUT.pmtiles
"""
import peer
import tylertoo

keep, source, archive = peer.arguments()
# No thinning, no least size, no budget, a square for what is too small: all it offers against loss.
thinning = dict(polygon_thinning=0.0, polygon_visibility=0.0, density_drop=False, collapse_square=True) if keep else {}
limit = dict(tile_size_limit=0) if keep else {}
overview = archive + ".overview.parquet"
parquet = peer.converted(source, archive, ".parquet")
tylertoo.overview(parquet, overview, min_zoom=peer.MIN_ZOOM, max_zoom=peer.MAX_ZOOM, **thinning)
tylertoo.export_pmtiles(overview, archive, layer_name=peer.LAYER, min_zoom=peer.MIN_ZOOM, **limit)
