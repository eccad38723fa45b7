"""Reload after reload of one layer under constant requests: what readers see, what fails, what memory does.

Version v of the layer changes each feature whose number is v modulo `GROUPS`; it then holds v. So whoever reads `GROUPS` features in a row can
tell which version they are of, and whether all are of the same: their numbers are the last `GROUPS` versions, each at its own place.
"""

import http.client
import json
import random
import signal
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from terril_server import DEADLINE_S, Terril, wait_for

FEATURES = 10_000
GROUPS = 100
READERS = 4
# Requests in a second, all readers together.
RATE = 200
SEED = 50_000
LAYER = "orages"


@dataclass
class Seen:
    """What the readers saw."""

    answers: Counter = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    versions: set[int] = field(default_factory=set)
    resident_mb: list[float] = field(default_factory=list)
    seconds: float = 0.0


class Layer:
    """The file, written anew for each version: aside, then moved into place."""

    def __init__(self, path: Path):
        self.path = path
        self.lines = [self._line(n, 0) for n in range(FEATURES)]

    @staticmethod
    def _line(n: int, version: int) -> str:
        place = [round(2.3 + n % 100 / 500, 4), round(50.3 + n // 100 / 500, 4)]
        return json.dumps({"type": "Feature", "id": n, "properties": {"n": n, "v": version}, "geometry": {"type": "Point", "coordinates": place}})

    def write(self, version: int) -> None:
        if version:
            for n in range(version % GROUPS, FEATURES, GROUPS):
                self.lines[n] = self._line(n, version)
        aside = self.path.with_name(f".{self.path.name}.aside")
        aside.write_text('{"type":"FeatureCollection","features":[\n' + ",\n".join(self.lines) + "\n]}")
        aside.rename(self.path)


def version_of(features: list[dict]) -> int:
    """The one version that these features are of, `GROUPS` or more in a row; ValueError where they are of two."""
    values = {feature["properties"]["n"]: feature["properties"]["v"] for feature in features}
    newest = max(values.values())
    for n, value in values.items():
        # The last version up to the newest that changed this feature, or 0 where none has yet.
        expected = newest - (newest - n) % GROUPS
        if value != max(expected, 0) and not (expected < 1 and value == 0):
            raise ValueError(f"feature {n} is of version {value} beside version {newest}")
    return newest


def read(port: int, seed: int, over: threading.Event, seen: Seen) -> None:
    """One reader at its share of the rate, with a connection of its own."""
    chance, pause = random.Random(seed), READERS / RATE
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)
    due = time.monotonic()
    while not over.is_set():
        path = question(chance)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as fault:
            seen.faults.append(f"{path}: {fault!r}")
            connection.close()
            continue
        seen.answers[answer.status] += 1
        if answer.status != 200:
            seen.faults.append(f"{path}: {answer.status} {body[:200]!r}")
        elif "limit=200" in path:
            try:
                document = json.loads(body)
                assert document["numberMatched"] == FEATURES
                seen.versions.add(version_of(document["features"]))
            except (ValueError, AssertionError, KeyError) as fault:
                seen.faults.append(f"{path}: {fault!r}")
        due += pause
        over.wait(max(0.0, due - time.monotonic()))
    connection.close()


def question(chance: random.Random) -> str:
    match chance.randrange(4):
        case 0:
            return f"/collections/{LAYER}/items?limit=200&offset={chance.randrange(FEATURES - 200)}"
        case 1:
            return f"/{LAYER}/9/259/172.pbf"
        case 2:
            return f"/collections/{LAYER}/items/{chance.randrange(FEATURES)}"
        case _:
            return chance.choice([f"/collections/{LAYER}", f"/{LAYER}.json", "/health", f"/collections/{LAYER}/items?limit=1&n={chance.randrange(FEATURES)}"])


def resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise ValueError("no VmRSS")


def storm(folder: Path, reloads: int) -> Seen:
    """Serves the layer and loads it anew so many times, each time waiting for it to be seen."""
    layer = Layer(folder / f"{LAYER}.geojson")
    layer.write(0)
    seen, over = Seen(), threading.Event()
    with Terril(folder) as server:
        server.wait_open()
        readers = [threading.Thread(target=read, args=(server.port, SEED + n, over, seen)) for n in range(READERS)]
        for reader in readers:
            reader.start()
        started = time.monotonic()
        try:
            for version in range(1, reloads + 1):
                layer.write(version)
                server.process.send_signal(signal.SIGHUP)
                probe = f"/collections/{LAYER}/items/{version % GROUPS}"
                wait_for(f"version {version}", lambda version=version, probe=probe: server.json(probe)["properties"]["v"] == version)
                seen.resident_mb.append(resident_mb(server.process.pid))
        finally:
            over.set()
            for reader in readers:
                reader.join()
        seen.seconds = time.monotonic() - started
        assert server.healthy() and "panicked" not in server.log()
    return seen


def resident_after(seen: Seen, reloads: int) -> float:
    """Resident memory after so many reloads: the median over the last 20 of them, since each reading meets another moment of a load."""
    return statistics.median(seen.resident_mb[max(0, reloads - 20) : reloads])
