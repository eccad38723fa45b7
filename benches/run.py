"""The side by side of `make bench`: one run, one machine, the same data, the same client process.

    benches/run.py [--parcels N] [--tiles N] [--boxes N]

Writes benches/results/bench-DATE.json and, by benches/loading.py, loading-DATE.json; benches/report.py makes the page from them.
"""

import argparse
import gzip
import hashlib
import json
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

import loading
import machine
import postgis
from client import Client
from opening import lonlat_extent, parcels, start
from workload import SEED, boxes_inside, summary, tiles_inside, timed

import mvt
from terril_server import Terril

ROOT = machine.ROOT
ZOOM = 14
BUFFER_UNITS = 64
# The last stage of a layer, after which nothing runs on.
LAST_STAGE = "audited"


def measure_start(source: Path, state: Path) -> dict:
    """From an empty state folder, then five times again."""
    server, first = start(source, state)
    after_first = machine.memory_of(server.process.pid)
    server.stop()
    again = []
    for _ in range(5):
        server, seconds = start(source, state)
        again.append(seconds)
        server.stop()
    bases = sum(path.stat().st_size for path in state.rglob("*") if path.is_file())
    return {
        "first_s": round(first, 3),
        "second_s": sorted(round(seconds, 4) for seconds in again),
        "memory_after_first_mb": after_first,
        "state_folder_mb": round(bases / 2**20, 1),
    }


def ids_in(tile: bytes) -> set[str]:
    """The values of the property `id`, read leniently: PostGIS puts a layer's version behind its name."""
    found = set()
    for _, _, layer in mvt.fields(tile):
        parts = list(mvt.fields(layer))
        keys = [value.decode() for number, _, value in parts if number == 3]
        values = [mvt.read_value(value) for number, _, value in parts if number == 4]
        for feature in (value for number, _, value in parts if number == 2):
            tags = next(mvt.packed(value) for number, _, value in mvt.fields(feature) if number == 2)
            found |= {str(values[v]) for k, v in zip(tags[::2], tags[1::2], strict=True) if keys[k] == "id"}
    return found


