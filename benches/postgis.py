"""The other side: PostgreSQL 15 with PostGIS in a cluster of its own, on loopback, with the table a careful user would make."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

BIN = Path("/usr/lib/postgresql/15/bin")

# What a user with this much memory would set; `jit` costs more than it saves on queries of milliseconds.
SETTINGS = """
listen_addresses = '127.0.0.1'
shared_buffers = 2GB
effective_cache_size = 8GB
work_mem = 64MB
maintenance_work_mem = 1GB
max_wal_size = 4GB
random_page_cost = 1.1
jit = off
fsync = off
"""


class Cluster:
    """Started on entering, stopped and removed on leaving."""

    def __init__(self):
        # The server refuses to run as root, and its user must be able to reach the folder: hence no place in the checkout.
        self.folder = Path(tempfile.mkdtemp(prefix="terril-postgis-"))
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(self.folder, self.user)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def _run(self, *command: str | Path) -> None:
        prefix = ["runuser", "-u", self.user, "--"] if os.geteuid() == 0 else []
        subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")

    def __enter__(self) -> "Cluster":
        data = self.folder / "data"
        self._run(BIN / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale", "C.UTF-8")
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.write(f"{SETTINGS}port = {self.port}\nunix_socket_directories = '{self.folder}'\n")
        self._run(BIN / "pg_ctl", "-D", data, "-w", "-l", self.folder / "log", "start")
        return self

    def __exit__(self, *_) -> None:
        self._run(BIN / "pg_ctl", "-D", self.folder / "data", "-m", "fast", "-w", "stop")
        shutil.rmtree(self.folder)

    @property
    def address(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.address, autocommit=True)

    def version(self) -> str:
        with self.connect() as connection:
            return connection.execute("SELECT 'PostgreSQL ' || current_setting('server_version') || ', PostGIS ' || postgis_lib_version()").fetchone()[0]


def load(cluster: Cluster, source: Path) -> float:
    """Makes the table `parcels` in its best form; gives the seconds it took."""
    started = time.monotonic()
    with cluster.connect() as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    subprocess.run(
        ["ogr2ogr", "-f", "PostgreSQL", f"PG:{cluster.address}", source, "-nln", "loaded", "-t_srs", "EPSG:4326",
         "-lco", "GEOMETRY_NAME=geom", "-lco", "SPATIAL_INDEX=NONE", "-lco", "FID=ogc_fid", "-lco", "PRECISION=NO",
         "--config", "PG_USE_COPY", "YES"],
        check=True,
    )  # fmt: skip
    with cluster.connect() as connection:
        # Both geometries are stored, so that no query transforms; rows lie in spatial order, as CLUSTER would put them.
        connection.execute("CREATE TABLE parcels AS SELECT *, ST_Transform(geom, 3857) AS geom_3857 FROM loaded ORDER BY geom")
        connection.execute("DROP TABLE loaded")
        connection.execute("CREATE INDEX ON parcels USING gist (geom)")
        connection.execute("CREATE INDEX ON parcels USING gist (geom_3857)")
        connection.execute("ALTER TABLE parcels ADD PRIMARY KEY (id)")
        connection.execute("VACUUM (ANALYZE, FREEZE) parcels")
    return time.monotonic() - started


class Statements:
    """The prepared statements, on one connection."""

    def __init__(self, connection: psycopg.Connection, buffer_units: int):
        self.cursor = connection.cursor(binary=True)
        columns = [
            row[0]
            for row in connection.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = 'parcels' "
                "AND column_name NOT IN ('geom', 'geom_3857', 'ogc_fid') ORDER BY ordinal_position"
            )
        ]
        self.columns = columns
        listed = ", ".join(f'"{name}"' for name in columns)
        pairs = ", ".join(f"'{name}', \"{name}\"" for name in columns)
        margin = buffer_units / 4096
        self.tile_sql = (
            "SELECT ST_AsMVT(t, 'parcels', 4096, 'geom') FROM ("
            f"SELECT {listed}, ST_AsMVTGeom(geom_3857, ST_TileEnvelope(%s, %s, %s), 4096, {buffer_units}, true) AS geom "
            f"FROM parcels WHERE geom_3857 && ST_TileEnvelope(%s, %s, %s, margin => {margin})) t"
        )
        # The documents come as text: a driver that parses JSON would add its own time to the database's.
        box = "ST_MakeEnvelope(%s, %s, %s, %s, 4326)"
        where = f"geom && {box} AND ST_Intersects(geom, {box})"
        self.document_sql = {
            "json_build_object": (
                "SELECT json_build_object('type', 'FeatureCollection', 'numberMatched', count(*), 'features', "
                "coalesce(json_agg(f), '[]'::json))::text FROM ("
                f"SELECT json_build_object('type', 'Feature', 'id', id, 'geometry', ST_AsGeoJSON(geom, 9)::json, 'properties', json_build_object({pairs})) AS f "
                f"FROM parcels WHERE {where} ORDER BY id) s"
            ),
            "ST_AsGeoJSON(record)": (
                "SELECT '{\"type\":\"FeatureCollection\",\"numberMatched\":' || count(*) || ',\"features\":[' || "
                "coalesce(string_agg(f, ','), '') || ']}' FROM ("
                f"SELECT ST_AsGeoJSON((SELECT r FROM (SELECT {listed}, geom) r), 'geom', 9) AS f "
                f"FROM parcels WHERE {where} ORDER BY id) s"
            ),
        }
        self.rows_sql = f"SELECT {listed}, ST_AsBinary(geom) FROM parcels WHERE {where} ORDER BY id"

    def tile(self, zoom: int, x: int, y: int) -> bytes:
        return self.cursor.execute(self.tile_sql, (zoom, x, y, zoom, x, y), prepare=True).fetchone()[0]

    def document(self, form: str, box: tuple[float, ...]):
        return self.cursor.execute(self.document_sql[form], box + box, prepare=True).fetchone()[0]

    def rows(self, box: tuple[float, ...]) -> list:
        return self.cursor.execute(self.rows_sql, box + box, prepare=True).fetchall()
