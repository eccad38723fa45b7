"""`/styles`: judged by the reference validator of MapLibre's style specification, not by us."""

import json
import shutil
import subprocess

import pytest
from conftest import SHARED
from terril_server import ROOT, Terril
from test_view import CONFIGURATION, FIELD, OTHER_FIELD, check_answer, source

STYLE = "application/vnd.mapbox.style+json"
SPECIFICATION = ROOT / "viewer" / "node_modules" / "@maplibre" / "maplibre-gl-style-spec"
VALIDATE = """
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
let text = ''
for await (const part of process.stdin) text += part
console.log(JSON.stringify(JSON.parse(text).map((style) => validateStyleMin(style).map((e) => e.message))))
"""
ROLES = ("land-reserve", "estate", "public-space", "parcel", "intervention", "programme", "territory", "constraint",
         "stock", "candidate")  # fmt: skip


def faults(styles: list[dict]) -> list[list[str]]:
    """What the validator says of each style."""
    assert SPECIFICATION.is_dir(), "make build installs the map's packages, the validator among them"
    done = subprocess.run(
        [shutil.which("node"), "--input-type=module", "--eval", VALIDATE],
        cwd=ROOT / "viewer", input=json.dumps(styles), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def place(**properties) -> dict:
    ring = [[2.5, 50.4], [2.6, 50.4], [2.6, 50.5], [2.5, 50.4]]
    shapes = [("Polygon", [ring]), ("LineString", ring), ("Point", ring[0])]
    features = [
        {"type": "Feature", "id": n, "properties": properties, "geometry": {"type": kind, "coordinates": at}}
        for n, (kind, at) in enumerate(shapes)
    ]
    return {"type": "FeatureCollection", "features": features}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A layer per role, one generic, one with a field that styles ask for, one that hides that field."""
    folder = tmp_path_factory.mktemp("styles")
    configuration = []
    for role in ROLES:
        (folder / f"{role}.geojson").write_text(json.dumps(place(nom="a")))
        configuration.append(f'[layer.{role}]\nrole = "{role}"\nnature = "synthetic"\n')
    for name in ("plain", "drawn", "hidden"):
        (folder / f"{name}.geojson").write_text(json.dumps(place(nom="a", geometrie="schematique")))
    (folder / "plain.geojson").write_text(json.dumps(place(nom="a")))
    configuration.append('[layer.drawn]\ntitle = "Cités"\nattribution = "Ville"\nnature = "seed"\n')
    configuration.append('[layer.hidden.public]\nfields = ["nom"]\n')
    (folder / "terril.toml").write_text("\n".join(configuration))
    with Terril(folder) as server:
        yield server.wait_open()


def style(server, name: str) -> dict:
    return server.json(f"/styles/{name}")


def test_the_validator_finds_what_is_wrong():
    """A validator that takes everything would prove nothing."""
    wrong = {"version": 8, "sources": {}, "layers": [{"id": "a", "type": "fill", "source": "nowhere"}]}
    assert faults([wrong, {"version": 8, "sources": {}, "layers": []}]) == [
        ['layers[0]: source "nowhere" not found'],
        [],
    ]


def test_every_style_is_valid_and_whole(server):
    listed = server.json("/styles")["styles"]
    assert {entry["id"] for entry in listed} == {*ROLES, "plain", "drawn", "hidden"}
    styles = [style(server, entry["id"]) for entry in listed]
    for entry, found in zip(listed, faults(styles), strict=True):
        assert found == [], (entry["id"], found)
    for entry, one in zip(listed, styles, strict=True):
        name = entry["id"]
        (link,) = entry["links"]
        assert link["rel"] == "stylesheet" and link["type"] == STYLE
        assert link["href"] == f"{server.address}/styles/{name}"
        assert one["version"] == 8 and one["name"] == entry["title"]
        assert one["sources"] == {name: {"type": "vector", "url": f"{server.address}/{name}.json"}}
        tilejson = server.json(one["sources"][name]["url"])
        assert {layer["source-layer"] for layer in one["layers"]} == {v["id"] for v in tilejson["vector_layers"]}
        assert all(layer["id"].startswith(f"{name}-") for layer in one["layers"])
        assert {layer["type"] for layer in one["layers"]} == {"fill", "line", "circle"}
        # Nothing has to come from elsewhere.
        assert "sprite" not in one and "glyphs" not in one
        assert not [key for layer in one["layers"] for key in layer["paint"] if key.endswith("-pattern")]


def test_a_style_says_what_it_is_of(server):
    one = style(server, "drawn")
    assert one["name"] == "Cités" and one["metadata"]["terril:nature"] == "seed"
    assert style(server, "parcel")["metadata"]["terril:nature"] == "synthetic"
    assert style(server, "plain")["metadata"]["terril:nature"] == "real"
    lon, lat = one["center"]
    assert 2.5 <= lon <= 2.6 and 50.4 <= lat <= 50.5 and 8 <= one["zoom"] <= 14
    assert server.json("/drawn.json")["attribution"] == "Ville"


def test_fields_are_asked_for_where_they_show(server):
    assert '["get","geometrie"]' in server.get("/styles/drawn").text.replace(" ", "")
    for name in ("hidden", "plain"):
        assert "geometrie" not in server.get(f"/styles/{name}").text
    # What is schematic is drawn dashed where that is known, and as one thing where it is not.
    dashed = [layer["id"] for layer in style(server, "drawn")["layers"] if "line-dasharray" in layer["paint"]]
    assert dashed == ["drawn-outline-schematic", "drawn-line-schematic"]
    assert not [layer for layer in style(server, "hidden")["layers"] if "line-dasharray" in layer["paint"]]


@pytest.mark.parametrize(
    ("query", "headers", "kind"),
    [
        ("", {}, STYLE),
        ("?f=style", {"Accept": "application/json"}, STYLE),
        ("?f=json", {}, "application/json"),
        ("", {"Accept": "*/*"}, STYLE),
        ("", {"Accept": f"{STYLE}, application/json"}, STYLE),
        ("", {"Accept": "application/json"}, "application/json"),
    ],
)
def test_its_media_type(server, query, headers, kind):
    answer = server.get(f"/styles/plain{query}", headers)
    assert (answer.status, answer.media_type()) == (200, kind)
    assert answer.header("access-control-allow-origin") == "*"
    assert answer.json()["name"] == "plain"
    again = server.get(f"/styles/plain{query}", headers | {"If-None-Match": answer.header("etag")})
    assert again.status == 304


def test_wrong_requests_are_problems(server):
    unknown = server.get("/styles/nowhere")
    assert unknown.status == 404 and unknown.json() == server.get("/collections/nowhere").json()
    for query in ("?f=xml", "?limit=1"):
        for path in ("/styles", "/styles/plain"):
            answer = server.get(path + query)
            assert (answer.status, answer.media_type()) == (400, "application/problem+json")


def test_nothing_hidden_shows_in_a_style(tmp_path, serve):
    (tmp_path / "reserves.geojson").write_text(json.dumps(source()))
    (tmp_path / "terril.toml").write_text(CONFIGURATION)
    server = serve(tmp_path).wait_open()
    for path in ("/styles", "/styles/reserves", "/styles/reserves?f=json"):
        answer = server.get(path)
        assert answer.status == 200 and FIELD not in answer.text and OTHER_FIELD not in answer.text
        check_answer(answer)


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="no real data")
def test_styles_of_real_layers(real):
    listed = real.json("/styles")["styles"]
    assert {entry["id"] for entry in listed} == {c["id"] for c in real.json("/collections")["collections"]}
    styles = [real.json(entry["links"][0]["href"]) for entry in listed]
    assert faults(styles) == [[] for _ in styles]
