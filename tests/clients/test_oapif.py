"""GDAL's OAPIF driver reads every collection whole: same count, ids and coordinates as the file."""

import json

import numpy
import pyogrio
import pytest
import shapely
from real_layers import INVALID, LAYERS, geometries, own_ids


@pytest.fixture(scope="session")
def invalid_row(shared) -> tuple[str, int]:
    """The row of the one geometry that the server repairs: its coordinates may differ."""
    collection, key, value = INVALID
    (layer,) = [layer for layer in LAYERS if layer.collection == collection]
    rows = json.loads((shared / "data" / layer.path).read_text())["features"]
    (row,) = [at for at, feature in enumerate(rows) if feature["properties"].get(key) == value]
    return collection, row


def test_gdal_lists_every_collection(real):
    listed = {name for name, _ in pyogrio.list_layers(f"OAPIF:{real.address}")}
    assert listed == {layer.collection for layer in LAYERS}


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.collection)
def test_gdal_reads_the_collection_whole(real, shared, layer, invalid_row):
    meta, fids, shapes, columns = pyogrio.raw.read(
        f"OAPIF:{real.address}", layer=layer.collection, return_fids=True
    )
    assert len(shapes) == layer.count
    expected_ids = own_ids(layer, shared / "data" / layer.path)
    names = list(meta["fields"])
    read_ids = [str(v) for v in (columns[names.index("id")] if "id" in names else fids)]

    unique = {one for one in expected_ids if expected_ids.count(one) == 1}
    assert unique <= set(read_ids)
    assert len(set(read_ids)) == layer.count

    read = dict(zip(read_ids, shapely.from_wkb(shapes), strict=True))
    own = geometries(shared / "data" / layer.path)
    for row, (ident, geometry) in enumerate(zip(expected_ids, own, strict=True)):
        if ident in unique and (layer.collection, row) != invalid_row:
            assert same_coordinates(read[ident], geometry), (layer.collection, ident)

    # Features whose ids repeat in the file are compared as a bag: which of them got the suffix is not the question.
    left = [g for at, (i, g) in enumerate(zip(expected_ids, own, strict=True))
            if i not in unique and (layer.collection, at) != invalid_row]  # fmt: skip
    candidates = [g for i, g in read.items() if i not in unique]
    assert all(any(same_coordinates(c, g) for c in candidates) for g in left)


def same_coordinates(read, own) -> bool:
    """Bit-equal, in the same order; only the direction of rings may differ, which RFC 7946 fixes."""
    if own is None or read is None:
        return own is None and read is None
    # GDAL makes all geometries of a mixed collection multi-part or none.
    if read.geom_type.startswith("Multi") and not own.geom_type.startswith("Multi"):
        read = read.geoms[0] if len(read.geoms) == 1 else read
    read, own = (shapely.orient_polygons(g) for g in (read, own))
    a, b = shapely.get_coordinates(read), shapely.get_coordinates(own)
    return read.geom_type == own.geom_type and a.shape == b.shape and bool(numpy.all(a == b))
