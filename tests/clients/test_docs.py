"""The guides and docs/limits.md: their commands are run, their addresses asked, their numbers and words looked up."""

import ast
import json
import re
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from doc_blocks import ROOT, addresses, anchor, blocks, headings, links, prose, section
from guide_reader import Reader
from qt_words import plain, words
from terril_server import Terril, wait_for

DOCS = ROOT / "docs"
GUIDES = {"fr": DOCS / "demarrer.fr.md", "en": DOCS / "getting-started.en.md"}
TEXTS = {language: path.read_text() for language, path in GUIDES.items()}
LIMITS = (DOCS / "limits.md").read_text()
QGIS = Path("/usr/share/qgis/i18n/qgis_fr.qm")
# One that both layers of the guides reach into.
TILE = "14/8313/5525"


@pytest.fixture(scope="module")
def demonstration():
    with Terril(ROOT / "data") as server:
        yield server.wait_open()


# --- the guides ------------------------------------------------------------------------------------


def test_both_guides_have_the_same_structure():
    levels = {language: [level for level, _ in headings(text)] for language, text in TEXTS.items()}
    assert levels["fr"] == levels["en"]
    assert len(levels["fr"]) > 20


def test_both_guides_have_the_same_commands():
    # A comment of terril.toml is in the guide's language.
    fr, en = ([(block.language, block.commands, block.printed) for block in blocks(TEXTS[of])] for of in ("fr", "en"))
    assert fr == en
    assert sorted(addresses(prose(TEXTS["fr"]))) == sorted(addresses(prose(TEXTS["en"])))


