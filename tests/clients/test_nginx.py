"""Behind nginx at a path of its own: every link of every page, style and TileJSON leads where it says, below that path.

The prefix is told to the server once by `--public-url`, and once by what nginx says of itself in its headers, in either
of the two forms, which counts only from an address that is trusted.
"""

import http.client
import re
import socket
import subprocess
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from crawler import Crawl
from report import record
from terril_server import DEADLINE_S, ROOT, Terril, wait_for
from tile_math import tile_of

NGINX = "/usr/sbin/nginx"
VERSION = subprocess.run([NGINX, "-v"], capture_output=True, text=True, check=False).stderr.strip().rpartition("/")[2]
record("nginx", VERSION, "every link of the service below a path of its own")

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location /carto/ {{
            proxy_pass http://127.0.0.1:{upstream}/;
            proxy_http_version 1.1;
            {headers}
        }}
    }}
}}
"""
X_FORWARDED = """
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_set_header X-Forwarded-Prefix /carto;
"""
FORWARDED = """
            proxy_set_header Forwarded "for=$remote_addr;proto=$scheme;host=\\"$http_host\\"";
            proxy_set_header X-Forwarded-Prefix /carto;
"""
FEW = [
    ROOT / "data" / f"{name}.geojson" for name in ("reserves-nommees", "operations-nommees", "espaces-publics-fictifs")
]
FORGED = {
    "Forwarded": 'for=192.0.2.1;proto=https;host="evil.example:444"',
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "444",
    "X-Forwarded-Prefix": "/evil",
}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def nginx(folder, port: int, upstream: int, headers: str = ""):
    """nginx with a configuration of its own, in a folder of its own; it writes nowhere else."""
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=port, upstream=upstream, headers=headers))
    command = [NGINX, "-p", str(folder), "-c", str(configuration), "-e", str(folder / "error.log")]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )

    def answers() -> bool:
        assert process.poll() is None, process.stderr.read()
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", port)) == 0

    try:
        wait_for("nginx", answers)
        yield f"http://127.0.0.1:{port}/carto"
    finally:
        process.terminate()
        process.wait(DEADLINE_S)
        process.stderr.close()


class Client:
    """Asks by absolute address over one kept connection, redirects not followed."""

    def __init__(self):
        self.connections: dict[str, http.client.HTTPConnection] = {}

    def __call__(self, url: str, accept: str, headers: dict[str, str] | None = None) -> tuple[int, str, bytes]:
        parts = urlsplit(url)
        connection = self.connections.setdefault(
            parts.netloc, http.client.HTTPConnection(parts.netloc, timeout=DEADLINE_S)
        )
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", target, headers={"Accept": accept} | (headers or {}))
        answer = connection.getresponse()
        body = answer.read()
        return answer.status, (answer.headers.get_content_type() if answer.headers.get("content-type") else ""), body

    def close(self) -> None:
        for connection in self.connections.values():
            connection.close()


def fill(server: Terril, template: str) -> list[str]:
    """Tiles in the middle of what the layer covers, and the parts of a sprite."""
    if "{" not in template:
        return [f"{template}{size}.{kind}" for size in ("", "@2x") for kind in ("json", "png")]
    layer = re.search(r"/carto/(?:collections/)?([^/{]+)/(?:tiles/|\{z\})", template)
    name = layer[1] if layer and layer[1] != "tiles" else "reserves-nommees"
    west, south, east, north = server.json(f"/{name}.json")["bounds"]
    addresses = []
    for zoom in (6, 11, 14):
        x, y = tile_of((west + east) / 2, (south + north) / 2, zoom)
        values = {
            "z": zoom,
            "x": x,
            "y": y,
            "tileMatrix": zoom,
            "tileRow": y,
            "tileCol": x,
            "tileMatrixSetId": "WebMercatorQuad",
        }
        address = template
        for key, value in values.items():
            address = address.replace("{" + key + "}", str(value))
        assert "{" not in address, f"{template}: a name that the test does not know"
        addresses.append(address)
    return addresses


def crawled(server: Terril, prefix: str) -> Crawl:
    client = Client()
    try:
        return Crawl(prefix, client, lambda template: fill(server, template)).run()
    finally:
        client.close()


def assert_whole(crawl: Crawl, least: int) -> None:
    assert crawl.broken == []
    assert crawl.outside == set()
    assert len(crawl.seen) > least
    for kind in ("application/json", "application/geo+json", "text/html", "text/css", "text/javascript", "application/schema+json",
                 "application/vnd.oai.openapi+json", "application/vnd.mapbox-vector-tile"):  # fmt: skip
        assert crawl.kinds[kind], f"{kind}: {crawl.kinds}"


def test_every_link_below_the_public_address(tmp_path):
    port = free_port()
    with Terril(ROOT / "data", args=("--public-url", f"http://127.0.0.1:{port}/carto")) as server:
        server.wait_open()
        with nginx(tmp_path, port, server.port) as prefix:
            assert_whole(crawled(server, prefix), 2_000)
            # With and without the slash at the end, as users type it.
            status, _, body = Client()(prefix, "application/json")
            assert status in (301, 308) or b"links" in body
        assert "panicked" not in server.log()


@pytest.mark.parametrize("headers", [X_FORWARDED, FORWARDED], ids=["x-forwarded", "forwarded"])
def test_every_link_by_the_headers_of_a_trusted_proxy(tmp_path, headers):
    with Terril(*FEW, args=("--trust-proxy", "127.0.0.1")) as server:
        server.wait_open()
        with nginx(tmp_path, free_port(), server.port, headers) as prefix:
            assert_whole(crawled(server, prefix), 100)
        assert "panicked" not in server.log()


def test_a_trusted_proxy_overwrites_what_its_client_forges(tmp_path):
    with Terril(*FEW, args=("--trust-proxy", "127.0.0.1")) as server:
        server.wait_open()
        with nginx(
            tmp_path,
            free_port(),
            server.port,
            X_FORWARDED + 'proxy_set_header Forwarded "";\nproxy_set_header X-Forwarded-Port "";',
        ) as prefix:
            client = Client()
            for path in (
                "/",
                "/collections",
                "/collections?f=html",
                "/api",
                "/reserves-nommees.json",
                "/styles/reserves-nommees",
            ):
                assert client(prefix + path, "*/*", FORGED)[2] == client(prefix + path, "*/*")[2], path
            client.close()


@pytest.mark.parametrize("arguments", [(), ("--trust-proxy", "10.0.0.0/8,192.0.2.7")], ids=["nobody", "others"])
def test_a_forged_header_changes_nothing(arguments):
    """Bodies and headers of every kind of page are as without it, to the byte."""
    with Terril(*FEW, args=arguments) as server:
        server.wait_open()
        paths = ["/", "/?f=html", "/conformance", "/collections", "/collections?f=html", "/collections/operations-nommees", "/api",
                 "/collections/operations-nommees/items?limit=2", "/collections/operations-nommees/items?limit=2&f=html",
                 "/collections/operations-nommees/schema", "/operations-nommees.json", "/styles", "/styles/operations-nommees",
                 "/collections/operations-nommees/tiles", "/tileMatrixSets", "/no/such/place"]  # fmt: skip
        for path in paths:
            plain, forged = server.get(path), server.get(path, FORGED)
            assert b"evil" not in forged.raw and not any("evil" in value for _, value in forged.headers), path
            assert forged.status == plain.status
            without_time = [{k.lower(): v for k, v in one.headers if k.lower() != "date"} for one in (plain, forged)]
            assert without_time[0] == without_time[1], path
