"""Files by address as sources, from a server on this machine that behaves as badly as servers do."""

import gzip
import hashlib
import http.server
import json
import signal
import threading

import pytest
from terril_server import wait_for


def points(number: int) -> bytes:
    features = [
        {"type": "Feature", "properties": {"id": n, "nom": f"Terril {n}"}, "geometry": {"type": "Point", "coordinates": [2.8 + n / 100, 50.4]}}
        for n in range(number)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


class Web(http.server.ThreadingHTTPServer):
    """Answers by path; `files` hold bytes, or functions of the request that answer by themselves."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.files: dict[str, object] = {}
        self.asked: list[tuple[str, dict]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def times(self, path: str) -> int:
        return sum(1 for asked, _ in self.asked if asked.split("?")[0] == path)


class Answers(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        found = self.server.files.get(self.path.split("?")[0])
        if found is None:
            return self.answer(404, b"not here")
        if callable(found):
            return found(self)
        tag = f'"{hashlib.sha256(found).hexdigest()[:12]}"'
        if self.headers.get("If-None-Match") == tag:
            return self.answer(304, b"", ETag=tag)
        start = self.headers.get("Range", "").removeprefix("bytes=").removesuffix("-")
        if start and self.headers.get("If-Range") == tag:
            first = int(start)
            return self.answer(206, found[first:], ETag=tag, Content_Range=f"bytes {first}-{len(found) - 1}/{len(found)}")
        return self.answer(200, found, ETag=tag)

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def web():
    server = Web()
    yield server
    server.shutdown()
    server.server_close()


def sources(server) -> dict[str, dict]:
    return {one["source"]: one for one in server.json("/loads")["sources"]}


def count(server, layer: str) -> int:
    return server.json(f"/collections/{layer}/items?limit=1")["numberMatched"]


def redirect(location: str, status: int = 302):
    return lambda request: request.answer(status, b"", Location=location)


def test_a_file_by_address_is_a_layer_and_asked_for_by_its_tag_at_sighup(serve, web, tmp_path):
    web.files["/data/terrils.geojson"] = points(3)
    server = serve(f"{web.url}/data/terrils.geojson", state=tmp_path / "state").wait_open()
    assert count(server, "terrils") == 3
    features = server.items("terrils")
    assert [feature["id"] for feature in features] == [0, 1, 2]
    assert server.json("/loads")["layers"][0]["report"]["source"] == "terrils.geojson"
    server.process.send_signal(signal.SIGHUP)
    wait_for("a second question", lambda: web.times("/data/terrils.geojson") == 2)
    assert "if-none-match" in web.asked[-1][1]
    web.files["/data/terrils.geojson"] = points(5)
    server.process.send_signal(signal.SIGHUP)
    wait_for("five of them", lambda: count(server, "terrils") == 5)


def test_packed_named_and_redirected_files(serve, web):
    web.files["/r/1"] = redirect("/static/cadastre-62737-parcelles.json.gz")
    web.files["/static/cadastre-62737-parcelles.json.gz"] = gzip.compress(points(2))
    web.files["/download"] = lambda request: request.answer(200, points(4), Content_Disposition="attachment; filename*=UTF-8''cit%C3%A9s.geojson")
    web.files["/wfs"] = lambda request: request.answer(200, points(6), Content_Type="application/json")
    server = serve(f"{web.url}/r/1", f"{web.url}/download?id=3", f"{web.url}/wfs?service=WFS&typeName=ns:zonage&token=sesame").wait_open()
    assert {one["id"] for one in server.json("/collections")["collections"]} == {"cadastre-62737-parcelles", "cites", "zonage"}
    assert (count(server, "cadastre-62737-parcelles"), count(server, "cites"), count(server, "zonage")) == (2, 4, 6)
    texts = server.log() + server.get("/loads").text + server.get("/collections/zonage").text
    assert "sesame" not in texts and "token=…" in server.get("/loads").text
    assert any("token=sesame" in path for path, _ in web.asked)


def test_the_configuration_names_sources(serve, web, tmp_path):
    web.files["/x.geojson"] = points(3)
    secret = web.url.replace("http://", "http://me:sesame@")
    (tmp_path / "terril.toml").write_text(f'[source.terrils]\nurl = "{secret}/x.geojson"\n[layer.terrils]\ntitle = "Les terrils"\n')
    server = serve(tmp_path).wait_open()
    assert server.json("/collections/terrils")["title"] == "Les terrils" and count(server, "terrils") == 3
    assert web.asked[0][1]["authorization"].startswith("Basic ")
    assert "sesame" not in server.log() + server.get("/loads").text


BAD = {
    "page.geojson": (b"<!doctype html><html><head><title>Maintenance en cours</title></head></html>", 'web page came instead of data ("Maintenance en cours")'),
    "exception.gml": (b'<?xml version="1.0"?><ows:ExceptionReport xmlns:ows="x"><ows:Exception><ows:ExceptionText>Unknown layer</ows:ExceptionText></ows:Exception></ows:ExceptionReport>', "exception instead of data: Unknown layer"),
    "empty.csv": (b"", "sent an empty file"),
    "empty.json.gz": (gzip.compress(b""), "gzip file with nothing in it"),
    "arcgis.json": (b'{"error":{"code":400,"message":"Invalid URL"}}', "exception instead of data: Invalid URL"),
}  # fmt: skip


def test_what_is_no_data_is_named(serve, web):
    web.files["/good.geojson"] = points(1)
    for name, (body, _) in BAD.items():
        web.files[f"/{name}"] = body
    web.files["/forbidden.json"] = lambda request: request.answer(403, b"no")
    server = serve(*(f"{web.url}/{name}" for name in ["good.geojson", "missing.json", "forbidden.json", *BAD])).wait_open()
    said = sources(server)
    for name, (_, expected) in BAD.items():
        assert expected in said[name]["message"], said[name]
    assert "answers 404" in said["missing.json"]["message"] and "answers 403" in said["forbidden.json"]["message"]
    assert count(server, "good") == 1


def test_a_redirect_leads_neither_to_files_nor_further_inside(serve, web):
    web.files["/good.geojson"] = points(1)
    where = {
        "file": "file:///etc/passwd", "ftp": "ftp://127.0.0.1/x", "meta": "http://169.254.169.254/latest/meta-data/",
        "private": "http://10.0.0.1/secret.json", "unique": "http://[fd00::1]/", "mapped": "http://[::ffff:169.254.169.254]/",
        "loop": "/r/loop",
    }  # fmt: skip
    for name, location in where.items():
        web.files[f"/r/{name}"] = redirect(location)
    server = serve(f"{web.url}/good.geojson", *(f"{web.url}/r/{name}" for name in where)).wait_open()
    said = {name: one["message"] for name, one in sources(server).items()}
    for name in ("file", "ftp"):
        assert "neither http nor https" in said[name]
    for name in ("meta", "private", "unique", "mapped"):
        assert "not followed" in said[name], said[name]
    assert "more than 5 redirects" in said["loop"] and server.healthy()


def test_what_broke_off_goes_on_and_what_fails_is_tried_again(serve, web):
    whole = points(2000)
    tries = {"cut": 0, "busy": 0}

    def cut(request):
        tries["cut"] += 1
        if tries["cut"] > 1:
            first = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            assert first > 0 and request.headers["If-Range"] == '"a"'
            return request.answer(206, whole[first:], ETag='"a"', Content_Range=f"bytes {first}-{len(whole) - 1}/{len(whole)}")
        request.send_response(200)
        request.send_header("Content-Length", str(len(whole)))
        request.send_header("ETag", '"a"')
        request.end_headers()
        request.wfile.write(whole[: len(whole) // 2])
        request.close_connection = True
        return None

    def busy(request):
        tries["busy"] += 1
        return request.answer(503, b"") if tries["busy"] < 3 else request.answer(200, points(7))

    web.files |= {"/cut.geojson": cut, "/busy.geojson": busy}
    server = serve(f"{web.url}/cut.geojson", f"{web.url}/busy.geojson").wait_open()
    assert (count(server, "cut"), count(server, "busy"), tries) == (2000, 7, {"cut": 2, "busy": 3})


def test_a_server_that_says_nothing_is_not_waited_for_without_end(serve, web):
    web.files["/good.geojson"] = points(1)
    release = threading.Event()
    web.files["/silent.geojson"] = lambda request: release.wait(120)
    server = serve(f"{web.url}/good.geojson", f"{web.url}/silent.geojson", args=("--load-timeout", "3")).wait_open()
    release.set()
    assert "too slow" in sources(server)["silent.geojson"]["message"] and count(server, "good") == 1


def test_without_a_network_the_last_download_is_served_and_that_is_said(serve, web, tmp_path):
    web.files["/terrils.geojson"] = points(3)
    source = f"{web.url}/terrils.geojson"
    serve(source, state=tmp_path / "state").wait_open().stop()
    web.files["/terrils.geojson"] = b"<html>nothing here any more</html>"
    server = serve(source, state=tmp_path / "state").wait_open()
    assert count(server, "terrils") == 3
    (fault, *_) = [f for f in server.json("/loads")["layers"][0]["report"]["faults"] if f["kind"] == "reader-warning"]
    assert fault["message"].startswith("served as it was on 20") and "web page" in fault["message"]
    server.stop()
    web.shutdown()
    web.server_close()
    server = serve(source, state=tmp_path / "state").wait_open()
    assert count(server, "terrils") == 3
    assert "nobody listens there" in server.get("/loads").text and "what was downloaded last is served" in server.log()


def test_a_request_can_not_name_a_source(serve, web):
    web.files["/good.geojson"] = points(1)
    server = serve(f"{web.url}/good.geojson").wait_open()
    before = len(web.asked)
    for path in (f"/collections/{web.url}/other.geojson", f"/collections?url={web.url}/other.geojson", f"/loads?source={web.url}/x"):
        server.get(path.replace("http://", "http%3A%2F%2F"))
    assert len(web.asked) == before
