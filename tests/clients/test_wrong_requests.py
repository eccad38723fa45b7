"""Requests that are wrong, hostile or just odd. Each gets a problem document, and the server goes on."""

import socket
import time

import pytest
from terril_server import DEADLINE_S, wait_for
from test_features_core import problem


@pytest.fixture(autouse=True)
def goes_on(real):
    yield
    assert real.healthy()
    assert real.json("/collections/terrils/items?limit=1")["numberMatched"] == 51


def raw_request(server, data: bytes, read: bool = True) -> bytes:
    """Sends bytes as they are and reads until the server closes or has sent a whole head."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE_S) as connection:
        try:
            connection.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before it was read to its end; the answer may still be there
        answer = b""
        try:
            while read and b"\r\n\r\n" not in answer and (part := connection.recv(65536)):
                answer += part
        except ConnectionResetError:
            pass
        return answer


def status_of(answer: bytes) -> int:
    """The status of a raw answer; 0 where the connection was closed without one."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0


@pytest.mark.parametrize(
    "tile",
    ["1/2/0", "1/0/2", "31/0/0", "99/0/0", "0/0/1", "-1/0/0", "0/-1/0", "2147483647/2147483647/2147483647",
     "18446744073709551616/0/0", "a/0/0", "0/0/a", "0/NaN/0", "1.5/0/0", "14/1e3/0"],
)  # fmt: skip
def test_tiles_that_are_not_there(real, tile):
    z, x, y = tile.split("/")
    for path in (f"/terrils/{z}/{x}/{y}.pbf", f"/collections/terrils/tiles/WebMercatorQuad/{z}/{y}/{x}"):
        answer = real.get(path)
        assert answer.status in (400, 404), path
        problem(answer, answer.status)


def test_a_tile_far_from_the_data_is_404_or_204(real):
    answer = real.get("/terrils/14/0/0.pbf")
    assert answer.status in (204, 404)


@pytest.mark.parametrize(
    "query",
    ["limit=1&limit=2", "bbox=0,0,1,1&bbox=1,1,2,2", "offset=1&offset=2", "limit=1&Limit=2", "offset=-1", "offset=a",
     "offset=1e9", "after=nonsense", "after=%00", "nom=%00&nom=b", "=1", "nom", "unknown=",
     "f=nonsense", "datetime=yesterday", "crs=http://www.opengis.net/def/crs/0/unsupported",
     "bbox-crs=http://www.opengis.net/def/crs/0/unsupported", "filter=a", "filter-lang=klingon"],
)  # fmt: skip
def test_wrong_parameters_are_refused(real, query):
    answer = real.get(f"/collections/terrils/items?{query}")
    if query == "nom":
        # A name without a value is the empty value: no feature has it.
        assert answer.status in (200, 400)
        return
    body = problem(answer, 406 if answer.status == 406 else 400)
    assert body["detail"]


def test_an_offset_behind_the_end_is_an_empty_page(real):
    page = real.json("/collections/terrils/items?offset=1000000000")
    assert page["features"] == [] and page["numberMatched"] == 51
    assert "next" not in {link["rel"] for link in page["links"]}


@pytest.mark.parametrize(
    "path",
    ["/collections/%00", "/collections/terrils/items/%00", "/%00.json", "/%00/0/0/0.pbf", "/..%2f..%2fetc%2fpasswd",
     "/collections/..%2f..%2fetc%2fpasswd", "/collections/terrils/items/..%2f..%2f", "/../../../../etc/passwd",
     "/assets/..%2f..%2f..%2fetc%2fpasswd", "/assets/../../Cargo.toml", "/%2e%2e/%2e%2e/etc/passwd", "/collections/%ff%fe",
     "/collections/terrils/items/%ff", "/%", "/%zz", "/collections/%2525", "//collections", "/collections//items",
     "/collections/terrils%2fitems", "/.git/config", "/terril.toml"],
)  # fmt: skip
def test_paths_that_lead_nowhere(real, path):
    answer = real.get(path)
    assert 400 <= answer.status < 500, answer.status
    assert b"root:" not in answer.raw and b"[package]" not in answer.raw
    problem(answer, answer.status)


