"""HTTP, table by table: what each kind of resource says, for every route of /api where that can be (RFC 9110, 9111, 9112)."""

import re

import pytest
from openapi_walk import fill
from terril_server import ROOT, Terril
from test_features_core import problem
from tile_math import tile_of

X, Y = tile_of(2.7768, 50.4268, 14)
C = "/collections/parcelles-fictives"
ITEM = f"{C}/items/62386999AM0001"
TILE = f"/parcelles-fictives/14/{X}/{Y}.pbf"
# One of each kind, and what its answer depends on beside the address.
NEGOTIATED, PLAIN, HTML = (
    {"accept", "accept-encoding"},
    {"accept-encoding"},
    {"accept", "accept-encoding", "accept-language"},
)
KINDS = {
    "/": NEGOTIATED, "/conformance": NEGOTIATED, "/api": NEGOTIATED, "/collections": NEGOTIATED, C: NEGOTIATED, f"{C}/items?limit=3": NEGOTIATED,
    ITEM: NEGOTIATED, f"{C}/queryables": NEGOTIATED, f"{C}/sortables": NEGOTIATED, f"{C}/schema": NEGOTIATED, f"{C}/tiles": NEGOTIATED,
    f"{C}/tiles/WebMercatorQuad": NEGOTIATED, "/tileMatrixSets": NEGOTIATED, "/tileMatrixSets/WebMercatorQuad": NEGOTIATED, "/tiles": NEGOTIATED,
    TILE: PLAIN, f"{C}/tiles/WebMercatorQuad/14/{Y}/{X}": PLAIN, "/parcelles-fictives.json": PLAIN, "/styles/parcelles-fictives": PLAIN,
    "/collections?f=html": HTML, f"{C}?f=html": HTML, f"{C}/items?limit=3&f=html": HTML, f"{ITEM}?f=html": HTML, f"{C}/queryables?f=html": HTML,
}  # fmt: skip
of_each_kind = pytest.mark.parametrize("path", KINDS)


@pytest.fixture(scope="module")
def server():
    with Terril(ROOT / "data") as running:
        yield running.wait_open()
        assert running.process.poll() is None and "panicked" not in running.log()


@pytest.fixture(scope="module")
def routes(server) -> list[str]:
    """Every path of /api that can be read, filled in."""
    page = server.get("/", {"Accept": "text/html"}).text
    asset = page.partition("/viewer/assets/")[2].partition('"')[0]
    values = {
        "layers": ["parcelles-fictives"],
        "z": ["14"],
        "x": [str(X)],
        "y": [str(Y)],
        "file": ["page.css"],
        "asset": [asset],
        "template": ["reserves"],
        "version": ["1"],
    }
    found = []
    for template, operations in server.json("/api")["paths"].items():
        if "get" not in operations:
            continue
        of_one = re.match(r"/collections/([^/{]+)/", template)
        names = values | (values_of(server, of_one[1] if of_one else "parcelles-fictives") if "{" in template else {})
        found += [f"{path}?q=Sains" if template == "/search" else path for path in fill(template, names)]
    assert len(found) > 100
    return found


def values_of(server, collection: str) -> dict[str, list[str]]:
    """An id of a collection, and a tile that it has."""
    feature = server.json(f"/collections/{collection}/items?limit=1")["features"][0]
    west, south, east, north = server.json(f"/{collection}.json")["bounds"]
    x, y = tile_of((west + east) / 2, (south + north) / 2, 14)
    return {"featureId": [str(feature["id"])], "tileMatrix": ["14"], "tileRow": [str(y)], "tileCol": [str(x)]}


def words(header: str | None) -> set[str]:
    return {one.strip().lower() for one in (header or "").split(",") if one.strip()}


# --- conditional requests --------------------------------------------------------------------------


@of_each_kind
def test_not_modified(server, path):
    """A strong tag, a weak one, one of a list, or any; the 304 has the headers that the 200 would have, and no body."""
    whole = server.get(path)
    assert whole.status == 200 and (tag := whole.header("etag"))
    for sent in (tag, f"W/{tag.removeprefix('W/')}", f'"a", {tag}, "b"', f'"a",{tag}', "*"):
        for method in ("GET", "HEAD"):
            same = server.get(path, {"If-None-Match": sent}, method=method)
            assert same.status == 304 and not same.raw, (sent, method)
            for name in ("etag", "cache-control", "vary", "content-location", "expires", "access-control-allow-origin"):
                assert same.header(name) == whole.header(name), name
            assert same.header("content-length") in (None, "0", str(len(whole.raw)))
    for other in ('"other"', 'W/"other"', tag.strip('"'), '""', "nonsense", tag[:-2] + '"'):
        assert server.get(path, {"If-None-Match": other}).status == 200, other


