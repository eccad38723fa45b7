"""A local server of the layout of the open-data services: `/{host}/{path}?{query}`, as `terril get --mirror` asks.

What it hands out is real data from the shared folder where there is any of the kind, else squares with the schema's fields. It
answers as the services do: gzip and zip files with an ETag, conditional and ranged requests, redirects, WFS 2.0 with paging, an API
that gives at most so many features. And it can be told to fail, in each way that they do.
"""

import gzip
import hashlib
import io
import json
import re
import threading
import time
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import shapely

CADASTRE = "cadastre.data.gouv.fr"
GEO_API = "geo.api.gouv.fr"
MINING = "www.geo2france.fr"
PLATFORM = "data.geopf.fr"
APICARTO = "apicarto.ign.fr"
CONTOURS = "etalab-datasets.geo.data.gouv.fr"

MINING_LAYERS = {
    "bassin_minier": "bassin-minier",
    "communes_mbm": "communes-mbm",
    "cites_erbm": "cites-minieres",
    "zt_cites_minires": "zt-cites-minieres",
    "zt_terrils": "zt-terrils",
    "zt_cavaliers": "zt-cavaliers",
    "zt_espaces_neonaturels": "zt-espaces-neonaturels",
    "bien_inscrit_equipements_collectifs": "batis",
    "bien_inscrit_equipements_extraction": "batis",
}


@dataclass
class Asked:
    """One request."""

    host: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    status: int = 0


