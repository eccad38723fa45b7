"""HTTP as proxies, browsers and map clients need it: CORS, compression, validators, methods."""

import pytest
from terril_server import wait_for
from tile_math import tile_of

TILE = "/communes-mbm/9/{}/{}.pbf".format(*tile_of(2.9, 50.4, 9))
EMPTY_TILE = "/communes-mbm/9/{}/{}.pbf"
ITEMS = "/collections/communes-mbm/items?limit=50"


def etag_of(server, path: str) -> str:
    return server.get(path).header("etag")


@pytest.mark.parametrize(
    "status, method, path, headers",
    [
        (200, "GET", ITEMS, {}),
        (200, "GET", TILE, {}),
        (200, "HEAD", ITEMS, {}),
        (400, "GET", "/collections/communes-mbm/items?limit=0", {}),
        (404, "GET", "/collections/nowhere", {}),
        (404, "GET", "/communes-mbm/2/9/9.pbf", {}),
        (405, "DELETE", "/collections", {}),
        (405, "POST", TILE, {}),
    ],
)
def test_cors_on_every_status(real, status, method, path, headers):
    answer = real.get(path, {"Origin": "http://planner.example"} | headers, method=method)
    assert answer.status == status
    assert answer.header("access-control-allow-origin") in ("*", "http://planner.example")


def test_cors_on_204_and_304(real):
    origin = {"Origin": "http://planner.example"}
    empty = real.get(an_empty_tile(real), origin)
    assert empty.status == 204 and empty.header("access-control-allow-origin")
    for path in (ITEMS, TILE):
        same = real.get(path, origin | {"If-None-Match": etag_of(real, path)})
        assert same.status == 304 and same.header("access-control-allow-origin")


def an_empty_tile(server) -> str:
    """A tile inside the limits of its set that holds nothing, found by asking."""
    x, y = tile_of(2.9, 50.4, 14)
    tilejson = server.json("/terrils.json")
    west, south, east, north = tilejson["bounds"]
    x0, y0 = tile_of(west, north, 14)
    x1, y1 = tile_of(east, south, 14)
    for x in range(x0, x1 + 1):
        for y in range(y0, y1 + 1):
            path = f"/terrils/14/{x}/{y}.pbf"
            if server.get(path).status == 204:
                return path
    raise AssertionError("every tile of 51 spoil heaps is full")


def test_preflight(real):
    answer = real.get(
        ITEMS,
        {"Origin": "http://planner.example", "Access-Control-Request-Method": "GET",
         "Access-Control-Request-Headers": "if-none-match"},
        method="OPTIONS",
    )  # fmt: skip
    assert answer.status in (200, 204)
    assert answer.header("access-control-allow-origin")
    assert "GET" in answer.header("access-control-allow-methods")


def test_exposed_headers(real):
    answer = real.get(ITEMS, {"Origin": "http://planner.example"})
    exposed = (answer.header("access-control-expose-headers") or "").lower()
    assert exposed == "*" or "etag" in exposed


@pytest.mark.parametrize("path", [ITEMS, TILE, "/collections", "/api"])
@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_compressed_bodies_are_the_same(real, path, coding):
    plain = real.get(path, {"Accept-Encoding": "identity"})
    packed = real.get(path, {"Accept-Encoding": coding})
    assert plain.header("content-encoding") in (None, "identity")
    assert packed.header("content-encoding") == coding
    assert len(packed.raw) < len(plain.raw)
    if path == ITEMS:
        assert without_time(packed) == without_time(plain)
    else:
        assert packed.body == plain.body
    assert "accept-encoding" in (packed.header("vary") or "").lower()
    assert "accept-encoding" in (plain.header("vary") or "").lower()


def without_time(answer) -> dict:
    body = answer.json()
    body.pop("timeStamp", None)
    return body


@pytest.mark.parametrize(
    "accepted, expected",
    [
        (None, [None]),
        ("", [None]),
        ("gzip;q=0", [None]),
        ("*;q=0", [None, "406"]),
        ("deflate, x-unheard-of", [None]),
        ("gzip;q=0.1, br;q=0.9", ["br"]),
        ("br;q=0.1, gzip;q=0.9", ["gzip"]),
        ("gzip, deflate, br, zstd", ["gzip", "br", "zstd"]),
    ],
)
def test_negotiation_of_encodings(real, accepted, expected):
    # http.client adds identity by itself unless the header is given.
    answer = real.get(TILE, {"Accept-Encoding": accepted} if accepted is not None else {})
    if answer.status == 406:
        assert "406" in expected
        return
    assert answer.header("content-encoding") in expected
    assert answer.body


