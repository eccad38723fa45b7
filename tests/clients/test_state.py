"""The state folder: opened at once by the second start, locked, and not fatal when it can't be written."""

import json
import subprocess

import pytest
from hardship import no_large_files, obey_permissions, small_disk
from terril_server import BINARY, DEADLINE_S
from test_wrong_sources import points, said


@pytest.fixture
def source(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "good.geojson").write_text(points(20_000))
    return tmp_path / "data"


def serves(server) -> None:
    server.wait_open()
    assert server.json("/collections/good/items?limit=1")["numberMatched"] == 20_000
    assert server.healthy()


def test_the_second_start_reads_nothing_again(source, serve, tmp_path):
    first = serve(source, state=tmp_path / "state")
    serves(first)
    tile = first.get("/good/0/0/0.pbf").raw
    first.stop()
    # What the second start needs of the source is that it is the same file, not its content.
    before = (source / "good.geojson").stat().st_atime_ns
    second = serve(source, state=tmp_path / "state")
    serves(second)
    assert second.get("/good/0/0/0.pbf").raw == tile
    assert (source / "good.geojson").stat().st_atime_ns == before


def test_a_changed_source_is_read_again(source, serve, tmp_path):
    first = serve(source, state=tmp_path / "state")
    serves(first)
    etag = first.get("/collections/good/items?limit=1").header("etag")
    first.stop()
    (source / "good.geojson").write_text(points(20_001))
    second = serve(source, state=tmp_path / "state").wait_open()
    page = second.get("/collections/good/items?limit=1")
    assert page.json()["numberMatched"] == 20_001 and page.header("etag") != etag


def test_the_state_is_not_beside_the_source(source, serve, tmp_path):
    before = sorted(source.iterdir())
    serves(serve(source, state=tmp_path / "state"))
    assert sorted(source.iterdir()) == before


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "grow"])
def test_a_damaged_base_file_is_made_anew(source, serve, tmp_path, damage):
    state = tmp_path / "state"
    first = serve(source, state=state)
    serves(first)
    first.stop()
    bases = [path for path in state.rglob("*") if path.is_file() and path.stat().st_size > 100_000]
    assert bases, list(state.rglob("*"))
    for path in bases:
        path.chmod(0o600)
        content = bytearray(path.read_bytes())
        match damage:
            case "cut":
                content = content[: len(content) // 2]
            case "flip":
                content[len(content) // 2] ^= 0x40
            case "empty":
                content = b""
            case "grow":
                content += b"\0" * 64
        path.write_bytes(bytes(content))
    serves(serve(source, state=state))


def test_two_servers_on_one_state_folder(source, serve, tmp_path):
    first = serve(source, state=tmp_path / "state")
    serves(first)
    done = subprocess.run(
        [BINARY, "serve", source, "--port", "0", "--state", tmp_path / "state"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE_S,
    )  # fmt: skip
    assert done.returncode > 0 and "state" in done.stderr
    assert "panicked" not in done.stderr
    serves(first)
    first.stop()
    serves(serve(source, state=tmp_path / "state"))


def test_a_lock_does_not_outlive_a_killed_server(source, serve, tmp_path):
    first = serve(source, state=tmp_path / "state")
    serves(first)
    first.process.kill()
    first.process.wait()
    serves(serve(source, state=tmp_path / "state"))


def says_it_does_not_save(server) -> None:
    told = server.log() + json.dumps(server.json("/health")) + json.dumps(server.json("/loads"))
    assert "state" in server.log(), told


def test_a_read_only_state_folder(source, serve, tmp_path):
    state = tmp_path / "state"
    state.mkdir()
    state.chmod(0o500)
    server = serve(source, state=state, preexec_fn=obey_permissions)
    serves(server)
    says_it_does_not_save(server)
    assert list(state.iterdir()) == []


def test_a_state_folder_that_cannot_be_made(source, serve, tmp_path):
    (tmp_path / "file").write_text("no folder")
    server = serve(source, state=tmp_path / "file" / "state")
    serves(server)
    says_it_does_not_save(server)


def test_a_full_state_folder(source, serve, tmp_path):
    """What does not fit any more is refused by name, with the reason; what fits is served."""
    state = tmp_path / "state"
    state.mkdir()
    (tmp_path / "small.geojson").write_text(points(3))
    with small_disk(state, 64) as mounted:
        options = {} if mounted else {"preexec_fn": no_large_files(64 * 1024)}
        # Kept from a first run, so that the two don't race for the last kilobytes.
        serve(tmp_path / "small.geojson", state=state, **options).wait_open().stop()
        server = serve(tmp_path / "small.geojson", source, state=state, **options).wait_open()
        assert server.json("/collections/small/items")["numberMatched"] == 3
        assert server.get("/collections/good").status == 404
        said(server, "good")
        assert "can't be written" in server.log()
        assert server.healthy()
        server.stop()
