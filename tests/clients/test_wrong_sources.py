"""Sources that are missing, closed, empty, broken or no geodata. What is good beside them is served, the rest is named."""

import json
import os
import shutil
import subprocess

import pytest
from hardship import obey_permissions
from terril_server import BINARY, DEADLINE_S


def points(count: int = 3) -> str:
    rows = [
        {"type": "Feature", "id": n, "properties": {"n": n}, "geometry": {"type": "Point", "coordinates": [2 + n / 1e4, 50]}}
        for n in range(count)
    ]
    return json.dumps({"type": "FeatureCollection", "features": rows})


@pytest.fixture
def folder(tmp_path):
    """A folder with one good layer of three points."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "good.geojson").write_text(points())
    return tmp_path / "data"


def refused(*arguments: str) -> str:
    """Runs `terril serve` that must end by itself with an error, and gives what it says."""
    done = subprocess.run(
        [BINARY, "serve", *map(str, arguments), "--port", "0"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE_S,
    )  # fmt: skip
    assert done.returncode not in (0, 101) and done.returncode > 0, (done.returncode, done.stderr)
    assert "panicked" not in done.stderr
    return done.stderr


def serves_the_good_one(server) -> None:
    server.wait_open()
    assert server.json("/collections/good/items")["numberMatched"] == 3
    assert server.healthy()


def said(server, word: str) -> None:
    """A source that could not be loaded is named in the log, for the operator, and at `/loads`."""
    told = json.dumps(server.json("/loads"), ensure_ascii=False)
    assert word in told, told
    # Folders are the operator's business: they stand in the log and in no answer.
    assert str(server.state) not in told, told
    logged(server, word)


def logged(server, word: str) -> None:
    """A path that is no source at all is named in the log."""
    assert word in server.log(), server.log()


# --- nothing to serve ---


def test_no_such_path(tmp_path):
    assert "nowhere" in refused(tmp_path / "nowhere", "--state", tmp_path / "state")


def test_no_such_path_beside_a_good_one(folder, tmp_path):
    """A path that the user wrote is a promise: what is missing is said at once, not found out on the map."""
    assert "nowhere" in refused(folder, tmp_path / "nowhere", "--state", tmp_path / "state")


def test_no_path_at_all():
    assert refused()


def test_port_in_use(folder, serve, tmp_path):
    first = serve(folder).wait_open()
    done = subprocess.run(
        [BINARY, "serve", folder, "--port", str(first.port), "--state", tmp_path / "other"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE_S,
    )  # fmt: skip
    assert done.returncode > 0 and str(first.port) in done.stderr
    assert "panicked" not in done.stderr
    serves_the_good_one(first)


@pytest.mark.parametrize(
    "text, words",
    [
        ("prot = 8080\n", ["prot", "port"]),
        ("[layer.good]\ntitel = 'x'\n", ["titel", "title"]),
        ("[layer.good.public]\nfeilds = []\n", ["feilds", "fields"]),
        ("[layer.good.public]\nwhere = \"no such = = thing\"\n", ["where"]),
        ("port = 'many'\n", ["port"]),
        ("this is no toml", ["terril.toml"]),
    ],
)
def test_a_configuration_that_is_wrong(folder, tmp_path, text, words):
    configuration = tmp_path / "terril.toml"
    configuration.write_text(text)
    said = refused(folder, "--config", configuration, "--state", tmp_path / "state")
    assert all(word in said for word in words), said


def test_an_option_that_is_wrong(folder):
    assert "--prot" in refused(folder, "--prot", "1")


# --- something wrong among good ones ---


def test_an_unreadable_file_among_good_ones(folder, serve):
    (folder / "closed.geojson").write_text(points())
    (folder / "closed.geojson").chmod(0)
    server = serve(folder, preexec_fn=obey_permissions)
    serves_the_good_one(server)
    logged(server, "closed")


def test_an_unreadable_folder_among_good_ones(folder, serve):
    (folder / "shut").mkdir()
    (folder / "shut" / "inside.geojson").write_text(points())
    (folder / "shut").chmod(0)
    try:
        server = serve(folder, preexec_fn=obey_permissions)
        serves_the_good_one(server)
        logged(server, "shut")
    finally:
        (folder / "shut").chmod(0o700)


def test_an_empty_folder(tmp_path):
    """There is nothing to serve: it says so and ends."""
    (tmp_path / "empty").mkdir()
    assert "empty" in refused(tmp_path / "empty", "--state", tmp_path / "state")


def test_nothing_that_can_be_served(tmp_path):
    (tmp_path / "prose.geojson").write_text("This is not geodata.")
    assert "prose" in refused(tmp_path / "prose.geojson", "--state", tmp_path / "state")


def test_an_empty_folder_among_good_ones(folder, serve):
    (folder / "empty").mkdir()
    serves_the_good_one(serve(folder))


@pytest.mark.parametrize(
    "name, content",
    [
        ("empty.geojson", b""),
        ("zeros.geojson", bytes(4096)),
        ("cut.geojson", points(50).encode()[:1500]),
        ("list.geojson", b"[1, 2, 3]"),
        ("prose.geojson", b"This is not geodata."),
        ("empty.gpkg", b""),
        ("noise.gpkg", b"SQLite format 3\0" + bytes(range(256)) * 16),
        ("noise.fgb", b"fgb\x03fgb\x00" + bytes(range(256)) * 16),
        ("noise.shp", b"\0\0\x27\x0a" + bytes(range(256)) * 4),
        ("latin.geojson", b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":"\xe9"},"geometry":null}]}'),
        ("deep.geojson", b"[" * 100_000),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_geodata(folder, serve, name, content):
    (folder / name).write_bytes(content)
    server = serve(folder)
    serves_the_good_one(server)
    said(server, name.partition(".")[0])


def test_files_that_are_no_source_are_passed_over(folder, serve):
    (folder / "README.md").write_text("# About this folder")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / ".hidden.geojson").write_text(points())
    server = serve(folder)
    serves_the_good_one(server)
    assert [c["id"] for c in server.json("/collections")["collections"]] == ["good"]


def test_an_unknown_crs(folder, serve):
    document = json.loads(points())
    document["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::999999"}}
    (folder / "martian.geojson").write_text(json.dumps(document))
    server = serve(folder)
    serves_the_good_one(server)
    said(server, "martian")


def test_a_symlink_loop(folder, serve):
    (folder / "loop").symlink_to(folder)
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    (folder / "self.geojson").symlink_to(folder / "self.geojson")
    server = serve(folder)
    serves_the_good_one(server)
    # The folder reached by itself must not be served twice.
    assert [c["id"] for c in server.json("/collections")["collections"]] == ["good"]


def test_a_named_pipe_does_not_hang_the_start(folder, serve):
    os.mkfifo(folder / "pipe.geojson")
    serves_the_good_one(serve(folder))


def test_a_file_that_changes_while_it_is_read(folder, serve, tmp_path):
    """A writer rewrites and cuts the file as long as the server starts; what is served is whole or refused, never a mixture."""
    target = folder / "moving.geojson"
    small, large = points(1000), points(120_000)
    target.write_text(large)
    script = (
        "import pathlib, sys\n"
        "target, small, large = (pathlib.Path(p) for p in sys.argv[1:])\n"
        "small, large = small.read_bytes(), large.read_bytes()\n"
        "while True:\n"
        "    for content in (large, small, large[:len(large) // 2]):\n"
        "        target.write_bytes(content)\n"
    )
    (tmp_path / "small").write_text(small)
    (tmp_path / "large").write_text(large)
    writer = subprocess.Popen(["python3", "-c", script, target, tmp_path / "small", tmp_path / "large"])
    try:
        server = serve(folder)
        server.wait_open()
        assert server.json("/collections/good/items")["numberMatched"] == 3
    finally:
        writer.kill()
        writer.wait()
    answer = server.get("/collections/moving/items?limit=1")
    assert answer.status in (200, 404)
    if answer.status == 200:
        assert answer.json()["numberMatched"] in (1000, 120_000)
    assert server.healthy()


def test_a_source_that_vanishes_while_it_is_served(folder, serve):
    server = serve(folder).wait_open()
    shutil.rmtree(folder)
    serves_the_good_one(server)


def test_a_source_that_is_cut_while_it_is_served(folder, serve):
    server = serve(folder).wait_open()
    (folder / "good.geojson").write_bytes(b"")
    serves_the_good_one(server)


def test_two_hundred_small_files(tmp_path, serve):
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(200):
        (folder / f"layer-{n}.geojson").write_text(points())
    server = serve(folder).wait_open()
    assert len(server.json("/collections")["collections"]) == 200


@pytest.mark.parametrize("name", ["fichier-valide.csv", "empty.csv", "not-trimmed.csv", "donnees-ademe-sites-pollues.geojson"])
def test_messy_files_give_a_report_or_a_refusal(folder, serve, shared, name):
    (found,) = (shared / "data").rglob(name)
    server = serve(folder, found)
    serves_the_good_one(server)
    said(server, found.stem)
