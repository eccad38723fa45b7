"""Versions of layers: each load that changed what everyone sees, listed, compared and read again.

What is expected is computed here from the files that were served, never taken from the server.
"""

import copy
import csv
import io
import json
import random
import re
import signal
from pathlib import Path

import pytest
from hardship import obey_permissions
from html_page import HtmlPage
from terril_server import Terril, wait_for

LAYER = "parcelles"
LIST = f"/loads/{LAYER}/versions"
ITEMS = f"/collections/{LAYER}/items"
NUMBERS = {"nom", "surface", "bati", "usage"}


# --- files, and what lies between two ---------------------------------------------------------------


def feature(id: int, chance: random.Random) -> dict:
    x, y = round(2.4 + chance.random() / 5, 6), round(50.3 + chance.random() / 5, 6)
    ring = [[x, y], [x + 0.001, y], [x + 0.001, y + 0.001], [x, y + 0.001], [x, y]]
    ring = [[round(a, 6), round(b, 6)] for a, b in ring]
    properties = {
        "nom": f"Parcelle {id}",
        "surface": round(chance.uniform(10, 900), 2),
        "bati": chance.random() < 0.5,
        "usage": chance.choice(["friche", "jardin", None]),
    }
    geometry = {"type": "Polygon", "coordinates": [ring]} if chance.random() > 0.1 else None
    return {"type": "Feature", "id": id, "properties": properties, "geometry": geometry}


def edited(features: dict[int, dict], chance: random.Random) -> dict[int, dict]:
    """The next state: some went, some came, some changed in one or another way."""
    after = copy.deepcopy(features)
    for id in chance.sample(sorted(after), 5):
        del after[id]
    for id in chance.sample(sorted(after), 12):
        one = after[id]
        match chance.randrange(4):
            case 0:
                one["properties"]["surface"] = round(chance.uniform(1000, 2000), 2)
            case 1:
                one["properties"]["usage"] = chance.choice(["square", "parking"])
            case 2:
                one["geometry"] = feature(id, chance)["geometry"]
            case 3:
                one["properties"]["nom"], one["properties"]["bati"] = f"Îlot {chance.randrange(10**6)}", not one["properties"]["bati"]
    for id in chance.sample(range(1000, 9000), 7):
        after.setdefault(id, feature(id, chance))
    return after


def write(path: Path, features: dict[int, dict]) -> None:
    aside = path.with_name(f".{path.name}.aside")
    aside.write_text(json.dumps({"type": "FeatureCollection", "features": list(features.values())}))
    aside.rename(path)


def difference(before: dict[int, dict], after: dict[int, dict]) -> tuple[list, list, dict]:
    """Ids that came, ids that went, and for those that changed which fields and whether the geometry."""
    changed = {}
    for id in sorted(before.keys() & after.keys()):
        a, b = before[id], after[id]
        fields = {name for name in NUMBERS if a["properties"][name] != b["properties"][name]}
        if fields or a["geometry"] != b["geometry"]:
            changed[id] = (a["geometry"] != b["geometry"], fields)
    return sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys()), changed


# --- asking ------------------------------------------------------------------------------------------


def versions(server, layer: str = LAYER) -> list[dict]:
    return server.json(f"/loads/{layer}/versions")["versions"]


def hangup(server) -> None:
    server.process.send_signal(signal.SIGHUP)


def load(server, path: Path, features: dict[int, dict]) -> None:
    """Writes a state and waits until it is the one that is served."""
    write(path, features)
    hangup(server)
    wait_for("the new state", lambda: contents(server) == {id: bare(one) for id, one in features.items()})


def bare(one: dict) -> str:
    return json.dumps([one["properties"], one["geometry"]], sort_keys=True)


def contents(server, query: str = "") -> dict[int, str]:
    return {one["id"]: bare(one) for one in server.items(LAYER, query, page=100)}


def address(link: str, entry: dict, kind: str = "application/json") -> str:
    return next(one["href"] for one in entry["links"] if one["rel"] == link and one["type"] == kind)


def changes_of(server, path: str) -> dict:
    """A version's document with the changes of all its pages."""
    whole = server.json(path)
    document = whole
    while following := next((one["href"] for one in document["links"] if one["rel"] == "next"), None):
        document = server.json(following)
        for name in ("added", "removed", "changed"):
            whole[name] += document[name]
    return whole


def states(count: int, seed: int = 4) -> list[dict[int, dict]]:
    chance = random.Random(seed)
    all = [{id: feature(id, chance) for id in range(1, 200)}]
    while len(all) < count:
        all.append(edited(all[-1], chance))
    return all


