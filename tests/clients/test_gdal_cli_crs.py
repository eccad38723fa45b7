"""GDAL and coordinate systems: layers in their storage CRS and in others, boxes, axes; page size and time from the API."""

import json

import crs_oracle as oracle
import numpy
import pytest
import shapely
from crs_layers import LISTED, MADE, SOURCES, short
from gdal_clients import CLIENTS, Debian, Table, Wheel, read_with_pyogrio
from other_default import UNGUESSABLE, forwarded
from own_layers import DEMONSTRATION, own
from report import record
from request_log import LOGGED, asked, of_items
from terril_server import Terril

for each in CLIENTS:
    record(
        each.title,
        each.version,
        "the storage CRS and every listed one, page size and time from the API",
        only=each.name,
    )
by_client = pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
only_wheel = pytest.mark.parametrize("client", [Wheel()], ids=["wheel"])
only_debian = pytest.mark.parametrize("client", [Debian()], ids=["debian"])
LAYERS = ["lambert", "conic-europe", "guadeloupe", "parcelles-fictives"]


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    """Layers in several CRSs, with a log of what is asked."""
    folder = tmp_path_factory.mktemp("gdal-crs")
    for name, source in MADE.items():
        oracle.write_source(folder / f"{name}.gpkg", source)
    with Terril(folder, DEMONSTRATION["parcelles-fictives"], env=LOGGED) as server:
        yield server.wait_open()
        assert "panicked" not in server.log()


def apart(table: Table, name: str, code: str) -> float:
    """The largest distance of a read layer from the source, vertex by vertex, in metres."""
    own_shapes = dict(zip(SOURCES[name].ids, SOURCES[name].shapes_in(code), strict=True))
    assert sorted(table.ids()) == sorted(own_shapes)
    worst = 0.0
    for ident, read in zip(table.ids(), table.shapes, strict=True):
        expected = own_shapes[ident]
        if expected is None:
            assert read is None
            continue
        assert read.geom_type == expected.geom_type
        read, expected = (oracle.rings_of(one) for one in (read, expected))
        for got, ring in zip(read, expected, strict=True):
            got, ring = numpy.array(got), numpy.array(ring)
            worst = max(worst, min(oracle.metres_apart(got, way, code) for way in (ring, ring[::-1])))
    return worst


@only_wheel
@pytest.mark.parametrize("name", LAYERS)
def test_the_storage_crs_is_the_layers_own(logged, client, name):
    """Since GDAL 3.7 a layer opens in its `storageCrs`: coordinates to the bit."""
    with asked(logged) as requests:
        table = client.read(f"OAPIF:{logged.address}", name)
    source = SOURCES[name].crs
    assert (oracle.CRS84 if "CRS84" in table.crs else oracle.uri(table.crs)) == oracle.uri(source)
    assert apart(table, name, source) == 0
    assert any(one.parameters.get("crs") == oracle.uri(source) for one in of_items(requests, name))


def asked_as(code: str) -> str:
    """What GDAL asks for: for 4326 the first of the list that it holds for the same with the axes apart, CRS84."""
    return oracle.CRS84 if code == "EPSG:4326" else oracle.uri(code)


@only_wheel
@pytest.mark.parametrize(
    "name, uri", [(name, uri) for name in ("lambert", "guadeloupe") for uri in LISTED[name]], ids=short
)
def test_every_listed_crs_can_be_opened(logged, client, name, uri):
    """GDAL turns axes round by its own knowledge of the CRS: what the server orders otherwise would lie elsewhere."""
    with asked(logged) as requests:
        table = read_with_pyogrio(f"OAPIF:{logged.address}", name, CRS=oracle.label(uri))
    assert apart(table, name, oracle.label(uri)) < 0.001
    assert any(one.parameters.get("crs") == asked_as(oracle.label(uri)) for one in of_items(requests, name))


