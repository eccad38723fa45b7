"""The loading child dies, takes too much memory or too much time: its source is refused by name, the server goes on."""

import json
import os
import signal
from pathlib import Path

import numpy
import pyogrio
import pytest
import shapely
from terril_server import wait_for
from test_wrong_sources import points, said, serves_the_good_one


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    """A GeoPackage that takes GDAL long enough for the child to be met alive: 400,000 polygons."""
    path = tmp_path_factory.mktemp("slow") / "slow.gpkg"
    x, y = (values.ravel() for values in numpy.meshgrid(numpy.arange(800), numpy.arange(500)))
    shapes = shapely.box(600_000 + x * 10, 7_000_000 + y * 10, 600_009 + x * 10, 7_000_009 + y * 10)
    text = numpy.array([f"parcelle {n} " * 4 for n in range(len(shapes))], dtype=object)
    pyogrio.raw.write(
        path, shapely.to_wkb(shapes), [numpy.arange(len(shapes)), text], ["numero", "texte"],
        geometry_type="Polygon", crs="EPSG:2154", layer="slow",
    )  # fmt: skip
    return path


@pytest.fixture
def good(tmp_path):
    (tmp_path / "good.geojson").write_text(points())
    return tmp_path / "good.geojson"


def the_child(server) -> int:
    """The child that reads the slow source: the one that has it open."""

    def find():
        for pid in server.children():
            try:
                if any("slow.gpkg" in os.readlink(one) for one in Path(f"/proc/{pid}/fd").iterdir()):
                    return pid
            except OSError:
                pass  # it ended, or closed a file, while it was looked at
        return None

    return wait_for("the loading child", find)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGABRT, signal.SIGTERM])
def test_the_child_is_killed(serve, good, slow, how):
    server = serve(good, slow)
    os.kill(the_child(server), how)
    server.wait_open()
    assert server.get("/collections/slow").status == 404
    serves_the_good_one(server)
    said(server, "slow")


def test_it_is_read_again_at_the_next_start(serve, good, slow, tmp_path):
    server = serve(good, slow, state=tmp_path / "state")
    os.kill(the_child(server), signal.SIGKILL)
    server.wait_open()
    server.stop()
    server = serve(good, slow, state=tmp_path / "state").wait_open()
    assert server.json("/collections/slow/items?limit=1")["numberMatched"] == 400_000


def test_over_its_memory(serve, good, slow):
    server = serve(good, slow, args=("--load-memory", "250MB"))
    server.wait_open()
    assert server.get("/collections/slow").status == 404
    serves_the_good_one(server)
    said(server, "slow")
    assert "memory" in server.log()


def test_over_its_time(serve, good, slow):
    """The child is stopped in its work, so that its time runs out however fast the machine is."""
    server = serve(good, slow, args=("--load-timeout", "3"))
    os.kill(the_child(server), signal.SIGSTOP)
    server.wait_open()
    assert server.get("/collections/slow").status == 404
    serves_the_good_one(server)
    said(server, "slow")


def test_a_memory_budget_that_is_too_small(serve, good, slow):
    server = serve(good, slow, args=("--memory", "100MB"))
    server.wait_open()
    assert server.get("/collections/slow").status == 404
    assert server.healthy()
    said(server, "slow")
    assert "--memory" in json.dumps(server.json("/loads")), "the refusal names the way on"


def test_the_server_answers_while_it_loads(serve, good, slow):
    server = serve(good, slow)
    child = the_child(server)
    os.kill(child, signal.SIGSTOP)
    try:
        wait_for("the small layer", lambda: server.get("/collections/good").status == 200)
        assert server.json("/collections/good/items")["numberMatched"] == 3
        assert server.get("/health").status == 200
    finally:
        os.kill(child, signal.SIGCONT)
    server.wait_open()
    assert server.json("/collections/slow/items?limit=1")["numberMatched"] == 400_000


def test_the_server_stops_while_it_loads(serve, good, slow):
    server = serve(good, slow)
    child = the_child(server)
    assert server.stop() == 0
    wait_for("the child to end with its server", lambda: not os.path.exists(f"/proc/{child}"))