@pytest.fixture
def source(tmp_path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / f"{LAYER}.geojson"


# --- a: the list, the differences, the features ------------------------------------------------------


@pytest.fixture(scope="module")
def twelve(tmp_path_factory):
    """A server that has seen 13 states, one after another, and these states."""
    folder = tmp_path_factory.mktemp("versions")
    (folder / "data").mkdir()
    path = folder / "data" / f"{LAYER}.geojson"
    (folder / "data" / "terril.toml").write_text(f'[layer.{LAYER}]\nlicence = "Licence Ouverte 2.0"\nattribution = "Nous"\n')
    seen = states(13)
    write(path, seen[0])
    with Terril(folder / "data", state=folder / "state") as server:
        server.wait_open()
        names = [server.json(f"/collections/{LAYER}")["version"]]
        for state in seen[1:]:
            load(server, path, state)
            names.append(server.json(f"/collections/{LAYER}")["version"])
        yield server, seen, names


def test_the_last_ten_are_listed_the_newest_first(twelve):
    server, seen, names = twelve
    listed = versions(server)
    assert [one["version"] for one in listed] == names[:-11:-1] and len(listed) == 10
    assert [one["number"] for one in listed] == list(range(13, 3, -1))
    assert [one["present"] for one in listed] == [True] + [False] * 9
    for one, state in zip(listed, reversed(seen)):
        assert one["numbers"]["features"] == len(state)
        assert one["numbers"]["withoutPlace"] == sum(f["geometry"] is None for f in state.values())
        assert one["source"] == f"{LAYER}.geojson" and one["sourceBytes"] > 10_000
        assert one["license"] == "Licence Ouverte 2.0" and one["attribution"] == "Nous"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one["loaded"])
    assert [one["loaded"] for one in listed] == sorted((one["loaded"] for one in listed), reverse=True)


def test_differences_are_those_of_the_files(twelve):
    server, seen, _ = twelve
    for position, one in enumerate(versions(server)):
        after, before = seen[-1 - position], seen[-2 - position]
        added, removed, changed = difference(before, after)
        # The oldest has its difference too: the one before it is kept for that.
        assert [one["diff"][name] for name in ("added", "removed", "changed")] == [len(added), len(removed), len(changed)]
        assert len(added) > 3 and len(removed) == 5 and len(changed) > 5
        for path in (address("self", one), f"{LIST}/{one['number']}", f"{LIST}/{one['version']}?limit=3"):
            whole = changes_of(server, path)
            assert whole["added"] == added and whole["removed"] == removed
            assert {c["id"]: (c["geometry"], set(c["fields"])) for c in whole["changed"]} == changed
            assert whole["numberMatched"] == len(added) + len(removed) + len(changed)
        assert whole["report"]["features"] == len(after)
        only = server.json(f"{LIST}/{one['version']}?kind=removed")
        assert only["removed"] == removed and only["added"] == only["changed"] == [] and only["numberMatched"] == 5


def test_every_state_is_read_as_it_was(twelve):
    server, seen, names = twelve
    for state, name in zip(seen[3:], names[3:]):
        assert contents(server, f"version={name}") == {id: bare(one) for id, one in state.items()}
        id = min(state)
        one = server.json(f"{ITEMS}/{id}?version={name}")
        assert bare(one) == bare(state[id])
        box = server.json(f"{ITEMS}?version={name}&bbox=2.4,50.3,2.5,50.4&limit=1000&crs=http://www.opengis.net/def/crs/OGC/1.3/CRS84")
        inside = [f["id"] for f in state.values() if f["geometry"] is None or touches(f, 2.4, 50.3, 2.5, 50.4)]
        assert [f["id"] for f in box["features"]] == sorted(inside)
        largest = server.json(f"{ITEMS}?version={name}&sortby=-surface&limit=5&properties=surface")
        expected = sorted((f["properties"]["surface"] for f in state.values()), reverse=True)[:5]
        assert [f["properties"] for f in largest["features"]] == [{"surface": s} for s in expected]
        hits = server.json(f"{ITEMS}?version={name}&usage=friche&resultType=hits")
        assert hits["numberMatched"] == sum(f["properties"]["usage"] == "friche" for f in state.values())


def touches(one: dict, west: float, south: float, east: float, north: float) -> bool:
    ring = one["geometry"]["coordinates"][0]
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return max(xs) >= west and min(xs) <= east and max(ys) >= south and min(ys) <= north


def test_what_is_no_longer_kept_is_not_found(twelve):
    server, _, names = twelve
    for name in (names[0], names[2], "0123456789abcdef", "", "../..", "é" * 300, "1", "%00"):
        for path in (f"{ITEMS}?version={name}", f"{ITEMS}/1?version={name}"):
            answer = server.get(path.replace("é", "%C3%A9"))
            assert answer.status == 404 and answer.media_type() == "application/problem+json", (path, answer.status)
            assert LIST in answer.json()["detail"] and "version" in answer.json()["detail"]
    assert server.get(f"{LIST}/{names[2]}").status == 404 and server.get(f"{LIST}/3").status == 404
    assert names[0] in server.get(f"{ITEMS}?version={names[0]}").json()["detail"]
    assert server.get("/loads/nothing/versions").status == 404
    assert server.get("/loads/nothing/versions/1").status == 404
    assert server.get(f"{LIST}?x=1").status == server.get(f"{LIST}/13?kind=moved").status == 400
    assert server.get(f"{LIST}/13?limit=0").status == server.get(f"{LIST}/13?offset=-1").status == 400