@of_each_kind
def test_a_tag_belongs_to_one_form(server, path):
    """Another format, coding or language has another tag, so that no cache takes one for the other."""
    tags = {}
    for accept in ("application/json, application/geo+json, */*;q=0.1", "text/html"):
        for coding in ("identity", "gzip", "br"):
            for language in ("fr", "en"):
                answer = server.get(path, {"Accept": accept, "Accept-Encoding": coding, "Accept-Language": language})
                if answer.status == 200:
                    form = (answer.header("content-type"), answer.header("content-encoding"), answer.raw)
                    tags.setdefault(answer.header("etag"), set()).add(form)
    strong = {tag: forms for tag, forms in tags.items() if not tag.startswith("W/")}
    assert tags and all(len({form[:2] for form in forms}) == 1 for forms in strong.values())


def test_dates_count_only_without_a_tag(server):
    answer = server.get("/collections")
    date = "Sat, 01 Jan 2000 00:00:00 GMT"
    assert (
        server.get(
            "/collections", {"If-None-Match": '"other"', "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
        ).status
        == 200
    )
    assert server.get("/collections", {"If-None-Match": answer.header("etag"), "If-Modified-Since": date}).status == 304
    assert server.get("/collections", {"If-Modified-Since": date}).status == 200
    assert server.get("/collections", {"If-Modified-Since": "yesterday"}).status == 200


# --- what an answer depends on ---------------------------------------------------------------------


@of_each_kind
def test_vary(server, path):
    said = words(server.get(path).header("vary"))
    assert KINDS[path] <= said and "*" not in said
    if path.endswith("f=html"):
        assert server.get(path).media_type() == "text/html"


@pytest.mark.parametrize("path", ["/collections/nowhere", "/no/such", f"{C}/items?limit=0", f"{C}/items?unknown=1"])
def test_errors_are_kept_by_nobody(server, path):
    """So it is of no matter what they depend on; they come plain, in JSON, whatever is asked for."""
    for headers in (
        {},
        {"Accept": "text/html"},
        {"Accept": "image/png"},
        {"Accept-Encoding": "gzip"},
        {"Accept-Encoding": "*;q=0"},
    ):
        answer = server.get(path, headers)
        assert 400 <= answer.status < 500 and answer.media_type() == "application/problem+json"
        assert "no-store" in answer.header("cache-control") and answer.header("etag") is None
        assert answer.header("content-encoding") is None


@of_each_kind
@pytest.mark.parametrize("accepted", ["identity;q=0", "*;q=0", "identity;q=0, *;q=0", "identity;q=0, x-unheard-of"])
def test_no_coding_left(server, path, accepted):
    """Whoever takes nothing packed and nothing plain can't be answered."""
    problem(server.get(path, {"Accept-Encoding": accepted}), 406)


@of_each_kind
@pytest.mark.parametrize(
    "accepted, coding",
    [
        ("identity;q=0, gzip", "gzip"),
        ("*;q=0, br", "br"),
        ("zstd, identity;q=0", "zstd"),
        ("gzip;q=0.5, *;q=0", "gzip"),
    ],
)
def test_only_packed(server, path, accepted, coding):
    """However small the body is."""
    answer = server.get(path, {"Accept-Encoding": accepted})
    assert answer.status == 200 and answer.header("content-encoding") == coding
    assert len(answer.body) == len(server.get(path).body) or "items" in path or path == ITEM


# --- methods ---------------------------------------------------------------------------------------


def test_head_is_get_without_its_body(server, routes):
    for path in routes:
        got, head = server.get(path), server.get(path, method="HEAD")
        assert got.status in (200, 204), path
        assert head.status == got.status and not head.raw, path
        headers = [{k.lower(): v for k, v in one.headers if k.lower() != "date"} for one in (got, head)]
        assert headers[0] == headers[1], path


def test_options_is_no_preflight(server, routes):
    """Without an origin it asks what may be done here, and `Allow` says so; with one it is the browser's question."""
    for path in routes:
        plain = server.get(path, method="OPTIONS")
        assert plain.status == 200, path
        allowed = words(plain.header("allow"))
        assert {"get", "head", "options"} == allowed, (path, allowed)
        asked = {
            "Origin": "https://maps.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "if-none-match",
        }
        preflight = server.get(path, asked, method="OPTIONS")
        assert preflight.status == 204 and not preflight.raw, path
        assert preflight.header("access-control-allow-origin") in ("*", "https://maps.example")
        assert words(preflight.header("access-control-allow-methods")) & {"get", "*"}
        assert words(preflight.header("access-control-allow-headers")) & {"if-none-match", "*"}
        # An origin alone, without the question that makes it a preflight.
        assert server.get(path, {"Origin": "https://maps.example"}, method="OPTIONS").header("allow"), path


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_other_methods(server, routes, method):
    for path in routes:
        answer = server.get(path, {"Origin": "https://maps.example"}, method=method)
        problem(answer, 405)
        assert words(answer.header("allow")) == {"get", "head", "options"}, path
        assert answer.header("access-control-allow-origin"), path


@pytest.mark.parametrize("method", ["OPTIONS", "POST", "DELETE"])
def test_no_method_makes_a_place_be(server, method):
    problem(server.get("/no/such/place", method=method), 404)
