"""Walks by `next` over 100,000 features while the source is written anew all the time, and what the last page costs.

The source loses 1 % of its rows and gains 1 % with each version, at random places of the order. A walker that saw n
versions must have met every feature that all of them hold, and none twice.
"""

import http.client
import itertools
import random
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from terril_server import DEADLINE_S, Terril, wait_for

ROWS = 100_000
CHANGED = ROWS // 100
PAGE = 1_000
VERSIONS = 20
PAIRS = 60
# The feature that says which version is served; a number that no other row has.
WITNESS = 0


@dataclass
class Source:
    """A GeoJSON file that is replaced by versions of itself."""

    path: Path
    chance: random.Random = field(default_factory=lambda: random.Random(1_720))
    rows: dict[int, bytes] = field(default_factory=dict)
    versions: list[frozenset[int]] = field(default_factory=list)

    def grow(self, count: int) -> None:
        while count:
            ident = self.chance.randrange(1, 10**9)
            if ident not in self.rows:
                lon, lat, rank = 2 + ident / 1e9, 50 + (ident % 997) / 997, self.chance.randrange(1000)
                self.rows[ident] = (
                    b'{"type":"Feature","id":%d,"properties":{"rank":%d,"name":"p%d"},"geometry":{"type":"Point","coordinates":[%.6f,%.6f]}}'
                    % (ident, rank, ident, lon, lat)
                )
                count -= 1

    def write(self) -> None:
        """The next version, written aside and moved into place."""
        if self.versions:
            for ident in self.chance.sample(sorted(self.rows), CHANGED):
                del self.rows[ident]
            self.grow(CHANGED)
        else:
            self.grow(ROWS - 1)
        witness = b'{"type":"Feature","id":%d,"properties":{"rank":-1,"name":"%d"},"geometry":null}' % (
            WITNESS,
            len(self.versions),
        )
        aside = self.path.with_suffix(".aside")
        aside.write_bytes(
            b'{"type":"FeatureCollection","features":[' + b",\n".join([witness, *self.rows.values()]) + b"]}"
        )
        aside.rename(self.path)
        self.versions.append(frozenset(self.rows) | {WITNESS})


@dataclass
class Walker:
    """Follows `next` and keeps the ids that it met."""

    server: Terril
    url: str | None
    ids: list[int] = field(default_factory=list)
    first_version: int = 0

    def step(self) -> None:
        answer = self.server.get(self.url)
        assert answer.status == 200, answer.raw[:300]
        page = answer.json()
        self.ids += [feature["id"] for feature in page["features"]]
        self.url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
        assert page["features"] or self.url is None


def served_version(server: Terril) -> int:
    return int(server.json(f"/collections/rows/items/{WITNESS}")["properties"]["name"])


@pytest.fixture(scope="module")
def steady(tmp_path_factory):
    """The rows as they are at first, served without changes."""
    source = Source(tmp_path_factory.mktemp("steady") / "rows.geojson")
    source.write()
    with Terril(source.path) as server:
        yield server.wait_open(), source
        assert "panicked" not in server.log()


def test_walks_survive_reloads(tmp_path):
    """Three walks at once, in three orders, of which each sees some twenty versions of the source."""
    source = Source(tmp_path / "rows.geojson")
    source.write()
    with Terril(source.path, args=("--watch",)) as server:
        server.wait_open()
        orders = ["", "&sortby=rank", "&sortby=-rank,name"]
        walkers = [Walker(server, f"/collections/rows/items?limit={PAGE}{order}") for order in orders]
        first, reloads = served_version(server), 0
        pages_between = ROWS // PAGE // VERSIONS
        while any(walker.url for walker in walkers):
            for _ in range(pages_between):
                for walker in walkers:
                    if walker.url:
                        walker.step()
            if not any(walker.url for walker in walkers):
                break
            # The next version is written, and the walk goes on once it is served.
            source.write()
            wanted = len(source.versions) - 1
            wait_for(f"version {wanted}", lambda wanted=wanted: served_version(server) == wanted)
            reloads += 1
        last = served_version(server)
        assert server.process.poll() is None and "panicked" not in server.log()
    assert last - first == reloads >= VERSIONS - 1
    surviving = frozenset.intersection(*source.versions[first : last + 1])
    known = frozenset.union(*source.versions[first : last + 1])
    assert 0.7 * ROWS < len(surviving) < 0.9 * ROWS
    for order, walker in zip(orders, walkers, strict=True):
        assert len(walker.ids) == len(set(walker.ids)), f"{order}: an id twice"
        assert not surviving - set(walker.ids), f"{order}: surviving ids that were missed"
        assert set(walker.ids) <= known


