"""CQL2 over HTTP: the standard's own test data, every way to ask, hostile filters, foreign clients."""

import csv
import json
import shutil
import socket
import subprocess
import threading
import time
import unicodedata
from urllib.parse import quote

import pyogrio
import pyproj
import pytest
import shapely
from cql2_client import address, form, matched, post, search, to_json
from gdal_clients import ENVIRONMENT, Wheel
from mvt import read_tile
from request_log import LOGGED, asked
from terril_server import Terril, wait_for

CLASSES = """basic-cql2 advanced-comparison-operators case-insensitive-comparison accent-insensitive-comparison basic-spatial-functions
basic-spatial-functions-plus spatial-functions temporal-functions array-functions property-property functions arithmetic cql2-text cql2-json"""

# The table says 2; the data hold one name that begins so, whatever is folded (Chișinău), and the one before it by letters is
# Chicago. Every other of the 137 comes out as printed.
WRONG = {"ACCENTI(CASEI(name)) LIKE accenti(casei('Chiș%'))": 1}


@pytest.fixture(scope="module", params=["GPKG", "FlatGeobuf"])
def natural_earth(request, shared, tmp_path_factory):
    """The standard's test data as they come, and as FlatGeobuf made of them by GDAL."""
    source = shared / "standards" / "cql2" / "ne110m4cql2.gpkg"
    if request.param == "FlatGeobuf":
        folder = tmp_path_factory.mktemp("fgb")
        for name, _ in pyogrio.list_layers(source):
            subprocess.run(["ogr2ogr", "-f", "FlatGeobuf", folder / f"{name}.fgb", source, name], check=True, env=ENVIRONMENT)
        source = folder
    with Terril(source) as server:
        yield server.wait_open()
        assert "panicked" not in server.log()