def test_links_stay_in_the_version(twelve):
    server, _, names = twelve
    for name in (names[5], names[-1]):
        page = server.json(f"{ITEMS}?limit=20&version={name}&sortby=nom&offset=20")
        for rel in ("self", "alternate", "next", "prev"):
            assert f"version={name}" in next(one["href"] for one in page["links"] if one["rel"] == rel), rel
        header = server.get(f"{ITEMS}?limit=20&version={name}").header("link")
        assert f"version={name}" in next(part for part in header.split(", <") if 'rel="next"' in part)
        one = server.json(f"{ITEMS}/{page['features'][0]['id']}?version={name}")
        assert all(f"version={name}" in link["href"] for link in one["links"] if link["rel"] in ("self", "alternate"))


def test_answers_are_known_again(twelve):
    server, _, names = twelve
    for path in (f"{ITEMS}?version={names[6]}", f"{ITEMS}/150?version={names[6]}", f"{LIST}/{names[6]}", LIST):
        first = server.get(path)
        assert first.status == 200 and first.header("cache-control") == "no-cache"
        assert server.get(path, {"If-None-Match": first.header("etag")}).status == 304
    assert server.get(f"{ITEMS}?version={names[6]}").header("etag") != server.get(f"{ITEMS}?version={names[7]}").header("etag")


def test_the_present_version_is_the_present(twelve):
    server, _, names = twelve
    named, plain = (server.json(f"{ITEMS}?limit=1000{query}") for query in (f"&version={names[-1]}", ""))
    assert named["features"] == plain["features"]
    assert LIST in json.dumps(server.json("/loads")) and LIST in json.dumps(server.json(f"/loads/{LAYER}"))


def test_a_table_of_what_changed(twelve):
    server, seen, names = twelve
    added, removed, changed = difference(seen[-2], seen[-1])
    for lang, words in (("fr", ("ajoutée", "supprimée", "modifiée", "oui")), ("en", ("added", "removed", "changed", "yes"))):
        answer = server.get(f"{LIST}/{names[-1]}?f=csv&lang={lang}")
        assert answer.media_type() == "text/csv" and answer.header("content-disposition").startswith("attachment")
        rows = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""), delimiter=";"))[1:]
        by = {word: [int(row[0]) for row in rows if row[1] == word] for word in words[:3]}
        assert list(by.values()) == [added, removed, sorted(changed)]
        moved = {int(row[0]) for row in rows if row[2] == words[3]}
        assert moved == {id for id, (geometry, _) in changed.items() if geometry}
        fields = {int(row[0]): set(filter(None, row[3].split(", "))) for row in rows if row[1] == words[2]}
        assert fields == {id: names for id, (_, names) in changed.items()}


# --- e: pages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_pages_say_which_state_they_show(twelve, lang):
    server, seen, names = twelve
    said = {"fr": ("État du", "Voir l’état présent"), "en": ("State of", "See the present state")}[lang]
    for path in (f"{ITEMS}?version={names[5]}&limit=20", f"{ITEMS}/150?version={names[5]}"):
        page = page_of(server, f"{path}&f=html&lang={lang}")
        text = "".join(page.all("main")[0].itertext())
        assert said[0] in text and said[1] in text, path
        (present,) = [a for a in page.all("a") if "".join(a.itertext()) == said[1]]
        assert "version=" not in present.get("href") and server.get(present.get("href")).status == 200
        # Features, pages, forms: all stay in it.
        others = [a.get("href", "") for a in page.all("a") if a is not present]
        inside = [href for href in others if f"{ITEMS}/" in href.partition("#")[0] or "offset=" in href]
        assert [href for href in inside if f"version={names[5]}" not in href] == [] and (inside or "/150" in path)
        for form in page.all("form"):
            kept = {i.get("name"): i.get("value") for i in form.iter("input")}
            if "limit" in kept:
                assert kept["version"] == names[5]
    plain = page_of(server, f"{ITEMS}?f=html&lang={lang}")
    assert said[0] not in "".join(plain.all("main")[0].itertext())
    listed = page_of(server, f"{LIST}?f=html&lang={lang}")
    assert len(listed.all("tbody")[0].findall("tr")) == 10
    one = page_of(server, f"{LIST}/{names[-1]}?f=html&lang={lang}&limit=5")
    links = [a.get("href") for a in one.all("a") if f"{ITEMS}/" in a.get("href", "")]
    assert len(links) == 5 and all(server.get(href).status == 200 for href in links)
    (following,) = [a.get("href") for a in one.all("a") if a.get("rel") == "next"]
    assert page_of(server, following).all("tbody")
    removed = page_of(server, f"{LIST}/{names[-1]}?f=html&lang={lang}&kind=removed")
    links = [a.get("href") for a in removed.all("a") if f"{ITEMS}/" in a.get("href", "")]
    assert len(links) == 5 and all(f"version={names[-2]}" in href and server.get(href).status == 200 for href in links)


