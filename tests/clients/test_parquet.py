"""Parquet and GeoParquet as pyarrow and GeoPandas write it: what the service answers is what they read back."""

import datetime as dt
import decimal
import json
import random
import shutil
import uuid

import geopandas
import numpy
import pandas
import pyarrow
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely
from terril_server import Terril

ROWS = 3000
CODECS = ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]


def parcels(rows: int = ROWS, crs: str | None = "EPSG:2154") -> geopandas.GeoDataFrame:
    """Parcels with a hole each, attributes of every plain kind, every seventh without a value, every eleventh without a place."""
    at = numpy.random.default_rng(4).uniform(0, 4000, (rows, 2)) + [690_000, 7_030_000]
    outer = shapely.box(at[:, 0], at[:, 1], at[:, 0] + 30, at[:, 1] + 20)
    shapes = shapely.difference(outer, shapely.box(at[:, 0] + 5, at[:, 1] + 5, at[:, 0] + 9, at[:, 1] + 9))
    shapes = numpy.where(numpy.arange(rows) % 11 == 10, None, shapes)
    few = [None if n % 7 == 6 else f"rue n° {n % 50}, Nœux" for n in range(rows)]
    frame = geopandas.GeoDataFrame(
        {
            "idu": [f"62617000AB{n:04}" for n in range(rows)],
            "adresse": few,
            "contenance": numpy.arange(rows, dtype="int32") * 3,
            "grand": numpy.arange(rows, dtype="int64") + 2**53,
            "prix": numpy.arange(rows) / 7,
            "bati": [n % 3 == 0 for n in range(rows)],
        },
        geometry=shapes,
        crs=crs and pyproj.CRS(crs),
    )
    if crs and crs != "EPSG:2154":
        frame["geometry"] = shapely.transform(frame.geometry.values, lambda xy: (xy - [690_000, 7_030_000]) / 1e5 + [2.8, 50.4])
    return frame


def kinds() -> pyarrow.Table:
    """A table with a column of every type that Parquet has, nulls in each."""
    day, moment = dt.date(2026, 11, 21), dt.datetime(2026, 11, 21, 10, 20, 30, 123456)
    early = dt.datetime(1962, 3, 4, 5, 6, 7)
    array = pyarrow.array
    pair = pyarrow.struct([("nom", pyarrow.string()), ("part", pyarrow.list_(pyarrow.int32()))])
    columns = {
        "id": array([1, 2, 3]),
        "i8": array([-1, None, 127], pyarrow.int8()),
        "u32": array([4_294_967_295, None, 0], pyarrow.uint32()),
        "u64": array([2**63 - 1, None, 5], pyarrow.uint64()),
        "f16": array([numpy.float16(1.5), None, numpy.float16(-0.25)], pyarrow.float16()),
        "f32": array([0.1, None, -3.5], pyarrow.float32()),
        "f64": array([0.1, float("nan"), None]),
        "truth": array([True, None, False]),
        "text": array(["Béthune", None, ""]),
        "large_text": array(["a", None, "b" * 5000], pyarrow.large_string()),
        "coded": array(["x", None, "x"]).dictionary_encode(),
        "day": array([day, None, dt.date(1900, 1, 1)]),
        "ms": array([moment.replace(microsecond=123000), None, early], pyarrow.timestamp("ms")),
        "us": array([moment, None, early], pyarrow.timestamp("us", tz="UTC")),
        "ns": array([moment, None, early], pyarrow.timestamp("ns", tz="Europe/Paris")),
        "clock": array([dt.time(1, 2, 3), None, dt.time(23, 59, 59, 500000)], pyarrow.time64("us")),
        "price": array([decimal.Decimal("12345.67"), None, decimal.Decimal("-0.05")], pyarrow.decimal128(12, 2)),
        "whole": array([decimal.Decimal(62617000), None, decimal.Decimal(-1)], pyarrow.decimal128(18, 0)),
        "vast": array([decimal.Decimal("1234567890123456789012.5"), None, decimal.Decimal("0.5")], pyarrow.decimal256(40, 1)),
        "list": array([[1, None, 3], None, []], pyarrow.list_(pyarrow.int64())),
        "lists": array([[["a"], [], None, ["b", "c"]], None, [[]]], pyarrow.list_(pyarrow.list_(pyarrow.string()))),
        "struct": array([{"nom": "M&C", "part": [60, 40]}, None, {"nom": None, "part": None}], pair),
        "owners": array([[{"nom": "a", "part": [1]}, {"nom": "b", "part": []}], [], [None]], pyarrow.list_(pair)),
        "map": array([[("a", 1), ("b", None)], None, []], pyarrow.map_(pyarrow.string(), pyarrow.int32())),
        "bytes": array([b"\x00\x01", None, b""]),
        "uuid": array([uuid.UUID(int=5).bytes, None, uuid.UUID(int=2**127).bytes], pyarrow.uuid()),
        "json": array(['{"a": [1, 2]}', None, "[]"], pyarrow.json_(pyarrow.string())),
        "nothing": pyarrow.nulls(3),
    }
    return pyarrow.table(columns)