@dataclass(eq=False)
class Services:
    """What the services hold, and how they misbehave."""

    data: Path
    asked: list[Asked] = field(default_factory=list)
    # A part of a path, or of the query, and how it is answered: see `Handler.misbehave`.
    faults: dict[str, list] = field(default_factory=dict)
    # Features that a WFS gives at most in one page, whatever it is asked for.
    page: int = 1000
    # The answer of addresses that a test makes up: `host/path`.
    extra: dict[str, bytes] = field(default_factory=dict)
    # Bumped where the content is to change.
    edition: dict[str, int] = field(default_factory=Counter)
    at_once: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    most_at_once: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, name: str) -> list[dict]:
        return json.loads((self.data / name).read_text())["features"]

    @cache
    def communes(self, department: str) -> list[dict]:
        """Communes as geo.api.gouv.fr gives them. Those of 59 are of the mining basin alone."""
        if department == "62":
            found = self.read("communes-62/communes-62-pas-de-calais.geojson")
            found = [(f["properties"]["code"], f["properties"]["nom"], f["geometry"]) for f in found]
        elif department == "59":
            found = self.read("bassin-minier/communes-mbm.geojson")
            found = [(f["properties"]["insee"], f["properties"]["nom"], f["geometry"]) for f in found]
            found = [commune for commune in found if commune[0].startswith("59")]
        elif department == "27":
            hull = shapely.union_all([shapely.geometry.shape(f["geometry"]) for f in self.read("cadastre/27412-sections.geojson")])
            found = [("27412", "Mesnil-Verclives", shapely.geometry.mapping(hull.convex_hull))]
        else:
            return []
        return [
            {"type": "Feature", "properties": {"code": code, "nom": name, "codeDepartement": department}, "geometry": shape}
            for code, name, shape in found
        ]

    def commune(self, code: str) -> dict | None:
        return next((c for c in self.communes(code[:2]) if c["properties"]["code"] == code), None)

    @cache
    def cadastre(self, code: str, what: str) -> list[dict] | None:
        if code == "27412" and what in ("parcelles", "sections"):
            return self.read(f"cadastre/27412-{what}.geojson")
        commune = self.commune(code)
        if commune is None or what not in ("parcelles", "sections", "batiments", "lieux_dits"):
            return None
        west, south, east, north = shapely.geometry.shape(commune["geometry"]).bounds
        step_x, step_y = (east - west) / 4, (north - south) / 4
        features = []
        for n in range(16):
            x, y = west + (n % 4) * step_x, south + (n // 4) * step_y
            square = shapely.box(round(x, 7), round(y, 7), round(x + step_x, 7), round(y + step_y, 7))
            number = f"{n + 1:04}"
            properties = {
                "parcelles": {"id": f"{code}000AB{number}", "commune": code, "prefixe": "000", "section": "AB",
                              "numero": str(n + 1), "contenance": 1000 + n},
                "sections": {"id": f"{code}000{n:02}", "commune": code, "prefixe": "000", "code": f"{n:02}"},
                "batiments": {"type": "01", "nom": None, "commune": code},
                "lieux_dits": {"nom": f"Lieu {n}", "commune": code},
            }[what]  # fmt: skip
            features.append({"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(square)})
        return features

    def zones(self, code: str) -> list[dict]:
        commune = self.commune(code)
        if commune is None:
            return []
        shape = shapely.geometry.shape(commune["geometry"])
        west, south, east, north = shape.bounds
        halves = [shapely.box(west, south, (west + east) / 2, north), shapely.box((west + east) / 2, south, east, north)]
        return [
            {"type": "Feature", "id": f"zone_urba.{code}{n}",
             "properties": {"libelle": kind, "typezone": kind[0], "partition": f"DU_{code}"},
             "geometry": shapely.geometry.mapping(shape.intersection(half))}
            for n, (kind, half) in enumerate(zip(("UA", "N"), halves, strict=True))
        ]  # fmt: skip

    def qpv_archive(self) -> bytes:
        """A zip as ANCT's: several systems and formats, one of them the one that is wanted."""
        features = self.read("qpv/qpv_2024_59_62.geojson")
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, body in (
                ("SHP/QP2024_France_hexagonale_LB93.shp", b"\0" * 100),
                ("GEOJSON/QP2024_France_hexagonale_LB93.geojson", collection(features[:1])),
                ("GEOJSON/QP2024_France_Hexagonale_Outre_Mer_WGS84.geojson", collection(features)),
            ):
                # Without the time of writing: the same each time.
                archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
        return out.getvalue()

    # --- an address and its answer ---

    def answer(self, asked: Asked) -> tuple[int, dict[str, str], bytes]:
        path, query = asked.path, {key.lower(): values[0] for key, values in asked.query.items()}
        if (body := self.extra.get(f"{asked.host}{path}")) is not None:
            return 200, {"Content-Type": "application/octet-stream"}, body
        gz = {"Content-Type": "application/gzip"}
        if asked.host == CADASTRE:
            found = re.fullmatch(r"/data/etalab-cadastre/latest/geojson/communes/(\w+)/(\w+)/cadastre-\2-(\w+)\.json\.gz", path)
            features = found and found[2].startswith(found[1]) and self.cadastre(found[2], found[3])
            if features:
                return 200, gz, gzip.compress(self.written(f"{found[2]}-{found[3]}", features), mtime=0)
        if asked.host == GEO_API and (found := re.fullmatch(r"/departements/(\w+)/communes", path)):
            return 200, {"Content-Type": "application/json"}, collection(self.communes(found[1]))
        if asked.host == CONTOURS and (found := re.fullmatch(r"/contours-administratifs/2024/geojson/(\w+)-\w+\.geojson\.gz", path)):
            features = self.read(f"bassin-minier/{found[1]}.geojson") if found[1] in ("departements", "epci") else []
            return 200, gz, gzip.compress(collection(features), mtime=0)
        if asked.host == "www.data.gouv.fr":
            return 302, {"Location": "https://static.data.gouv.fr/resources/qpv/qp2024.zip"}, b""
        if asked.host == "static.data.gouv.fr":
            return 200, {"Content-Type": "application/zip"}, self.qpv_archive()
        if asked.host == APICARTO and path == "/api/gpu/zone-urba":
            found = self.zones(query["partition"].removeprefix("DU_"))
            return 200, {"Content-Type": "application/json"}, collection(found, numberMatched=len(found))
        if asked.host in (MINING, PLATFORM) and path.endswith("/ows"):
            return self.wfs(query)
        return 404, {"Content-Type": "text/html"}, b"<html><body>404 Not Found</body></html>"

    def written(self, name: str, features: list[dict]) -> bytes:
        return collection(features) + b" " * self.edition[name]

    def wfs(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        wanted = {"service": "WFS", "version": "2.0.0", "request": "GetFeature", "outputformat": "application/json"}
        assert {key: query.get(key) for key in wanted} == wanted, query
        _, _, layer = query["typenames"].partition(":")
        if layer == "zone_urba":
            features = [zone for code in ("62737", "62498") for zone in self.zones(code)]
        elif layer in MINING_LAYERS:
            features = self.read(f"bassin-minier/{MINING_LAYERS[layer]}.geojson")
        else:
            return 200, {"Content-Type": "application/xml"}, exception(f"Unknown feature type {layer}")
        if "bbox" in query:
            west, south, east, north, system = query["bbox"].split(",")
            assert system == "EPSG:4326"
            features = in_box(features, *map(float, (west, south, east, north)))
        start = int(query.get("startindex", 0))
        page = features[start : start + min(int(query["count"]), self.page)]
        body = collection(
            page, numberMatched=len(features), numberReturned=len(page),
            crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}},
        )  # fmt: skip
        return 200, {"Content-Type": "application/json;charset=UTF-8"}, body


def in_box(features: list[dict], west: float, south: float, east: float, north: float) -> list[dict]:
    """Features whose own box meets a box."""
    box = shapely.box(west, south, east, north)
    found = []
    for feature in features:
        if feature["geometry"] is not None:
            own = shapely.box(*shapely.geometry.shape(feature["geometry"]).bounds)
            if own.intersects(box):
                found.append(feature)
    return found


def collection(features: list[dict], **members) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features} | members, ensure_ascii=False).encode()