def page_of(server, path: str) -> HtmlPage:
    answer = server.get(path)
    assert answer.status == 200 and answer.media_type() == "text/html", (path, answer.status)
    page = HtmlPage.parse(answer.text)
    assert page.errors == [] and len(page.all("h1")) == 1, path
    return page


# --- a walk while the source goes on ----------------------------------------------------------------


def test_a_walk_stays_in_its_version(source, serve, tmp_path):
    seen = states(5, seed=9)
    write(source, seen[0])
    server = serve(source.parent, state=tmp_path / "state").wait_open()
    name = server.json(f"/collections/{LAYER}")["version"]
    path, walked, rest = f"{ITEMS}?limit=40&sortby=-surface&version={name}", [], seen[1:]
    while path:
        page = server.json(path)
        assert page["numberMatched"] == len(seen[0])
        walked += page["features"]
        if rest:
            load(server, source, rest.pop(0))
        path = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert rest == []
    assert {one["id"]: bare(one) for one in walked} == {id: bare(one) for id, one in seen[0].items()}
    assert len(walked) == len(seen[0])


# --- b: restarts -------------------------------------------------------------------------------------


def test_a_restart_keeps_them(source, serve, tmp_path):
    seen = states(5, seed=2)
    write(source, seen[0])
    first = serve(source.parent, state=tmp_path / "state").wait_open()
    load(first, source, seen[1])
    before = versions(first)
    first.stop()
    # Nothing changed: no new version, and each as it was.
    second = serve(source.parent, state=tmp_path / "state").wait_open()
    assert [{**one, "links": 0} for one in versions(second)] == [{**one, "links": 0} for one in before]
    second.stop()
    # The same content, written again: another base file, no version.
    write(source, dict(reversed(seen[1].items())))
    third = serve(source.parent, state=tmp_path / "state").wait_open()
    assert [one["number"] for one in versions(third)] == [2, 1]
    assert versions(third)[0]["loaded"] == before[0]["loaded"]
    third.stop()
    # A change while nobody served it is one.
    write(source, seen[2])
    fourth = serve(source.parent, state=tmp_path / "state").wait_open()
    listed = versions(fourth)
    assert [one["number"] for one in listed] == [3, 2, 1]
    added, removed, changed = difference(seen[1], seen[2])
    assert [listed[0]["diff"][name] for name in ("added", "removed", "changed")] == [len(added), len(removed), len(changed)]
    for state, one in zip(seen[:3], reversed(listed)):
        assert contents(fourth, f"version={one['version']}") == {id: bare(f) for id, f in state.items()}
    # A touched file is none.
    source.touch()
    hangup(fourth)
    load(fourth, source, seen[3])
    assert [one["number"] for one in versions(fourth)] == [4, 3, 2, 1]
    wait_for("the log to tell", lambda: "compared with the version before" in fourth.log())
    fourth.stop()
    # Fewer are kept from now on.
    fifth = serve(source.parent, state=tmp_path / "state", args=("--versions", "2")).wait_open()
    listed = versions(fifth)
    assert [one["number"] for one in listed] == [4, 3] and listed[1]["diff"] is not None
    wait_for("the others to go", lambda: len(bases(tmp_path)) == 3)


def bases(tmp_path) -> list[Path]:
    return sorted((tmp_path / "state" / "versions").rglob("*.base"))


def test_a_state_that_comes_back_is_a_version_of_the_same_name(source, serve, tmp_path):
    seen = states(2, seed=3)
    write(source, seen[0])
    server = serve(source.parent, state=tmp_path / "state").wait_open()
    load(server, source, seen[1])
    load(server, source, seen[0])
    listed = versions(server)
    assert [one["number"] for one in listed] == [3, 2, 1] and listed[0]["version"] == listed[2]["version"]
    assert len({address("self", one) for one in listed}) == 3
    added, removed, changed = difference(seen[1], seen[0])
    newest, oldest = (server.json(address("self", listed[at])) for at in (0, 2))
    assert newest["added"] == added and newest["removed"] == removed and [c["id"] for c in newest["changed"]] == sorted(changed)
    assert oldest["diff"] is None and oldest["number"] == 1


def test_a_layer_that_comes_back_has_its_versions(source, serve, tmp_path):
    seen = states(3, seed=6)
    write(source, seen[0])
    write(source.with_name("autre.geojson"), seen[0])
    server = serve(source.parent, state=tmp_path / "state").wait_open()
    load(server, source, seen[1])
    text = source.read_text()
    source.unlink()
    hangup(server)
    wait_for("it to go", lambda: server.get(ITEMS).status == 404)
    assert server.get(LIST).status == 404
    aside = source.with_name(".aside")
    aside.write_text(text)
    aside.rename(source)
    hangup(server)
    wait_for("it to come back", lambda: server.get(ITEMS).status == 200)
    assert [one["number"] for one in versions(server)] == [2, 1]
    server.stop()
    # With its source gone at the start, they go.
    source.unlink()
    assert bases(tmp_path)
    again = serve(source.parent, state=tmp_path / "state").wait_open()
    wait_for("them to go", lambda: not (tmp_path / "state" / "versions" / LAYER).exists())
    assert [one["number"] for one in versions(again, "autre")] == [1]