def write_all(folder) -> None:
    frame = parcels()
    for codec in CODECS:
        # The second version of pages and the first, rows in groups that no batch is a multiple of.
        pages = {"data_page_version": "2.0" if codec in ("gzip", "zstd") else "1.0", "row_group_size": 777}
        frame.to_parquet(folder / f"{codec}.parquet", compression=None if codec == "none" else codec, **pages)
    frame.to_parquet(folder / "plain.parquet", use_dictionary=False, column_encoding={"contenance": "DELTA_BINARY_PACKED", "idu": "DELTA_BYTE_ARRAY", "prix": "BYTE_STREAM_SPLIT"})
    frame.to_parquet(folder / "covered.parquet", write_covering_bbox=True, schema_version="1.1.0")
    parcels(crs="OGC:CRS84").to_parquet(folder / "degrees.parquet")
    parcels(crs=None).to_parquet(folder / "unknown.parquet")
    leave_out_crs(folder / "degrees.parquet", folder / "silent.parquet")
    two = parcels(50)
    two["centre"] = two.geometry.centroid
    two.to_parquet(folder / "two.parquet")
    pq.write_table(kinds(), folder / "kinds.parquet", version="2.6")
    pq.write_table(kinds().drop(["f16", "uuid", "json", "vast"]), folder / "old.parquet", version="1.0", use_deprecated_int96_timestamps=True)
    bare = parcels(20, "OGC:CRS84")
    pq.write_table(pyarrow.table({"id": range(20), "geom": shapely.to_wkb(bare.geometry.values)}), folder / "bare.parquet")
    pq.write_table(pyarrow.table({"id": range(3), "geometry": [b"not", b"a", b"geometry"]}), folder / "bytes.parquet")
    pq.write_table(pyarrow.table({"id": pyarrow.array([], pyarrow.int64())}), folder / "empty.parquet")


def leave_out_crs(source, target) -> None:
    table = pq.read_table(source)
    geo = json.loads(table.schema.metadata[b"geo"])
    del geo["columns"]["geometry"]["crs"]
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(geo)}), target)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parquet")
    write_all(folder)
    return folder


@pytest.fixture(scope="module")
def server(folder):
    with Terril(folder, args=("--watch=false",)) as server:
        server.wait_open()
        yield server
        assert "panicked" not in server.log()


def report(server, layer: str) -> dict:
    return next(one["report"] for one in server.json("/loads")["layers"] if one["collection"] == layer)


def served(server, layer: str) -> list[dict]:
    return server.items(layer, "crs=http://www.opengis.net/def/crs/EPSG/0/2154" if layer in PROJECTED else "")


PROJECTED = {*CODECS, "plain", "covered", "two"}


@pytest.mark.parametrize("layer", [*CODECS, "plain", "covered", "degrees", "silent"])
def test_a_geoparquet_is_what_geopandas_reads(server, folder, layer):
    frame = geopandas.read_parquet(folder / f"{layer}.parquet").set_index("idu")
    fields = set(frame.columns) - {"geometry", "bbox"}
    features = served(server, layer)
    assert len(features) == ROWS
    for feature in features:
        row = frame.loc[feature["id"]]
        properties = {key: value for key, value in feature["properties"].items() if key != "idu"}
        expected = {key: None if pandas.isna(row[key]) else row[key] for key in fields}
        assert properties == expected
        if row.geometry is None:
            assert feature["geometry"] is None
        else:
            shape = shapely.geometry.shape(feature["geometry"])
            assert shapely.equals_exact(shapely.normalize(shape), shapely.normalize(row.geometry)), "to the bit"


def test_the_system_comes_from_the_file(server):
    def stored(layer):
        return server.json(f"/collections/{layer}")["storageCrs"]

    assert {stored(layer) for layer in PROJECTED} == {"http://www.opengis.net/def/crs/EPSG/0/2154"}
    assert {stored(layer) for layer in ("degrees", "silent")} == {"http://www.opengis.net/def/crs/OGC/1.3/CRS84"}