def test_a_url_of_a_megabyte(real):
    answer = raw_request(real, b"GET /collections?x=" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    assert status_of(answer) in (0, 400, 414, 431)


def test_a_url_of_20_kb(real):
    assert real.get("/collections?x=" + "a" * 20_000).status in (414, 431)


def test_ten_thousand_headers(real):
    head = b"".join(b"X-Header-%d: %d\r\n" % (n, n) for n in range(10_000))
    answer = raw_request(real, b"GET / HTTP/1.1\r\nHost: a\r\n" + head + b"\r\n")
    assert status_of(answer) in (0, 400, 431)


@pytest.mark.parametrize(
    "data",
    [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200), b"GET\r\n\r\n", b"\r\n" * 1000 + b"x", bytes(10_000),
     b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: -1\r\nHost: a\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nzzz",
     b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET http://elsewhere.example/ HTTP/1.1\r\nHost: a\r\n\r\n"],
    ids=["tls", "no-version", "blank-lines", "zeros", "version-9", "negative-length", "two-lengths", "http2", "absolute"],
)  # fmt: skip
def test_what_is_not_http(real, data):
    """No claim on the status; what counts is that the server goes on, as `goes_on` asserts."""
    with socket.create_connection(("127.0.0.1", real.port), timeout=DEADLINE_S) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
        except OSError:
            pass  # the server has hung up, as it may


def test_clients_that_never_read(real):
    """A hundred clients ask for the heaviest page and read nothing: others are served."""
    request = b"GET /collections/cadastre-91027-parcelles/items?limit=10000 HTTP/1.1\r\nHost: a\r\n\r\n"
    silent = []
    try:
        for _ in range(100):
            connection = socket.socket()
            # A small window, so that the answer can't hide in the kernel's buffers.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", real.port))
            connection.sendall(request)
            silent.append(connection)
        # Their questions may fill the queue for a moment; what they never read may not.
        for _ in range(20):
            wait_for("an answer", lambda: real.get("/collections/terrils/items?limit=51").status == 200)
    finally:
        for connection in silent:
            connection.close()


def test_clients_that_send_half_a_head(real):
    half = [socket.create_connection(("127.0.0.1", real.port)) for _ in range(200)]
    try:
        for connection in half:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        for _ in range(20):
            assert real.get("/health").status == 200
    finally:
        for connection in half:
            connection.close()


def test_clients_that_leave_at_once(real):
    for _ in range(200):
        connection = socket.create_connection(("127.0.0.1", real.port))
        connection.sendall(b"GET /collections/cadastre-91027-parcelles/items?limit=10000 HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.close()
    # What they asked for is dropped: the server comes to rest instead of working through it.
    wait_for("the server to come to rest", lambda: is_idle(real.process.pid))


def is_idle(pid: int) -> bool:
    """No processor time of note over a fifth of a second."""

    def ticks() -> int:
        with open(f"/proc/{pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    before = ticks()
    time.sleep(0.2)  # the span that is measured, not a wait for something to happen
    return ticks() - before <= 2


def test_in_flight_requests_end_at_shutdown(serve, shared):
    server = serve(shared / "data" / "cadastre" / "cadastre-91027-parcelles.json").wait_open()
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", server.port))
    connection.settimeout(DEADLINE_S)
    connection.sendall(
        b"GET /collections/cadastre-91027-parcelles/items?limit=10000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        b"Accept-Encoding: identity\r\n\r\n"
    )
    answer = connection.recv(100)
    assert answer.startswith(b"HTTP/1.1 200")
    server.process.terminate()
    while part := connection.recv(65536):
        answer += part
    connection.close()
    assert answer.count(b'"type":"Feature"') == 6759 or answer.count(b'"Feature"') >= 6759
    assert server.process.wait(DEADLINE_S) == 0
