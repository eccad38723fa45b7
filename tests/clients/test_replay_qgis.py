"""The requests of the newest QGIS (3.44 to 4), step by step, each answer held to what QGIS reads in it.

By the sources of its OAPIF provider (qgsoapifprovider.cpp and its neighbours, 2025 to 2026). The filters that it writes are
in test_cql2.py. Left out: editing, which the server does not offer yet and says so by `Allow`.
"""

from functools import cached_property

import crs_oracle as oracle
import pytest
import shapely
from crs_layers import MADE, SOURCES
from own_layers import DEMONSTRATION, own
from replay import get, json_of, link, link_header
from terril_server import Terril

JSON, GEOJSON, SCHEMA = "application/json", "application/geo+json", "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
API_ACCEPT = f"{OPENAPI}, application/openapi+json;version=3.0, application/json"
# What QGIS does not take for fields although they are parameters of the same form.
NO_FIELDS = {"crs", "bbox", "bbox-crs", "filter", "filter-lang", "filter-crs", "datetime", "limit"}
CONFORMANCE = "http://www.opengis.net/spec/"

COLLECTIONS = ["lambert", "parcelles-fictives", "operations-nommees", "guadeloupe", "dated", "empty"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("qgis-replay")
    for name in ("lambert", "guadeloupe"):
        oracle.write_source(folder / f"{name}.gpkg", MADE[name])
    (folder / "dated.geojson").write_text(
        '{"type":"FeatureCollection","features":['
        '{"type":"Feature","id":1,"properties":{"nom":"Été","jour":"2021-03-01"},"geometry":{"type":"Point","coordinates":[2.6,50.2]}},'
        '{"type":"Feature","id":2,"properties":{"nom":null,"jour":"2022-03-01"},"geometry":{"type":"Point","coordinates":[2.7,50.3]}}]}'
    )
    oracle.write_source(folder / "empty.gpkg", oracle.Source("EPSG:2154", (), ()))
    with Terril(folder, DEMONSTRATION["parcelles-fictives"].parent) as running:
        yield running.wait_open()
        assert "panicked" not in running.log()


class Qgis:
    """What QGIS knows of a layer; each property is one request and what it reads in the answer."""

    def __init__(self, server: Terril, collection: str):
        self.server, self.collection = server, collection

    @cached_property
    def landing(self) -> dict:
        return json_of(get(self.server, self.server.address + "/", JSON), JSON)

    @cached_property
    def api(self) -> dict:
        url = link(self.landing["links"], "service-desc", OPENAPI)
        return json_of(
            get(self.server, url, API_ACCEPT), "application/vnd.oai.openapi+json", "application/openapi+json", JSON
        )

    @cached_property
    def collection_url(self) -> str:
        # Everything behind a question mark is cut, then ids are appended as text.
        return link(self.landing["links"], "data", JSON).partition("?")[0] + "/" + self.collection

    @cached_property
    def description(self) -> dict:
        return json_of(get(self.server, self.collection_url, JSON), JSON)

    @cached_property
    def conformance(self) -> set[str]:
        return set(
            json_of(get(self.server, link(self.landing["links"], "conformance", JSON), JSON), JSON)["conformsTo"]
        )

    @property
    def crs(self) -> str:
        """The CRS of the layer: the storage CRS if Part 2 is declared."""
        assert f"{CONFORMANCE}ogcapi-features-2/1.0/conf/crs" in self.conformance
        return self.description["storageCrs"]

    @property
    def page_size(self) -> int:
        schema = self.api["components"]["parameters"]["limit"]["schema"]
        return min(max(1000, schema["default"]), schema["maximum"])

    @property
    def simple_queryables(self) -> dict[str, str]:
        """Parameters of the literal path that QGIS can send as `field=value`."""
        found = {}
        for one in self.api["paths"][f"/collections/{self.collection}/items"]["get"]["parameters"]:
            if "$ref" in one:
                node = self.api
                for part in one["$ref"].removeprefix("#/").split("/"):
                    node = node[part]
                one = node
            known = {"name", "in", "style", "explode", "schema"} <= set(one) and isinstance(
                one["schema"].get("type"), str
            )
            if (
                known
                and (one["in"], one["style"], one["explode"]) == ("query", "form", False)
                and one["name"] not in NO_FIELDS
            ):
                found[one["name"]] = one["schema"]["type"]
        return found

    def items(self, query: str, accept: str = f"{GEOJSON}, {JSON}"):
        return get(self.server, f"{self.collection_url}/items?{query}", accept)

    def in_its_crs(self) -> str:
        """What is appended where the layer is not in CRS84. The address stands there as it is, unescaped."""
        return "" if self.crs == oracle.CRS84 else f"&crs={self.crs}"


@pytest.fixture(params=COLLECTIONS)
def qgis(server, request):
    return Qgis(server, request.param)


def test_1_landing_page(qgis):
    links = qgis.landing["links"]
    assert link(links, "service-desc", OPENAPI) and link(links, "data", JSON) and link(links, "conformance", JSON)
    assert any(one["rel"] == "service-desc" and one["type"] == OPENAPI for one in links)
    assert get(qgis.server, qgis.server.address, JSON).status == 200


def test_2_api(qgis):
    assert qgis.page_size == 1000
    schema = qgis.api["components"]["parameters"]["limit"]["schema"]
    assert isinstance(schema["maximum"], int) and isinstance(schema["default"], int)
    fields = {
        name: kind for name, kind in qgis.simple_queryables.items() if name in ("id", "nom", "jour", "contenance")
    }
    assert (
        fields.items()
        >= {"dated": {"nom": "string", "jour": "string"}, "parcelles-fictives": {"contenance": "integer"}}.get(
            qgis.collection, {}
        ).items()
    )


def test_3_collection(qgis):
    description = qgis.description
    assert description["id"] == qgis.collection and isinstance(description["title"], str)
    assert description["crs"][0] == oracle.CRS84 and description["storageCrs"] in description["crs"]
    assert not any(one.startswith("#") for one in description["crs"])
    if qgis.collection != "empty":
        (box,) = description["extent"]["spatial"]["bbox"]
        assert len(box) == 4 and description["extent"]["spatial"].get("crs", oracle.CRS84) == oracle.CRS84
        assert box[0] <= box[2] and box[1] <= box[3]
    if isinstance(description.get("itemCount"), int):
        assert description["itemCount"] == qgis.items("limit=1").json()["numberMatched"]
    formats = {one["type"] for one in description["links"] if one["rel"] == "items"}
    assert GEOJSON in formats
    assert link(description["links"], "items", GEOJSON).partition("?")[0] == f"{qgis.collection_url}/items"
    # A license counts only as text.
    assert description.get("license") is None or isinstance(description["license"], str)


def test_4_conformance(qgis):
    expected = ["ogcapi-features-1/1.0/conf/core", "ogcapi-features-1/1.0/conf/geojson", "ogcapi-features-1/1.0/conf/oas30",
                "ogcapi-features-2/1.0/conf/crs", "ogcapi-features-5/1.0/conf/schemas"]  # fmt: skip
    assert {CONFORMANCE + one for one in expected} <= qgis.conformance
    assert all(isinstance(one, str) for one in qgis.conformance)


def test_5_first_ten(qgis):
    """Fields and types are guessed from these where there is no schema, so each is there, null or not."""
    page = json_of(qgis.items("limit=10"), GEOJSON, JSON)
    assert isinstance(page["numberMatched"], int)
    assert len(page["features"]) == min(10, page["numberMatched"])
    for feature in page["features"]:
        assert isinstance(feature["id"], (str, int)) and feature["type"] == "Feature"
        assert list(feature["properties"]) == list(page["features"][0]["properties"])
    if qgis.collection in ("parcelles-fictives", "operations-nommees"):
        names = {name for name in own(qgis.collection)[0].fields}
        assert names <= set(page["features"][0]["properties"])


def test_6_schema(qgis):
    """By the link with the OGC's relation and exactly this type; `type` is one word, or the property is no field."""
    url = next(
        one["href"]
        for one in qgis.description["links"]
        if one["rel"] == "http://www.opengis.net/def/rel/ogc/1.0/schema" and one["type"] == SCHEMA
    )
    schema = json_of(get(qgis.server, url, SCHEMA), SCHEMA)
    geometry = [one for one in schema["properties"].values() if one.get("x-ogc-role") == "primary-geometry"]
    assert len(geometry) == 1 and geometry[0]["format"].startswith("geometry-")
    fields = {name: one for name, one in schema["properties"].items() if one.get("x-ogc-role") != "primary-geometry"}
    assert all(isinstance(one["type"], str) for one in fields.values())
    sequence = [one["x-ogc-propertySeq"] for one in fields.values() if "x-ogc-propertySeq" in one]
    assert len(sequence) == len(set(sequence))
    expected = {
        "dated": "geometry-point",
        "parcelles-fictives": "geometry-polygon",
        "lambert": "geometry-polygon",
        "empty": None,
    }
    if wanted := expected.get(qgis.collection):
        assert geometry[0]["format"].startswith(wanted)
    if qgis.collection == "dated":
        assert fields["jour"]["format"] == "date" and fields["nom"]["type"] == "string"


@pytest.mark.parametrize("where", ["items", "item", "unknown_id"])
def test_7_what_may_be_changed(qgis, where):
    """`OPTIONS` without an origin: QGIS reads `Allow`, and takes what does not offer to write for read-only."""
    features = qgis.items("limit=1").json()["features"]
    ident = features[0]["id"] if features and where == "item" else "unknown_id"
    answer = get(
        qgis.server, f"{qgis.collection_url}/items" + ("" if where == "items" else f"/{ident}"), method="OPTIONS"
    )
    assert answer.status == 200
    allowed = {one.strip() for one in answer.header("allow").split(",")}
    assert allowed == {"GET", "HEAD", "OPTIONS"}


def test_8_count(qgis):
    page = json_of(qgis.items("limit=1"), GEOJSON, JSON)
    made = {"lambert": 420, "guadeloupe": 60, "dated": 2, "empty": 0}
    expected = made | {"operations-nommees": 3, "parcelles-fictives": 419}
    assert page["numberMatched"] == expected[qgis.collection]


def test_9_data_in_the_layers_crs(qgis):
    """Page by page to the end, coordinates in the storage CRS and its axes; the last page has no `next`."""
    url, seen, boxes = f"{qgis.collection_url}/items?limit=100{qgis.in_its_crs()}", [], []
    while url:
        answer = get(qgis.server, url, f"{GEOJSON}, {JSON}")
        page = json_of(answer, GEOJSON, JSON)
        assert answer.header("content-crs") == f"<{qgis.crs}>"
        seen += [str(feature["id"]) for feature in page["features"]]
        boxes += [oracle.rings(f["geometry"]["coordinates"])[0][0] for f in page["features"] if f["geometry"]]
        url = next((one["href"] for one in page["links"] if one["rel"] == "next" and one["type"] == GEOJSON), None)
        assert url is None or page["features"]
    assert len(seen) == len(set(seen)) == page["numberMatched"]
    if qgis.collection in SOURCES:
        source = SOURCES[qgis.collection]
        x0, y0, x1, y1 = shapely.total_bounds([shape for shape in source.shapes if shape is not None])
        assert all(x0 <= x <= x1 and y0 <= y <= y1 for x, y in boxes)


def test_10_data_in_view(qgis):
    """`bbox` in the layer's CRS, as C++ prints doubles, and `bbox-crs` only where that is not CRS84."""
    if qgis.collection not in SOURCES:
        page = json_of(qgis.items("limit=1000&bbox=-180,-90,180,90"), GEOJSON)
        assert page["numberReturned"] == page["numberMatched"]
        return
    source = SOURCES[qgis.collection]
    placed = [shape for shape in source.shapes if shape is not None]
    x0, y0, x1, y1 = shapely.bounds(placed[10])
    box = shapely.box(x0 - 1e-4, y0 - 1e-4, x1 + 1e-4, y1 + 1e-4)
    numbers = ",".join(f"{v:.17g}" for v in box.bounds)
    where = "" if qgis.crs == oracle.CRS84 else f"&bbox-crs={qgis.crs}"
    page = json_of(qgis.items(f"limit={qgis.page_size}&bbox={numbers}{where}{qgis.in_its_crs()}"), GEOJSON)
    expected = {
        ident for ident, shape in zip(source.ids, source.shapes, strict=True) if shape is None or shape.intersects(box)
    }
    assert {str(feature["id"]) for feature in page["features"]} == expected


def test_11_headers_for_other_formats(qgis):
    """Formats without room for links page by the header `Link` and count by `OGC-NumberMatched`."""
    answer = qgis.items("limit=1")
    page = answer.json()
    assert int(answer.header("ogc-numbermatched")) == page["numberMatched"]
    assert int(answer.header("ogc-numberreturned")) == page["numberReturned"]
    inside = {(one["rel"], one["type"]): one["href"] for one in page["links"]}
    outside = link_header(answer)
    assert outside[("self", GEOJSON)] == inside[("self", GEOJSON)]
    assert outside.get(("next", GEOJSON)) == inside.get(("next", GEOJSON))


@pytest.mark.parametrize(
    "query, expected",
    [("datetime=0000-01-01T00:00:00Z%2F2021-12-31T23:59:59.999Z", {1}), ("datetime=2021-06-01T00:00:00.000Z%2F9999-12-31T00:00:00Z", {2}),
     ("datetime=2022-03-01", {2}), ("nom=%C3%89t%C3%A9", {1}), ("jour=2022-03-01", {2}), ("nom=nobody", set())],
)  # fmt: skip
def test_12_simple_filters(server, query, expected):
    """What QGIS sends where there is no CQL2."""
    page = json_of(Qgis(server, "dated").items(f"limit=1000&{query}"), GEOJSON)
    assert {feature["id"] for feature in page["features"]} == expected
    assert page["numberMatched"] == len(expected)


def test_13_nothing_is_kept_longer_than_it_is_true(qgis):
    """QGIS gives answers without a word a life of their own; metadata therefore says `no-cache`."""
    landing = qgis.landing["links"]
    for url in (qgis.server.address + "/", link(landing, "service-desc", OPENAPI), link(landing, "conformance", JSON),
                link(landing, "data", JSON), qgis.collection_url, f"{qgis.collection_url}/queryables"):  # fmt: skip
        assert "no-cache" in (get(qgis.server, url, JSON).header("cache-control") or ""), url


def test_14_second_try_with_a_slash(qgis):
    """Where the collection fails, QGIS asks again with a slash at the end; a server without the one has no other."""
    assert get(qgis.server, qgis.collection_url + "/", JSON).status in (200, 301, 308)
    assert get(qgis.server, qgis.collection_url + "nothing/", JSON).status == 404