# --- c: what is hidden leaves no mark ----------------------------------------------------------------

SECRETS = ("SYCOPHANTE", "prix_secret", "confidentiel", "770077")
PUBLIC = f"""
[layer.{LAYER}.public]
where = "statut <> 'confidentiel'"
fields = ["nom", "statut"]
"""


def secret_state(prices: int, hidden: str, shown: str, more_hidden: int = 0) -> dict[int, dict]:
    def one(id, nom, statut):
        place = {"type": "Point", "coordinates": [2.5 + id / 1000, 50.4]}
        return {"type": "Feature", "id": id, "properties": {"nom": nom, "statut": statut, "prix_secret": prices + id}, "geometry": place}

    rows = [one(1, shown, "libre"), one(2, "B", "libre"), one(3, f"SYCOPHANTE {hidden}", "confidentiel")]
    rows += [one(10 + n, f"SYCOPHANTE {n}", "confidentiel") for n in range(more_hidden)]
    return {row["id"]: row for row in rows}


def test_hidden_rows_and_fields_leave_no_mark(source, serve, tmp_path):
    (source.parent / "terril.toml").write_text(PUBLIC)
    write(source, secret_state(7_700_770, "un", "A"))
    server = serve(source.parent, state=tmp_path / "state").wait_open()
    first = server.get(LIST)

    def reload(state):
        served = server.log().count('"message":"served"')
        write(source, state)
        hangup(server)
        wait_for("the load", lambda: server.log().count('"message":"served"') > served)

    # Prices, a hidden row, more of them: nothing that everyone sees.
    for state in (secret_state(7_700_771, "un", "A"), secret_state(7_700_772, "deux", "A"), secret_state(7_700_773, "trois", "A", 12)):
        reload(state)
        again = server.get(LIST)
        assert again.body == first.body and again.header("etag") == first.header("etag")
    # Something visible beside something hidden: the difference tells of the visible alone.
    reload(secret_state(7_700_774, "quatre", "A bis", 3))
    listed = versions(server)
    assert [one["number"] for one in listed] == [2, 1]
    assert listed[0]["diff"] == {"from": listed[1]["version"], "fromLoaded": listed[1]["loaded"], "added": 0, "removed": 0, "changed": 1}
    assert all("sourceBytes" not in one for one in listed)
    whole = server.json(f"{LIST}/2")
    assert whole["changed"] == [{"id": 1, "geometry": False, "fields": ["nom"]}]
    old = listed[1]["version"]
    assert [f["properties"] for f in server.items(LAYER, f"version={old}")] == [{"nom": "A", "statut": "libre"}, {"nom": "B", "statut": "libre"}]
    assert server.get(f"{ITEMS}/3?version={old}").status == 404
    assert server.get(f"{ITEMS}?version={old}&prix_secret=7700771").status == 400
    for path in everything(listed):
        answer = server.get(path)
        text = answer.body.decode() + str(answer.headers)
        assert answer.status in (200, 404) and not [s for s in SECRETS if s in text], path
    # The next start sees no more.
    server.stop()
    again = serve(source.parent, state=tmp_path / "state").wait_open()
    assert [one["number"] for one in versions(again)] == [2, 1]
    assert [one["diff"] and one["diff"]["changed"] for one in versions(again)] == [1, None]


def everything(listed: list[dict]) -> list[str]:
    paths = [LIST, f"{LIST}?f=html", f"{LIST}?f=html&lang=en"]
    for one in listed:
        for name in (one["version"], one["number"]):
            paths += [f"{LIST}/{name}", f"{LIST}/{name}?f=html", f"{LIST}/{name}?f=csv"]
        for id in ("", "/1", "/2", "/3", "/10"):
            for rest in ("", "&f=html", "&crs=http://www.opengis.net/def/crs/EPSG/0/2154"):
                paths.append(f"{ITEMS}{id}?version={one['version']}{rest}")
    return paths


def test_what_is_hidden_today_is_hidden_in_what_was(source, serve, tmp_path):
    """Versions of a layer that was all visible, under a public view that came later."""
    write(source, secret_state(7_700_770, "un", "A"))
    server = serve(source.parent, state=tmp_path / "state").wait_open()
    for state in (secret_state(7_700_771, "un", "A"), secret_state(7_700_772, "deux", "A bis"), secret_state(7_700_773, "deux", "A bis")):
        served = server.log().count('"message":"served"')
        write(source, state)
        hangup(server)
        wait_for("the load", lambda served=served: server.log().count('"message":"served"') > served)
    open_list = versions(server)
    assert [one["number"] for one in open_list] == [4, 3, 2, 1]
    server.stop()
    (source.parent / "terril.toml").write_text(PUBLIC)
    server = serve(source.parent, state=tmp_path / "state").wait_open()
    listed = versions(server)
    # Those in a row that show the same are one, with the date of the first.
    assert [one["loaded"] for one in listed] == [open_list[1]["loaded"], open_list[3]["loaded"]]
    assert [one["diff"] and one["diff"]["changed"] for one in listed] == [1, None]
    assert not {one["version"] for one in open_list} & {one["version"] for one in listed}
    for one in open_list:
        assert server.get(f"{ITEMS}?version={one['version']}").status == 404
    for path in everything(listed):
        text = server.get(path).body.decode()
        assert not [s for s in SECRETS if s in text], path
    assert [f["id"] for f in server.items(LAYER, f"version={listed[1]['version']}")] == [1, 2]


