"""One server of layers in several CRSs, made from the demonstration's parcels and for an island, and two real ones."""

from urllib.parse import quote

import crs_oracle as oracle
import numpy
import pytest
import shapely
from conftest import SHARED
from crs_oracle import Source
from terril_server import ROOT, Terril

PARCELS = ROOT / "data" / "parcelles-fictives.geojson"
REAL_L93 = SHARED / "data" / "formats" / "parcelles_27412_l93.gpkg"
REAL_DEGREES = SHARED / "data" / "bassin-minier" / "communes-mbm.geojson"


def moved(crs: str) -> Source:
    """The demonstration's parcels in another CRS, every digit kept, and one without a place."""
    own = oracle.read_source(PARCELS, "id")
    return Source(crs, (*own.ids, "nowhere"), (*own.shapes_in(crs), None))


def overseas(crs: str, lon: float, lat: float) -> Source:
    """Points, lines and polygons on an island."""
    chance = numpy.random.default_rng(974)
    shapes = []
    for n in range(60):
        at = numpy.array([lon, lat]) + chance.uniform(-0.15, 0.15, 2)
        around = at + chance.uniform(-0.004, 0.004, (6, 2))
        shapes.append(
            [shapely.Point(at), shapely.LineString(around), shapely.convex_hull(shapely.MultiPoint(around))][n % 3]
        )
    degrees = Source("OGC:CRS84", tuple(f"p{n}" for n in range(60)), tuple(shapes))
    return Source(crs, degrees.ids, tuple(degrees.shapes_in(crs)))


MADE = {
    "lambert": moved("EPSG:2154"),
    "zone-50": moved("EPSG:3950"),
    # A system that is offered for no other layer, north before east.
    "conic-europe": moved("EPSG:3034"),
    "guadeloupe": overseas("EPSG:5490", -61.5, 16.15),
    "reunion": overseas("OGC:CRS84", 55.5, -21.1),
}
REAL = {"parcelles_27412_l93": (REAL_L93, "id"), "communes-mbm": (REAL_DEGREES, "insee")}
SOURCES = MADE | {"parcelles-fictives": oracle.read_source(PARCELS, "id")}
SOURCES |= {name: oracle.read_source(path, key) for name, (path, key) in REAL.items() if path.exists()}
LISTED = {name: oracle.listed(source.extent(), source.crs) for name, source in SOURCES.items()}
# Each layer with each of its CRSs, for tests that are asked of all of them.
EACH = [(name, uri) for name, uris in LISTED.items() for uri in uris]


@pytest.fixture(scope="session")
def layers(tmp_path_factory):
    """The server of all of them."""
    folder = tmp_path_factory.mktemp("crs")
    for name, source in MADE.items():
        oracle.write_source(folder / f"{name}.gpkg", source)
    with Terril(folder, PARCELS, *(path for path, _ in REAL.values() if path.exists())) as server:
        yield server.wait_open()
        assert "panicked" not in server.log()


def short(value: str) -> str:
    """A parameter in the name of a test."""
    return oracle.label(value) if value.startswith("http") else value


def escaped(uri: str) -> str:
    return quote(uri, safe="")


def next_of(page: dict) -> str | None:
    return next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
