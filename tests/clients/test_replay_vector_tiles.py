"""How QGIS (3.40 and later) and MapLibre get from the address of a style to tiles, step by step.

QGIS takes of a style's sources `tiles`, or asks `url` and takes its `tiles` alone; a relative address it would resolve
without the port. MapLibre reads the whole TileJSON and asks nothing outside of its zooms and bounds. It runs in pages of
other origins, so every answer has its CORS header, also an empty tile and one that is not there.
"""

import gzip
from urllib.parse import urlsplit

import mapbox_vector_tile
import pytest
from crs_layers import MADE, SOURCES
from crs_oracle import write_source
from mvt import read_tile
from own_layers import DEMONSTRATION
from replay import get, json_of, link
from terril_server import Terril
from tile_math import lonlat_bounds, tile_of

JSON, STYLE = "application/json", "application/vnd.mapbox.style+json"
ORIGIN = "https://maps.example"
BUFFER = 256  # of 4096 units, the widest that tiles may reach beyond their edges
COLLECTIONS = ["lambert", "parcelles-fictives", "espaces-publics-fictifs", "communes-nommees"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiles-replay")
    write_source(folder / "lambert.gpkg", MADE["lambert"])
    with Terril(folder, DEMONSTRATION["parcelles-fictives"].parent) as running:
        yield running.wait_open()
        assert "panicked" not in running.log()


def fetch(server, url: str, accept: str | None = None):
    """As a browser on somebody else's page."""
    answer = get(server, url, accept, Origin=ORIGIN, **{"Accept-Encoding": "gzip, deflate, br, zstd"})
    assert answer.header("access-control-allow-origin") in ("*", ORIGIN), url
    return answer


def absolute(server, url: str) -> str:
    """QGIS joins scheme and host of a relative address and forgets the port."""
    assert urlsplit(url)[:2] == urlsplit(server.address)[:2], url
    return url


def style_of(server, collection: str) -> dict:
    links = json_of(get(server, f"{server.address}/collections/{collection}", JSON), JSON)["links"]
    url = absolute(server, link(links, "stylesheet", STYLE))
    return json_of(fetch(server, url), JSON, STYLE)


def sources_as_qgis_reads_them(server, style: dict) -> dict[str, str]:
    """The address of the tiles of each vector source."""
    found = {}
    for name, source in style["sources"].items():
        if source["type"] != "vector":
            continue
        tiles = source.get("tiles")
        if tiles is None:
            tiles = json_of(fetch(server, absolute(server, source["url"])), JSON)["tiles"]
        assert tiles
        for url in tiles:
            absolute(server, url)
            # As QgsVectorTileUtils::checkXYZUrlTemplate.
            assert "{x}" in url and ("{y}" in url or "{-y}" in url) and "{z}" in url
        found[name] = tiles[0]
    return found


def filled(template: str, z: int, x: int, y: int) -> str:
    return template.replace("{x}", str(x)).replace("{y}", str(y)).replace("{z}", str(z))


def a_place(collection: str) -> tuple[float, float]:
    if collection in SOURCES:
        point = next(
            shape for shape in SOURCES[collection].shapes_in("OGC:CRS84") if shape is not None
        ).representative_point()
        return point.x, point.y
    import json

    from shapely import from_geojson

    features = json.loads(DEMONSTRATION[collection].read_text())["features"]
    point = from_geojson(json.dumps(next(f["geometry"] for f in features if f["geometry"]))).representative_point()
    return point.x, point.y


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_1_from_the_style_to_the_tiles(server, collection):
    templates = sources_as_qgis_reads_them(server, style_of(server, collection))
    assert templates, "a vector source"
    lon, lat = a_place(collection)
    for template in templates.values():
        for zoom in (8, 11, 14):
            answer = fetch(server, filled(template, zoom, *tile_of(lon, lat, zoom)))
            assert answer.status == 200 and answer.body
            assert answer.media_type() == "application/vnd.mapbox-vector-tile"
            tile = read_tile(answer.body, BUFFER)
            assert collection in {layer.name for layer in tile} and all(layer.features for layer in tile)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_2_layers_of_the_style_name_layers_of_the_tiles(server, collection):
    style = style_of(server, collection)
    assert style["version"] == 8 and style["layers"]
    for name, source in style["sources"].items():
        if source["type"] != "vector":
            continue
        tilejson = json_of(fetch(server, source["url"]), JSON) if "url" in source else source
        named = {one["id"] for one in tilejson["vector_layers"]}
        used = {one["source-layer"] for one in style["layers"] if one.get("source") == name}
        assert used and used <= named
    sources = {one["source"] for one in style["layers"] if "source" in one}
    assert sources <= set(style["sources"])


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_3_sprites_and_glyphs_are_there(server, collection):
    """QGIS asks for the double size first and goes on to the single one; what a style names has to be one of them."""
    style = style_of(server, collection)
    if sprite := style.get("sprite"):
        absolute(server, sprite)
        assert any(fetch(server, f"{sprite}{size}.json").status == 200 for size in ("@2x", ""))
        assert any(fetch(server, f"{sprite}{size}.png").status == 200 for size in ("@2x", ""))
    texts = [one for one in style["layers"] if "text-field" in one.get("layout", {})]
    if glyphs := style.get("glyphs"):
        absolute(server, glyphs)
        for font in {font for one in texts for font in one["layout"].get("text-font", [])}:
            url = glyphs.replace("{fontstack}", font.replace(" ", "%20")).replace("{range}", "0-255")
            assert fetch(server, url).status == 200, url
    else:
        assert not texts, "text needs glyphs"


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_4_maplibre_believes_the_tilejson(server, collection):
    tilejson = json_of(fetch(server, f"{server.address}/{collection}.json"), JSON)
    assert tilejson["tilejson"] == "3.0.0" and tilejson.get("scheme", "xyz") == "xyz"
    west, south, east, north = tilejson["bounds"]
    lon, lat = a_place(collection)
    assert west <= lon <= east and south <= lat <= north
    assert 0 <= tilejson["minzoom"] <= tilejson["maxzoom"] <= 30
    (template,) = tilejson["tiles"]
    # Nothing beyond the largest zoom is asked for, so that one holds the data in full.
    zoom = tilejson["maxzoom"]
    tile = mapbox_vector_tile.decode(fetch(server, filled(template, zoom, *tile_of(lon, lat, zoom))).body)
    assert tile[collection]["features"]
    fields = next(one for one in tilejson["vector_layers"] if one["id"] == collection)["fields"]
    assert set().union(*(feature["properties"] for feature in tile[collection]["features"])) <= set(fields)


def test_5_ids_hold_for_the_state_of_a_feature(server):
    """MapLibre's feature state hangs on whole numbers; a feature on the border of two tiles has one."""
    (template,) = sources_as_qgis_reads_them(server, style_of(server, "parcelles-fictives")).values()
    lon, lat = a_place("parcelles-fictives")
    x, y = tile_of(lon, lat, 16)
    by_name: dict[str, set[int]] = {}
    for dx in range(-1, 2):
        for dy in range(-1, 2):
            answer = fetch(server, filled(template, 16, x + dx, y + dy))
            if answer.status != 200:
                continue
            for feature in mapbox_vector_tile.decode(answer.body)["parcelles-fictives"]["features"]:
                assert isinstance(feature["id"], int) and 0 < feature["id"] < 2**53
                by_name.setdefault(feature["properties"]["id"], set()).add(feature["id"])
    assert len(by_name) > 5 and all(len(ids) == 1 for ids in by_name.values())
    numbers = [next(iter(ids)) for ids in by_name.values()]
    assert len(numbers) == len(set(numbers))


def test_6_nothing_there(server):
    """An empty tile is 204 without a body, one outside is 404; MapLibre takes both for empty, where CORS lets it see them."""
    tilejson = json_of(fetch(server, f"{server.address}/communes-nommees.json"), JSON)
    (template,) = tilejson["tiles"]
    west, south, east, north = tilejson["bounds"]
    statuses = {}
    (x0, y0), (x1, y1) = tile_of(west, north, 14), tile_of(east, south, 14)
    for x in range(x0, x1 + 1):
        for y in range(y0, y1 + 1):
            answer = fetch(server, filled(template, 14, x, y))
            statuses.setdefault(answer.status, []).append((x, y))
            assert bool(answer.raw) == (answer.status == 200)
    assert set(statuses) == {200, 204}
    assert fetch(server, filled(template, 14, 0, 0)).status in (204, 404)
    assert fetch(server, filled(template, 3, 8, 0)).status == 404


def test_7_compression_is_said(server):
    """Packed only where asked for, and said in the header: bytes of gzip without it are what QGIS can't read."""
    (template,) = sources_as_qgis_reads_them(server, style_of(server, "parcelles-fictives")).values()
    url = filled(template, 14, *tile_of(*a_place("parcelles-fictives"), 14))
    plain = get(server, url, **{"Accept-Encoding": "identity"})
    packed = get(server, url, **{"Accept-Encoding": "gzip"})
    assert plain.header("content-encoding") is None and not plain.raw.startswith(b"\x1f\x8b")
    assert packed.header("content-encoding") == "gzip" and gzip.decompress(packed.raw) == plain.raw


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_8_the_tiles_lie_where_the_features_do(server, collection):
    (template,) = sources_as_qgis_reads_them(server, style_of(server, collection)).values()
    lon, lat = a_place(collection)
    x, y = tile_of(lon, lat, 14)
    west, south, east, north = lonlat_bounds(14, x, y)
    assert west <= lon <= east and south <= lat <= north
    inside = {f["id"] for f in server.items(collection, f"bbox={west!r},{south!r},{east!r},{north!r}") if f["geometry"]}
    tile = mapbox_vector_tile.decode(fetch(server, filled(template, 14, x, y)).body)[collection]
    drawn = {feature["properties"].get("id", feature["id"]) for feature in tile["features"]}
    assert inside <= drawn, "the tile holds all of them and, in its buffer, some more"
