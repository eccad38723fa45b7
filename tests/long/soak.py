"""Mixed requests for a bounded time from several clients: nothing fails, memory stays flat."""

import random
import threading
import time

import numpy
from client import Client
from conftest import SHARED
from machine import memory_of
from real_layers import LAYERS, geometries
from terril_server import Terril
from tile_math import tile_of
from workload import SEED

TITLE = "Soak"
WHAT = (
    "Six clients ask for tiles, boxes, pages, items, searches and wrong things at random (seeded), each waiting for its answer. Resident memory is read twice a second; its slope is "
    "fitted over the last half of the run. Flat means under 1 MB a minute."
)
CLIENTS = 6


def run(report, options) -> None:
    folders = [SHARED / "data" / name for name in ("bassin-minier", "communes-62", "cadastre")]
    with Terril(*folders) as server:
        server.wait_open()
        end = time.monotonic() + options.minutes * 60
        counts: list[dict[int, int]] = [{} for _ in range(CLIENTS)]
        faults: list[str] = []
        threads = [
            threading.Thread(target=client, args=(server.port, SEED + n, end, counts[n], faults)) for n in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        readings = []
        while time.monotonic() < end:
            memory = memory_of(server.process.pid)
            readings.append((time.monotonic(), memory["VmRSS"], memory["RssAnon"]))
            time.sleep(0.5)  # the interval of the readings
        for thread in threads:
            thread.join()
        report.check(server.healthy(), "the server is no longer healthy")
        log = server.log()
    report.check("panicked" not in log, "a panic")
    for fault in faults[:20]:
        report.check(False, fault)

    total: dict[int, int] = {}
    for one in counts:
        for status, count in one.items():
            total[status] = total.get(status, 0) + count
    report.cases += sum(total.values())
    report.figure("minutes", options.minutes)
    report.figure("answers by status", ", ".join(f"{status}: {count:,}" for status, count in sorted(total.items())))
    half = readings[len(readings) // 2 :]
    minutes = [reading[0] / 60 for reading in half]
    slope, own = (numpy.polyfit(minutes, [reading[at] for reading in half], 1)[0] for at in (1, 2))
    report.figure("resident at the start and at the end, MB", f"{readings[0][1]:.0f}, {readings[-1][1]:.0f}")
    report.figure("of it not mapped files, MB", f"{readings[0][2]:.0f}, {readings[-1][2]:.0f}")
    report.figure("slope over the last half, MB a minute", f"{slope:.3f}, without mapped files {own:.3f}")
    report.check(slope < 1, f"memory grows by {slope:.2f} MB a minute")


def client(port: int, seed: int, end: float, counts: dict[int, int], faults: list[str]) -> None:
    chance = random.Random(seed)
    connections = [Client(port, coding) for coding in ("identity", "gzip", "br", "zstd")]
    while time.monotonic() < end:
        path, allowed = question(chance)
        try:
            status = chance.choice(connections).get(path).status
        except Exception as fault:
            faults.append(f"{path}: {fault}")
            connections = [Client(port, coding) for coding in ("identity", "gzip", "br", "zstd")]
            continue
        counts[status] = counts.get(status, 0) + 1
        if status not in allowed:
            faults.append(f"{path}: {status}")


def question(chance: random.Random) -> tuple[str, tuple[int, ...]]:
    """A path, and the statuses that are right for it."""
    layer = chance.choice(LAYERS)
    shape = chance.choice(geometries(SHARED / "data" / layer.path))
    west, south, east, north = shape.bounds if shape is not None else (2.0, 50.0, 3.0, 51.0)
    items = f"/collections/{layer.collection}/items"
    match chance.randrange(10):
        case 0 | 1 | 2 | 3:
            zoom = chance.randint(0, 16)
            x, y = tile_of(chance.uniform(west, east), chance.uniform(south, north), zoom)
            return f"/{layer.collection}/{zoom}/{x}/{y}.pbf", (200, 204)
        case 4 | 5:
            grown = chance.uniform(0, 0.05)
            return f"{items}?limit={chance.choice([1, 10, 1000])}&bbox={west - grown},{south - grown},{east + grown},{north + grown}", (200,)
        case 6:
            return f"{items}?limit=100&offset={chance.randrange(layer.count + 10)}", (200,)
        case 7:
            return chance.choice(["/", "/collections", "/conformance", "/api", "/health", "/loads", f"/{layer.collection}.json"]), (200,)
        case 8:
            return f"/search?q={chance.choice(['lens', 'cite', 'terril', 'bethune', 'a'])}", (200,)
        case _:
            return chance.choice([
                (f"{items}?limit=0", (400,)), (f"{items}?nothing=1", (400,)), ("/collections/nowhere", (404,)),
                (f"{items}/nobody-{chance.random()}", (404,)), (f"/{layer.collection}/3/99/99.pbf", (400, 404)),
            ])  # fmt: skip