@pytest.mark.parametrize("path", [*GUIDES.values(), DOCS / "limits.md", DOCS / "filters.md"], ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    found = links(path.read_text())
    assert found
    for target in found:
        file, _, name = target.partition("#")
        other = (path.parent / file).resolve() if file else path
        assert other.exists(), f"{target}: no such file"
        named = {anchor(title) for _, title in headings(other.read_text())} if name else set()
        assert not name or name in named, f"{target}: no such heading; there are {sorted(named)}"


@pytest.fixture(scope="module")
def reader(demonstration, tmp_path_factory):
    one = Reader(tmp_path_factory.mktemp("reader"), demonstration)
    yield one
    one.stop()


def test_the_commands_do_what_the_guide_says(reader):
    toml = re.search(r"`(\S+/terril\.toml)`", TEXTS["fr"])[1]
    done, printed = set(), 0
    for block in blocks(TEXTS["fr"]):
        out = ""
        match block.language:
            case "sh":
                out = reader.sh(block.code)
            case "python":
                out = reader.run([sys.executable, "-"], block.code)
            case "toml":
                (reader.folder / toml).write_text(block.code)
            case "nginx":
                reader.nginx = block.code
            case "js":
                continue  # its addresses are asked below
            case other:
                pytest.fail(f"nobody knows how to do a block of {other}")
        done.add(block.language)
        if block.printed is not None:
            printed += 1
            lines = [line.rstrip() for line in out.splitlines()]
            assert lines == block.printed.splitlines(), f"{block.code}\nprints:\n{out}"
    assert done == {"sh", "python", "toml", "nginx"}
    assert printed >= 12


def test_the_addresses_of_the_guide_answer(reader):
    if 8081 not in reader.servers:
        pytest.fail("the guide's second server does not run: its commands failed")
    scripts = "\n".join(block.code for block in blocks(TEXTS["fr"]) if block.language == "js")
    found = addresses(prose(TEXTS["fr"]) + scripts)
    assert len(found) >= 18
    layers = {collection["id"] for collection in reader.servers[8080].json("/collections")["collections"]}
    for address in found:
        parts = urlsplit(address)
        server = reader.servers[parts.port]
        path = (parts.path or "/").replace("{z}/{x}/{y}", TILE) + (f"?{parts.query}" if parts.query else "")
        path = quote(path, safe="/?=&,%.-")
        # What a source becomes takes its time; all else is there.
        wait_for(address, lambda server=server, path=path: server.get(path).status == 200)
        answer = server.get(path, headers={"Accept": "text/html"} if path == "/" else {})
        assert len(answer.body) > 100, f"{address}: nothing in it"
        if "f=html" in path or path == "/":
            assert answer.media_type() == "text/html", address
        if shown := re.search(r"layers=([^&]*)", parts.fragment):
            assert set(shown[1].split(",")) <= layers, address


def test_the_commands_of_the_page_on_filters(demonstration, tmp_path):
    text = (DOCS / "filters.md").read_text()
    reader, printed = Reader(tmp_path, demonstration), 0
    for block in blocks(text):
        out = reader.sh(block.code)
        assert out.strip() == block.printed.strip(), f"{block.code}\nprints:\n{out}"
        printed += 1
    assert printed == text.count("```sh") == 6
    for address in addresses(prose(text)):
        answer = demonstration.get(address.removeprefix("http://127.0.0.1:8080"))
        assert answer.status == 200 and "filter=" in answer.text


# --- words -----------------------------------------------------------------------------------------


def qgis_names(text: str) -> list[str]:
    """Every part of what stands in bold in the sections on QGIS."""
    parts = [section(text, title) for _, title in headings(text) if title.startswith("QGIS")]
    assert len(parts) == 2
    bold = re.findall(r"\*\*(.+?)\*\*", re.sub(r"\s+", " ", "".join(parts)))
    return [plain(name) for path in bold for name in path.split("▸")]


def test_qgis_has_the_names_of_the_guides():
    if not QGIS.exists():
        pytest.skip(f"no {QGIS}: apt-get install qgis-common")
    named = list(zip(qgis_names(TEXTS["en"]), qgis_names(TEXTS["fr"]), strict=True))
    assert len(named) > 20
    known = words(QGIS)
    assert not [pair for pair in named if pair not in known], "the French name has to be QGIS's own of the English one"


@pytest.mark.parametrize(("language", "quoted"), [("fr", "« (.+?) »"), ("en", "“(.+?)”")])
def test_the_map_has_the_words_of_the_guide(language, quoted):
    source = ROOT / "viewer" / "src"
    files = [source / "i18n.ts", *sorted((source / "words").glob("*.ts"))]
    said = [spaced(text) for file in files for text in re.findall(r"': '(.+)',$", file.read_text(), re.MULTILINE)]
    title = {"fr": "Urbaniste : la carte", "en": "Urban planner: the map"}[language]
    named = [spaced(text) for text in re.findall(quoted, section(TEXTS[language], title), re.DOTALL)]
    assert len(named) > 12
    assert not [text for text in named if text not in said]


def spaced(text: str) -> str:
    """With plain spaces and apostrophes."""
    return re.sub(r"\s", " ", text).replace("’", "'")


# --- limits ----------------------------------------------------------------------------------------


def rows(title: str) -> list[list[str]]:
    lines = [line for line in section(LIMITS, title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:] if not line.startswith("|--")]


def source_value(name: str, file: str) -> str:
    """What a constant or the default of a field is in the source."""
    text = (ROOT / file).read_text()
    forms = (rf"\bconst {name}: [^=]+= (.+?);", rf"^\s+{name}: (.+?),$", rf"\bconst {name}.* = (.+)$")
    found = re.search("|".join(forms), text, re.MULTILINE)
    assert found, f"{file} has no {name}"
    return next(value for value in found.groups() if value)


def as_written(value: str) -> str:
    """A value of the source as people write it: `Duration::from_secs(10)` as 10 s, `16 * 1024` as 16,384."""
    if duration := re.fullmatch(r"Duration::from_(secs|millis)\((\d+)\)", value):
        return f"{int(duration[2]):,} {'s' if duration[1] == 'secs' else 'ms'}"
    number = calculated(ast.parse(value, mode="eval").body)
    return f"{number:.0%}".replace("%", " %") if isinstance(number, float) else f"{number:,}"


def calculated(node: ast.expr) -> int | float:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.BinOp(left, ast.Mult(), right):
            return calculated(left) * calculated(right)
        case ast.BinOp(left, ast.LShift(), right):
            return calculated(left) << calculated(right)
    raise ValueError(ast.dump(node))


def test_the_numbers_of_the_limits_are_those_of_the_source():
    checked = 0
    # A row, an item or a paragraph that names a constant and its file holds the value.
    for part in re.split(r"\n(?=\||- |\n)", LIMITS):
        for name, file in re.findall(r"`(\w+)`,\s((?:src|viewer/src)/[\w/]+\.(?:rs|ts))", part):
            value = source_value(name, file)
            if value.startswith("["):
                continue  # a list, told in part
            if name not in ("places",):
                checked += 1
                written = rf"(?<![\d,]){re.escape(as_written(value))}(?![\d,]*\d)"
                assert re.search(written, part), f"{name} is {value}: {part}"
    assert checked >= 27


def test_the_texts_of_the_limits_are_those_of_the_source():
    source = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.rs"))
    quoted = re.findall(r'"([^"]+)"', LIMITS)
    assert len(quoted) >= 8
    for text in quoted:
        # Numbers are put in where it is said.
        assert all(part in source for part in re.split(r"\d+", text)), text


def test_the_limits_are_those_of_the_api(demonstration):
    schema = demonstration.json("/api")["components"]["parameters"]["limit"]["schema"]
    by_name = {row[0]: row[1] for row in rows("Requests")}
    assert by_name["features of a page (`limit`)"] == f"{schema['maximum']:,}"
    assert by_name["features of a page, where nothing is said"] == f"{schema['default']:,}"
    path = demonstration.json("/api")["paths"]["/collections/parcelles-fictives/items"]["get"]["parameters"]
    named = {parameter["name"] for parameter in path if "name" in parameter}
    named |= {parameter["$ref"].rpartition("/")[2] for parameter in path if "$ref" in parameter}
    told = {name for row in rows("Parameters of items") for name in re.findall(r"`([\w-]+)`", row[0])}
    known = {re.sub(r"-\d+$|Items$", "", name) for name in named}
    assert told - {"startindex"} <= known, "a parameter is told that the API does not have"
    fields = set(demonstration.json("/collections/parcelles-fictives/queryables")["properties"])
    assert known - fields <= told, "the API has a parameter that is not told"


def test_the_limits_are_those_of_the_server(demonstration):
    def status(path: str) -> int:
        return demonstration.get(path).status

    counted = [(row[0], re.match(r"[\d,]+", row[1])) for row in rows("Requests")]
    limit = {what: int(number[0].replace(",", "")) for what, number in counted if number}
    longest = limit["path and query"]
    address = "/health?"
    assert status(address + "a" * (longest - len(address))) == 400, "not too long: refused as a parameter"
    assert status(address + "a" * (longest - len(address) + 1)) == 414
    names = [f"x{n}" for n in range(limit["layers in one tile"] + 1)]
    assert "more than" not in demonstration.get(f"/{','.join(names[:-1])}/0/0/0.pbf").text
    assert "more than" in demonstration.get(f"/{','.join(names)}/0/0/0.pbf").text
    question = "a" * limit["question of `search`"]
    assert (status(f"/search?q={question}"), status(f"/search?q={question}a")) == (200, 400)
    assert status(f"/collections/parcelles-fictives/items?limit={limit['features of a page (`limit`)'] + 1}") == 200
    deepest = int(re.search(r"Zooms 0 to (\d+)", LIMITS)[1])
    box = demonstration.json("/parcelles-fictives.json")
    assert box["maxzoom"] == deepest
    assert status(f"/parcelles-fictives/{deepest + 1}/0/0.pbf") == 404
    lines = int(re.search(r"more than (\d+)\s+header lines", LIMITS)[1])
    # The client adds Host and Accept-Encoding.
    few = {f"X-{n}": "a" for n in range(lines - 2)}
    assert demonstration.get("/health", headers=few).status == 200
    assert demonstration.get("/health", headers=few | {"X-One-More": "a"}).status == 431


def test_a_search_has_the_results_that_the_limits_say(serve, tmp_path):
    told = next(row[1] for row in rows("Requests") if row[0] == "results of `search`")
    most, usual = map(int, re.match(r"(\d+), and (\d+) where", told).groups())
    places = [
        {
            "type": "Feature",
            "properties": {"nom": f"Lieu {n}", "code_insee": f"{n:05}"},
            "geometry": {"type": "Point", "coordinates": [2, 50]},
        }
        for n in range(most + 1)
    ]
    (tmp_path / "lieux.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": places}))
    server = serve(tmp_path).wait_open()
    found = [server.json(f"/search?q=lieu{more}")["results"] for more in ("", f"&limit={most + 1}")]
    assert [len(results) for results in found] == [usual, most]


