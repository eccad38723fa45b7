"""Tables of a PostGIS database as sources: what is served is what psycopg and GEOS read, and no password is seen anywhere."""

import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
import shapely
from postgis_server import PASSWORD
from terril_server import BINARY, Terril, children_of, wait_for

SETUP = """
CREATE SCHEMA plu;
CREATE TYPE mood AS ENUM ('U', 'AU');
CREATE DOMAIN insee AS text CHECK (length(value) = 5);
CREATE TABLE plu.zone_urba (
    gid bigint PRIMARY KEY, libelle text NOT NULL, typezone mood, insee insee, surface numeric(12, 2), nombre numeric(9, 0),
    vaste numeric, petit smallint, taux real, part double precision, vrai boolean, datappro date, vu timestamp, su timestamptz,
    heure time, fixe char(5), noms text[], valeurs int[][], parts jsonb, brut json, cle uuid, piece bytea, reseau inet,
    "Nom à part" varchar(20), geom geometry(MultiPolygon, 2154), centre geometry(Point, 2154));
INSERT INTO plu.zone_urba
SELECT n, 'UA' || n, CASE WHEN n % 2 = 0 THEN 'U' END::mood, '62' || lpad(n::text, 3, '0'), n / 3.0, n, n * 1.5, n, n / 10.0::real, n / 7.0,
    n % 2 = 0, '2026-11-21'::date + n, '2026-11-21 10:20:30.5'::timestamp, '2026-11-21 12:20:30.123456+02', '10:20:30', 'ab',
    ARRAY['M&C', NULL, 'SIA'], ARRAY[[1, 2], [3, n]], '{"a": [1, 2]}', '{"b" : null}', '00000000-0000-0000-0000-000000000005', '\\x00ff',
    '10.0.0.1', 'é' || n,
    CASE WHEN n % 11 <> 0 THEN ST_Multi(ST_MakeEnvelope(690000 + n, 7030000, 690010 + n, 7030007.5, 2154)) END, NULL
FROM generate_series(1, 1800) n;
INSERT INTO plu.zone_urba (gid, libelle, part, taux, datappro, vu, vaste) VALUES
    (5000, 'vide', 'NaN', 'Infinity', 'infinity', '0044-03-15 BC', 1234567890123456789012.5);
CREATE TABLE cites (code text PRIMARY KEY, nom text, geog geography(Point, 4326));
INSERT INTO cites VALUES ('c10', 'Cité n° 10', 'POINT (2.81 50.43)'), ('c11', 'Cité n° 11', NULL);
CREATE TABLE curves (id int, geom geometry(GeometryZM, 2154));
INSERT INTO curves VALUES (1, 'SRID=2154;CIRCULARSTRING ZM (690000 7030000 1 2, 690010 7030010 1 2, 690020 7030000 1 2)'),
    (2, 'SRID=2154;CURVEPOLYGON ZM (CIRCULARSTRING ZM (690000 7030000 1 2, 690010 7030010 1 2, 690020 7030000 1 2, 690010 7029990 1 2, 690000 7030000 1 2))'),
    (3, 'SRID=2154;POINT ZM (690000 7030000 1 2)'), (4, 'SRID=2154;POLYGON ZM EMPTY');
CREATE TABLE mixed (id int, geom geometry);
INSERT INTO mixed VALUES (1, 'SRID=2154;POINT (690000 7030000)'), (2, ST_Transform('SRID=2154;POINT (690100 7030100)'::geometry, 3950)),
    (3, ST_Transform('SRID=2154;POINT (690200 7030200)'::geometry, 4326));
CREATE VIEW seen AS SELECT gid, libelle, geom FROM plu.zone_urba WHERE gid < 10;
CREATE TABLE "Drôle de ""nom"" ici" (id int, geom geometry(Point, 4326));
INSERT INTO "Drôle de ""nom"" ici" VALUES (1, 'SRID=4326;POINT (2 50)');
CREATE TABLE programmes (id int PRIMARY KEY, titre text);
INSERT INTO programmes VALUES (1, 'Sans lieu');
CREATE TABLE hidden (id int, geom geometry(Point, 4326));
CREATE TABLE local_system (id int, geom geometry(Point, 990001));
GRANT USAGE ON SCHEMA plu TO reader;
GRANT SELECT ON ALL TABLES IN SCHEMA plu, public TO reader;
REVOKE ALL ON hidden FROM reader, PUBLIC;
"""


