"""The real layers through HTTP: what the files hold is what the server says."""

import pytest
from real_layers import BY_COLLECTION, INVALID, LAYERS, NULL_GEOMETRY, features, own_ids


def test_every_file_is_one_collection(real):
    served = {collection["id"] for collection in real.json("/collections")["collections"]}
    assert served == {layer.collection for layer in LAYERS}


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.collection)
def test_count(real, shared, layer):
    page = real.json(f"/collections/{layer.collection}/items?limit=1")
    assert page["numberMatched"] == layer.count
    assert len(features(shared / "data" / layer.path)) == layer.count, "the file is not the one described"


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.collection)
def test_every_feature_with_its_id_and_attributes(real, shared, layer):
    source = features(shared / "data" / layer.path)
    served = real.items(layer.collection)
    expected = own_ids(layer, shared / "data" / layer.path)
    assert len(served) == len(expected)
    ids = [str(feature["id"]) for feature in served]
    assert len(set(ids)) == len(ids), "ids repeat"

    # Ids that are unique in the file are the file's; a repeated one gets a suffix, and the report says so.
    by_id = dict(zip(ids, served, strict=True))
    repeated = {one for one in expected if expected.count(one) > 1}
    for own, row in zip(expected, source, strict=True):
        if own not in repeated:
            assert same_values(by_id[own]["properties"], row["properties"]), own
    renamed = set(ids) - set(expected)
    assert all(any(one.startswith(own) for own in repeated) for one in renamed), renamed
    assert len(renamed) == len(expected) - len(set(expected))


def same_values(served: dict, own: dict) -> bool:
    """Every value of the file is there; an integer may have become a float where the column holds both."""
    return all(served.get(key) == value for key, value in own.items())


def test_the_invalid_geometry_is_repaired_and_reported(real):
    collection, key, value = INVALID
    (feature,) = [f for f in real.items(collection) if f["properties"][key] == value]
    (fault,) = [f for f in faults(real, collection) if f["kind"] == "invalid-geometry"]
    assert str(fault["feature"]) == str(feature["id"])


def test_the_null_geometry_is_kept_and_reported(real):
    (feature,) = [f for f in real.items(NULL_GEOMETRY) if f["geometry"] is None]
    (fault,) = [f for f in faults(real, NULL_GEOMETRY) if f["kind"] == "null-geometry"]
    assert str(fault["feature"]) == str(feature["id"])


def test_no_other_layer_has_geometry_faults(real):
    for collection in BY_COLLECTION:
        found = [f for f in faults(real, collection) if "geometry" in f["kind"]]
        expected = 1 if collection in (INVALID[0], NULL_GEOMETRY) else 0
        assert len(found) == expected, (collection, found)


def faults(server, collection: str) -> list[dict]:
    (entry,) = [one for one in server.json("/loads")["layers"] if one["collection"] == collection]
    return entry["report"]["faults"]


def test_total_area_of_the_cites(real):
    """The oracle's ellipsoidal area, so that what is served is the territory and not only a count."""
    import pyproj
    import shapely
    from shapely.geometry import shape

    geod = pyproj.Geod(ellps="GRS80")
    shapes = [shape(f["geometry"]) for f in real.items("cites-minieres")]
    total = sum(abs(geod.geometry_area_perimeter(shapely.segmentize(g, 0.001))[0]) for g in shapes)
    assert total == pytest.approx(21_911_043, rel=2e-4)
