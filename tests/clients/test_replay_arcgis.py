"""The requests of ArcGIS (OGCFeatureLayer of the JavaScript API 4.33), step by step, each answer held to what it reads.

ArcGIS can't follow a cursor: it takes from `next` the name of the parameter whose value is the page size, and counts on
by itself. It takes coordinates for x, y whatever the CRS says, so CRS84, 3857 and 2154 are the ones it can show; and it
sends a where clause as `query=`, which the standard has refused. Steps with CQL2 filters come with that standard.
"""

from functools import cached_property
from urllib.parse import urlsplit

import crs_oracle as oracle
import numpy
import pytest
import shapely
from crs_layers import MADE, SOURCES, escaped
from own_layers import DEMONSTRATION, own
from replay import get, json_of, link, parameters
from terril_server import Terril
from test_features_core import problem

JSON, GEOJSON = "application/json", "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
PROBE = 5
COLLECTIONS = ["lambert", "parcelles-fictives", "reserves-fictives", "operations-nommees"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("arcgis-replay")
    oracle.write_source(folder / "lambert.gpkg", MADE["lambert"])
    with Terril(folder, DEMONSTRATION["parcelles-fictives"].parent) as running:
        yield running.wait_open()
        assert "panicked" not in running.log()


class ArcGis:
    """What the layer knows; each property is one request and what is read in the answer."""

    def __init__(self, server: Terril, collection: str):
        self.server, self.collection = server, collection

    @cached_property
    def landing(self) -> dict:
        return json_of(get(self.server, self.server.address + "/", JSON), JSON)

    def link_of_type(self, relation: str, media_type: str) -> str:
        """Exactly this type, or none at all."""
        found = [
            one["href"]
            for one in self.landing["links"]
            if one["rel"] == relation and one.get("type") in (media_type, None)
        ]
        assert found, relation
        return found[0]

    @cached_property
    def api(self) -> dict:
        return json_of(
            get(self.server, self.link_of_type("service-desc", OPENAPI), OPENAPI), "application/vnd.oai.openapi+json"
        )

    @cached_property
    def description(self) -> dict:
        listed = json_of(get(self.server, self.link_of_type("data", JSON), JSON), JSON)["collections"]
        return next(one for one in listed if one["id"] == self.collection)

    @cached_property
    def items_url(self) -> str:
        return link(self.description["links"], "items", GEOJSON)

    @property
    def largest_page(self) -> int:
        parameters = self.api["components"]["parameters"]
        return (parameters.get("limit") or parameters["limitFeatures"])["schema"]["maximum"]

    @cached_property
    def probe(self) -> dict:
        return json_of(get(self.server, f"{self.items_url}?limit={PROBE}", GEOJSON), GEOJSON)

    @property
    def paging_parameter(self) -> str:
        """The one in `next` whose value is the size of the page that was asked."""
        url = next((one["href"] for one in self.probe["links"] if one["rel"] == "next"), "")
        return next(
            (name for name in ("offset", "startindex") if parameters(url).get(name) == str(PROBE)), "startindex"
        )


@pytest.fixture(params=COLLECTIONS)
def arcgis(server, request):
    return ArcGis(server, request.param)


def test_1_landing_page(arcgis):
    for relation, media_type in (("conformance", JSON), ("data", JSON), ("service-desc", OPENAPI)):
        assert urlsplit(arcgis.link_of_type(relation, media_type)).netloc == urlsplit(arcgis.server.address).netloc


def test_2_conformance(arcgis):
    declared = json_of(get(arcgis.server, arcgis.link_of_type("conformance", JSON), JSON), JSON)["conformsTo"]
    for one in ("core", "geojson", "oas30"):
        assert f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{one}" in declared


def test_3_api(arcgis):
    assert arcgis.largest_page == 10_000
    assert arcgis.api["openapi"].startswith("3.0")


def test_4_collection(arcgis):
    description = arcgis.description
    assert description["itemType"] == "feature" and arcgis.items_url
    assert description["storageCrs"] in description["crs"]
    assert oracle.uri(3857) in description["crs"]
    (box,) = description["extent"]["spatial"]["bbox"]
    assert box[0] < box[2] and box[1] < box[3]


def test_5_first_five(arcgis):
    """Each has an id, or the layer is refused. Fields come from these five; what is null in all of them gets no type."""
    features = arcgis.probe["features"]
    assert len(features) == min(PROBE, arcgis.probe["numberMatched"])
    assert all("id" in feature and isinstance(feature["id"], (int, str)) for feature in features)
    assert all(set(feature["properties"]) == set(features[0]["properties"]) for feature in features)


def test_6_paging(arcgis):
    if arcgis.probe["numberMatched"] > PROBE:
        assert arcgis.paging_parameter == "offset"
    declared = {
        one.get("name") or one["$ref"].rpartition("/")[2]
        for one in arcgis.api["paths"][urlsplit(arcgis.items_url).path]["get"]["parameters"]
    }
    assert {"offset", "startindex"} <= declared, "what is sent stands in the document"


@pytest.mark.parametrize("parameter", ["offset", "startindex"])
def test_7_everything_by_numbers(arcgis, parameter):
    """Pages by position, no cursor: each feature once; a page behind the end is empty, not an error."""
    seen, start, size = [], 0, 37
    while True:
        page = json_of(get(arcgis.server, f"{arcgis.items_url}?limit={size}&{parameter}={start}", GEOJSON), GEOJSON)
        seen += [feature["id"] for feature in page["features"]]
        if not page["features"]:
            break
        start += size
    assert len(seen) == len(set(seen)) == page["numberMatched"] == arcgis.probe["numberMatched"]


def test_8_web_mercator(arcgis):
    """The map's own CRS, taken from the list: x, y in metres, within the view."""
    url = f"{arcgis.items_url}?limit={arcgis.largest_page}&crs={escaped(oracle.uri(3857))}"
    answer = get(arcgis.server, url, GEOJSON)
    page = json_of(answer, GEOJSON)
    assert answer.header("content-crs") == f"<{oracle.uri(3857)}>"
    positions = [
        p
        for f in page["features"]
        if f["geometry"]
        for ring in oracle.rings(f["geometry"]["coordinates"])
        for p in ring
    ]
    (box,) = arcgis.description["extent"]["spatial"]["bbox"]
    corners = oracle.turned(numpy.array([box[:2], box[2:]]), "OGC:CRS84", "EPSG:3857")
    assert all((corners[0] - 1 <= p).all() and (p <= corners[1] + 1).all() for p in numpy.array(positions)[:, :2])


@pytest.mark.parametrize("collection", ["lambert", "parcelles-fictives"])
def test_9_what_is_in_view(server, collection):
    arcgis, source = ArcGis(server, collection), SOURCES[collection]
    shapes = source.shapes_in("EPSG:3857")
    x0, y0, x1, y1 = shapely.bounds(shapes[20])
    box = shapely.box(x0 - 60, y0 - 60, x1 + 60, y1 + 60)
    mercator = escaped(oracle.uri(3857))
    query = f"limit=2000&bbox={','.join(map(repr, box.bounds))}&bbox-crs={mercator}&crs={mercator}"
    page = json_of(get(server, f"{arcgis.items_url}?{query}", GEOJSON), GEOJSON)
    expected = {
        ident for ident, shape in zip(source.ids, shapes, strict=True) if shape is None or shape.intersects(box)
    }
    assert {feature["id"] for feature in page["features"]} == expected and len(expected) > 3


def test_10_storage_crs_is_x_before_y(server):
    """A layer in Lambert-93 is asked for in it: east before north, which is how ArcGIS takes it."""
    arcgis = ArcGis(server, "lambert")
    assert arcgis.description["storageCrs"] == oracle.uri(2154)
    page = json_of(get(server, f"{arcgis.items_url}?limit=9&crs={escaped(oracle.uri(2154))}", GEOJSON), GEOJSON)
    own_shapes = dict(zip(SOURCES["lambert"].ids, SOURCES["lambert"].shapes, strict=True))
    for feature in page["features"]:
        positions = {tuple(p) for ring in oracle.rings(feature["geometry"]["coordinates"]) for p in ring}
        assert positions == {tuple(p) for p in shapely.get_coordinates(own_shapes[feature["id"]])}


def test_11_time(server):
    """A slider's interval. Operations last from one year to another; a layer without time gives everything."""
    rows = own("operations-fictives")[0].rows()
    expected = [row for row in rows if row["annee_debut"] <= 2025 and row["annee_fin"] >= 2024]
    assert 0 < len(expected) < len(rows)
    interval = "datetime=2024-01-01T00:00:00.000Z/2025-12-31T23:59:59.999Z"
    page = json_of(
        get(server, f"{ArcGis(server, 'operations-fictives').items_url}?limit=2000&{interval}", GEOJSON), GEOJSON
    )
    assert page["numberMatched"] == len(expected)
    arcgis = ArcGis(server, "lambert")
    timeless = json_of(get(server, f"{arcgis.items_url}?limit=1&{interval}", GEOJSON), GEOJSON)
    assert timeless["numberMatched"] == arcgis.probe["numberMatched"]


def test_12_a_where_clause_is_refused_in_words(arcgis):
    body = problem(get(arcgis.server, f"{arcgis.items_url}?limit=10&query=1%3D1", GEOJSON), 400)
    assert "filter=" in body["detail"]


def test_13_from_another_origin(arcgis):
    """All of this runs in a browser, on pages of somebody else."""
    for url in (
        arcgis.server.address + "/",
        arcgis.link_of_type("data", JSON),
        arcgis.link_of_type("service-desc", OPENAPI),
        arcgis.items_url,
    ):
        answer = get(arcgis.server, url, JSON + ", " + GEOJSON + ", " + OPENAPI, Origin="https://maps.example")
        assert answer.status == 200 and answer.header("access-control-allow-origin") in ("*", "https://maps.example")
    exposed = (answer.header("access-control-expose-headers") or "").lower()
    assert "content-crs" in exposed and "link" in exposed


def test_14_counts_agree_with_the_files(server):
    for collection in ("parcelles-fictives", "reserves-fictives", "operations-nommees"):
        assert ArcGis(server, collection).probe["numberMatched"] == len(own(collection)[1])