def measure_tiles(server: Terril, sql: postgis.Statements, collection: str, tiles: list[tuple[int, int]]) -> dict:
    """Cold: the first time this server is asked for the tile. Each coding gets tiles of its own, so that none is warm."""
    third = len(tiles) // 3
    # Another place's tiles first, so that neither side pays for its first request ever.
    warm_up, identity, gzipped = tiles[: third // 4], tiles[third // 4 : third // 4 + third], tiles[third // 4 + third :]
    clients = {name: Client(server.port, name) for name in ("identity", "gzip")}

    def ask(client: Client):
        return lambda xy: client.get(f"/{collection}/{ZOOM}/{xy[0]}/{xy[1]}.pbf")

    figures = {}
    for client in clients.values():
        timed(ask(client), warm_up)
    cold_times, cold = timed(ask(clients["identity"]), identity)
    gzip_times, packed = timed(ask(clients["gzip"]), gzipped)
    warm_times, _ = timed(ask(clients["identity"]), identity)
    warm_gzip_times, _ = timed(ask(clients["gzip"]), gzipped)

    timed(lambda xy: sql.tile(ZOOM, *xy), warm_up)
    sql_times, sql_tiles = timed(lambda xy: sql.tile(ZOOM, *xy), identity)
    sql_warm_times, _ = timed(lambda xy: sql.tile(ZOOM, *xy), identity)

    only_ours = only_theirs = both = 0
    for reply, theirs in zip(cold, sql_tiles, strict=True):
        assert reply.status == 200, reply.head
        ours, others = ids_in(reply.body), ids_in(bytes(theirs))
        both += len(ours & others)
        only_ours += len(ours - others)
        only_theirs += len(others - ours)
    assert all(reply.status == 200 and gzip.decompress(reply.body) for reply in packed)
    for client in clients.values():
        client.close()
    figures["terril_cold"] = summary(cold_times)
    figures["terril_cold_gzip"] = summary(gzip_times)
    figures["terril_warm"] = summary(warm_times)
    figures["terril_warm_gzip"] = summary(warm_gzip_times)
    figures["postgis_cold"] = summary(sql_times)
    figures["postgis_warm"] = summary(sql_warm_times)
    figures["features"] = {"in_both": both, "only_terril": only_ours, "only_postgis": only_theirs}
    figures["bytes_median"] = {
        "terril": sorted(len(reply.body) for reply in cold)[len(cold) // 2],
        "terril_gzip": sorted(len(reply.body) for reply in packed)[len(packed) // 2],
        "postgis": sorted(len(tile) for tile in sql_tiles)[len(sql_tiles) // 2],
    }
    return figures


def measure_boxes(server: Terril, sql: postgis.Statements, collection: str, boxes: list[tuple]) -> dict:
    warm_up, boxes = boxes[:30], boxes[30:]
    client = Client(server.port, "identity")

    def ask(box):
        return client.get(f"/collections/{collection}/items?limit=1000&bbox={','.join(map(repr, box))}")

    timed(ask, warm_up)
    cold_times, cold = timed(ask, boxes)
    warm_times, _ = timed(ask, boxes)
    figures = {"terril_cold": summary(cold_times), "terril_warm": summary(warm_times)}

    pages = [json.loads(reply.body) for reply in cold]
    assert all(page["numberMatched"] == page["numberReturned"] for page in pages)
    ours = [sorted(str(feature["id"]) for feature in page["features"]) for page in pages]
    figures["features_median"] = sorted(map(len, ours))[len(ours) // 2]
    differing = 0
    for form in sql.document_sql:
        timed(lambda box, form=form: sql.document(form, box), warm_up)
        times, documents = timed(lambda box, form=form: sql.document(form, box), boxes)
        warm, _ = timed(lambda box, form=form: sql.document(form, box), boxes)
        figures[f"postgis_document {form}"] = summary(times)
        figures[f"postgis_document_warm {form}"] = summary(warm)
        for mine, document in zip(ours, documents, strict=True):
            theirs = sorted(
                str(feature.get("id", feature["properties"].get("id"))) for feature in json.loads(document)["features"]
            )
            differing += mine != theirs
    timed(sql.rows, warm_up)
    times, _ = timed(sql.rows, boxes)
    figures["postgis_rows"] = summary(times)
    figures["boxes_with_other_ids"] = differing
    client.close()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--parcels", type=int, default=1_000_000)
    parser.add_argument("--tiles", type=int, default=240)
    parser.add_argument("--boxes", type=int, default=530)
    parser.add_argument("--loading", default=",".join(map(str, loading.COUNTS)), help="how many parcels are loaded side by side, comma-separated; empty for none")
    options = parser.parse_args()

    say(f"{options.parcels} parcels")
    source, synth = parcels(options.parcels)
    collection = source.stem
    extent = lonlat_extent(source)
    tiles = tiles_inside(extent, ZOOM, options.tiles)
    boxes = boxes_inside(extent, options.parcels, 100, options.boxes)
    result = {
        "kind": "bench",
        "machine": machine.described(),
        "commands": [synth, "make bench"],
        "data": {
            "parcels": options.parcels,
            "file_mb": round(source.stat().st_size / 2**20, 1),
            "sha256": hashlib.file_digest(source.open("rb"), "sha256").hexdigest(),
            "zoom": ZOOM, "tiles": len(tiles), "boxes": len(boxes) - 30, "seed": SEED,
        },
    }  # fmt: skip

    with tempfile.TemporaryDirectory(prefix="terril-bench-") as state:
        say("starts")
        result["start"] = measure_start(source, Path(state))
        with postgis.Cluster() as cluster:
            say("loading PostGIS")
            seconds = postgis.load(cluster, source)
            result["postgis"] = {"version": cluster.version(), "load_s": round(seconds, 1), "settings": postgis.SETTINGS.split("\n")[1:-1]}
            with cluster.connect() as connection:
                sql = postgis.Statements(connection, BUFFER_UNITS)
                result["postgis"]["tile_sql"] = sql.tile_sql
                result["postgis"]["document_sql"] = sql.document_sql
                server, _ = start(source, Path(state))
                try:
                    # Later stages run on after `open`; measuring beside them would measure them too.
                    server.wait_open(LAST_STAGE)
                    result["memory_open_mb"] = machine.memory_of(server.process.pid)
                    say("tiles")
                    result["tiles"] = measure_tiles(server, sql, collection, tiles)
                    say("boxes")
                    result["boxes"] = measure_boxes(server, sql, collection, boxes)
                    result["memory_after_mb"] = machine.memory_of(server.process.pid)
                finally:
                    server.stop()

    name = f"bench-{datetime.now(timezone.utc):%Y-%m-%d}.json"
    path = ROOT / "benches" / "results" / name
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    say(f"wrote benches/results/{name}")
    if options.loading:
        loading.write(loading.measure([int(count) for count in options.loading.split(",")], 3, say), say)


def say(text: str) -> None:
    print(f"bench: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