@pytest.fixture(scope="module")
def database(postgis):
    """A database of its own in the session's cluster."""
    with postgis.connect() as connection:
        connection.execute("DROP DATABASE IF EXISTS sig")
        connection.execute("CREATE DATABASE sig")
    with connect(postgis) as connection:
        connection.execute("CREATE EXTENSION postgis")
        connection.execute("INSERT INTO spatial_ref_sys (srid, srtext) VALUES (990001, 'LOCAL_CS[\"x\", UNIT[\"m\", 1]]')")
        connection.execute(SETUP)
    return postgis


def connect(postgis) -> psycopg.Connection:
    return psycopg.connect(postgis.dsn.replace("dbname=postgres", "dbname=sig"), autocommit=True)


def url(postgis, *tables: str, user: str = "postgres") -> str:
    return postgis.url("&".join(f"table={quote(table)}" for table in tables), user, "sig")


def report(server, layer: str) -> dict:
    return next(one["report"] for one in server.json("/loads")["layers"] if one["collection"] == layer)


def sources(server) -> dict[str, dict]:
    return {one["source"]: one for one in server.json("/loads")["sources"]}


LAMBERT = "crs=http://www.opengis.net/def/crs/EPSG/0/2154"


@pytest.fixture(scope="module")
def zones(database):
    with Terril(url(database, "plu.zone_urba")) as server:
        yield server.wait_open()


def test_a_table_is_what_psycopg_reads(zones, database):
    with connect(database) as connection:
        rows = connection.execute("SELECT gid, libelle, petit, part, surface, ST_AsBinary(geom) FROM plu.zone_urba WHERE gid < 5000").fetchall()
    features = {feature["id"]: feature for feature in zones.items("zone_urba", LAMBERT)}
    assert len(features) == 1801
    for gid, label, small, part, area, wkb in rows:
        feature = features[gid]
        properties = feature["properties"]
        assert (properties["gid"], properties["libelle"], properties["petit"], properties["part"]) == (gid, label, small, part)
        assert properties["surface"] == float(area)
        shape = wkb and shapely.from_wkb(wkb)
        if shape is None:
            assert feature["geometry"] is None
        else:
            assert shapely.equals_exact(shapely.normalize(shapely.geometry.shape(feature["geometry"])), shapely.normalize(shape))


def test_every_type_of_a_column_is_read(zones):
    properties = zones.json("/collections/zone_urba/items/4")["properties"]
    assert properties == {
        "gid": 4, "libelle": "UA4", "typezone": "U", "insee": "62004", "surface": 1.33, "nombre": 4, "vaste": 6.0, "petit": 4, "taux": 0.4,
        "part": 4 / 7, "vrai": True, "datappro": "2026-11-25", "vu": "2026-11-21T10:20:30.500", "su": "2026-11-21T10:20:30.123456Z",
        "heure": "10:20:30", "fixe": "ab", "noms": ["M&C", None, "SIA"], "valeurs": [[1, 2], [3, 4]], "parts": {"a": [1, 2]},
        "brut": {"b": None}, "cle": "00000000-0000-0000-0000-000000000005", "reseau": "10.0.0.1/32", "Nom à part": "é4",
    }  # fmt: skip
    nothing = zones.json("/collections/zone_urba/items/5000")["properties"]
    assert {name for name, value in nothing.items() if value is not None} == {"gid", "libelle", "vaste"}


def test_the_report_says_what_was_left_out(zones):
    said = report(zones, "zone_urba")
    assert (said["format"], said["driver"], said["source"]) == ("PostGIS", "native", "sig?table=plu.zone_urba")
    messages = " | ".join(fault["message"] for fault in said["faults"])
    assert '"piece" holds bytes' in messages and '"centre" is a further geometry' in messages
    assert '"vaste" has numbers of more digits' in messages and "can't be read: left empty" in messages


