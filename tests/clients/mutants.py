"""Damaged and hostile sources of every container, seeded: small real files, spoilt by chance and by known tricks.

`seeds` makes one small source per container; `spoilt` damages its bytes; `tricks` are the attacks that chance does not find. A source is
`Hostile`: the name under which the server must speak of it. test_mutants.py and tests/long/fuzz_loader.py hold servers against them.
"""

import bz2
import gzip
import io
import json
import random
import struct
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import geopandas
import numpy
import pandas
import pyogrio
import shapely
from conftest import SHARED

DATA = SHARED / "data"
SEED = 8_711
# What a bomb unpacks to, and what a long attribute holds.
BOMB_BYTES = 1 << 29
LONG_TEXT = 1 << 20
COLUMNS = 300
DEPTH = 100_000

# Containers that are several files: the one that names the source, and the parts beside it.
PARTS = {"shp": [".shx", ".dbf", ".prj", ".cpg"], "tab": [".dat", ".map", ".id"], "mif": [".mid"]}


@dataclass
class Seed:
    """A small good source: the ending of its name and the bytes of each of its files by their ending."""

    container: str
    main: str
    files: dict[str, bytes]


@dataclass
class Hostile:
    """A source that was made; `name` is what the server calls it."""

    name: str
    what: str


def seeds(folder: Path) -> dict[str, Seed]:
    """One of each container, made by GDAL, pandas and Python of 30 real parcels."""
    folder.mkdir(parents=True, exist_ok=True)
    frame = pyogrio.read_dataframe(DATA / "cadastre" / "cadastre-91326-parcelles.json", max_features=30)[["id", "section", "contenance", "geometry"]]
    frame["lieu"] = ["Nœux", "Évin"] * 15
    made: dict[str, Seed] = {}

    def add(container: str, main: str, *further: str) -> None:
        # The file that names the source comes first.
        path = folder / f"seed-{container}"
        made[container] = Seed(container, main, {suffix: path.with_name(path.name + suffix).read_bytes() for suffix in (main, *further)})

    def put(container: str, main: str, content: bytes) -> None:
        made[container] = Seed(container, main, {main: content})

    def gdal(container: str, main: str, driver: str, *further: str, table=frame, **options) -> None:
        pyogrio.write_dataframe(table, folder / f"seed-{container}{main}", layer=f"seed-{container}", driver=driver, **options)
        add(container, main, *further)

    text = json.dumps(json.loads(frame.to_json(drop_id=True)), ensure_ascii=False).encode()
    lines = b"".join(json.dumps(feature).encode() + b"\n" for feature in json.loads(text)["features"])
    put("geojson", ".geojson", text)
    put("geojsonl", ".geojsonl", lines)
    put("gz", ".geojson.gz", gzip.compress(text))
    put("bz2", ".geojson.bz2", bz2.compress(text))
    gdal("shp", ".shp", "ESRI Shapefile", *PARTS["shp"], encoding="UTF-8")
    gdal("gpkg", ".gpkg", "GPKG")
    gdal("fgb", ".fgb", "FlatGeobuf")
    gdal("kml", ".kml", "LIBKML")
    gdal("gml", ".gml", "GML")
    gdal("tab", ".tab", "MapInfo File", *PARTS["tab"], table=frame.astype({"contenance": "int32"}))
    gdal("mif", ".mif", "MapInfo File", *PARTS["mif"], table=frame.astype({"contenance": "int32"}))
    frame.to_parquet(folder / "seed-parquet.parquet", index=False)
    add("parquet", ".parquet")
    table = pandas.DataFrame(frame.drop(columns="geometry")).assign(WKT=list(shapely.to_wkt(frame.geometry.values)))
    put("csv", ".csv", table.to_csv(index=False, sep=";").encode())
    table.to_excel(folder / "seed-xlsx.xlsx", index=False)
    add("xlsx", ".xlsx")
    pyogrio.write_dataframe(table, folder / "seed-ods.ods", layer="feuille", driver="ODS")
    add("ods", ".ods")
    inside = {f"inner{suffix}": content for suffix, content in made["shp"].files.items()}
    put("zip", ".zip", zipped(inside))
    put("tar", ".tar", tarred(inside, "w"))
    put("tgz", ".tar.gz", tarred(inside, "w:gz"))
    put("edigeo", ".tar.bz2", (DATA / "edigeo" / "25354" / "edigeo-25354000AB01.tar.bz2").read_bytes())
    return made


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(members: dict[str, bytes], mode: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


# --- By chance -------------------------------------------------------------------------------------


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Bytes flipped, cut out, doubled, zeroed, drawn anew, counts made huge, the rest cut off."""
    out = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 5, 30])):
        if not out:
            break
        at = chance.randrange(len(out))
        size = min(chance.choice([1, 2, 8, 64, 1024]), len(out) - at)
        match chance.randrange(8):
            case 0 | 1:
                out[at] ^= 1 << chance.randrange(8)
            case 2:
                del out[at : at + size]
            case 3:
                out[at:at] = out[at : at + size]
            case 4:
                out[at : at + size] = bytes(size)
            case 5:
                out[at : at + size] = chance.randbytes(size)
            case 6:
                # A count or a length: four or eight bytes at an even place, mostly near the head.
                at = (at if chance.random() < 0.5 else chance.randrange(min(256, len(out)))) & ~3
                huge = chance.choice([b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff" * 8, b"\0\0\0\x40", b"\0" * 4])
                out[at : at + len(huge)] = huge
            case 7:
                del out[at:]
    return bytes(out)


def spoilt(seed: Seed, folder: Path, stem: str, chance: random.Random) -> Hostile:
    """One damaged copy. Of several files one is damaged, or one is missing, or none fits the others."""
    files = dict(seed.files)
    target = chance.choice(list(files))
    what = f"{seed.container}: damaged {target}"
    if len(files) > 1 and target != seed.main and chance.random() < 0.3:
        del files[target]
        what = f"{seed.container}: without {target}"
    else:
        files[target] = damaged(files[target], chance)
    for suffix, content in files.items():
        (folder / f"{stem}{suffix}").write_bytes(content)
    return Hostile(f"{stem}{seed.main}", what)


# --- By knowledge ----------------------------------------------------------------------------------


def tricks(made: dict[str, Seed], folder: Path, outside: Path) -> list[Hostile]:
    """Every known trick once; `outside` is a folder that nothing may be written to."""
    out: list[Hostile] = []

    def put(name: str, content: bytes, what: str) -> None:
        (folder / name).write_bytes(content)
        out.append(Hostile(name, what))

    geojson, shp = made["geojson"].files[".geojson"], made["shp"].files
    good = {"good.geojson": geojson}

    # Depth.
    put("t-deep-arrays.geojson", b'{"type":"FeatureCollection","features":' + b"[" * DEPTH, "deep nesting")
    put("t-deep-objects.geojson", b'{"type":"FeatureCollection","features":[],"x":' + b'{"a":' * DEPTH + b"1" + b"}" * DEPTH + b"}", "deep nesting")
    nested = b'{"type":"GeometryCollection","geometries":[' * 3000 + b'{"type":"Point","coordinates":[2,50]}' + b"]}" * 3000
    put("t-deep-collections.geojson", b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":' + nested + b"}]}", "deep nesting")
    put("t-deep.kml", b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2">' + b"<Folder>" * DEPTH, "deep nesting")
    put("t-deep.gml", b'<?xml version="1.0"?><gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml">' + b"<gml:featureMember>" * DEPTH, "deep nesting")
    wkt = "GEOMETRYCOLLECTION(" * 5000 + "POINT(2 50)" + ")" * 5000
    put("t-deep.csv", f'id;WKT\n1;"{wkt}"\n2;"POINT(2 50)"\n'.encode(), "deep nesting")

    # Entities that grow.
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    laughs = f'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a0 "ha">{entities}]>'
    put("t-laughs.kml", f'{laughs}<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&a11;</name><Point><coordinates>2,50</coordinates></Point></Placemark></kml>'.encode(), "entities")
    put("t-laughs.gml", f'{laughs}<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><x><n>&a11;</n></x></gml:featureMember></gml:FeatureCollection>'.encode(), "entities")
    secret = f'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file://{outside}/secret.txt">]><kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&x;</name><Point><coordinates>2,50</coordinates></Point></Placemark></kml>'
    put("t-entity.kml", secret.encode(), "an entity that names a file")
    with zipfile.ZipFile(io.BytesIO(made["xlsx"].files[".xlsx"])) as book:
        cells = {name: book.read(name) for name in book.namelist()}
    sheet = next(name for name in cells if name.startswith("xl/worksheets/"))
    put("t-laughs.xlsx", zipped(cells | {sheet: laughs.replace("kml", "worksheet").encode() + b"<worksheet><sheetData><row><c><v>&a11;</v></c></row></sheetData></worksheet>"}), "entities")
    far = cells[sheet].replace(b'r="A1"', b'r="XFD1048576"', 1)
    put("t-far-cell.xlsx", zipped(cells | {sheet: far}), "a cell at the end of the sheet")
    with zipfile.ZipFile(io.BytesIO(made["ods"].files[".ods"])) as book:
        cells = {name: book.read(name) for name in book.namelist()}
    repeated = cells["content.xml"].replace(b"<table:table-row", b'<table:table-row table:number-rows-repeated="1000000000"').replace(
        b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="1000000000" '
    )
    put("t-repeated.ods", zipped(cells | {"content.xml": repeated}), "cells repeated without end")

    # Bombs.
    head = b'{"type":"FeatureCollection","features":['
    body, crc = deflated_bomb(head)
    size = struct.pack("<I", len(head) + BOMB_BYTES)
    put("t-bomb.geojson.gz", b"\x1f\x8b\x08\0\0\0\0\0\2\xff" + body + crc + size, "a bomb")
    put("t-bomb.geojson.bz2", bz2.compress(head) + bz2.compress(b" " * (1 << 24)) * (BOMB_BYTES >> 24), "a bomb")
    put("t-bomb.zip", zip_of_deflated("bomb.geojson", body, crc, size), "a bomb")
    bombed = (folder / "t-bomb.zip").read_bytes()
    put("t-bomb-of-bombs.zip", zipped({f"{n}.zip": bombed for n in range(3)}, zipfile.ZIP_STORED), "a bomb in archives")
    put("t-many.zip", zipped({f"d{n % 100}/{n}.geojson": b"{}" for n in range(30_000)}), "30,000 members")
    put("t-lying.zip", lying_about_size(zipped({"a.geojson": b" " * (64 << 20)})), "a member larger than it says")
    put("t-overlap.zip", overlapping(zipped({"a.geojson": geojson}), 200), "members that share their bytes")

    # Names that leave the folder.
    slip = {"../slipped.geojson": geojson, f"{outside}/slipped.geojson": geojson, "..\\slipped.geojson": geojson, "a/../../slipped.geojson": geojson}
    put("t-slip.zip", zipped(good | slip), "names that leave the archive")
    put("t-slip.tar", tarred(good | slip, "w"), "names that leave the archive")
    put("t-slip.tar.bz2", tarred(good | slip, "w:bz2"), "names that leave the archive")
    put("t-links.tar", with_links(good, outside), "links, pipes and devices")
    put("t-links.zip", zip_with_link(outside), "a link in a zip")
    put("t-odd-names.zip", zipped(good | {"/": b"", "con.geojson": geojson, "a\0b.geojson": geojson, "é" * 300 + ".geojson": geojson, "x" * 200 + "/" + "y" * 200 + ".geojson": geojson}), "odd names")
    put("t-encrypted.zip", encrypted(zipped({"a.geojson": geojson})), "encrypted")
    put("t-case.zip", zipped({"places.geojson": geojson, "PLACES.geojson": geojson, "Places.GEOJSON": geojson}), "names that differ by case only")
    put("t-case-shp.zip", zipped({f"Lots{suffix.upper() if n % 2 else suffix}": content for n, (suffix, content) in enumerate(shp.items())}), "parts that differ by case")
    put("t-7z.zip", b"7z\xbc\xaf'\x1c" + bytes(100), "another archive by its content")
    put("t-rar.zip", b"Rar!\x1a\x07\x00" + bytes(100), "another archive by its content")

    # Shapefiles that lack or lie.
    for missing in (".dbf", ".shx"):
        stem = f"t-without-{missing[1:]}"
        for suffix, content in shp.items():
            if suffix != missing:
                (folder / f"{stem}{suffix}").write_bytes(content)
        out.append(Hostile(f"{stem}.shp", f"without {missing}"))
    lies = {
        "length": {**shp, ".shp": shp[".shp"][:24] + struct.pack(">i", 0x7FFFFFFF) + shp[".shp"][28:]},
        "points": {**shp, ".shp": shp[".shp"][:148] + struct.pack("<i", 0x7FFFFFFF) + shp[".shp"][152:]},
        "records": {**shp, ".dbf": shp[".dbf"][:4] + struct.pack("<I", 0xFFFFFFFF) + shp[".dbf"][8:]},
        "rows": {**shp, ".shx": shp[".shx"][:100] + struct.pack(">ii", 0x3FFFFFFF, 0x3FFFFFFF) + shp[".shx"][108:]},
        "other-dbf": {**shp, ".dbf": shp[".dbf"][: len(shp[".dbf"]) // 2]},
    }
    for lie, files in lies.items():
        for suffix, content in files.items():
            (folder / f"t-lie-{lie}{suffix}").write_bytes(content)
        out.append(Hostile(f"t-lie-{lie}.shp", f"a wrong {lie}"))

    # Width and length.
    wide = {f"c{n}": n for n in range(COLUMNS)}
    point = {"type": "Point", "coordinates": [2.5, 50.4]}
    put("t-wide.geojson", json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": wide, "geometry": point}] * 20}).encode(), "300 columns")
    put("t-wide.csv", (";".join([*wide, "WKT"]) + "\n" + ";".join([*map(str, wide.values()), "POINT(2.5 50.4)"]) + "\n").encode(), "300 columns")
    broad = geopandas.GeoDataFrame({name: [value] * 20 for name, value in wide.items()}, geometry=[shapely.Point(2.5, 50.4)] * 20, crs=4326)
    for suffix in (".gpkg", ".fgb", ".parquet"):
        path = folder / f"t-wide{suffix}"
        broad.to_parquet(path) if suffix == ".parquet" else pyogrio.write_dataframe(broad, path, layer=f"t-wide-{suffix[1:]}")
        out.append(Hostile(path.name, "300 columns"))
    long = "é" * (LONG_TEXT // 2)
    put("t-long.geojson", json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"long": long}, "geometry": point}]}, ensure_ascii=False).encode(), "1 MB attribute")
    put("t-long.csv", f"id;long;WKT\n1;{long};POINT(2.5 50.4)\n".encode(), "1 MB attribute")
    put("t-long-header.csv", f"id;{long};WKT\n1;2;POINT(2.5 50.4)\n".encode(), "1 MB heading")
    lengthy = geopandas.GeoDataFrame({"long": [long]}, geometry=[shapely.Point(2.5, 50.4)], crs=4326)
    pyogrio.write_dataframe(lengthy, folder / "t-long.gpkg", layer="t-long-gpkg")
    out.append(Hostile("t-long.gpkg", "1 MB attribute"))
    put("t-quote.csv", b'id;nom;WKT\n1;"never closed;POINT(2 50)\n' + b"2;a;POINT(2 50)\n" * 1000, "a quote that is never closed")
    put("t-numbers.geojson", NUMBERS.encode(), "numbers without measure")
    put("t-nulls.csv", b"id;nom\0;WKT\n1;a\0b;POINT(2 50)\n", "zero bytes")
    ring = numpy.random.default_rng(SEED).uniform((2.5, 50.4), (2.6, 50.5), (4000, 2)).round(7).tolist()
    crossed = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    put("t-crossed.geojson", json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": crossed}]}).encode(), "millions of crossings")
    return out


NUMBERS = """{"type":"FeatureCollection","features":[
{"type":"Feature","id":1,"properties":{"n":1e999,"m":-1e999},"geometry":{"type":"Point","coordinates":[1e999,50]}},
{"type":"Feature","id":2,"properties":{"n":123456789012345678901234567890,"m":1e-999},"geometry":{"type":"Point","coordinates":[2,1e308]}},
{"type":"Feature","id":3,"properties":{"n":-0.0,"m":0.1},"geometry":{"type":"Point","coordinates":[2.5,50.4,1e999]}},
{"type":"Feature","id":4,"properties":{"n":4,"m":4},"geometry":{"type":"LineString","coordinates":[[2.5,50.4],[1e400,2]]}}]}"""


def deflated_bomb(head: bytes) -> tuple[bytes, bytes]:
    """A deflate stream of `head` and `BOMB_BYTES` blanks, made of one block again and again, and a checksum that is never reached."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * (1 << 24)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + block * (BOMB_BYTES >> 24) + packer.flush(zlib.Z_FINISH), bytes(4)


def zip_of_deflated(name: str, body: bytes, crc: bytes, size: bytes) -> bytes:
    """An archive of one member that is deflated already."""
    common = struct.pack("<HHHHH", 20, 0, 8, 0, 33) + crc + struct.pack("<I", len(body)) + size + struct.pack("<HH", len(name), 0)
    local = b"PK\x03\x04" + common + name.encode() + body
    central = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name.encode()
    return local + central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def encrypted(archive: bytes) -> bytes:
    """The flag of encryption set in every header: a reader asks for a password."""
    out = bytearray(archive)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = out.find(signature)
        while at >= 0:
            out[at + offset] |= 1
            at = out.find(signature, at + 4)
    return bytes(out)


def lying_about_size(archive: bytes) -> bytes:
    """Headers that give 100 bytes as the size of the member."""
    out = bytearray(archive)
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = out.find(signature)
        out[at + offset : at + offset + 4] = struct.pack("<I", 100)
    return bytes(out)


def overlapping(archive: bytes, times: int) -> bytes:
    """A directory that names one member again and again (D. Fifield, "A better zip bomb", 2019)."""
    end = archive.rfind(b"PK\x05\x06")
    start = struct.unpack("<I", archive[end + 16 : end + 20])[0]
    entry = archive[start:end]
    many = b"".join(entry.replace(b"a.geojson", f"{n:03}.geojs".encode()) for n in range(times))
    tail = bytearray(archive[end:])
    tail[8:12] = struct.pack("<HH", times, times)
    tail[12:16] = struct.pack("<I", len(many))
    return archive[:start] + many + bytes(tail)


def with_links(members: dict[str, bytes], outside: Path) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind, target in (
            ("secret.geojson", tarfile.SYMTYPE, f"{outside}/secret.txt"), ("folder", tarfile.SYMTYPE, str(outside)),
            ("hard.geojson", tarfile.LNKTYPE, f"{outside}/secret.txt"), ("pipe.geojson", tarfile.FIFOTYPE, ""), ("zero.geojson", tarfile.CHRTYPE, ""),
        ):  # fmt: skip
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.devmajor, member.devminor = kind, target, 1, 5
            archive.addfile(member)
        for name, content in [*members.items(), ("folder/slipped.geojson", members["good.geojson"])]:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def zip_with_link(outside: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link.geojson")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, f"{outside}/secret.txt")
        folder = zipfile.ZipInfo("dir")
        folder.create_system, folder.external_attr = 3, 0o120777 << 16
        archive.writestr(folder, str(outside))
        archive.writestr("dir/slipped.geojson", b"{}")
    return out.getvalue()