@pytest.mark.parametrize("path", [ITEMS, TILE, "/collections", "/communes-mbm.json", "/api", "/collections/communes-mbm/items/62498"])
def test_conditional_requests(real, path):
    first = real.get(path)
    etag = first.header("etag")
    assert etag, "no ETag"
    again = real.get(path, {"If-None-Match": etag})
    assert again.status == 304 and not again.raw and again.header("etag") == etag
    assert again.header("vary") == first.header("vary")
    assert again.header("cache-control") == first.header("cache-control")
    among = real.get(path, {"If-None-Match": f'"other", {etag}'})
    assert among.status == 304
    assert real.get(path, {"If-None-Match": "*"}).status == 304
    assert real.get(path, {"If-None-Match": '"other"'}).status == 200


@pytest.mark.parametrize("path", [ITEMS, "/", "/collections", "/communes-mbm.json", "/api"])
def test_an_unchanged_answer_is_still_fresh_a_second_later(real, path):
    """A page says when it was made; that alone is no change of what it holds."""
    etag = etag_of(real, path)
    made = real.json(ITEMS)["timeStamp"]
    wait_for("the clock to move on", lambda: real.json(ITEMS)["timeStamp"] != made)
    assert real.get(path, {"If-None-Match": etag}).status == 304


def test_each_encoding_has_its_own_strong_tag(real):
    tags = [real.get(TILE, {"Accept-Encoding": coding}).header("etag") for coding in ("identity", "gzip", "br", "zstd")]
    strong = [tag for tag in tags if not tag.startswith("W/")]
    assert len(set(strong)) == len(strong)


def test_the_same_question_gets_the_same_bytes(real):
    assert real.get(TILE).raw == real.get(TILE).raw
    assert etag_of(real, ITEMS) == etag_of(real, ITEMS)


def test_a_versioned_tile_is_immutable(real):
    url = real.json("/communes-mbm.json")["tiles"][0]
    x, y = tile_of(2.9, 50.4, 9)
    path = url.replace("{z}", "9").replace("{x}", str(x)).replace("{y}", str(y))
    assert "v=" in path
    assert "immutable" in (real.get(path).header("cache-control") or "")
    assert "immutable" not in (real.get(TILE).header("cache-control") or "")


def test_head_is_get_without_a_body(real):
    for path in ("/", "/collections", ITEMS, TILE, "/communes-mbm.json", "/health"):
        got, head = real.get(path), real.get(path, method="HEAD")
        assert head.status == got.status and not head.raw
        assert head.header("content-type") == got.header("content-type"), path


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_methods_that_are_not_there(real, method):
    answer = real.get("/collections/terrils/items/0", method=method)
    assert answer.status == 405
    assert "GET" in answer.header("allow")
    assert answer.media_type() == "application/problem+json"


def test_the_map_is_for_browsers_and_the_landing_page_for_programs(real):
    browser = real.get("/", {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"})
    assert browser.status == 200 and browser.media_type() == "text/html"
    for accept in (None, "*/*", "application/json"):
        program = real.get("/", {"Accept": accept} if accept else {})
        assert program.media_type() == "application/json"
        assert "accept" in (program.header("vary") or "").lower()
    assert real.get("/?f=json", {"Accept": "text/html"}).media_type() == "application/json"


def test_the_map_asks_nobody_else(real):
    """Every script, style and font of the page is on this server."""
    import re

    page = real.get("/", {"Accept": "text/html"}).text
    for reference in re.findall(r'(?:src|href)="([^"]+)"', page):
        reference = reference.removeprefix(real.address)
        assert not re.match(r"(?:https?:)?//", reference), reference
        if not reference.startswith(("#", "data:")):
            asset = real.get("/" + reference.removeprefix("./").lstrip("/"))
            assert asset.status == 200, reference


def test_links_behind_a_public_url(serve, shared):
    server = serve(
        shared / "data" / "bassin-minier" / "terrils.geojson",
        args=("--public-url", "https://terrils.example/carte"),
    ).wait_open()
    landing = server.json("/")
    assert all(link["href"].startswith("https://terrils.example/carte") for link in landing["links"])
    assert server.json("/terrils.json")["tiles"][0].startswith("https://terrils.example/carte/terrils/")


def test_a_forged_host_does_not_reach_the_links(real):
    forwarded = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"}
    assert "evil.example" not in real.get("/", forwarded).text