@pytest.mark.parametrize(
    "query",
    ["contenance=1043.0", "contenance=1e3", "datetime=2024", "filter=contenance%3D%27a%27", "filter-lang=ecql", "filter-crs=EPSG:5490", "f=csv", "bbox=1,2,3",
     "bbox=0,0,181,1", "bbox-crs=EPSG:5490", "offset=1&startindex=2", "sortby=nothing", "properties=nothing",
     "skipGeometry=yes", "resultType=all", "lang=de", "after=nothing", "limit=0", "limit=1&limit=2"],
)  # fmt: skip
def test_what_the_limits_say_is_refused_is(demonstration, query):
    assert demonstration.get(f"/collections/parcelles-fictives/items?{query}").status == 400


def test_the_systems_of_the_limits_are_those_offered(demonstration):
    groups = {row[0]: set(re.findall(r"\b(?:CRS84|\d{4,5})\b", row[1])) for row in rows("Coordinate systems")}
    everything = set().union(*groups.values())
    for collection in demonstration.json("/collections")["collections"]:
        offered = {uri.rpartition("/")[2] for uri in demonstration.json(f"/collections/{collection['id']}")["crs"]}
        assert offered <= everything, collection["id"]
        # The demonstration lies in the mining basin.
        assert groups["everywhere"] | groups["metropolitan France"] | groups["successors"] <= offered
        assert {"3035", "4258"} <= offered and "5490" not in offered
