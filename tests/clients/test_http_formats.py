"""Which format, which language, which address: negotiation and the ways to write one and the same address."""

import json
from urllib.parse import quote

import pytest
from own_layers import DEMONSTRATION
from test_features_core import problem
from test_http_table import ITEM, TILE, C, X, Y, server  # noqa: F401  server is a fixture

# --- negotiation of formats ------------------------------------------------------------------------

J, G, S, H, P = (
    "application/json",
    "application/geo+json",
    "application/schema+json",
    "text/html",
    "application/problem+json",
)


@pytest.mark.parametrize(
    "path, accept, status, expected",
    [("/collections", None, 200, J), ("/collections", "*/*", 200, J), ("/collections", "application/*", 200, J), ("/collections", "", 200, J),
     ("/collections", "text/html", 200, H), ("/collections", "text/*", 200, H), ("/collections", "text/html;q=0.2, application/json;q=0.3", 200, J),
     ("/collections", "text/html, application/json;q=0.9", 200, H), ("/collections", "application/json;q=0, */*", 200, H),
     ("/collections", "application/json;q=0.5, text/html;q=0.5", 200, J), ("/collections", "TEXT/HTML", 200, H),
     ("/collections", "text/html;level=1", 200, H), ("/collections", "image/png, */*;q=0.1", 200, J), ("/collections", "image/png", 406, P),
     ("/collections", "application/xml", 406, P), ("/collections", "text/html;q=0", 406, P), ("/collections", "*/*;q=0", 406, P),
     (f"{C}/items?limit=1", "application/geo+json", 200, G), (f"{C}/items?limit=1", "*/*", 200, G), (f"{C}/items?limit=1", "text/csv", 406, P),
     (f"{C}/items?limit=1", "application/vnd.geo+json", 406, P), (f"{C}/items?limit=1", "text/html", 200, H), (ITEM, "application/xml", 406, P),
     (f"{C}/queryables", "*/*", 200, S), (f"{C}/queryables", None, 200, S), (f"{C}/queryables", "application/schema+json", 200, S),
     (f"{C}/queryables", "application/geo+json, application/json", 200, J), (f"{C}/queryables", "application/json", 200, J),
     (f"{C}/schema", "application/json", 200, J), (f"{C}/sortables", "application/schema+json;q=0.9, text/html;q=0.8", 200, S),
     ("/collections?f=json", "text/html", 200, J), ("/collections?f=html", "application/json", 200, H), ("/collections?f=html", "image/png", 200, H),
     ("/?f=json", "text/html", 200, J), (f"{C}/items?limit=1&f=geojson", "text/html", 200, G), (f"{C}/items?limit=1&f=html", "*/*", 200, H)],
)  # fmt: skip
def test_formats(server, path, accept, status, expected):
    answer = server.get(path, {"Accept": accept} if accept is not None else {})
    assert (answer.status, answer.media_type()) == (status, expected)
    if status == 406:
        assert problem(answer, 406)["detail"]
    if expected == J and "items" in path:
        assert answer.json()


@pytest.mark.parametrize("path", ["/collections?f=xml", f"{C}/items?f=csv2", f"{C}?f=", "/?f=yaml", f"{ITEM}?f=pdf"])
def test_formats_that_are_not_there(server, path):
    answer = server.get(path)
    assert "f" in problem(answer, answer.status)["detail"] and answer.status in (400, 406)


@pytest.mark.parametrize(
    "path, accept, expected",
    [("/collections?f=html", "fr", "fr"), ("/collections?f=html", "en", "en"), ("/collections?f=html", "de, en;q=0.5, fr;q=0.4", "en"),
     ("/collections?f=html", "de", "fr"), ("/collections?f=html", None, "fr"), ("/collections?f=html&lang=en", "fr", "en"),
     ("/collections?f=html&lang=fr", "en", "fr"), ("/collections?f=html", "en-GB", "en"), ("/collections?f=html", "fr;q=0, en;q=0.1", "en")],
)  # fmt: skip
def test_languages(server, path, accept, expected):
    answer = server.get(path, {"Accept-Language": accept} if accept else {})
    assert f'<html lang="{expected}"' in answer.text
    assert answer.header("content-language") in (None, expected)


# --- addresses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/conformance", "/api", "/collections", C, f"{C}/items", ITEM, f"{C}/queryables", "/styles", "/tileMatrixSets"],
)
def test_a_slash_at_the_end(server, path):
    """Clients join addresses as text; what they ask is the same page, links included."""
    with_slash, without = server.get(f"{path}/"), server.get(path)
    assert with_slash.status == without.status == 200
    bodies = [json.loads(one.body) for one in (with_slash, without)]
    for body in bodies:
        body.pop("timeStamp", None)
    assert bodies[0] == bodies[1]


def test_names_may_be_percent_encoded(server):
    """Every letter of every segment, where only some need it (RFC 3986, 6.2.2.2)."""
    name = "".join(f"%{ord(letter):02x}" for letter in "parcelles-fictives")
    ident = "".join(f"%{ord(letter):02X}" for letter in "62386999AM0001")
    assert server.json(f"/collections/{name}")["id"] == "parcelles-fictives"
    assert server.json(f"/collections/{name}/items/{ident}")["id"] == "62386999AM0001"
    assert server.json(f"/collections/{name}/items?limit=1")["numberReturned"] == 1
    assert server.get(f"/{name}/14/{X}/{Y}.pbf").raw == server.get(TILE).raw
    assert server.json(f"/{name}.json")["tiles"] == server.json("/parcelles-fictives.json")["tiles"]
    assert server.json(f"/styles/{name}") == server.json("/styles/parcelles-fictives")


def test_parameters_may_be_percent_encoded(server):
    whole = server.json(f"{C}/items?limit=2&bbox=2.7,50.4,2.8,50.5")["features"]
    assert whole and whole == server.json(f"{C}/items?%6Cimit=%32&bbox={quote('2.7,50.4,2.8,50.5')}")["features"]
    sector = json.loads(DEMONSTRATION["parcelles-fictives"].read_text())["features"][0]["properties"]["secteur"]
    encoded = server.json(f"{C}/items?limit=1&secteur={quote(sector)}")["numberMatched"]
    assert encoded == server.json(f"{C}/items?limit=1&secteur={quote(sector).replace('%20', '+')}")["numberMatched"] > 0