def predicates(shared):
    with (shared / "standards" / "cql2" / "ats_predicates_sample.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 137
    return rows


def test_the_predicates_of_the_standard_select_as_many_in_text_and_json(natural_earth, shared):
    wrong = []
    for row in predicates(shared):
        text = row["predicate"]
        expected = WRONG.get(text, int(row["expected"]))
        found = matched(natural_earth, row["collection"], text)
        as_json = search(natural_earth, row["collection"], filter=to_json(text), resultType="hits")["numberMatched"]
        in_address = matched(natural_earth, row["collection"], json.dumps(to_json(text)), "filter-lang=cql2-json")
        if not found == as_json == in_address == expected:
            wrong.append((text, expected, found, as_json, in_address))
    assert not wrong


def test_a_predicate_that_the_table_miscounts_is_so_in_the_data(shared):
    names = pyogrio.raw.read(shared / "standards/cql2/ne110m4cql2.gpkg", layer="ne_110m_populated_places_simple", columns=["name"])[3][0]
    folded = ["".join(c for c in unicodedata.normalize("NFD", n) if not unicodedata.combining(c)).casefold() for n in names]
    assert sum(name.startswith("chis") for name in folded) == 1


# --- layers of our own -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def squares(tmp_path_factory):
    """A grid of squares with a hole of nothing, in degrees; lists, times, gaps; and the same in Lambert-93."""
    folder = tmp_path_factory.mktemp("squares")
    features = []
    for n in range(400):
        x, y = 2.5 + (n % 20) * 0.01, 50.3 + (n // 20) * 0.01
        ring = [[x, y], [x + 0.01, y], [x + 0.01, y + 0.01], [x, y + 0.01], [x, y]]
        features.append(
            {
                "type": "Feature",
                "id": n,
                "geometry": None if n % 37 == 0 else {"type": "Polygon", "coordinates": [ring]},
                "properties": {
                    "nom": None if n % 13 == 0 else ["Liévin", "LENS", "Nœux", "50 % d'eau"][n % 4],
                    "rang": n % 7,
                    "part": None if n % 11 == 0 else n / 8,
                    "bati": n % 3 == 0,
                    "jour": f"2024-{n % 12 + 1:02}-15",
                    "mots": None if n % 17 == 0 else ["a", "b", "c"][: n % 4],
                },
            }
        )
    (folder / "carres.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    lambert = ["ogr2ogr", "-t_srs", "EPSG:2154", "-nln", "lambert", "-lco", "GEOMETRY_NAME=the_geom"]
    subprocess.run([*lambert, folder / "lambert.gpkg", folder / "carres.geojson"], check=True, env=ENVIRONMENT)
    with Terril(folder, env=LOGGED) as server:
        server.wait_open()
        server.folder = folder
        yield server
        assert "panicked" not in server.log()


def test_conformance_and_queryables_say_it(squares):
    declared = set(squares.json("/conformance")["conformsTo"])
    assert {f"http://www.opengis.net/spec/cql2/1.0/conf/{name}" for name in CLASSES.split()} <= declared
    assert {f"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/{name}" for name in ("filter", "features-filter")} <= declared
    queryables = squares.json("/collections/lambert/queryables")["properties"]
    assert queryables["the_geom"] == {"title": "Geometry", "format": "geometry-polygon-or-multipolygon"}
    for name, schema in squares.json("/collections/carres/queryables")["properties"].items():
        assert matched(squares, "carres", f'"{name}" IS NOT NULL') > 0, schema
    assert squares.json("/functions")["functions"] == []


def test_every_condition_holds_at_once(squares):
    def count(query):
        return squares.json(f"/collections/carres/items?resultType=hits&{query}")["numberMatched"]

    conditions = ["filter=rang%20%3C%205", "bati=true", "bbox=2.5,50.3,2.6,50.4", "datetime=2024-01-01/2024-06-30"]
    found = [count("&".join(conditions[: n + 1])) for n in range(4)]
    assert found == sorted(found, reverse=True) and len(set(found)) == 4 and found[3] > 0
    ids = {f["id"] for f in squares.items("carres", "&".join(conditions))}
    expected = [{f["id"] for f in squares.items("carres", one)} for one in conditions]
    assert ids == set.intersection(*expected)


def test_pages_of_a_filter_joined_are_the_whole(squares):
    text = "CASEI(nom) LIKE casei('l%') OR part > 30"
    whole = squares.json(address("carres", text, "limit=10000&sortby=-part,nom"))["features"]
    joined, path, links = [], address("carres", text, "limit=7&sortby=-part,nom"), set()
    while path:
        page = squares.json(path)
        assert page["numberMatched"] == len(whole)
        joined += page["features"]
        path = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
        links.add(path)
    assert joined == whole and len(links) > 10


def test_a_body_asks_the_same(squares):
    text = "bati = true AND part BETWEEN 10 AND 40"
    whole = squares.json(address("carres", text, "limit=10000&sortby=nom&properties=nom,part"))["features"]
    body = {"filter": to_json(text), "limit": 6, "sortby": ["nom"], "properties": ["nom", "part"]}
    joined, pages, path = [], 0, "/collections/carres/search"
    while body:
        status, page = post(squares, path, json.dumps(body).encode())
        assert status == 200 and page["numberMatched"] == len(whole)
        joined += page["features"]
        pages += 1
        link = next((link for link in page["links"] if link["rel"] == "next"), {})
        assert not link or link["method"] == "POST"
        body, path = link.get("body"), link.get("href", path)
    assert joined == whole and pages > 3
    status, page = form(squares, "carres", filter=text, sortby="nom", properties="nom,part", limit=10000)
    assert status == 200 and page["features"] == whole
    page = search(squares, "carres", filter=text, sortby="nom", properties="nom,part", limit=10000, bbox=[2.0, 50.0, 3.0, 51.0])
    assert page["features"] == whole


def test_what_a_body_may_not_be(squares):
    path = "/collections/carres/search"
    for body, kind, status in [
        (b"{}", "text/plain", 415),
        (b"[]", "application/json", 400),
        (b"{", "application/json", 400),
        (b'{"limit": 0}', "application/json", 400),
        (b'{"limt": 10}', "application/json", 400),
        (b'{"version": "1"}', "application/json", 400),
        (b'{"filter": {"op": "=", "args": [1]}}', "application/json", 400),
        (b'{"filter": null}', "application/json", 400),
        (b'{"bbox": [[1]]}', "application/json", 400),
        (b"filter=a%20%3D%201", "application/x-www-form-urlencoded", 400),
        (b"\xff", "application/x-www-form-urlencoded", 400),
        (b" " * (10 * 1024 * 1024 + 1), "application/json", 413),
        (b"{}", "application/json; charset=utf-8", 200),
    ]:
        found, document = post(squares, path, body, kind)
        assert found == status, (body[:40], document)
    assert squares.get(path).status == 405 and squares.get(path).header("allow") == "OPTIONS, POST"
    assert squares.get(path, method="OPTIONS").header("allow") == "OPTIONS, POST"


def test_a_polygon_that_no_address_can_carry(squares):
    round_ = shapely.Point(2.6, 50.4).buffer(0.05, quad_segs=2400)
    assert 9_000 < len(round_.exterior.coords) <= 10_000
    filter_ = {"op": "s_intersects", "args": [{"property": "geometry"}, shapely.geometry.mapping(round_)]}
    found = {f["id"] for f in search(squares, "carres", filter=filter_, limit=10000)["features"]}
    shapes = {f["id"]: shapely.geometry.shape(f["geometry"]) for f in squares.items("carres") if f["geometry"]}
    assert found == {i for i, shape in shapes.items() if shape.intersects(round_)} and found
    status, page = form(squares, "carres", filter=f"S_WITHIN(geom, {round_.wkt})", limit=10000)
    assert status == 200 and {f["id"] for f in page["features"]} == {i for i, s in shapes.items() if s.within(round_)} != set()


def test_geometries_of_a_filter_in_any_system(squares):
    """The same box in each system and its axes; a layer in another system than the filter's."""
    expected = {f["id"] for f in squares.items("carres", "filter=S_INTERSECTS(geometry,POINT(2.6455%2050.4155))")}
    assert len(expected) == 1
    for code, collection in [(2154, "carres"), (4326, "carres"), (3857, "carres"), (3857, "lambert"), (4326, "lambert"), (2154, "lambert")]:
        system = pyproj.CRS.from_epsg(code)
        first, second = pyproj.Transformer.from_crs("OGC:CRS84", system).transform(2.6455, 50.4155)
        uri = f"http://www.opengis.net/def/crs/EPSG/0/{code}"
        text = f"S_INTERSECTS(geometry,POINT({first} {second}))"
        assert matched(squares, collection, text, f"filter-crs={uri}") == 1, (code, collection)
        text = f"S_CONTAINS(geometry,BBOX({first - 1e-6},{second - 1e-6},{first + 1e-6},{second + 1e-6}))"
        assert matched(squares, collection, text, f"filter-crs={uri}") == 1, (code, collection)
    assert squares.get(address("carres", "TRUE", "filter-crs=http://www.opengis.net/def/crs/EPSG/0/32759")).status == 400


def ids_in_tiles(server, path):
    found = set()
    for x in (8304, 8305, 8306, 8307, 8308, 8309, 8310, 8311, 8312, 8313, 8314):
        for y in range(5512, 5560):
            answer = server.get(path.format(x=x, y=y))
            assert answer.status in (200, 204, 404), answer.text
            if answer.status == 200:
                found |= {f.properties["id"] for layer in read_tile(answer.body, 256) for f in layer.features}
    return found


def test_tiles_take_the_same_filter(squares):
    text = "rang = 3 AND S_INTERSECTS(geometry, BBOX(2.5, 50.3, 2.7, 50.5))"
    expected = {f["id"] for f in squares.items("carres", f"filter={text.replace(' ', '%20')}")}
    query = f"filter={text}".replace(" ", "%20")
    tilejson = squares.json(f"/carres.json?{query}")
    assert "filter=" in tilejson["tiles"][0]
    for path in (f"/carres/{{z}}/{{x}}/{{y}}.pbf?{query}", f"/collections/carres/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}?{query}",
                 tilejson["tiles"][0].removeprefix(squares.address)):  # fmt: skip
        whole = squares.get(path.replace("{z}", "6").replace("{x}", "32").replace("{y}", "21"))
        assert whole.status == 200, whole.text
        assert {f.properties["id"] for layer in read_tile(whole.body, 256) for f in layer.features} == expected
    for bad in ("/carres/6/32/21.pbf?filter=a%20%3D", "/carres/6/32/21.pbf?filter=nothing=1", "/carres.json?filter=nothing=1",
                "/tiles/WebMercatorQuad/6/21/32?filter=the_geom%20IS%20NULL"):  # fmt: skip
        assert squares.get(bad).status == 400, bad


def test_the_page_shows_the_filter_and_keeps_it(squares):
    page = squares.get(address("carres", "rang = 3", "f=html&limit=20&lang=en"))
    assert page.status == 200
    assert 'name="filter"' in page.text and "rang = 3" in page.text and "CQL2 expression" in page.text


# --- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rang = ", "at character 8"),
        ("rang = 1 AND inconnu = 2", 'no property "inconnu" (at character 14)'),
        ("rang = 'trois'", "a number"),
        ("nom > 5", "can't be compared"),
        ("Buffer(geometry, 5) = 1", "/functions"),
        ("S_WITHIN(geometry, POINT(50 200))", "latitudes within ±90"),
        ("S_WITHIN(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "cross"),
        ("(" * 10_000 + "rang = 1" + ")" * 10_000, "16 kB"),
        ("NOT " * 1_500 + "bati", "64 levels"),
        ("rang IN (1" + ",1" * 1_200 + ")", "1000 terms"),
        ("nom LIKE '" + "%a" * 600 + "'", "1000 characters"),
        ("rang = 1 \0", "character 10"),
    ],
)
def test_a_filter_that_can_not_be_honoured_is_refused(squares, text, said):
    answer = squares.get(address("carres", text))
    assert answer.status == (414 if said == "16 kB" else 400)
    assert said in answer.json()["detail"], answer.json()


def test_hostile_bodies_are_refused(squares):
    deep = json.loads("true")
    for _ in range(50):
        deep = {"op": "not", "args": [deep]}
    assert search(squares, "carres", filter=deep, resultType="hits")["numberMatched"] == 400
    points = [[2 + i * 1e-5, 50] for i in range(10_001)]
    equal = {"op": "=", "args": [{"property": "rang"}, 1]}
    for body in (
        b'{"filter":' + b'{"op":"not","args":[' * 10_000 + b"true" + b"]}" * 10_000 + b"}",
        b'{"filter":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        json.dumps({"filter": {"op": "or", "args": [equal] * 10_000}}).encode(),
        json.dumps({"filter": "(" * 10_000 + "rang = 1" + ")" * 10_000}).encode(),
        json.dumps({"filter": "rang = 1" + " + 1" * 10_000}).encode(),
        json.dumps({"filter": "x" * 70_000 + " = 1"}).encode(),
        json.dumps({"filter": {"op": "s_within", "args": [{"property": "geometry"}, {"type": "LineString", "coordinates": points}]}}).encode(),
        b'{"filter": {"op": "=", "args": [1e999, 1]}}',
    ):
        status, document = post(squares, "/collections/carres/search", body)
        assert status == 400 and document["detail"], body[:60]
    assert squares.healthy()


def test_nothing_is_reckoned_of_nothing(squares):
    """A division by zero is unknown: neither it nor its negation selects; so is what is no number."""
    for text in ("rang / 0 = 1", "rang % 0 = 0", "rang div 0 = 0", "(0 - 1) ^ 0.5 = 1", "1e308 * 10 > 1"):
        assert matched(squares, "carres", text) == matched(squares, "carres", f"NOT ({text})") == 0, text


def test_huge_and_antimeridian_geometries_end(squares):
    placed = matched(squares, "carres", "geometry IS NOT NULL")
    assert matched(squares, "carres", "S_WITHIN(geometry, BBOX(-180, -90, 180, 90))") == placed
    assert matched(squares, "carres", "S_WITHIN(geometry, BBOX(170, -90, 160, 90))") == placed
    assert matched(squares, "carres", "S_INTERSECTS(geometry, BBOX(170, -90, -170, 90))") == 0
    assert matched(squares, "carres", "S_WITHIN(geometry, POLYGON((-180 -90, 180 -90, 180 90, -180 90, -180 -90)))") == placed
    worst = "nom LIKE '" + "%_e" * 300 + "'"
    assert matched(squares, "carres", worst) == 0


def test_a_filter_on_a_layer_that_is_reloaded(serve, tmp_path):
    def write(n):
        features = [{"type": "Feature", "id": i, "geometry": {"type": "Point", "coordinates": [2.5, 50.4]}, "properties": {"a": i % 2}} for i in range(n)]
        (tmp_path / "new").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        (tmp_path / "new").rename(tmp_path / "points.geojson")

    write(100)
    server = serve(tmp_path, args=("--watch",)).wait_open()
    stop, wrong = threading.Event(), []

    def ask():
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        while not stop.is_set():
            connection.request("GET", address("points", "a = 1 AND S_INTERSECTS(geometry, POINT(2.5 50.4))", "limit=10000"))
            answer = connection.getresponse()
            page = json.loads(answer.read())
            if answer.status != 200 or page["numberMatched"] not in (50, 100) or len(page["features"]) != page["numberMatched"]:
                wrong.append((answer.status, page.get("numberMatched"), page.get("detail")))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    [thread.start() for thread in threads]
    write(200)
    wait_for("the reload", lambda: matched(server, "points", "a = 1") == 100)
    stop.set()
    [thread.join() for thread in threads]
    assert not wrong


def test_work_ends_when_the_client_goes(squares):
    """A request that is cut leaves no worker behind: many of them, and the service answers at once."""
    text = " OR ".join(f"nom LIKE '%{'_' * 5}{n}%e%'" for n in range(60))
    for _ in range(30):
        with socket.create_connection(("127.0.0.1", squares.port)) as connection:
            path = address("carres", text)
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.005)
    wait_for("a free worker", lambda: squares.get(address("carres", "rang = 1")).status == 200)


# --- foreign clients -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "filter_", "pushed"),
    [
        ("nom ILIKE 'li%'", "CASEI(nom) LIKE CASEI('li%')", True),
        ("rang > 2 AND part <= 20", "rang > 2 AND part <= 20", True),
        ("nom IS NULL OR rang = 1", "nom IS NULL OR rang = 1", True),
        ("NOT (bati = 1)", "NOT (bati = true)", None),
        ("jour >= '2024/06/01'", "jour >= DATE('2024-06-01')", None),
    ],
)
def test_gdal_pushes_its_conditions_down(squares, where, filter_, pushed):
    expected = {str(f["id"]) for f in squares.items("carres", "filter=" + quote(filter_))}
    with asked(squares) as requests:
        table = Wheel().read(f"OAPIF:{squares.address}", "carres", where=where)
    assert set(table.ids()) == expected and expected
    sent = [one.parameters for one in requests if one.path.endswith("/items")]
    if pushed:
        assert any(one.get("filter-lang") == "cql-text" for one in sent), sent
    assert all(one.status == 200 for one in requests if one.path.endswith("/items"))


