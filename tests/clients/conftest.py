"""Servers and data for the tests of this folder. See README.md."""

import os
from pathlib import Path

import pytest
from postgis_server import postgis  # noqa: F401  a fixture
from report import (  # noqa: F401  pytest finds its hooks here
    pytest_collection_modifyitems,
    pytest_deselected,
    pytest_runtest_logreport,
    pytest_sessionfinish,
)
from terril_server import ROOT, Terril

SHARED = Path(os.environ.get("TERRIL_SHARED", ROOT.parent / "shared")).resolve()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real data that lies beside the checkout."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"no real data at TERRIL_SHARED={SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def real(shared: Path):
    """One server of the real layers, for every test that only reads."""
    folders = [shared / "data" / name for name in ("bassin-minier", "communes-62", "cadastre")]
    with Terril(*folders) as server:
        server.wait_open()
        yield server
        assert server.process.poll() is None, f"the server died:\n{server.log()}"
        assert "panicked" not in server.log()


@pytest.fixture
def serve():
    """Starts servers that end with the test: `serve(path, args=(…))`."""
    started: list[Terril] = []

    def start(*paths, **options) -> Terril:
        server = Terril(*paths, **options)
        started.append(server)
        server.wait_listening()
        return server

    yield start
    for server in started:
        server.stop()
        assert "panicked" not in server.log(), server.log()