def test_rows_that_cannot_be_judged_are_not_shown(source, serve, tmp_path):
    """A former state without the field that says who may see a row."""
    before = secret_state(7_700_770, "un", "A")
    for one in before.values():
        del one["properties"]["statut"]
    write(source, before)
    server = serve(source.parent, state=tmp_path / "state").wait_open()
    server.stop()
    (source.parent / "terril.toml").write_text(PUBLIC)
    write(source, secret_state(7_700_770, "un", "A"))
    server = serve(source.parent, state=tmp_path / "state").wait_open()
    (only,) = versions(server)
    assert only["number"] == 2 and only["diff"] is None
    assert "SYCOPHANTE" not in server.get(f"{LIST}/1").text and server.get(f"{LIST}/1").status == 404


def test_a_state_that_may_not_leave_the_machine_does_not(source, serve, tmp_path):
    """Beyond loopback a layer with owners is refused; so is what it was when it had them."""
    def state(owner: bool) -> dict[int, dict]:
        properties = {"nom": "A"} | ({"proprietaire": "SYCOPHANTE"} if owner else {})
        return {1: {"type": "Feature", "id": 1, "properties": properties, "geometry": {"type": "Point", "coordinates": [2.5, 50.4]}}}

    write(source, state(True))
    here = serve(source.parent, state=tmp_path / "state").wait_open()
    load(here, source, state(False))
    listed = versions(here)
    assert len(listed) == 2 and "SYCOPHANTE" in here.get(f"{ITEMS}?version={listed[1]['version']}").text
    here.stop()
    beyond = serve(source.parent, state=tmp_path / "state", args=("--host", "0.0.0.0")).wait_open()
    assert [one["number"] for one in versions(beyond)] == [2]
    assert versions(beyond)[0]["diff"] is None
    for path in (f"{ITEMS}?version={listed[1]['version']}", f"{LIST}/1", f"{LIST}/{listed[1]['version']}"):
        assert beyond.get(path).status == 404
    for path in (LIST, f"{LIST}/2", f"{LIST}/2?f=html", f"{LIST}/2?f=csv"):
        assert "SYCOPHANTE" not in beyond.get(path).text and "proprietaire" not in beyond.get(path).text
    beyond.stop()
    allowed = serve(source.parent, state=tmp_path / "state", args=("--host", "0.0.0.0", "--public", LAYER)).wait_open()
    assert [one["number"] for one in versions(allowed)] == [2, 1]


# --- d: where nothing can be kept, and what is damaged ------------------------------------------------


@pytest.mark.parametrize("how", ["read-only", "option", "variable", "configuration"])
def test_without_former_versions(source, serve, tmp_path, how):
    seen = states(2, seed=5)
    write(source, seen[0])
    state, options = tmp_path / "state", {}
    match how:
        case "read-only":
            state.mkdir()
            state.chmod(0o500)
            options = {"preexec_fn": obey_permissions}
        case "option":
            options = {"args": ("--versions", "0")}
        case "variable":
            options = {"env": {"TERRIL_VERSIONS": "0"}}
        case "configuration":
            (source.parent / "terril.toml").write_text("versions = 0\n")
    if how != "read-only":
        serve(source.parent, state=state, env={"TERRIL_VERSIONS": "3"} if how == "configuration" else {}).wait_open().stop()
        assert bases(tmp_path), "there was one, which has to go"
    server = serve(source.parent, state=state, **options).wait_open()
    load(server, source, seen[1])
    document = server.json(LIST)
    (only,) = document["versions"]
    assert only["present"] and only["diff"] is None and only["numbers"]["features"] == len(seen[1])
    assert document["mostListed"] == 1 and document["kept"]["reason"] == ("no-state" if how == "read-only" else "off")
    for lang, word in (("fr", "Aucune version antérieure"), ("en", "No former version")):
        page = page_of(server, f"{LIST}?f=html&lang={lang}")
        assert word in "".join(page.all("main")[0].itertext())
    assert contents(server, f"version={only['version']}") == contents(server)
    assert server.get(f"{LIST}/{only['version']}").status == 200
    assert bases(tmp_path) == []


def test_too_many_are_refused(source):
    write(source, states(1)[0])
    with pytest.raises(RuntimeError, match="100"):
        Terril(source.parent, args=("--versions", "101")).wait_listening()


