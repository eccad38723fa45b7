"""Sources that change while they are served: SIGHUP, `--watch`, and what does not go well.

A reload is waited for by what a client sees of it, never by time.
"""

import fcntl
import http.client
import json
import os
import pty
import shutil
import signal
import subprocess
import termios
import threading
from pathlib import Path

import numpy
import pyogrio
import pytest
import shapely
from hardship import obey_permissions
from mvt import read_tile
from reload_storm import GROUPS, storm, version_of
from terril_server import BINARY, DEADLINE_S, children_of, wait_for

WATCH = ("--watch",)


def collection(count: int, name: str = "p", **further) -> str:
    features = [
        {
            "type": "Feature",
            "id": n,
            "properties": {"nom": f"{name}{n}", **further},
            "geometry": {"type": "Point", "coordinates": [2.5 + n / 1e4, 50.4]},
        }
        for n in range(1, count + 1)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def put(path: Path, text: str) -> None:
    """Replaces a file as careful programs do: written aside, moved into place."""
    aside = path.with_name(f".{path.name}.aside")
    aside.write_text(text)
    aside.rename(path)


def matched(server, layer: str) -> int | None:
    answer = server.get(f"/collections/{layer}/items?limit=1")
    return answer.json()["numberMatched"] if answer.status == 200 else None


def state_of(server, source: str) -> dict | None:
    """What /loads says of a source that is not simply served."""
    return next((s for s in server.json("/loads")["sources"] if s["source"] == source), None)


def layers_of(server) -> set[str]:
    return {c["id"] for c in server.json("/collections")["collections"]}


def hangup(server) -> None:
    server.process.send_signal(signal.SIGHUP)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data").mkdir()
    put(tmp_path / "data" / "places.geojson", collection(10))
    return tmp_path / "data"


def test_sighup_loads_what_changed(folder, serve):
    server = serve(folder).wait_open()
    page = server.get("/collections/places/items?limit=1")
    before = server.json("/collections/places")
    tilejson = server.json("/places.json")
    hangup(server)  # nothing changed: nothing happens but a look
    put(folder / "places.geojson", collection(11, "q"))
    hangup(server)
    wait_for("the new version", lambda: matched(server, "places") == 11)
    after = server.get("/collections/places/items?limit=1")
    assert after.json()["features"][0]["properties"]["nom"] == "q1"
    assert after.header("etag") != page.header("etag")
    kept = server.get("/collections/places/items?limit=1", {"If-None-Match": after.header("etag")})
    assert kept.status == 304
    assert server.json("/collections/places")["version"] != before["version"]
    wait_for("it to be simply served again", lambda: state_of(server, "places.geojson") is None)
    # A map client is told of new tile addresses; the old one is no longer immutable, and shows what is there.
    new_tilejson = server.json("/places.json")
    assert new_tilejson["tiles"] != tilejson["tiles"]
    old, new = (t["tiles"][0].format(z=0, x=0, y=0) for t in (tilejson, new_tilejson))
    assert server.get(new).header("cache-control") == "public, max-age=31536000, immutable"
    assert server.get(old).header("cache-control") == "no-cache"
    assert server.get(old).raw == server.get(new).raw
    (layer,) = read_tile(server.get(new).body, 256)
    assert {f.properties["nom"][0] for f in layer.features} == {"q"}


def test_without_watch_and_signal_nothing_is_loaded(folder, serve):
    server = serve(folder).wait_open()
    put(folder / "places.geojson", collection(11))
    put(folder / "other.geojson", collection(3))
    # Another server that watches takes both over; by then this one would have had the time too.
    watching = serve(folder, args=WATCH).wait_open()
    assert matched(watching, "places") == 11
    put(folder / "places.geojson", collection(12))
    wait_for("the watching server", lambda: matched(watching, "places") == 12)
    assert matched(server, "places") == 10 and layers_of(server) == {"places"}
    hangup(server)
    wait_for("both", lambda: matched(server, "places") == 12 and matched(server, "other") == 3)


@pytest.mark.parametrize("how", ["argument", "environment", "configuration"])
def test_watch_loads_by_itself(folder, serve, how):
    if how == "configuration":
        (folder / "terril.toml").write_text("watch = true\n")
    options = {"argument": {"args": WATCH}, "environment": {"env": {"TERRIL_WATCH": "1"}}, "configuration": {}}
    server = serve(folder, **options[how]).wait_open()
    for count in (11, 12, 13):
        put(folder / "places.geojson", collection(count))
        wait_for(f"{count} features", lambda count=count: matched(server, "places") == count)
    (folder / "places.geojson").write_text(collection(14))  # written in place
    wait_for("14 features", lambda: matched(server, "places") == 14)
    assert server.process.poll() is None


def test_a_request_under_way_keeps_what_it_began_with(folder, serve):
    """Every page of a walk is of one version or another, and an answer never mixes two."""
    names = "abcdefghij"
    put(folder / "places.geojson", collection(2000, names[0]))
    server = serve(folder, args=WATCH).wait_open()
    seen, mixed, over = set(), [], threading.Event()

    def read():
        reader = serve_reader(server)
        while not over.is_set():
            starts = {f["properties"]["nom"][0] for f in reader("/collections/places/items?limit=2000")}
            seen.update(starts)
            if len(starts) != 1:
                mixed.append(starts)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        for name in names[1:4]:
            put(folder / "places.geojson", collection(2000, name))
            wait_for(f"version {name}", lambda name=name: name in seen)
    finally:
        over.set()
        thread.join()
    assert not mixed and seen == set(names[:4])


def serve_reader(server):
    """A reader with a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE_S)

    def read(path: str) -> list[dict]:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())["features"]

    return read


@pytest.mark.parametrize("broken", ['{"type": "FeatureCollection", "features": [', "no geodata at all", ""])
def test_a_source_that_fails_keeps_what_was_served(folder, serve, broken):
    server = serve(folder, args=WATCH).wait_open()
    etag = server.get("/collections/places/items").header("etag")
    put(folder / "places.geojson", broken)
    failed = wait_for("the failure", lambda: state_of(server, "places.geojson"))
    assert failed["state"] == "failed" and failed["layers"] == ["places"]
    assert "places.geojson" in failed["message"] and str(folder) not in failed["message"]
    assert server.get("/collections/places/items").header("etag") == etag
    assert server.get("/places/0/0/0.pbf").status == 200
    assert server.json("/health")["refusedSources"] == 1
    errors = [line for line in server.log().splitlines() if json.loads(line)["level"] == "ERROR"]
    assert len(errors) == 1 and "still_served" in errors[0], errors
    put(folder / "places.geojson", collection(12))
    wait_for("the mended file", lambda: matched(server, "places") == 12)
    wait_for("/loads to say so", lambda: state_of(server, "places.geojson") is None)


def test_a_source_that_failed_at_the_start_comes_later(folder, serve):
    put(folder / "late.geojson", "not yet")
    server = serve(folder, args=WATCH).wait_open()
    assert layers_of(server) == {"places"} and state_of(server, "late.geojson")["state"] == "failed"
    put(folder / "late.geojson", collection(4))
    wait_for("the layer", lambda: matched(server, "late") == 4)


def test_new_and_vanished_files(folder, serve):
    server = serve(folder, args=WATCH).wait_open()
    (folder / "deep").mkdir()
    put(folder / "deep" / "new.geojson", collection(3))
    wait_for("the new layer", lambda: matched(server, "new") == 3)
    (folder / "deep" / "new.geojson").unlink()
    wait_for("the layer to go", lambda: "new" not in layers_of(server))
    assert server.get("/collections/new").status == 404 and server.get("/new/0/0/0.pbf").status == 404
    gone = wait_for("/loads to say so", lambda: state_of(server, "new.geojson"))
    assert gone["state"] == "gone" and "no longer there" in gone["message"]
    wait_for("the log to say so", lambda: "the file is gone" in server.log())
    assert server.json("/health")["status"] == "ok"
    put(folder / "deep" / "new.geojson", collection(5))
    wait_for("the layer to come back", lambda: matched(server, "new") == 5)
    wait_for("/loads to say so", lambda: state_of(server, "new.geojson") is None)
    assert matched(server, "places") == 10


def test_all_files_may_go_and_come_back(folder, serve):
    server = serve(folder / "places.geojson", args=WATCH).wait_open()
    kept = (folder / "places.geojson").rename(folder / "kept")
    wait_for("the layer to go", lambda: layers_of(server) == set())
    kept.rename(folder / "places.geojson")
    wait_for("the layer to come back", lambda: matched(server, "places") == 10)


def test_a_folder_that_can_not_be_read_takes_no_layer_with_it(folder, serve):
    put(folder / "deep.geojson", collection(2))
    (folder / "in").mkdir()
    put(folder / "in" / "inner.geojson", collection(3))
    server = serve(folder, args=WATCH, preexec_fn=obey_permissions).wait_open()
    (folder / "in").chmod(0)
    try:
        failed = wait_for("the failure", lambda: state_of(server, "inner.geojson"))
        assert failed["state"] == "failed" and failed["layers"] == ["inner"]
        assert matched(server, "inner") == 3
    finally:
        (folder / "in").chmod(0o700)
    wait_for("it to be whole again", lambda: state_of(server, "inner.geojson") is None)
    assert matched(server, "inner") == 3


def test_ids_stay_whatever_comes(folder, serve):
    """A file that would come first by its path gets the prefix, since the other one was first."""
    for name in ("b", "a"):
        (folder / name).mkdir()
    put(folder / "b" / "roads.geojson", collection(2))
    server = serve(folder, args=WATCH).wait_open()
    put(folder / "a" / "roads.geojson", collection(3))
    wait_for("the newcomer", lambda: matched(server, "a-roads") == 3)
    assert matched(server, "roads") == 2
    put(folder / "b" / "roads.geojson", collection(4))
    wait_for("the first one", lambda: matched(server, "roads") == 4)
    assert layers_of(server) == {"places", "roads", "a-roads"}


def test_layers_of_a_container_come_and_go(folder, serve, tmp_path):
    place = numpy.array([shapely.Point(2.5, 50.4).wkb], dtype=object)

    def write(*layers: str) -> None:
        aside = tmp_path / "aside.gpkg"
        for n, name in enumerate(layers):
            pyogrio.raw.write(
                aside, place, [numpy.array([name], dtype=object)], ["nom"],
                layer=name, driver="GPKG", geometry_type="Point", crs="EPSG:4326", append=n > 0,
            )  # fmt: skip
        aside.rename(folder / "box.gpkg")

    write("one", "two")
    server = serve(folder, args=WATCH).wait_open()
    assert layers_of(server) == {"places", "one", "two"}
    write("one", "two", "three")
    wait_for("the third", lambda: layers_of(server) == {"places", "one", "two", "three"})
    write("two", "three")
    wait_for("the first to go", lambda: layers_of(server) == {"places", "two", "three"})


def test_a_sidecar_that_changes_loads_its_source(folder, serve, shared):
    shapefile = next(p for p in sorted((shared / "data").rglob("*.shp")) if p.with_suffix(".prj").exists())
    for part in shapefile.parent.glob(f"{shapefile.stem}.*"):
        shutil.copy(part, folder / f"shape{part.suffix}")
    server = serve(folder, args=WATCH).wait_open()
    before = server.log().count('"message":"served","layer":"shape"')
    os.utime(folder / "shape.dbf")
    wait_for("the second load", lambda: server.log().count('"message":"served","layer":"shape"') == before + 1)


def test_a_file_that_is_still_written_waits(folder, serve):
    """While a writer adds to a file more often than the server looks, no half of it is served or refused."""
    server = serve(folder, args=WATCH).wait_open()
    whole = collection(5000)
    over = threading.Event()

    def write() -> None:
        with (folder / "slow.geojson").open("w") as file:
            for at in range(0, len(whole), 1000):
                file.write(whole[at : at + 1000])
                file.flush()
                over.wait(0.01)

    writer = threading.Thread(target=write)
    writer.start()
    wait_for("the layer", lambda: matched(server, "slow"))
    writer.join()
    assert matched(server, "slow") == 5000
    assert "ERROR" not in server.log(), server.log()


def test_a_public_view_that_no_longer_fits_keeps_the_old_layer(folder, serve):
    put(folder / "secret.geojson", collection(5, statut="libre"))
    (folder / "terril.toml").write_text("[layer.secret.public]\nwhere = \"statut = 'libre'\"\nfields = [\"nom\"]\n")
    server = serve(folder, args=WATCH).wait_open()
    put(folder / "secret.geojson", collection(6))
    failed = wait_for("the failure", lambda: state_of(server, "secret.geojson"))
    assert "statut" in failed["message"] and failed["layers"] == ["secret"]
    page = server.json("/collections/secret/items")
    assert page["numberMatched"] == 5 and set(page["features"][0]["properties"]) == {"nom"}


def test_what_no_longer_fits_in_memory_keeps_the_old_layer(folder, serve):
    server = serve(folder, args=(*WATCH, "--memory", "1MB")).wait_open()
    put(folder / "places.geojson", collection(20_000))
    failed = wait_for("the refusal", lambda: state_of(server, "places.geojson"))
    assert "--memory" in failed["message"] and failed["layers"] == ["places"]
    assert matched(server, "places") == 10
    put(folder / "places.geojson", collection(11))
    wait_for("the smaller file", lambda: matched(server, "places") == 11)


def test_base_files_of_former_versions_go(folder, serve, tmp_path):
    state = tmp_path / "state"
    server = serve(folder, args=WATCH, state=state).wait_open()
    put(folder / "other.geojson", collection(2))
    wait_for("the other layer", lambda: matched(server, "other") == 2)
    for count in (11, 12, 13):
        put(folder / "places.geojson", collection(count))
        wait_for(f"{count} features", lambda count=count: matched(server, "places") == count)
    wait_for("two sources, two folders", lambda: len(list((state / "bases").iterdir())) == 2)
    (folder / "other.geojson").unlink()
    wait_for("one source, one folder", lambda: len(list((state / "bases").iterdir())) == 1)
    server.stop()
    # What is left is what the next start takes: it does not read the file.
    before = (folder / "places.geojson").stat().st_atime_ns
    again = serve(folder, state=state).wait_open()
    assert matched(again, "places") == 13
    assert (folder / "places.geojson").stat().st_atime_ns == before


def test_a_reload_is_read_by_a_process_of_its_own_and_ends_with_the_server(folder, serve):
    server = serve(folder, args=WATCH).wait_open()
    big = folder / "big.geojson"
    put(big, collection(200_000))
    child = wait_for("the loading process", lambda: children_of(server.process.pid))[0]
    assert server.stop() == 0
    assert not Path(f"/proc/{child}").exists()


def test_a_reload_in_flight_hides_nothing(folder, serve):
    """The old version answers until the new one is there; /health stays ok."""
    put(folder / "places.geojson", collection(60_000))
    server = serve(folder, args=WATCH).wait_open()
    put(folder / "places.geojson", collection(60_001))
    while matched(server, "places") != 60_001:
        assert matched(server, "places") in (60_000, 60_001)
        assert server.json("/health")["status"] == "ok"


def test_a_closed_terminal_ends_the_server_it_started(folder, tmp_path):
    """SIGHUP is also what a terminal sends when it is closed: nobody would find that server again."""
    master, slave = pty.openpty()

    def own_terminal() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        [BINARY, "serve", folder, "--port", "0", "--state", tmp_path / "state"],
        stdin=slave, stdout=subprocess.PIPE, stderr=slave, preexec_fn=own_terminal, text=True,
    )  # fmt: skip
    os.close(slave)
    assert process.stdout.readline().startswith("http://")
    os.close(master)
    assert process.wait(DEADLINE_S) == 0
    process.stdout.close()


def test_fifty_reloads_under_200_requests_a_second(tmp_path):
    """The small sister of tests/long/reloads.py: nothing fails, and every page is of one version."""
    seen = storm(tmp_path, 50)
    assert not seen.faults, seen.faults[:5]
    assert set(seen.answers) == {200} and len(seen.versions) > 10


def test_the_judge_of_versions_knows_a_mixture():
    def features(versions: dict[int, int]) -> list[dict]:
        return [{"properties": {"n": n, "v": v}} for n, v in versions.items()]

    whole = {n: max(0, 250 - (250 - n) % GROUPS) for n in range(300, 500)}
    assert version_of(features(whole)) == 250
    assert version_of(features({n: 7 if n % GROUPS == 7 else n % GROUPS if n % GROUPS < 7 and n % GROUPS else 0 for n in range(200)})) == 7
    with pytest.raises(ValueError):
        version_of(features(whole | {351: 151 - GROUPS}))
    with pytest.raises(ValueError):
        version_of(features({n: 0 for n in range(200)} | {5: 5}))