@pytest.mark.parametrize(
    ("sent", "same"),
    [
        ("(nom = 'LENS')", "nom = 'LENS'"),
        ("(NOT (nom = 'LENS'))", "nom <> 'LENS'"),
        ("((rang > 2) AND (bati = TRUE))", "rang > 2 AND bati = true"),
        ("(CASEI(nom) LIKE CASEI('li%'))", "nom LIKE 'Li%'"),
        ('("nom" LIKE \'50 \\\\%%\')', "nom LIKE '50%' AND FALSE"),
        ("(jour >= DATE('2024-06-15'))", "jour > DATE('2024-06-01')"),
        ("(jour >= TIMESTAMP('2024-06-15T00:00:00.000Z'))", "jour > DATE('2024-06-01')"),
        ('S_INTERSECTS("geometry",BBOX(2.5,50.3,2.55,50.35))', "S_INTERSECTS(geom, BBOX(2.5, 50.3, 2.55, 50.35))"),
        ("(rang + 1) = (2 ^ 2)", "rang = 3"),
    ],
)
def test_filters_as_qgis_writes_them(squares, sent, same):
    """QGIS 3.44 and later, from its sources; it asks for `filter-lang=cql2-text` with a box beside."""
    found = matched(squares, "carres", sent, "filter-lang=cql2-text&bbox=2,50,3,51")
    assert found == matched(squares, "carres", same, "bbox=2,50,3,51")
    assert found > 0 or "FALSE" in same


def test_a_public_view_may_be_a_filter_of_any_kind(serve, squares, tmp_path):
    shutil.copy(squares.folder / "carres.geojson", tmp_path)
    where = "S_WITHIN(geometry, BBOX(2.5, 50.3, 2.55, 50.35)) AND CASEI(nom) LIKE CASEI('li%')"
    (tmp_path / "terril.toml").write_text(f'[layer.carres.public]\nwhere = "{where}"\n')
    server = serve(tmp_path, args=("--config", str(tmp_path / "terril.toml"))).wait_open()
    seen = server.json("/collections/carres/items?resultType=hits")["numberMatched"]
    assert 0 < seen == matched(squares, "carres", where)
