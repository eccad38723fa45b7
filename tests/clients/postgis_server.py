"""A PostgreSQL 15 with PostGIS of one's own: a cluster in a temporary folder, on loopback and on a socket there, as no root.

Two roles: `postgres` may do all without a password, `reader` reads with one. Used as a fixture (`postgis`, once a session)
by the tests of the source and as the judge of repairs (`ST_MakeValid`).
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

BIN = Path("/usr/lib/postgresql/15/bin")
PASSWORD = "Sésame:@/ 62"

# Who may come how; the first line that fits counts. `reader` shows a password on loopback.
HBA = """
local all all trust
host all reader 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""


class Cluster:
    """Started on entering, stopped and removed on leaving."""

    def __init__(self):
        # The server refuses to run as root, and its user must reach the folder: hence no place in the checkout.
        self.folder = Path(tempfile.mkdtemp(prefix="terril-postgis-"))
        root = os.geteuid() == 0
        self.user = "postgres" if root else pwd.getpwuid(os.geteuid()).pw_name
        self._prefix = ["runuser", "-u", self.user, "--"] if root else []
        if root:
            shutil.chown(self.folder, self.user)
        self.folder.chmod(0o755)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def _run(self, *command: str | Path) -> None:
        subprocess.run([*self._prefix, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")

    def __enter__(self) -> "Cluster":
        data = self.folder / "data"
        self._run(BIN / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale", "C.UTF-8")
        (data / "pg_hba.conf").write_text(HBA)
        settings = f"listen_addresses = '127.0.0.1'\nport = {self.port}\nunix_socket_directories = '{self.folder}'\nfsync = off\n"
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.write(settings)
        self._run(BIN / "pg_ctl", "-D", data, "-w", "-l", self.folder / "log", "start")
        with self.connect() as connection:
            connection.execute("CREATE EXTENSION postgis")
            connection.execute(psycopg.sql.SQL("CREATE ROLE reader LOGIN PASSWORD {}").format(PASSWORD))
            connection.execute("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader")
        return self

    def __exit__(self, *_) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def stop(self) -> None:
        self._run(BIN / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")

    def start(self) -> None:
        self._run(BIN / "pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "start")

    @property
    def dsn(self) -> str:
        """The address for psycopg and GDAL (`PG:` before it)."""
        return f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"

    def url(self, query: str = "", user: str = "postgres", database: str = "postgres") -> str:
        """The address as a source of `terril serve`."""
        return f"postgres://{user}@127.0.0.1:{self.port}/{database}" + (f"?{query}" if query else "")

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.dsn, autocommit=True)

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")


@pytest.fixture(scope="session")
def postgis():
    """One cluster for the session; tests make tables of their own in it."""
    if not (BIN / "initdb").exists():
        pytest.fail(f"no PostgreSQL 15 at {BIN}: scripts/install.sh test")
    with Cluster() as cluster:
        yield cluster
