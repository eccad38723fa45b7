"""Damaged and hostile sources: each is served or refused by name, the loading children keep their limits, the server goes on.

A smaller part of tests/long/fuzz_loader.py: a dozen of each container and every trick once, in a few servers.
"""

import http.server
import json
import random
import threading
from pathlib import Path

import mutants
import pytest
from terril_server import Terril
from test_wrong_sources import points
from watch_children import Watch, size_mb

EACH = 12
LIMITS = ("--load-memory", "600MB", "--load-timeout", "60")
MEMORY_MB = 600
# Time counts from the start of a process to the kernel's giving it back, on a machine that does other things too.
TIME_S = 60 + 30
# The largest that all base files and left-overs of one of these servers may be: the sources are small, their bombs are not.
STATE_MB = 400


@pytest.fixture(scope="module")
def seeds(tmp_path_factory, shared):
    return mutants.seeds(tmp_path_factory.mktemp("seeds"))


@pytest.fixture
def place(tmp_path):
    """A folder of sources, a good one in it, and one outside that nothing may touch."""
    for name in ("sources", "outside", "state"):
        (tmp_path / name).mkdir()
    (tmp_path / "sources" / "good.geojson").write_text(points())
    (tmp_path / "outside" / "secret.txt").write_text("a secret word: xylophone")
    return tmp_path


def held(place: Path, hostile: list[mutants.Hostile]) -> dict[str, str]:
    """Serves them all; gives what was said of each by its name."""
    before = {path: path.stat().st_size for path in everything_but(place, "state")}
    with Terril(place / "sources", args=LIMITS, state=place / "state") as server:
        with Watch(server.process.pid) as watch:
            server.wait_open(deadline_s=900)
        loads = server.json("/loads")
        said = {}
        for one in hostile:
            said[one.name] = words_of(loads, one.name)
            assert said[one.name], f"{one.name} ({one.what}) is neither served nor named"
        for collection in server.json("/collections")["collections"]:
            assert server.get(f"/collections/{collection['id']}/items?limit=5").status == 200, collection["id"]
        assert server.json("/collections/good/items")["numberMatched"] == 3
        assert server.healthy()
        log = server.log()
        assert "panicked" not in log, log[-3000:]
        assert "xylophone" not in json.dumps(loads) and "xylophone" not in log
    assert watch.children, "no child was seen"
    assert watch.peak_mb <= MEMORY_MB and watch.longest_s <= TIME_S, (watch.peak_mb, watch.longest_s)
    assert size_mb(place / "state") <= STATE_MB
    # Nothing outside of the state folder was written, and nothing inside lies where no base file belongs.
    assert {path: path.stat().st_size for path in everything_but(place, "state")} == before
    # A layer that is served by that name has a folder of versions, which is no file out of the archive.
    slipped = [path for path in place.parent.rglob("*slipped*") if path.parent != place / "state" / "versions"]
    assert not slipped, slipped
    return said


def everything_but(place: Path, folder: str) -> list[Path]:
    return [path for path in place.rglob("*") if path.is_file() and not path.is_relative_to(place / folder)]


def words_of(loads: dict, name: str) -> str:
    """The report line of a source: `served`, or why it was refused."""
    for source in loads.get("sources", []):
        if source["source"] == name:
            return source["message"]
    return "served" if any(one["report"]["source"] == name for one in loads["layers"]) else ""


@pytest.mark.parametrize("half", [0, 1])
def test_damaged_sources(place, seeds, half):
    chance = random.Random(mutants.SEED + half)
    hostile = []
    for container in list(seeds)[half::2]:
        for n in range(EACH):
            hostile.append(mutants.spoilt(seeds[container], place / "sources", f"m-{container}-{n}", chance))
    said = held(place, hostile)
    assert len(said) == len(hostile) >= EACH * 9
    refused = [name for name, words in said.items() if words != "served"]
    # Damage in coordinates leaves much readable: neither all nor nothing is right.
    assert 0 < len(refused) < len(said)


def test_tricks(place, seeds):
    hostile = mutants.tricks(seeds, place / "sources", place / "outside")
    said = held(place, hostile)
    refused = {name for name, words in said.items() if words != "served"}
    must = {name for name in said if any(word in name for word in ("bomb", "encrypted", "deep-arrays", "7z", "rar"))}
    assert must <= refused, must - refused
    assert "crypt" in said["t-encrypted.zip"] or "password" in said["t-encrypted.zip"], said["t-encrypted.zip"]
    for name in ("t-bomb.zip", "t-bomb.geojson.gz", "t-bomb.geojson.bz2", "t-bomb-of-bombs.zip"):
        # By its ratio, or, on a slow machine, by the time that it takes to get there.
        assert "becomes more than" in said[name] or "took longer" in said[name], said[name]
    for name in ("t-wide.geojson", "t-wide.csv", "t-wide.gpkg", "t-wide.fgb", "t-long.geojson", "t-long.gpkg", "t-without-shx.shp", "t-case-shp.zip"):
        assert said[name] == "served", (name, said[name])


class Redirecting(http.server.BaseHTTPRequestHandler):
    """Sends everybody elsewhere: `/to/…` names where."""

    seen: list[str] = []
    targets: dict[str, str] = {}

    def do_GET(self) -> None:
        Redirecting.seen.append(self.path)
        if target := self.targets.get(self.path):
            self.send_response(302)
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_error(404)

    def log_message(self, *_) -> None:
        pass


def test_redirects_to_files_and_further_inside(place):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Redirecting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    Redirecting.seen.clear()
    Redirecting.targets = {
        "/to-file.geojson": f"file://{place}/outside/secret.txt", "/to-link-local.geojson": "http://169.254.169.254/latest/meta-data/x.geojson",
        "/to-private.geojson": "http://10.255.255.1/x.geojson", "/to-ftp.geojson": "ftp://127.0.0.1/x.geojson",
        "/to-itself.geojson": "/to-itself.geojson", "/to-gopher.geojson": "gopher://127.0.0.1:1/_x", "/to-postgres.geojson": "postgres://127.0.0.1/x",
    }  # fmt: skip
    try:
        addresses = [base + path for path in Redirecting.targets]
        with Terril(place / "sources", *addresses, args=LIMITS, state=place / "state") as terril:
            terril.wait_open(deadline_s=600)
            loads = terril.json("/loads")
            for path in Redirecting.targets:
                (told,) = [one for one in loads["sources"] if path.strip("/") in json.dumps(one)]
                assert told["state"] == "failed" and told["message"], told
            assert terril.json("/collections/good/items")["numberMatched"] == 3
            assert "xylophone" not in json.dumps(loads) + terril.log() and "panicked" not in terril.log()
        assert set(Redirecting.seen) == set(Redirecting.targets), "each was asked for"
    finally:
        server.shutdown()
        server.server_close()