def exception(words: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1" version="2.0.0">'
        f'<ows:Exception exceptionCode="InvalidParameterValue"><ows:ExceptionText>{words}</ows:ExceptionText></ows:Exception>'
        "</ows:ExceptionReport>"
    ).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    services: Services

    def log_message(self, *_):
        pass

    def do_GET(self):
        services = self.services
        parts = urlsplit(self.path)
        _, host, path = parts.path.split("/", 2)
        asked = Asked(host, f"/{path}", parse_qs(parts.query), {k.lower(): v for k, v in self.headers.items()})
        with services.lock:
            services.asked.append(asked)
            services.at_once[host] += 1
            services.most_at_once[host] = max(services.most_at_once[host], services.at_once[host])
        try:
            fault = self.fault()
            if fault is not None:
                return self.misbehave(asked, *fault)
            self.send(asked, *services.answer(asked))
        finally:
            with services.lock:
                services.at_once[host] -= 1

    def fault(self) -> tuple | None:
        """The next fault of this address: the last of a list stays."""
        with self.services.lock:
            for part, faults in self.services.faults.items():
                if part in self.path:
                    return faults.pop(0) if len(faults) > 1 else faults[0]
        return None

    def misbehave(self, asked: Asked, kind: str, *more):
        match kind:
            case "well":
                self.send(asked, *self.services.answer(asked))
            case "status":
                self.send(asked, more[0], {"Retry-After": "0"} if len(more) > 1 else {}, b"<html>an error</html>")
            case "body":
                self.send(asked, 200, {"Content-Type": "text/html"}, more[0])
            case "cut":
                # Half of what was announced.
                self.send(asked, *self.services.answer(asked), cut=True)
            case "slow":
                time.sleep(more[0])
                self.send(asked, *self.services.answer(asked))
            case "redirect":
                self.send(asked, 302, {"Location": more[0]}, b"")

    def send(self, asked: Asked, status: int, headers: dict[str, str], body: bytes, cut: bool = False):
        if status == 200:
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            headers = headers | {"ETag": etag, "Accept-Ranges": "bytes"}
            if asked.headers.get("if-none-match") == etag:
                status, body = 304, b""
            elif found := re.fullmatch(r"bytes=(\d+)-", asked.headers.get("range", "")):
                if asked.headers.get("if-range") == etag:
                    start, whole = int(found[1]), len(body)
                    status, body = 206, body[start:]
                    headers |= {"Content-Range": f"bytes {start}-{whole - 1}/{whole}"}
        asked.status = status
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if cut:
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        else:
            self.wfile.write(body)


class OpenData:
    """The services on a port of their own."""

    def __init__(self, data: Path):
        self.services = Services(data)
        handler = type("Handler", (Handler,), {"services": self.services})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