def test_an_unknown_system_is_refused_with_a_guess(server):
    said = [source for source in server.json("/loads")["sources"] if source["source"] == "unknown.parquet"]
    assert "names no coordinate system" in said[0]["message"] and "EPSG:2154" in said[0]["message"]


def test_of_two_geometries_the_primary_one_is_served(server):
    (feature, *_) = served(server, "two")
    assert feature["geometry"]["type"] == "Polygon" and "centre" not in feature["properties"]
    assert any("\"centre\" is a further geometry" in fault["message"] for fault in report(server, "two")["faults"])


def test_every_kind_of_value_is_read(server):
    one, two, three = (feature["properties"] for feature in server.items("kinds"))
    assert one == {
        "id": 1, "i8": -1, "u32": 4_294_967_295, "u64": 2**63 - 1, "f16": 1.5, "f32": float(numpy.float32(0.1)), "f64": 0.1,
        "truth": True, "text": "Béthune", "large_text": "a", "coded": "x", "day": "2026-11-21", "ms": "2026-11-21T10:20:30.123",
        "us": "2026-11-21T10:20:30.123456Z", "ns": "2026-11-21T10:20:30.123456Z", "clock": "01:02:03", "price": 12345.67,
        "whole": 62617000, "vast": 1234567890123456789012.5, "list": [1, None, 3], "lists": [["a"], [], None, ["b", "c"]],
        "struct": {"nom": "M&C", "part": [60, 40]}, "owners": [{"nom": "a", "part": [1]}, {"nom": "b", "part": []}],
        "map": {"a": 1, "b": None}, "uuid": str(uuid.UUID(int=5)), "json": {"a": [1, 2]}, "nothing": None,
    }  # fmt: skip
    assert {key for key, value in two.items() if value is not None} == {"id", "owners"} and two["owners"] == []
    assert three["large_text"] == "b" * 5000 and three["ns"] == "1962-03-04T05:06:07Z" and three["clock"] == "23:59:59.500"
    assert (three["list"], three["lists"], three["struct"], three["owners"], three["map"]) == (
        [], [[]], {"nom": None, "part": None}, [None], {},
    )  # fmt: skip
    said = {fault["kind"]: fault["message"] for fault in report(server, "kinds")["faults"]}
    assert '"bytes"' in said["binary-field"] and '"vast"' in said["reader-warning"]


def test_the_first_version_of_the_format_is_read(server):
    one, two, three = (feature["properties"] for feature in server.items("old"))
    assert (one["ns"], three["ms"]) == ("2026-11-21T10:20:30.123456", "1962-03-04T05:06:07")
    assert one["price"] == 12345.67 and one["lists"] == [["a"], [], None, ["b", "c"]] and two["list"] is None


def test_a_plain_table_with_bytes_that_are_a_geometry_has_a_place(server):
    features = server.items("bare")
    assert features[0]["geometry"]["type"] == "Polygon" and "geom" not in features[0]["properties"]
    assert report(server, "bare")["counts"]["crs-assumed"] == 1


def test_bytes_that_are_no_geometry_are_left_out(server):
    assert [feature["geometry"] for feature in server.items("bytes")] == [None] * 3
    assert report(server, "bytes")["counts"] == {"binary-field": 1}


def test_a_table_without_rows_is_a_layer_without_features(server):
    assert server.json("/collections/empty/items")["numberMatched"] == 0


SHAPES = {
    "point": shapely.from_wkt(["POINT (2.1 50.1)", "POINT (2.2 50.2)"]),
    "linestring": shapely.from_wkt(["LINESTRING (2 50, 2.1 50.1, 2.2 50)", "LINESTRING (2 50, 2 51)"]),
    "polygon": shapely.from_wkt(["POLYGON ((2 50, 2.2 50, 2.2 50.2, 2 50), (2.1 50.01, 2.15 50.01, 2.15 50.02, 2.1 50.01))", "POLYGON ((3 50, 3.1 50, 3.1 50.1, 3 50))"]),
    "multipoint": shapely.from_wkt(["MULTIPOINT ((2 50), (2.1 50.1))", "MULTIPOINT ((2 51))"]),
    "multilinestring": shapely.from_wkt(["MULTILINESTRING ((2 50, 2.1 50.1), (3 50, 3 51, 3.1 51))", "MULTILINESTRING ((2 50, 2 51))"]),
    "multipolygon": shapely.from_wkt(["MULTIPOLYGON (((2 50, 2.2 50, 2.2 50.2, 2 50), (2.1 50.01, 2.15 50.01, 2.15 50.02, 2.1 50.01)), ((4 50, 4.1 50, 4.1 50.1, 4 50)))", "MULTIPOLYGON (((3 50, 3.1 50, 3.1 50.1, 3 50)))"]),
}  # fmt: skip