def test_all_spatial_tables_that_may_be_read_are_served(serve, database):
    """One of a system that nobody knows is passed over, and that is said."""
    server = serve(url(database, user="reader"), env={"PGPASSWORD": PASSWORD}).wait_open()
    layers = {one["id"] for one in server.json("/collections")["collections"]}
    assert layers == {"zone_urba", "cites", "curves", "mixed", "seen", "drole-de-nom-ici"}
    faults = [fault["message"] for layer in server.json("/loads")["layers"] for fault in layer["report"]["faults"]]
    assert any("a table is not read" in message and "local_system" in message for message in faults)


def test_tables_named_one_by_one(serve, database):
    server = serve(url(database, "cites", "PUBLIC.Seen", 'public."Drôle de ""nom"" ici"', "programmes")).wait_open()
    layers = {one["id"]: one for one in server.json("/collections")["collections"]}
    assert set(layers) == {"cites", "seen", "programmes", "drole-de-nom-ici"}
    one, two = server.items("cites")
    assert (one["id"], one["geometry"]["coordinates"], two["geometry"]) == ("c10", [2.81, 50.43], None)
    assert server.items("programmes")[0]["properties"] == {"id": 1, "titre": "Sans lieu"}


def test_curves_heights_and_measures(serve, database):
    server = serve(url(database, "curves")).wait_open()
    arc, disc, point, empty = server.items("curves", LAMBERT)
    assert arc["geometry"]["type"] == "LineString" and len(arc["geometry"]["coordinates"]) > 10
    assert abs(shapely.geometry.shape(disc["geometry"]).area - 314.15) < 2
    assert point["geometry"]["coordinates"] == [690000, 7030000] and empty["geometry"] is None
    assert {"curve", "third-dimension"} <= set(report(server, "curves")["counts"])


def test_rows_of_several_systems_are_turned_into_that_of_the_first(serve, database):
    server = serve(url(database, "mixed")).wait_open()
    places = [feature["geometry"]["coordinates"] for feature in server.items("mixed", LAMBERT)]
    for place, expected in zip(places, [[690000, 7030000], [690100, 7030100], [690200, 7030200]], strict=True):
        assert abs(place[0] - expected[0]) < 0.001 and abs(place[1] - expected[1]) < 0.001
    assert report(server, "mixed")["counts"]["other-crs"] == 2


def test_what_is_not_there_is_named(serve, database, tmp_path):
    (tmp_path / "good.geojson").write_text('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":1},"geometry":null}]}')
    server = serve(
        tmp_path / "good.geojson", url(database, "plu.zonage"), url(database, "hidden", user="reader"),
        f"postgres://postgres@127.0.0.1:{database.port}/nothing", "postgres://postgres@127.0.0.1:1/sig", "postgres://postgres@no.invalid/sig",
        env={"PGPASSWORD": PASSWORD},
    ).wait_open()  # fmt: skip
    said = sources(server)
    assert "plu.zone_urba" in said["sig?table=plu.zonage"]["message"]
    assert "permission denied" in said["sig?table=hidden"]["message"]
    assert 'database "nothing" does not exist' in said["nothing"]["message"]
    both = [one["message"] for one in server.json("/loads")["sources"] if one["source"] == "sig"]
    assert any("refused" in message for message in both) and any("no machine of that name" in message for message in both)
    wrong = subprocess.run([BINARY, "inspect", "postgres://postgres@h/d?tabel=x"], capture_output=True, text=True)
    assert wrong.returncode != 0 and '"tabel"' in wrong.stderr


