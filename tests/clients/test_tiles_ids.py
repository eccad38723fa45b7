"""A z14 tile holds the features that `items?bbox=` of its bounds gives.

A tile also carries what lies in its buffer, beyond its bounds. So: every feature of the box is in the tile, and what the tile
holds besides is in the box widened by the buffer.
"""

import random

import pytest
from mvt import read_tile
from real_layers import LAYERS, geometries
from tile_math import bbox_query, lonlat_bounds, tiles_under

BUFFER_UNITS = 256


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.collection)
def test_z14_tiles_hold_the_ids_of_their_box(real, shared, layer):
    candidates = sorted(tiles_under(geometries(shared / "data" / layer.path), 14))
    chosen = random.Random(14).sample(candidates, min(60, len(candidates)))
    compared = 0
    for x, y in chosen:
        answer = real.get(f"/{layer.collection}/14/{x}/{y}.pbf")
        in_tile = tile_ids(answer.raw) if answer.status == 200 else set()
        in_box = item_ids(real, layer.collection, lonlat_bounds(14, x, y))
        assert in_box <= in_tile, f"14/{x}/{y} lacks {sorted(in_box - in_tile)[:5]}"
        if beyond := in_tile - in_box:
            wider = item_ids(real, layer.collection, lonlat_bounds(14, x, y, BUFFER_UNITS / 4096))
            assert beyond <= wider, f"14/{x}/{y} holds {sorted(beyond - wider)[:5]}"
        compared += len(in_box)
    assert compared > 0


def item_ids(server, collection: str, bounds: tuple[float, float, float, float]) -> set[str]:
    """Ids of the features with a place; those without one match every box and are in no tile."""
    rows = server.items(collection, bbox_query(bounds))
    return {str(row["id"]) for row in rows if row["geometry"] is not None}


def tile_ids(data: bytes) -> set[str]:
    """The ids as they stand in the property `id`."""
    (layer,) = read_tile(data, BUFFER_UNITS)
    return {str(feature.properties["id"]) for feature in layer.features}
