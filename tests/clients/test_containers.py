"""Containers: archives, GeoJSON of every kind, shapefiles with files missing. Each gives what is in it, or is refused by name with its remedy."""

import bz2
import gzip
import io
import json
import math
import shutil
import subprocess
import tarfile
import zipfile

import pytest
from shapely.geometry import shape
from terril_server import Terril, wait_for
from test_wrong_sources import points

# As many points as the GeoJSON of this file holds.
POINTS = 3


def feature(n: int) -> str:
    place = {"type": "Point", "coordinates": [2 + n / 1e4, 50]}
    return json.dumps({"type": "Feature", "id": n, "properties": {"n": n, "nom": "Nœux-les-Mines"}, "geometry": place})


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(entries: dict[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def encrypted(archive: bytes) -> bytes:
    """Sets the flag of encryption (bit 0) in the first entry's header and in the list."""
    spoilt = bytearray(archive)
    spoilt[6] |= 1
    spoilt[spoilt.index(b"PK\x01\x02") + 8] |= 1
    return bytes(spoilt)


def in_utf8(table: bytes) -> bytes:
    """A dBASE table in Windows-1252 as one in UTF-8, its fields as wide as before."""
    header, row = (int.from_bytes(table[at : at + 2], "little") for at in (8, 10))
    widths = [table[at + 16] for at in range(32, header - 32, 32)]
    rows = []
    for start in range(header, header + row * int.from_bytes(table[4:8], "little"), row):
        at, cells = start + 1, [table[start : start + 1]]
        for width in widths:
            text = table[at : at + width].decode("cp1252").rstrip()
            cells.append(text.encode().ljust(width)[:width])
            at += width
        rows.append(b"".join(cells).ljust(row))
    return table[:header] + b"".join(rows) + b"\x1a"


@pytest.fixture(scope="module")
def shapefile(shared) -> dict[str, bytes]:
    """The files of a shapefile in Windows-1252 by extension; it has no `.cpg`."""
    folder = shared / "data" / "formats" / "shp_cp1252"
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def served(tmp_path_factory, shared, shapefile):
    """A server of one folder with all that is good, in some way."""
    folder = tmp_path_factory.mktemp("good")
    plain = points().encode()
    shape = {f"communes{extension}": content for extension, content in shapefile.items()}
    files = {
        "packed-gz.geojson.gz": gzip.compress(plain),
        "packed-bz2.geojson.bz2": bz2.compress(plain),
        "packed-zip.zip": zipped({"inside.geojson": plain}),
        "bzip2-in-zip.zip": zipped({"inside.geojson": plain}, zipfile.ZIP_BZIP2),
        "stored-in-zip.zip": zipped({"inside.geojson": plain}, zipfile.ZIP_STORED),
        "gz-in-zip.zip": zipped({"deep/inside.geojson.gz": gzip.compress(plain)}),
        "in-tar.tar": tarred({"inside.geojson": plain}),
        "in-tgz.tgz": tarred({"inside.geojson": plain}, "w:gz"),
        "in-tar-bz2.tar.bz2": tarred({"inside.geojson": plain}, "w:bz2"),
        "two.zip": zipped({"a/first.geojson": plain, "b/second.geojson": plain, "__MACOSX/._x.geojson": b"x", "notice.pdf": b"%PDF"}),
        "shape.zip": zipped({f"données/{name}": content for name, content in shape.items()}),
        "bare-feature.geojson": feature(1).encode(),
        "bare-geometry.geojson": b'{"type":"Point","coordinates":[2.5,50.4]}',
        "bare-collection.geojson": b'{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[2.5,50.4]}]}',
        "lines.jsonl": "\n".join(map(feature, range(POINTS))).encode(),
        "records.geojsons": b"".join(b"\x1e" + feature(n).encode() + b"\n" for n in range(POINTS)),
        "mark.geojson": b"\xef\xbb\xbf" + plain,
        "without-shx.shp": shapefile[".shp"],
        "without-shx.dbf": shapefile[".dbf"],
        "without-shx.prj": shapefile[".prj"],
        "without-dbf.shp": shapefile[".shp"],
        "without-dbf.shx": shapefile[".shx"],
        "without-dbf.prj": shapefile[".prj"],
        "CASES.SHP": shapefile[".shp"],
        "cases.Dbf": shapefile[".dbf"],
        "Cases.shx": shapefile[".shx"],
        "cases.Prj": shapefile[".prj"],
        "table.dbf": shapefile[".dbf"],
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    # The bytes are UTF-8, and the .cpg says otherwise.
    for extension in (".shp", ".shx", ".prj"):
        (folder / f"lie{extension}").write_bytes(shapefile[extension])
    (folder / "lie.dbf").write_bytes(in_utf8(shapefile[".dbf"]))
    (folder / "lie.cpg").write_text("ISO-8859-1")
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    edigeo = next((shared / "data" / "edigeo" / "25354").glob("*AB01.tar.bz2"))
    with Terril(folder, edigeo) as server:
        server.wait_open()
        yield server
        assert "panicked" not in server.log()
        assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before, "something was written beside a source"
        left = [path for path in server.state.rglob("*") if path.name in ("unpacked", "staged") or path.suffix in (".geojson", ".shp")]
        assert not left, "something that was unpacked is left"


def report(server, collection: str) -> dict:
    return next(layer["report"] for layer in server.json("/loads")["layers"] if layer["collection"] == collection)


@pytest.mark.parametrize(
    "collection",
    ["packed-gz", "packed-bz2", "packed-zip", "bzip2-in-zip", "stored-in-zip", "gz-in-zip", "in-tar", "in-tgz", "in-tar-bz2", "first", "second"],
)
def test_archives_give_what_is_in_them(served, collection):
    found = served.json(f"/collections/{collection}/items")
    assert found["numberMatched"] == POINTS
    expected = json.loads(points())["features"]
    assert [f["geometry"] for f in found["features"]] == [f["geometry"] for f in expected]
    assert [f["id"] for f in found["features"]] == [f["id"] for f in expected]


def test_a_zipped_shapefile_has_all_its_files(served):
    names = {f["properties"]["nom"] for f in served.items("shape")}
    assert len(names) > 880 and "Nœux-les-Mines" in names
    assert served.json("/collections/shape")["storageCrs"].endswith("/2154")


def test_sheets_of_edigeo(served):
    collections = {c["id"]: c for c in served.json("/collections")["collections"]}
    parcels = next(name for name in collections if name.lower().startswith("parcelle_id"))
    found = served.json(f"/collections/{parcels}/items")
    assert found["numberMatched"] == 14
    assert collections[parcels]["storageCrs"].endswith("/2154")


@pytest.mark.parametrize(
    "collection, features",
    [("bare-feature", 1), ("bare-geometry", 1), ("bare-collection", 1), ("lines", POINTS), ("records", POINTS), ("mark", POINTS)],
)
def test_geojson_of_every_kind(served, collection, features):
    found = served.json(f"/collections/{collection}/items")
    assert found["numberMatched"] == features
    assert all(f["geometry"]["type"] in ("Point", "MultiPoint") for f in found["features"])
    if collection in ("lines", "records"):
        assert {f["properties"]["nom"] for f in found["features"]} == {"Nœux-les-Mines"}
        assert [f["id"] for f in found["features"]] == [0, 1, 2]


@pytest.mark.parametrize("collection", ["without-shx", "CASES", "lie", "table"])
def test_shapefiles_as_they_are_handed_over(served, collection):
    rows = served.items(collection)
    assert len(rows) == 891
    names = {f["properties"]["nom"] for f in rows}
    assert {"Nœux-les-Mines", "Béthune"} <= names, sorted(names)[:5]
    placed = [f for f in rows if f["geometry"]]
    assert len(placed) == (0 if collection == "table" else 891)


def test_what_is_missing_is_said(served):
    def said(collection: str) -> str:
        return json.dumps(report(served, collection)["faults"], ensure_ascii=False)

    assert ".shx" in said("without-shx")
    assert ".dbf" in said("without-dbf")
    assert "UTF-8" in said("lie") and "ISO-8859-1" in said("lie")
    assert "Windows-1252" in said("CASES")
    assert len(served.items("without-dbf")) == 891


SHAPES = """id,WKT
1,"CURVEPOLYGON (CIRCULARSTRING (2 50, 2.005 50.005, 2.01 50, 2.005 49.995, 2 50))"
2,"GEOMETRYCOLLECTION (POINT (2 50), POLYGON ((2 50, 2.1 50, 2.1 50.1, 2 50)))"
3,"COMPOUNDCURVE (CIRCULARSTRING (2 50, 2.005 50.005, 2.01 50), (2.01 50, 2.02 50))"
4,"POINT Z (2 50 3)"
5,"MULTISURFACE (CURVEPOLYGON (CIRCULARSTRING (2 50, 2.005 50.005, 2.01 50, 2.005 49.995, 2 50)), ((3 50, 3.1 50, 3.1 50.1, 3 50)))"
6,"GEOMETRYCOLLECTION (GEOMETRYCOLLECTION (LINESTRING (2 50, 2.1 50)), LINESTRING (3 50, 3.1 50))"
"""
GML = """<?xml version="1.0" encoding="UTF-8"?>
<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" xmlns:gml="http://www.opengis.net/gml" xmlns:t="http://t">
<gml:featureMember><t:parcelle fid="p.1"><t:nom>Évin</t:nom>
<t:centre><gml:Point srsName="EPSG:2154"><gml:pos>686000 7040000</gml:pos></gml:Point></t:centre>
<t:contour><gml:Polygon srsName="EPSG:2154"><gml:exterior><gml:LinearRing><gml:posList>686000 7040000 686100 7040000 686100 7040100
686000 7040000</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></t:contour></t:parcelle></gml:featureMember>
</wfs:FeatureCollection>"""
KML = """<kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Folder><name>Réserves</name><Placemark><name>A</name><Point><coordinates>2,50,0</coordinates></Point></Placemark></Folder>
<Folder><name>Cités</name><Placemark><name>B</name><Point><coordinates>2,50,0</coordinates></Point></Placemark></Folder>
</Document></kml>"""
MIF = """Version 300
Charset "{charset}"
Delimiter ","
CoordSys Earth Projection 1, 0
Columns 1
  nom Char(30)
Data

POINT 2.5 50.4
"""


@pytest.fixture(scope="module")
def shapes(tmp_path_factory):
    """A server of curves, collections, folders and several geometries, as GDAL and people write them."""
    folder = tmp_path_factory.mktemp("shapes")
    (folder / "shapes.txt.csv").write_text(SHAPES)
    for name, options in {"curves.gpkg": [], "bows.gml": ["-dsco", "FORMAT=GML3.2"]}.items():
        subprocess.run(
            ["ogr2ogr", folder / name, folder / "shapes.txt.csv", "-a_srs", "EPSG:4326", "-oo", "KEEP_GEOM_COLUMNS=NO", "-nln", name.partition(".")[0], *options],
            check=True, capture_output=True,
        )  # fmt: skip
    (folder / "shapes.txt.csv").unlink()
    (folder / "several.gml").write_text(GML)
    (folder / "folders.kml").write_text(KML)
    for charset, encoding in {"WindowsLatin1": "cp1252", "Neutral": "cp1252", "UTF-8": "utf-8"}.items():
        (folder / f"mif-{charset}.mif").write_text(MIF.format(charset=charset))
        (folder / f"mif-{charset}.mid").write_bytes('"Nœux-les-Mines"\n'.encode(encoding))
    with Terril(folder) as server:
        yield server.wait_open()
        assert "panicked" not in server.log()


@pytest.mark.parametrize("collection", ["curves", "bows"])
def test_curves_become_lines_and_collections_their_highest_dimension(shapes, collection):
    found = {f["properties"]["id"]: f["geometry"] for f in shapes.items(collection)}
    kinds = {id: geometry["type"] for id, geometry in found.items()}
    assert kinds == {"1": "Polygon", "2": "MultiPolygon", "3": "LineString", "4": "Point", "5": "MultiPolygon", "6": "MultiLineString"}
    # Half a circle of radius 0.005° each way, in steps of 4°.
    assert abs(shape(found["1"]).area - math.pi * 0.005**2) < 0.002 * math.pi * 0.005**2
    counts = report(shapes, collection)["counts"]
    assert (counts["curve"], counts["mixed-collection"], counts["third-dimension"]) == (3, 1, 1), counts


def test_one_of_several_geometries_is_read_and_the_others_named(shapes):
    (row,) = shapes.items("several")
    assert row["geometry"]["type"] == "Polygon" and row["properties"]["nom"] == "Évin"
    said = json.dumps(report(shapes, "several")["faults"])
    assert "contour" in said and "centre left out" in said


def test_folders_of_kml_are_layers(shapes):
    titles = {f["properties"]["Name"] for name in ("reserves", "cites") for f in shapes.items(name)}
    assert titles == {"A", "B"}


@pytest.mark.parametrize("charset", ["WindowsLatin1", "Neutral", "UTF-8"])
def test_encodings_of_mapinfo(shapes, charset):
    (row,) = shapes.items(f"mif-{charset}")
    assert row["properties"]["nom"] == "Nœux-les-Mines"


REFUSED = {
    "slip.zip": (zipped({"../evil.geojson": points().encode()}), ["no geodata", "../evil.geojson"]),
    "secret.zip": (encrypted(zipped({"inside.geojson": points().encode()})), ["inside.geojson", "encrypted", "password"]),
    "cut.zip": (zipped({"inside.geojson": points(2000).encode()})[:-40], ["damaged", "again"]),
    "cut.geojson.gz": (gzip.compress(points(2000).encode())[:-40], ["damaged", "again"]),
    "flipped.tar.gz": (b"", ["damaged", "again"]),
    "bomb.geojson.gz": (gzip.compress(bytes(80 << 20)), ["250", "unpack it"]),
    "entries.zip": (zipped({f"{n}.csv": b"" for n in range(10_001)}), ["10000 entries", "unpack it"]),
    "three.zip": (zipped({"a.zip": zipped({"b.zip": zipped({"c.geojson": points().encode()})})}), ["too deep", "a.zip/b.zip"]),
    "script.geojson": (b"var x = " + points().encode() + b";", ["JavaScript", "line 1", "brace"]),
    "wide.geojson": (points().encode("utf-16"), ["UTF-16", "UTF-8"]),
    "page.geojson": (b"<!DOCTYPE html><html><body>404</body></html>", ["HTML"]),
    "linked.geojson": (
        points().replace('"features"', '"crs": {"type": "link", "properties": {"href": "http://x/y"}}, "features"').encode(),
        ["http://x/y", "not followed", "crs ="],
    ),
    "broken.geojsonl": ((feature(1) + "\n" + feature(2) + "\n{\"type\": nonsense}\n").encode(), ["line 3"]),
    "root.gml": (b"<?xml version='1.0'?>\n<features></features>", ["line 2", "<features>"]),
    "service.gml": (b"<ows:ExceptionReport xmlns:ows='x'><ows:Exception/></ows:ExceptionReport>", ["error of a service"]),
    "unknown.zip": (zipped({"unknown.shp": b"x" * 200}), ["unknown.shp"]),
    "archive.7z": (b"7z\xbc\xaf\x27\x1c" + bytes(50), ["7z", "zip"]),
}


def test_what_is_refused_is_named_with_its_remedy(tmp_path, serve):
    folder = tmp_path / "data"
    folder.mkdir()
    for name, (content, _) in REFUSED.items():
        (folder / name).write_bytes(content)
    spoilt = bytearray(tarred({"inside.geojson": points(2000).encode()}, "w:gz"))
    spoilt[len(spoilt) // 2] ^= 0xFF
    (folder / "flipped.tar.gz").write_bytes(spoilt)
    (folder / "good.geojson").write_text(points())
    server = serve(folder, folder / "archive.7z").wait_open()
    told = {source["source"]: source.get("message") or "" for source in server.json("/loads")["sources"]}
    for name, (_, words) in REFUSED.items():
        assert all(word in told.get(name, "") for word in words), f"{name}: {told.get(name)}"
    assert [c["id"] for c in server.json("/collections")["collections"]] == ["good"]
    assert not list(tmp_path.rglob("evil*"))
    # Folders are the operator's business.
    assert str(server.state) not in json.dumps(told) and str(tmp_path) not in json.dumps(told)


def test_one_bad_file_in_an_archive_leaves_the_others(tmp_path, serve):
    (tmp_path / "mixed.zip").write_bytes(zipped({"good.geojson": points().encode(), "bad.geojson": b"{", "../out.geojson": b"x"}))
    server = serve(tmp_path).wait_open()
    assert server.json("/collections/good/items")["numberMatched"] == POINTS
    said = json.dumps(report(server, "good")["faults"])
    assert "bad.geojson" in said and "../out.geojson" in said
    assert str(tmp_path) not in said and str(server.state) not in json.dumps(server.json("/loads"))


def test_layers_of_one_name_in_an_archive(tmp_path, serve):
    entries = {f"{folder}/zone.geojson": points().encode() for folder in ("nord", "sud")}
    (tmp_path / "plan.zip").write_bytes(zipped(entries))
    server = serve(tmp_path).wait_open()
    assert {c["id"] for c in server.json("/collections")["collections"]} == {"zone", "sud-zone"}


def test_an_archive_that_changes_is_loaded_again(tmp_path, serve):
    (tmp_path / "a.zip").write_bytes(zipped({"x.geojson": points().encode()}))
    server = serve(tmp_path, args=("--watch",)).wait_open()
    assert server.json("/collections/a/items")["numberMatched"] == POINTS
    (tmp_path / "new").write_bytes(zipped({"x.geojson": points(5).encode()}))
    shutil.move(tmp_path / "new", tmp_path / "a.zip")
    wait_for("the new archive", lambda: server.json("/collections/a/items")["numberMatched"] == 5)


def test_companions_are_no_sources(tmp_path, serve, shared):
    shutil.copy(shared / "data" / "friches" / "schema.json", tmp_path / "schema.json")
    (tmp_path / "good.geojson").write_text(points())
    (tmp_path / "good.xsd").write_text("<x/>")
    (tmp_path / "lisez-moi.txt").write_text("Ce dossier ; et sa suite.\nRien de plus.\n")
    server = serve(tmp_path).wait_open()
    assert [c["id"] for c in server.json("/collections")["collections"]] == ["good"]
    assert "schema.json" in server.log() and "Table Schema" in server.log()
    assert "lisez-moi" not in server.log()