def around_the_middle(shapes: numpy.ndarray, share: float) -> tuple[float, float, float, float]:
    """A box around the vertex that has as many to its west as to its east; most features lie together there."""
    vertices = shapely.get_coordinates(shapes)
    x, y = vertices[numpy.argsort(vertices[:, 0])[len(vertices) // 2]]
    width, height = numpy.ptp(vertices, axis=0) * share
    return float(x - width), float(y - height), float(x + width), float(y + height)


@only_wheel
@pytest.mark.parametrize("code", ["EPSG:2154", "EPSG:3035", "EPSG:4258", "EPSG:4326"])
def test_a_box_in_the_crs_that_is_open(logged, client, code):
    shapes, ids = SOURCES["lambert"].shapes_in(code), numpy.array(SOURCES["lambert"].ids)
    box = around_the_middle(shapes, 0.3)
    with asked(logged) as requests:
        table = read_with_pyogrio(f"OAPIF:{logged.address}", "lambert", CRS=code, bbox=box)
    expected = set(ids[shapely.intersects(shapes, shapely.box(*box))])
    assert 5 < len(expected) < len(ids) - 5 and set(table.ids()) == expected
    boxed = [one for one in of_items(requests, "lambert") if "bbox" in one.parameters]
    assert boxed and all(one.parameters["bbox-crs"] == one.parameters["crs"] == asked_as(code) for one in boxed)
    numbers = [float(v) for v in boxed[0].parameters["bbox"].split(",")]
    turned = (box[1], box[0], box[3], box[2]) if oracle.north_first(oracle.label(asked_as(code))) else box
    assert numbers == pytest.approx(turned, rel=1e-12)


@only_debian
@pytest.mark.parametrize("name", LAYERS)
def test_the_older_gdal_gets_degrees(logged, client, name):
    """GDAL 3.6 knows nothing of Part 2: it gets CRS84, as the standard has it for those who do not ask."""
    table = client.read(f"OAPIF:{logged.address}", name)
    worst = apart(table, name, "OGC:CRS84")
    assert worst == 0 if SOURCES[name].crs == "OGC:CRS84" else worst < 0.001


@only_debian
@pytest.mark.parametrize("code", ["EPSG:2154", "EPSG:3950", "EPSG:3035", "EPSG:3857", "EPSG:27572"])
def test_ogr2ogr_transforms_what_it_reads(logged, client, code):
    """By Debian's own PROJ from the degrees that were served, hence a hair more than the server's rounding."""
    table = client.read(f"OAPIF:{logged.address}", "parcelles-fictives", arguments=["-t_srs", code])
    assert apart(table, "parcelles-fictives", code) < 0.001


@only_debian
@pytest.mark.parametrize("code", ["EPSG:2154", "EPSG:3857", "EPSG:3035"])
def test_a_box_in_another_crs(logged, client, code):
    """`-spat_srs`: GDAL asks for the envelope in the layer's CRS and picks by the turned rectangle itself."""
    shapes, ids = SOURCES["parcelles-fictives"].shapes_in(code), numpy.array(SOURCES["parcelles-fictives"].ids)
    found = 0
    for share in (0.03, 0.1, 0.25):
        box = around_the_middle(shapes, share)
        # Its edges stay straight in one of the two CRSs only; no parcel lies between the two.
        hair = 0.05
        certain, possible = (shapely.intersects(shapes, shapely.box(*box).buffer(by)) for by in (-hair, hair))
        assert (certain == possible).all()
        with asked(logged) as requests:
            table = client.read(
                f"OAPIF:{logged.address}", "parcelles-fictives", spat=box, arguments=["-spat_srs", code]
            )
        assert set(table.ids()) == set(ids[certain])
        assert any("bbox" in one.parameters for one in of_items(requests, "parcelles-fictives"))
        found += int(certain.sum())
    assert found > 10


@only_wheel
def test_the_page_size_is_read_from_the_api(client):
    """At the path of the very collection, where GDAL looks; a forwarder puts a default there that is no client's own."""
    with forwarded(DEMONSTRATION["parcelles-fictives"], env=LOGGED) as (address, server):
        with asked(server) as requests:
            table = client.read(f"OAPIF:{address}", "parcelles-fictives")
        assert len(table.fids) == len(own("parcelles-fictives")[1])
        limits = {one.parameters.get("limit") for one in of_items(requests, "parcelles-fictives")}
        assert str(UNGUESSABLE) in limits


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """2,500 points, more than two pages of any client."""
    path = tmp_path_factory.mktemp("many") / "many.geojson"
    rows = [
        {
            "type": "Feature",
            "id": n,
            "properties": {"n": n},
            "geometry": {"type": "Point", "coordinates": [2 + n / 1e5, 50]},
        }
        for n in range(2_500)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    with Terril(path, env=LOGGED) as server:
        yield server.wait_open()


@by_client
def test_pages_are_followed_to_the_end(client, many):
    """GDAL 3.6 asks for ten at a time unless it is told otherwise, since 3.7 for a thousand."""
    step = {"debian": 10, "wheel": 1000}[client.name]
    with asked(many) as requests:
        table = client.read(f"OAPIF:{many.address}", "many")
    assert sorted(table.fids) == list(range(2_500)) and sorted(table.columns["n"]) == list(range(2_500))
    pages = [one for one in of_items(requests, "many") if one.parameters["limit"] == str(step)]
    assert {int(one.parameters.get("offset", "0")) for one in pages} == set(range(0, 2_500, step))


@only_debian
def test_the_largest_page_is_taken_in_one(client, many):
    with asked(many) as requests:
        table = client.read(f"OAPIF:{many.address}", "many", arguments=["-oo", "PAGE_SIZE=10000"])
    assert len(table.fids) == 2_500
    assert not any("offset" in one.parameters for one in of_items(requests, "many"))


@by_client
@pytest.mark.parametrize(
    "condition, expected, pushed",
    [("jour >= '2022/01/01 00:00:00'", {2, 3, 4}, "jour >= '2022-01-01T00:00:00Z'"),
     ("jour <= '2022/01/01 00:00:00'", {0, 1, 2}, "jour <= '2022-01-01T00:00:00Z'"),
     ("jour >= '2022/01/01'", {2, 3, 4}, "jour >= '2022-01-01T'"),
     ("jour >= '2021/03/01' AND jour <= '2022/01/01'", {1, 2}, "(jour >= '2021-03-01T') AND (jour <= '2022-01-01T')"),
     ("jour = '2021/03/01'", {1}, "jour = '2021-03-01T'")],
)  # fmt: skip
def test_time_is_asked_of_the_server(client, tmp_path, condition, expected, pushed):
    """GDAL writes a mere date with a `T` and nothing behind it, and asks in the draft's CQL where the server knows it."""
    days = ["2020-05-01", "2021-03-01", "2022-01-01", "2023-07-14", "2024-12-31"]
    rows = [
        {
            "type": "Feature",
            "id": n,
            "properties": {"jour": day, "nom": "é"},
            "geometry": {"type": "Point", "coordinates": [2.5, 50]},
        }
        for n, day in enumerate(days)
    ]
    (tmp_path / "dated.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    with Terril(tmp_path / "dated.geojson", env=LOGGED) as server:
        server.wait_open()
        with asked(server) as requests:
            table = client.read(f"OAPIF:{server.address}", "dated", where=condition)
        assert set(table.fids) == expected
        assert all(one.status == 200 for one in requests)
        filters = {one.parameters.get("filter") for one in of_items(requests, "dated")} - {None}
        assert filters == {pushed}