@pytest.mark.parametrize("way", ["address", "environment", "file", "configuration"])
def test_no_password_is_seen_anywhere(serve, database, tmp_path, way):
    """Not in the log, the documents, the state folder, or the arguments and environment of the loading process."""
    env, secret, source = {}, PASSWORD, url(database, "plu.zone_urba", user="reader")
    paths = [source]
    match way:
        case "address":
            paths = [source.replace("reader@", f"reader:{quote(PASSWORD, safe='')}@")]
        case "environment":
            env = {"PGPASSWORD": PASSWORD}
        case "file":
            file = tmp_path / "pgpass"
            file.write_text(f"127.0.0.1:*:sig:reader:{PASSWORD.replace(':', chr(92) + ':')}\n")
            file.chmod(0o600)
            env = {"PGPASSFILE": str(file)}
        case "configuration":
            folder = tmp_path / "conf"
            folder.mkdir()
            whole = source.replace("reader@", f"reader:{quote(PASSWORD, safe='')}@")
            (folder / "terril.toml").write_text(f'[source.zonage]\nurl = "{whole}"\n')
            paths = [folder]
    # One statement waits, so that the loading process is met alive.
    locker = connect(database)
    locker.execute("BEGIN")
    locker.execute("LOCK TABLE plu.zone_urba")
    server = serve(*paths, env=env | {"RUST_LOG": "trace"}, state=tmp_path / "state")
    (child,) = wait_for("the loading process", lambda: children_of(server.process.pid))
    for name in ("cmdline", "environ"):
        content = (Path("/proc") / str(child) / name).read_bytes()
        assert secret.encode() not in content and quote(secret, safe="").encode() not in content
    locker.execute("ROLLBACK")
    locker.close()
    server.wait_open()
    layer = "zonage" if way == "configuration" else "zone_urba"
    assert server.json(f"/collections/{layer}/items?limit=1")["numberMatched"] == 1801
    seen = [server.log(), *(server.get(path).text for path in ("/loads", "/health", "/collections", f"/collections/{layer}"))]
    state = [file.read_bytes().decode("latin-1") for file in (tmp_path / "state").rglob("*") if file.is_file()]
    for text in [*seen, *state]:
        for form in (secret, quote(secret, safe=""), secret.encode().decode("latin-1")):
            assert form not in text
    assert "reader@" not in server.get("/loads").text


def test_a_wrong_password_is_refused_without_repeating_it(serve, database, tmp_path):
    (tmp_path / "good.geojson").write_text('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":1},"geometry":null}]}')
    server = serve(tmp_path / "good.geojson", url(database, "cites", user="reader"), env={"PGPASSWORD": "tout faux", "PGPASSFILE": "/none"}).wait_open()
    assert "password authentication failed" in sources(server)["sig?table=cites"]["message"]
    assert "tout faux" not in server.log() + server.get("/loads").text
    without = serve(tmp_path / "good.geojson", url(database, "cites", user="reader"), env={"PGPASSFILE": "/none"}).wait_open()
    assert "wants a password: PGPASSWORD" in sources(without)["sig?table=cites"]["message"]


def test_a_unix_socket(serve, database):
    server = serve(f"postgresql:///sig?host={quote(str(database.folder), safe='')}&port={database.port}&user=postgres&table=cites").wait_open()
    assert len(server.items("cites")) == 2


def test_a_change_is_seen_at_sighup_and_the_last_rows_stay_where_the_database_is_away(serve, database, tmp_path):
    with connect(database) as connection:
        connection.execute("DROP TABLE IF EXISTS moving")
        connection.execute("CREATE TABLE moving AS SELECT n AS id, ST_SetSRID(ST_MakePoint(2, 50), 4326)::geometry(Point, 4326) AS geom FROM generate_series(1, 3) n")
        source = url(database, "moving")
        server = serve(source, state=tmp_path / "state").wait_open()

        def count():
            return server.json("/collections/moving/items?limit=1")["numberMatched"]

        assert count() == 3
        connection.execute("INSERT INTO moving SELECT 4, geom FROM moving LIMIT 1")
        server.process.send_signal(1)
        wait_for("the fourth row", lambda: count() == 4)
    server.stop()
    database.stop()
    try:
        server = serve(source, state=tmp_path / "state").wait_open()
        assert server.json("/collections/moving/items?limit=1")["numberMatched"] == 4
        assert "served as it was on" in report(server, "moving")["faults"][0]["message"]
    finally:
        database.start()
    wait_for("the database", lambda: connect(database))


def test_a_statement_in_a_name_is_only_a_name(serve, database, tmp_path):
    (tmp_path / "good.geojson").write_text('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":1},"geometry":null}]}')
    hostile = ["cites; DROP TABLE cites", "cites' OR '1'='1", 'cites" CASCADE; --', "pg_catalog.pg_authid"]
    server = serve(tmp_path / "good.geojson", *(url(database, name, user="reader") for name in hostile), env={"PGPASSWORD": PASSWORD}).wait_open()
    assert len(sources(server)) == len(hostile) and all(one["state"] == "failed" for one in sources(server).values())
    with connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM cites").fetchone() == (2,)