def test_a_walk_at_full_speed_survives_reloads(tmp_path):
    """The source is written anew once a second; walkers do not wait for it, so pages meet reloads at any moment."""
    source = Source(tmp_path / "rows.geojson")
    source.write()
    with Terril(source.path, args=("--watch",)) as server:
        server.wait_open()
        crossed = 0
        while crossed < 6:
            walker = Walker(server, f"/collections/rows/items?limit={PAGE}")
            first, written = served_version(server), time.monotonic()
            source.write()
            while walker.url:
                walker.step()
                if time.monotonic() - written >= 1:
                    source.write()
                    written = time.monotonic()
            last = served_version(server)
            surviving = frozenset.intersection(*source.versions[first : last + 1])
            assert len(walker.ids) == len(set(walker.ids))
            assert not surviving - set(walker.ids)
            crossed += last - first
            # Let it settle, so that the next walk starts from a version that is known.
            wait_for("the last version", lambda: served_version(server) == len(source.versions) - 1)
        assert server.process.poll() is None and "panicked" not in server.log()


@pytest.mark.parametrize("parameter", ["offset", "startindex"])
def test_the_client_that_counts_reads_everything(steady, parameter):
    """ArcGIS knows no cursor. Where nothing is reloaded, positions give each feature once, in the order of the ids."""
    server, source = steady
    ids = []
    while True:
        page = server.json(f"/collections/rows/items?limit={PAGE}&{parameter}={len(ids)}")
        if not page["features"]:
            break
        ids += [feature["id"] for feature in page["features"]]
    assert ids == sorted(source.versions[0])


def test_the_largest_pages_give_everything(steady):
    server, source = steady
    walker = Walker(server, "/collections/rows/items?limit=10000")
    while walker.url:
        walker.step()
    assert walker.ids == sorted(source.versions[0])


def elapsed(connection: http.client.HTTPConnection, path: str) -> float:
    """Seconds from the question to the last byte of its answer."""
    started = time.perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": "identity"})
    response = connection.getresponse()
    response.read()
    assert response.status == 200
    return time.perf_counter() - started


@pytest.mark.parametrize("way, order", [("next", ""), ("offset", ""), ("next", "sortby=rank&")])
def test_the_last_page_costs_what_the_first_does(steady, way, order):
    """Within 1.5 times, in one run, page beside page. Sizes differ from pair to pair, so that no answer is a kept one.

    Sorted pages by position alone are not among them: all rows before such a page have to be found first.
    """
    server, _ = steady
    start = f"/collections/rows/items?{order}limit={PAGE}"
    page = server.json(f"{start}&offset={ROWS - 2 * PAGE}")
    (after,) = [link["href"] for link in page["links"] if link["rel"] == "next"]
    last = after.removeprefix(server.address) if way == "next" else f"{start}&offset={ROWS - PAGE}"
    assert len(server.json(last)["features"]) == PAGE and not any(
        k["rel"] == "next" for k in server.json(last)["links"]
    )
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE_S)
    sizes, rounds = iter(range(PAGE - 1, 0, -1)), []
    # A round is settled when it agrees with the one before it: what else runs on the machine comes and goes.
    while len(rounds) < 2 or abs(rounds[-1] - rounds[-2]) > 0.1:
        ratios = []
        for size in itertools.islice(sizes, PAIRS):
            first, behind = (path.replace(f"limit={PAGE}", f"limit={size}") for path in (start, last))
            if size % 2:
                here, there = elapsed(connection, first), elapsed(connection, behind)
            else:
                there, here = elapsed(connection, behind), elapsed(connection, first)
            ratios.append(there / here)
        assert len(ratios) == PAIRS, f"not settled: {rounds}"
        rounds.append(statistics.median(ratios))
    connection.close()
    assert rounds[-1] < 1.5, rounds
