"""HTTP as it goes over the wire: HTTP/1.0, pipelining, connections closed by half, CORS where there is little to answer."""

import json
import socket
from contextlib import ExitStack

import pytest
from raw_http import request, wire
from terril_server import DEADLINE_S, ROOT, Terril, wait_for

ITEMS = "/collections/parcelles-fictives/items"


@pytest.fixture(scope="module")
def server():
    with Terril(ROOT / "data") as running:
        yield running.wait_open()
        assert running.process.poll() is None and "panicked" not in running.log()


# --- HTTP/1.0 --------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", [None, "terril.example"])
@pytest.mark.parametrize("path", ["/", "/collections", f"{ITEMS}?limit=419", "/collections/nowhere", "/api"])
def test_http_1_0(server, path, host):
    """No chunks, the connection closed at the end, links that lead somewhere even without a Host."""
    with wire(server) as connection:
        connection.send(request("GET", path, version="HTTP/1.0", host=host))
        reply = connection.reply()
        assert "transfer-encoding" not in reply.headers
        assert connection.rest() == b"", "nothing behind the body, then the end"
    expected = server.get(path)
    assert reply.status == expected.status and len(reply.body) > 50
    body = json.loads(reply.body)
    for link in body.get("links", []):
        assert link["href"].startswith(f"http://{host}" if host else "http://")


def test_http_1_0_keep_alive(server):
    """An old client may ask for the connection to be kept; the length is then said."""
    with wire(server) as connection:
        for _ in range(2):
            connection.send(request("GET", "/conformance", "Connection: keep-alive", version="HTTP/1.0"))
            reply = connection.reply()
            assert reply.status == 200 and int(reply.headers["content-length"]) == len(reply.body)
            assert reply.headers.get("connection", "").lower() == "keep-alive"


def test_http_1_0_head(server):
    with wire(server) as connection:
        connection.send(request("HEAD", "/collections", version="HTTP/1.0"))
        assert connection.reply(head=True).status == 200
        assert connection.rest() == b""


def test_http_1_1_needs_a_host(server):
    """RFC 9112, 3.2: without it, or with two, the answer is 400."""
    for asked in (request("GET", "/", host=None), request("GET", "/", "Host: other.example")):
        with wire(server) as connection:
            connection.send(asked)
            assert connection.reply().status == 400, asked


# --- several requests in one piece -----------------------------------------------------------------


def test_pipelining(server):
    """Answers come in the order of the requests, errors and empty ones among them, and the connection stays."""
    with wire(server) as connection:
        asked = [("GET", f"{ITEMS}?limit=1&offset={n}") for n in range(20)]
        asked[3:3] = [
            ("GET", "/no/such"),
            ("HEAD", "/collections"),
            ("OPTIONS", "/collections"),
            ("DELETE", "/collections"),
            ("GET", "/api"),
        ]
        connection.send(*(request(method, path) for method, path in asked))
        offsets = []
        for method, path in asked:
            reply = connection.reply(head=method == "HEAD")
            assert reply.status == {"/no/such": 404}.get(path, {"DELETE": 405}.get(method, 200)), (method, path)
            if path.startswith(ITEMS):
                offsets += [feature["id"] for feature in json.loads(reply.body)["features"]]
        connection.send(request("GET", "/conformance"))
        assert connection.reply().status == 200
    assert offsets == [feature["id"] for feature in server.json(f"{ITEMS}?limit=20")["features"]]


def test_pipelining_of_large_answers(server):
    """More than the kernel holds for a client that has not yet read."""
    path = "/collections/parcelles-fictives/items?limit=419"
    with wire(server) as connection:
        connection.send(*(request("GET", path, "Accept-Encoding: identity") for _ in range(40)))
        sizes = {len(json.loads(connection.reply().body)["features"]) for _ in range(40)}
    assert sizes == {419}


def test_a_request_in_pieces(server):
    """Byte by byte, as a bad line sends it."""
    with wire(server) as connection:
        connection.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for letter in request("GET", "/conformance", "Accept: application/json"):
            connection.send(letter)
        assert "conformsTo" in json.loads(connection.reply().body)