@pytest.mark.parametrize("damage", ["flip", "cut", "record", "gone"])
def test_a_damaged_version_is_left_out_and_said(source, serve, tmp_path, damage):
    seen = states(3, seed=8)
    write(source, seen[0])
    server = serve(source.parent, state=tmp_path / "state").wait_open()
    load(server, source, seen[1])
    load(server, source, seen[2])
    names = [one["version"] for one in versions(server)]
    server.stop()
    (base,) = (tmp_path / "state" / "versions" / LAYER).glob("2-*.base")
    content = bytearray(base.read_bytes())
    match damage:
        case "flip":
            content[len(content) // 2] ^= 0x40
            base.write_bytes(content)
        case "cut":
            base.write_bytes(content[: len(content) // 2])
        case "record":
            (base.parent / "2.json").write_text('{"layer": "parcelles"')
        case "gone":
            base.unlink()
    server = serve(source.parent, state=tmp_path / "state").wait_open()
    # A checksum is read when the file is opened.
    assert server.get(f"{ITEMS}?version={names[1]}").status == 404
    listed = versions(server)
    assert [one["number"] for one in listed] == [3, 1]
    added, removed, changed = difference(seen[0], seen[2])
    assert [listed[0]["diff"][name] for name in ("added", "removed", "changed")] == [len(added), len(removed), len(changed)]
    assert contents(server, f"version={names[2]}") == {id: bare(f) for id, f in seen[0].items()}
    assert "can't be read any more" in server.log()
    wait_for("its files to go", lambda: not list(base.parent.glob("2*")))
    assert server.healthy()


def test_a_base_file_that_is_made_anew_is_its_versions_too(source, serve, tmp_path):
    """A version and the layer that is served share one file: where that was damaged, the new one takes both places."""
    seen = states(2, seed=13)
    write(source, seen[0])
    serve(source.parent, state=tmp_path / "state").wait_open().stop()
    (base,) = bases(tmp_path)
    with base.open("r+b") as file:
        file.seek(base.stat().st_size // 2)
        file.write(b"damaged!")
    server = serve(source.parent, state=tmp_path / "state").wait_open()
    assert "is read again" in server.log()
    load(server, source, seen[1])
    assert [one["number"] for one in versions(server)] == [2, 1]
    assert contents(server, f"version={versions(server)[1]['version']}") == {id: bare(f) for id, f in seen[0].items()}


def test_a_disk_that_is_full_is_a_warning(source, serve, tmp_path):
    """What stands in the place of the folder can't be written to; the layer is served all the same."""
    seen = states(2, seed=12)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "versions").write_text("no folder")
    write(source, seen[0])
    server = serve(source.parent, state=tmp_path / "state").wait_open()
    load(server, source, seen[1])
    assert "this version can't be kept" in server.log()
    (only,) = versions(server)
    assert only["present"] and only["number"] == 2
    assert server.healthy() and not [line for line in server.log().splitlines() if json.loads(line)["level"] == "ERROR"]


# --- stages, derived layers, a service's description --------------------------------------------------


def test_an_audit_is_part_of_its_version(serve, tmp_path):
    """What a comparison of the features found stands in the report of the former state too."""
    def parcels(twins: int) -> dict:
        square = {"type": "Polygon", "coordinates": [[[2.5, 50.4], [2.501, 50.4], [2.501, 50.401], [2.5, 50.401], [2.5, 50.4]]]}
        rows = [{"type": "Feature", "id": n, "properties": {"nom": f"p{n}"}, "geometry": square} for n in range(twins)]
        return {"type": "FeatureCollection", "features": rows}

    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / f"{LAYER}.geojson"
    path.write_text(json.dumps(parcels(3)))
    server = serve(tmp_path / "data", state=tmp_path / "state").wait_open("audited")
    found = server.json(f"/loads/{LAYER}")["report"]["counts"]
    assert found["duplicate-geometry"] == 2
    path.write_text(json.dumps(parcels(1)))
    hangup(server)
    wait_for("the load", lambda: len(versions(server)) == 2)
    for again in (False, True):
        if again:
            server.stop()
            server = serve(tmp_path / "data", state=tmp_path / "state").wait_open()
        former = versions(server)[1]
        assert former["numbers"]["faultsByKind"] == found
        whole = server.json(address("self", former))
        assert whole["stage"] == "audited" and whole["report"]["counts"] == found
        assert "seconds" not in whole["report"]


def test_a_derived_layer_has_versions(serve, tmp_path):
    def part(name: str, ids: list[int]) -> None:
        rows = [
            {"type": "Feature", "id": n, "properties": {"id": f"C{n}", "nom": f"Cité {n}"}, "geometry": {"type": "Point", "coordinates": [2.5, 50.4 + n / 100]}}
            for n in ids
        ]
        aside = tmp_path / "data" / ".aside"
        aside.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
        aside.rename(tmp_path / "data" / f"{name}.geojson")

    (tmp_path / "data").mkdir()
    part("nord", [1, 2])
    part("sud", [2, 3])
    (tmp_path / "data" / "terril.toml").write_text('[derived.cites]\nfrom = ["nord", "sud"]\nkey = "id"\n')
    server = serve(tmp_path / "data", state=tmp_path / "state").wait_open()
    before = [f["id"] for f in server.items("cites")]
    part("sud", [2, 3, 4])
    hangup(server)
    wait_for("the derived layer", lambda: len(server.items("cites")) == len(before) + 1)
    listed = versions(server, "cites")
    assert [one["number"] for one in listed] == [2, 1] and listed[0]["diff"]["added"] == 1
    assert [f["id"] for f in server.items("cites", f"version={listed[1]['version']}")] == before
    server.stop()
    again = serve(tmp_path / "data", state=tmp_path / "state").wait_open()
    assert [one["number"] for one in versions(again, "cites")] == [2, 1]


def test_fields_that_came_and_went(source, serve, tmp_path):
    def state(field: str, value) -> dict[int, dict]:
        place = {"type": "Point", "coordinates": [2.5, 50.4]}
        return {n: {"type": "Feature", "id": n, "properties": {"nom": f"p{n}", field: value if n else None}, "geometry": place} for n in range(3)}

    write(source, state("ancien", 1))
    server = serve(source.parent, state=tmp_path / "state").wait_open()
    write(source, state("nouveau", 2))
    hangup(server)
    wait_for("the load", lambda: len(versions(server)) == 2)
    present, former = versions(server)
    whole = server.json(f"{LIST}/2")
    assert whole["diff"]["fieldsAdded"] == ["nouveau"] and whole["diff"]["fieldsRemoved"] == ["ancien"]
    assert [(c["id"], c["fields"]) for c in whole["changed"]] == [(1, ["nouveau", "ancien"]), (2, ["nouveau", "ancien"])]
    # Each state is asked by its own fields.
    assert len(server.items(LAYER, f"version={former['version']}&ancien=1")) == 2
    assert server.get(f"{ITEMS}?version={former['version']}&nouveau=2").status == 400
    assert server.get(f"{ITEMS}?version={present['version']}&ancien=1").status == 400
    # And described by them.
    old, own = f"version={former['version']}", f"/collections/{LAYER}"
    document = server.json(f"{own}?{old}")
    assert document["version"] == former["version"] and document["former"]["number"] == 1
    assert [field["name"] for field in document["fields"]] == ["nom", "ancien"]
    leading = {link["rel"].rpartition("/")[2]: link["href"] for link in document["links"]}
    assert not {"tilejson", "stylesheet", "tilesets-vector"} & set(leading)
    for rel in ("self", "items", "queryables", "sortables", "schema", "describedby", "alternate"):
        assert old in leading[rel] and server.get(leading[rel]).status == 200, rel
    for name in ("schema", "queryables", "sortables"):
        schema = server.json(f"{own}/{name}?{old}")
        assert schema["$id"] == f"{server.address}{own}/{name}?{old}"
        assert {"ancien", "nouveau"} & set(schema["properties"]) == {"ancien"}
        assert {"ancien", "nouveau"} & set(server.json(f"{own}/{name}")["properties"]) == {"nouveau"}
        assert server.get(f"{own}/{name}?version=none").status == 404
    assert server.get(f"{own}?version=none").status == 404 and server.get(f"{own}?versions=1").status == 400
    assert "former" not in server.json(own) and "former" not in server.json(f"{own}?version={present['version']}")
    page = server.json(f"{ITEMS}?{old}")
    collections = [link["href"] for link in page["links"] if link["rel"] == "collection"]
    assert len(collections) == 2 and all(old in href and server.get(href).status == 200 for href in collections)
    for path in (own, f"{own}/schema", f"{own}/queryables"):
        for lang, said in (("fr", "État du"), ("en", "State of")):
            page = page_of(server, f"{path}?{old}&f=html&lang={lang}")
            assert said in "".join(page.all("main")[0].itertext())
            assert not page.all("figure"), "the map would show the present"


def test_coordinates_in_another_system_are_another_version(serve, tmp_path):
    """The same numbers by another system: other places, so other names of versions, tiles and answers."""
    (tmp_path / "data").mkdir()
    rows = [{"type": "Feature", "id": 1, "properties": {}, "geometry": {"type": "Point", "coordinates": [2.5, 50.4]}}]
    (tmp_path / "data" / f"{LAYER}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    names = []
    for code in (4326, 4171):
        (tmp_path / "data" / "terril.toml").write_text(f'[layer.{LAYER}]\ncrs = "EPSG:{code}"\n')
        server = serve(tmp_path / "data", state=tmp_path / "state").wait_open()
        names.append(server.json(f"/collections/{LAYER}")["version"])
        listed = versions(server)
        server.stop()
    assert names[0] != names[1] and len(listed) == 2
    assert listed[0]["diff"]["changed"] == 1


def test_the_service_describes_them(twelve):
    server, _, _ = twelve
    api = server.json("/api")
    assert LIST in api["paths"] and f"{LIST}/{{version}}" in api["paths"]
    for path in (ITEMS, f"{ITEMS}/{{featureId}}"):
        assert {"$ref": "#/components/parameters/version"} in api["paths"][path]["get"]["parameters"]
