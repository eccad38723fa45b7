"""Damaged files of every container, seeded, and every known trick: the server refuses or serves each, names what it refuses, and goes on."""

import json
import random
import tempfile
from collections import Counter
from pathlib import Path

import mutants
from terril_server import Terril
from test_mutants import LIMITS, MEMORY_MB, STATE_MB, TIME_S, everything_but, words_of
from test_wrong_sources import points
from watch_children import Watch, size_mb

TITLE = "Damaged files of every container"
WHAT = (
    "Bytes flipped, cut out, doubled, zeroed, counts made huge, files cut off or missing in small real files of every container, seeded; then every known trick once "
    "(`tests/clients/mutants.py`). A source is served or refused by name; the good layer beside it is served; the loading children keep their limits; nothing is written "
    "outside of the state folder; no panic, no hang."
)
BATCH = 60


def run(report, options) -> None:
    counts: Counter[str] = Counter()
    peaks = {"peak": 0.0, "longest": 0.0}
    with tempfile.TemporaryDirectory(prefix="terril-seeds-") as folder:
        seeds = mutants.seeds(Path(folder))
        for container, seed in seeds.items():
            chance = random.Random(f"{mutants.SEED} {container}")
            for first in range(0, options.mutants, BATCH):
                stems = [f"m-{container}-{n}" for n in range(first, min(first + BATCH, options.mutants))]
                batch(report, counts, peaks, f"{container} {first}", lambda folder, outside: [mutants.spoilt(seed, folder, stem, chance) for stem in stems])  # noqa: B023
        batch(report, counts, peaks, "tricks", lambda folder, outside: mutants.tricks(seeds, folder, outside))
    report.figure("containers, damaged files of each", f"{len(seeds)}, {options.mutants}")
    report.figure("files served, in part or whole", counts["served"])
    report.figure("files refused by name", counts["refused"])
    report.figure("highest memory of a loading child, MB", f"{peaks['peak']:.0f}, limit {MEMORY_MB}")
    report.figure("longest life of a loading child, s", f"{peaks['longest']:.1f}, limit {TIME_S}")


def batch(report, counts: Counter, peaks: dict, name: str, make) -> None:
    with tempfile.TemporaryDirectory(prefix="terril-fuzz-") as place:
        place = Path(place)
        for folder in ("sources", "outside", "state"):
            (place / folder).mkdir()
        (place / "sources" / "good.geojson").write_text(points())
        (place / "outside" / "secret.txt").write_text("a secret word: xylophone")
        hostile = make(place / "sources", place / "outside")
        before = {path: path.stat().st_size for path in everything_but(place, "state")}
        with Terril(place / "sources", args=LIMITS, state=place / "state") as server:
            with Watch(server.process.pid) as watch:
                try:
                    server.wait_open(deadline_s=1800)
                except TimeoutError:
                    report.check(False, f"{name}: the load did not end")
                    return
            loads = server.json("/loads")
            for one in hostile:
                words = words_of(loads, one.name)
                report.check(bool(words), f"{one.name} ({one.what}) is neither served nor named")
                counts["served" if words == "served" else "refused"] += 1
            for collection in server.json("/collections")["collections"]:
                status = server.get(f"/collections/{collection['id']}/items?limit=10").status
                report.check(status == 200, f"{collection['id']}: items give {status}")
            report.check(server.json("/collections/good/items")["numberMatched"] == 3, f"{name}: the good layer")
            log = server.log()
        report.check("panicked" not in log, f"{name}: a panic: {log[-2000:]}")
        report.check("xylophone" not in json.dumps(loads) + log, f"{name}: a secret was read")
        report.check(watch.peak_mb <= MEMORY_MB and watch.longest_s <= TIME_S, f"{name}: a child with {watch.peak_mb:.0f} MB, {watch.longest_s:.0f} s")
        report.check(size_mb(place / "state") <= STATE_MB, f"{name}: {size_mb(place / 'state'):.0f} MB in the state folder")
        report.check({path: path.stat().st_size for path in everything_but(place, "state")} == before, f"{name}: something was written outside")
        peaks["peak"], peaks["longest"] = max(peaks["peak"], watch.peak_mb), max(peaks["longest"], watch.longest_s)