def test_the_last_request_of_a_connection(server):
    with wire(server) as connection:
        connection.send(request("GET", "/conformance", "Connection: close"))
        reply = connection.reply()
        assert reply.status == 200 and reply.headers.get("connection", "").lower() == "close"
        assert connection.rest() == b""


# --- a client that has nothing more to send --------------------------------------------------------


@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
@pytest.mark.parametrize("path", ["/conformance", f"{ITEMS}?limit=419", "/api", "/no/such"])
def test_a_half_closed_connection(server, path, version):
    """The client shuts its sending side at once; it still gets the whole answer, then the end."""
    expected = server.get(path)
    with wire(server) as connection:
        connection.send(request("GET", path, "Accept-Encoding: identity", version=version))
        connection.no_more()
        reply = connection.reply()
        assert connection.rest() == b""
    assert reply.status == expected.status
    assert json.loads(reply.body).keys() == json.loads(expected.body).keys()


def test_pipelined_and_half_closed(server):
    with wire(server) as connection:
        connection.send(
            *(request("GET", f"{ITEMS}?limit=50&offset={n * 50}", "Accept-Encoding: identity") for n in range(6))
        )
        connection.no_more()
        counts = [json.loads(connection.reply().body)["numberReturned"] for _ in range(6)]
        assert connection.rest() == b""
    assert counts == [50] * 6


# --- CORS where there is little to answer ----------------------------------------------------------


@pytest.mark.parametrize(
    "status, method, path, headers",
    [(406, "GET", "/collections", {"Accept": "image/png"}), (406, "GET", "/collections", {"Accept-Encoding": "*;q=0"}),
     (414, "GET", "/collections?x=" + "a" * 20_000, {}), (404, "OPTIONS", "/no/such", {}), (200, "OPTIONS", "/collections", {}),
     (405, "TRACE", "/collections", {}), (400, "GET", f"{ITEMS}?crs=nonsense", {}), (404, "HEAD", "/collections/nowhere", {})],
)  # fmt: skip
def test_cors_on_further_statuses(server, status, method, path, headers):
    """Those that test_http.py does not hold."""
    answer = server.get(path, {"Origin": "https://maps.example"} | headers, method=method)
    assert answer.status == status
    assert answer.header("access-control-allow-origin") in ("*", "https://maps.example")
    exposed = {one.strip().lower() for one in (answer.header("access-control-expose-headers") or "").split(",")}
    assert exposed & {"*", "etag"}


def test_cors_when_there_is_too_much_to_do(tmp_path):
    """More heavy questions at once than there are places: some are told to come back, in a way that a page can read."""
    rows = [
        {
            "type": "Feature",
            "id": n,
            "properties": {"n": n, "name": f"p{n}"},
            "geometry": {"type": "Point", "coordinates": [2 + n % 997 / 997, 50 + n / 1e5]},
        }
        for n in range(60_000)
    ]
    (tmp_path / "many.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    with Terril(tmp_path / "many.geojson") as server:
        server.wait_open()

        def refused():
            """The answers that were refused of three hundred sorted pages asked at once."""
            with ExitStack() as stack:
                connections = [stack.enter_context(wire(server)) for _ in range(300)]
                for n, connection in enumerate(connections):
                    page = f"/collections/many/items?limit=10000&sortby=-name&offset={n}"
                    connection.send(request("GET", page, "Origin: https://maps.example", "Connection: close"))
                replies = [connection.reply() for connection in connections]
            assert {reply.status for reply in replies} <= {200, 503}
            return [reply for reply in replies if reply.status == 503]

        busy = wait_for("an answer that says to come back", refused, deadline_s=4 * DEADLINE_S)
        for reply in busy:
            assert reply.headers["access-control-allow-origin"] in ("*", "https://maps.example")
            assert int(reply.headers["retry-after"]) >= 1
            assert reply.headers["content-type"].startswith("application/problem+json")
            assert json.loads(reply.body)["status"] == 503 and "no-store" in reply.headers["cache-control"]
        assert server.healthy()
