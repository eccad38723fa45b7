"""TileJSON of every real layer, by the published schema and by what the tiles hold."""

import json

import jsonschema
import pytest
from real_layers import LAYERS


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.collection)
def test_tilejson(real, shared, layer):
    schema = json.loads((shared / "standards" / "tilejson" / "schema-3.0.0.json").read_text())
    answer = real.get(f"/{layer.collection}.json")
    assert answer.status == 200 and answer.media_type() == "application/json"
    tilejson = answer.json()
    jsonschema.validate(tilejson, schema)
    assert tilejson["tilejson"] == "3.0.0"
    assert tilejson.get("scheme", "xyz") == "xyz"
    assert all(url.startswith(real.address + "/") for url in tilejson["tiles"])
    assert 0 <= tilejson["minzoom"] <= tilejson["maxzoom"] <= 30
    west, south, east, north = tilejson["bounds"]
    assert -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    lon, lat, zoom = tilejson["center"]
    assert west <= lon <= east and south <= lat <= north
    assert tilejson["minzoom"] <= zoom <= tilejson["maxzoom"]
    assert layer.collection in {one["id"] for one in tilejson["vector_layers"]}


def test_layers_side_by_side(real):
    tilejson = real.json("/cites-minieres,terrils.json")
    assert {"cites-minieres", "terrils"} <= {one["id"] for one in tilejson["vector_layers"]}


def test_the_url_template_answers(real):
    tilejson = real.json("/terrils.json")
    url = tilejson["tiles"][0]
    answer = real.get(url.replace("{z}", "0").replace("{x}", "0").replace("{y}", "0"))
    assert answer.status == 200
    assert answer.media_type() == "application/vnd.mapbox-vector-tile"


def test_tile_matrix_set_is_the_registered_one(real, shared):
    registered = json.loads((shared / "standards" / "tilematrixset" / "WebMercatorQuad.json").read_text())
    served = real.json("/tileMatrixSets/WebMercatorQuad")
    assert served["id"] == registered["id"] == "WebMercatorQuad"
    by_id = {matrix["id"]: matrix for matrix in registered["tileMatrices"]}
    assert served["tileMatrices"]
    for matrix in served["tileMatrices"]:
        own = by_id[matrix["id"]]
        for key in ("tileWidth", "tileHeight", "matrixWidth", "matrixHeight"):
            assert matrix[key] == own[key], (matrix["id"], key)
        for key in ("scaleDenominator", "cellSize"):
            assert matrix[key] == pytest.approx(own[key], rel=1e-9), (matrix["id"], key)
        assert matrix["pointOfOrigin"] == pytest.approx(own["pointOfOrigin"], rel=1e-9)