@pytest.mark.parametrize("raised", [False, True], ids=["flat", "with heights"])
def test_the_native_encodings_are_read(serve, tmp_path, raised):
    wanted = {}
    for name, shapes in SHAPES.items():
        whole = shapely.force_3d(shapes, 7) if raised else shapes
        frame = geopandas.GeoDataFrame({"id": [1, 2, 3]}, geometry=[whole[0], None, whole[1]], crs="OGC:CRS84")
        frame.to_parquet(tmp_path / f"{name}.parquet", geometry_encoding="geoarrow", schema_version="1.1.0")
        columns = json.loads(pq.read_metadata(tmp_path / f"{name}.parquet").metadata[b"geo"])["columns"]
        assert columns["geometry"]["encoding"] == name
        wanted[name] = shapes
    server = serve(tmp_path).wait_open()
    for name, shapes in wanted.items():
        first, empty, last = server.items(name)
        assert empty["geometry"] is None
        for feature, shape in ((first, shapes[0]), (last, shapes[1])):
            read = shapely.geometry.shape(feature["geometry"])
            assert read.geom_type == shape.geom_type
            assert shapely.equals_exact(shapely.normalize(read), shapely.normalize(shape)), name
        assert ("third-dimension" in report(server, name)["counts"]) == raised


def test_an_encoding_that_is_not_read_is_refused_by_name(serve, tmp_path):
    table = pq.read_table(write_degrees(tmp_path))
    geo = json.loads(table.schema.metadata[b"geo"])
    for name, change in {
        "twkb": lambda g: g["columns"]["geometry"].update(encoding="TWKB"),
        "lost": lambda g: g.update(primary_column="geom") or g["columns"].update(geom=g["columns"].pop("geometry")),
        "lies": lambda g: g["columns"]["geometry"].update(encoding="polygon"),
        "strange": lambda g: g["columns"]["geometry"].update(crs="EPSG:987654"),
    }.items():
        changed = json.loads(json.dumps(geo))
        change(changed)
        pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(changed)}), tmp_path / f"{name}.parquet")
    server = serve(tmp_path).wait_open()
    said = {one["source"]: one.get("message", "") for one in server.json("/loads")["sources"]}
    assert 'encoded as "TWKB"' in said["twkb.parquet"]
    assert 'names the geometry "geom", which is no column' in said["lost.parquet"]
    assert 'no geometry of the encoding "polygon"' in said["lies.parquet"]
    assert "EPSG:987654 is not known" in said["strange.parquet"]


def write_degrees(folder):
    parcels(40, "OGC:CRS84").to_parquet(folder / "good.parquet")
    return folder / "good.parquet"


def test_damaged_files_are_refused_with_words_and_nothing_ends(serve, tmp_path):
    """Seeded: cut short, bits turned in the pages, bits turned in the footer."""
    whole = write_degrees(tmp_path).read_bytes()
    nested = tmp_path / "nested.parquet"
    pq.write_table(kinds(), nested, compression="none")
    footer = int.from_bytes(whole[-8:-4], "little") + 8
    rng = random.Random(62)
    for n in range(60):
        source = bytearray(nested.read_bytes() if n % 4 == 3 else whole)
        match n % 4:
            case 0:
                source = source[: rng.randrange(len(source))]
            case 1 | 3:
                for _ in range(rng.randrange(1, 20)):
                    source[rng.randrange(4, len(source) - (footer if n % 4 == 1 else 8))] ^= 1 << rng.randrange(8)
            case 2:
                source[len(source) - footer + rng.randrange(footer - 8)] ^= 1 << rng.randrange(8)
        (tmp_path / f"bad{n:02}.parquet").write_bytes(source)
    (tmp_path / "no-footer.parquet").write_bytes(b"PAR1" + b"\0" * 100 + b"PAR1")
    server = serve(tmp_path, args=("--load-memory", "2GB")).wait_open()
    sources = {one["source"]: one for one in server.json("/loads")["sources"]}
    assert len(sources) + len(server.json("/collections")["collections"]) == 63 and server.healthy()
    assert server.json("/collections/good/items?limit=1")["numberMatched"] == 40
    refused = [one for one in sources.values() if one["state"] == "failed"]
    assert len(refused) > 20
    for one in refused:
        assert len(one["message"]) > 20 and str(tmp_path) not in one["message"]
        assert "an error of the program" not in one["message"], one
    shutil.rmtree(tmp_path)
