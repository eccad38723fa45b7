"""Every resource as a page: valid HTML5, the links of its JSON, one language at a time, figures as people write them.

The pages are judged by html5lib, an HTML5 parser of its own, and beside the JSON of the same address.
"""

import json
import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from html_page import HtmlPage, links_of, words
from terril_server import ROOT, Terril

NARROW, NO_BREAK = "\u202f", "\u00a0"
SCRIPT = '<script>alert("1")</script>&amp;'
COUNT = 12_345

CONFIGURATION = f"""
title = {{ fr = "Essai", en = "Trial" }}

[layer.parcelles]
title = {{ fr = "Parcelles <b>d’essai</b>", en = "Trial <b>parcels</b>" }}
role = "parcel"
nature = "synthetic"
licence = "Licence Ouverte 2.0"
attribution = "Nous & vous"
source = "https://source.example/?a=1&b=2"
[layer.parcelles.fields]
area = "surface"

[layer.vide]
title = {{ fr = "Vide", en = "Empty" }}

[layer.nombreuses]
title = {{ fr = "Nombreuses", en = "Many" }}
"""


def parcels() -> dict:
    def parcel(id, geometry, **properties):
        return {"type": "Feature", "id": id, "geometry": geometry, "properties": properties}

    square = {"type": "Polygon", "coordinates": [[[2.5, 50.4], [2.51, 50.4], [2.51, 50.41], [2.5, 50.41], [2.5, 50.4]]]}
    known = {"nom": "Première", "surface": 12500, "prix": 12500.5, "bati": True, "le": "2024-05-01", "page": "https://a.example/?x=1&y=2"}
    nothing = dict.fromkeys(known)
    return {
        "type": "FeatureCollection",
        "features": [
            parcel("A/1 é", square, **known),
            parcel("B", None, **nothing),
            parcel("C", square, **(known | {"nom": SCRIPT, "bati": False, "le": "2026-11-21"})),
        ],
    }


def many() -> dict:
    place = {"type": "Point", "coordinates": [2.6, 50.5]}
    rows = [{"type": "Feature", "geometry": place, "properties": {"id": n, "rang": n}} for n in range(COUNT)]
    return {"type": "FeatureCollection", "features": rows}


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    folder = tmp_path_factory.mktemp("html")
    (folder / "terril.toml").write_text(CONFIGURATION)
    (folder / "parcelles.geojson").write_text(json.dumps(parcels()))
    (folder / "nombreuses.geojson").write_text(json.dumps(many()))
    (folder / "vide.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    sources = [folder / f"{name}.geojson" for name in ("parcelles", "nombreuses", "vide")]
    with Terril(*sources, args=("--config", str(folder / "terril.toml"))) as server:
        server.wait_open()
        yield server


@pytest.fixture(scope="module")
def demo():
    with Terril(ROOT / "data") as server:
        server.wait_open()
        yield server


ITEM = "/collections/parcelles/items/" + quote("A/1 é", safe="")

RESOURCES = [
    "/conformance",
    "/api",
    "/collections",
    "/collections/parcelles",
    "/collections/vide",
    "/collections/parcelles/items",
    "/collections/vide/items",
    "/collections/nombreuses/items?limit=20&offset=40",
    "/collections/parcelles/items?nom=Premi%C3%A8re&bati=true",
    "/collections/parcelles/items?sortby=-surface",
    "/collections/parcelles/items?resultType=hits",
    "/collections/parcelles/items?crs=http%3A%2F%2Fwww.opengis.net%2Fdef%2Fcrs%2FEPSG%2F0%2F2154",
    ITEM,
    "/collections/parcelles/items/B",
    "/collections/parcelles/items/C",
    "/collections/parcelles/queryables",
    "/collections/parcelles/sortables",
    "/collections/parcelles/schema",
    "/collections/parcelles/tiles",
    "/collections/parcelles/tiles/WebMercatorQuad",
    "/tiles",
    "/tiles/WebMercatorQuad",
    "/tileMatrixSets",
    "/tileMatrixSets/WebMercatorQuad",
    "/loads",
    "/styles",
]


def with_query(path: str, **parameters: str) -> str:
    joint = "&" if "?" in path else "?"
    return path + joint + "&".join(f"{name}={quote(value)}" for name, value in parameters.items())


def page_of(server: Terril, path: str, lang: str) -> HtmlPage:
    answer = server.get(with_query(path, f="html", lang=lang))
    assert answer.status == 200, f"{path}: {answer.status} {answer.body[:300]!r}"
    assert answer.header("content-type") == "text/html; charset=utf-8"
    return HtmlPage.parse(answer.text)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("path", RESOURCES)
def test_every_page_is_html5_that_can_be_read_aloud(trial, path, lang):
    page = page_of(trial, path, lang)
    assert page.errors == []
    assert page.lang == lang
    assert page.title.strip()
    assert len(page.all("h1")) == 1 and "".join(page.all("h1")[0].itertext()).strip()
    assert len(page.all("main")) == 1
    for table in page.all("table"):
        assert "".join(table.find("caption").itertext()).strip(), "a table without a caption"
        assert table.find("thead/tr/th") is not None
        for heading in table.iter("th"):
            assert heading.get("scope") in ("col", "row")
    ids = [element.get("id") for element in page.root.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), "an id stands twice"
    named = {label.get("for") for label in page.all("label")}
    for field in [*page.all("input"), *page.all("select")]:
        assert field.get("type") == "hidden" or field.get("id") in named, f"{field.attrib} has no label"
    for element in page.root.iter():
        for name in ("aria-labelledby", "for"):
            assert element.get(name) is None or element.get(name) in ids
        assert not [name for name in element.attrib if name.startswith("on") or name == "style"]
    # The content policy lets no script stand in a page.
    assert all(script.get("src") and not (script.text or "").strip() for script in page.all("script"))


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("path", RESOURCES)
def test_every_link_of_the_document_stands_on_its_page(trial, path, lang):
    document = trial.json(with_query(path, f="json"))
    page = page_of(trial, path, lang)
    links = [link for link in links_of(document) if not path.startswith("/api")]
    followed = {without_lang(href) for href in page.hrefs()}
    for link in links:
        if link.get("templated"):
            assert link["href"] in page.visible()
        else:
            assert without_lang(link["href"]) in followed, link
    # The way back to the data.
    data = [link for link in page.all("link") if link.get("rel") == "alternate" and link.get("type") != "text/html"]
    assert data, "no alternate in the head"
    for link in data:
        answer = trial.get(link.get("href"))
        assert answer.status == 200 and answer.media_type() == link.get("type").partition(";")[0]


def without_lang(href: str) -> str:
    path, _, query = href.partition("?")
    kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] not in ("lang", "f")]
    return path + "?" * bool(kept) + "&".join(sorted(kept))


@pytest.mark.parametrize("path", RESOURCES)
def test_no_page_speaks_two_languages(trial, path):
    for lang, other in (("fr", 2), ("en", 1)):
        own = {entry[3 - other] for entry in words()}
        foreign = {entry[other] for entry in words() if entry[1] != entry[2] and entry[other] not in own}
        # Sentences with something put in are told by what stands around it, where that is words at all.
        foreign = {text for text in foreign if re.search(r"[^\W\d_]{2}", re.sub(r"\{\w+\}", "", text))}
        patterns = [re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(text))) for text in foreign]
        for said in page_of(trial, path, lang).own_words():
            wrong = [pattern.pattern for pattern in patterns if pattern.fullmatch(said)]
            assert not wrong, f"{said!r} on the {lang} page"


@pytest.mark.parametrize("path", RESOURCES)
def test_the_other_language_keeps_every_other_parameter(trial, path):
    page = page_of(trial, path, "fr")
    switch = [a for a in page.all("a") if a.get("hreflang") == "en"]
    assert len(switch) == 1
    asked, leads = urlsplit(with_query(path, f="html", lang="en")), urlsplit(switch[0].get("href"))
    assert asked.path == leads.path
    assert parse_qs(asked.query) == parse_qs(leads.query)
    assert HtmlPage.parse(trial.get(switch[0].get("href")).text).lang == "en"


def test_the_readers_language_is_taken_where_none_is_asked(trial):
    for accepted, expected in ((None, "fr"), ("en-GB,en;q=0.9", "en"), ("fr", "fr"), ("de", "fr")):
        headers = {"Accept": "text/html"} | ({"Accept-Language": accepted} if accepted else {})
        answer = trial.get("/collections", headers)
        assert HtmlPage.parse(answer.text).lang == expected
        assert "accept-language" in answer.header("vary").lower()
    asked = trial.get("/collections?lang=fr", {"Accept": "text/html", "Accept-Language": "en"})
    assert HtmlPage.parse(asked.text).lang == "fr"


def test_a_language_that_pages_do_not_speak_is_refused(trial):
    answer = trial.get("/collections?f=html&lang=de")
    assert answer.status == 400
    assert "lang" in answer.json()["detail"]


def cells(page: HtmlPage) -> list[list[str]]:
    """The rows of the table of features, without its heading."""
    table = next(table for table in page.all("table") if "features" in (table.get("class") or ""))
    return [["".join(cell.itertext()).strip() for cell in row] for row in table.find("tbody")]


def test_values_are_written_as_each_language_does(trial):
    rows = {"fr": cells(page_of(trial, "/collections/parcelles/items", "fr")), "en": cells(page_of(trial, "/collections/parcelles/items", "en"))}
    first = {lang: next(row for row in table if row[0] == "A/1 é") for lang, table in rows.items()}
    assert f"1,25{NARROW}ha / 12{NARROW}500{NARROW}m²" in first["fr"]
    assert f"1.25{NO_BREAK}ha / 12,500{NO_BREAK}m²" in first["en"]
    assert f"12{NARROW}500,5" in first["fr"] and "12,500.5" in first["en"]
    assert "oui" in first["fr"] and "yes" in first["en"]
    assert f"1er{NO_BREAK}mai 2024" in first["fr"] and f"1{NO_BREAK}May 2024" in first["en"]
    empty = next(row for row in rows["fr"] if row[0] == "B")
    assert set(empty[1:]) == {"–"}


def test_an_area_is_written_alike_on_the_page_of_its_feature(trial):
    assert f"1,25{NARROW}ha / 12{NARROW}500{NARROW}m²" in page_of(trial, ITEM, "fr").text
    assert f"1.25{NO_BREAK}ha / 12,500{NO_BREAK}m²" in page_of(trial, ITEM, "en").text


def test_a_page_of_features_says_which_they_are(trial):
    path = "/collections/nombreuses/items?limit=100"
    fr, en = (page_of(trial, path, lang) for lang in ("fr", "en"))
    assert f"Entités 1 à 100 sur 12{NARROW}345" in fr.text
    assert "Features 1 to 100 of 12,345" in en.text
    second = next(a.get("href") for a in fr.all("a") if a.get("rel") == "next")
    assert f"Entités 101 à 200 sur 12{NARROW}345" in trial.get(second).text


def test_pages_joined_are_the_whole(trial):
    seen, path = [], "/collections/nombreuses/items?limit=4000&f=html&lang=fr"
    while path:
        page = HtmlPage.parse(trial.get(path).text)
        seen += [row[0] for row in cells(page)]
        path = next((a.get("href") for a in page.all("a") if a.get("rel") == "next"), None)
        assert path is None or "lang=fr" in path
    assert seen == [str(n) for n in range(COUNT)]


def test_a_row_leads_to_its_feature(trial):
    page = page_of(trial, "/collections/parcelles/items", "en")
    link = next(a for a in page.all("a") if "".join(a.itertext()) == "A/1 é")
    target = HtmlPage.parse(trial.get(link.get("href")).text)
    assert target.lang == "en" and "Première" in "".join(target.all("h1")[0].itertext())


def test_text_of_the_data_is_text(trial):
    for path in ("/collections/parcelles/items", "/collections/parcelles/items/C", "/collections/parcelles"):
        page = page_of(trial, path, "fr")
        assert not [script for script in page.all("script") if (script.text or "").strip()]
        assert not page.all("b")
    assert SCRIPT in page_of(trial, "/collections/parcelles/items/C", "fr").visible()
    assert "<b>d’essai</b>" in page_of(trial, "/collections/parcelles", "fr").title


def test_addresses_in_values_can_be_followed(trial):
    page = page_of(trial, ITEM, "fr")
    link = next(a for a in page.all("a") if a.get("href") == "https://a.example/?x=1&y=2")
    assert "nofollow" in link.get("rel")


def test_what_is_empty_says_so(trial):
    assert "Cette collection est vide." in page_of(trial, "/collections/vide/items", "fr").visible()
    none = page_of(trial, "/collections/parcelles/items?nom=personne", "en").visible()
    assert "No feature meets these criteria." in none
    assert "n’a pas de géométrie" in page_of(trial, "/collections/parcelles/items/B", "fr").visible()


def test_a_form_asks_for_what_it_says(trial):
    page = page_of(trial, "/collections/parcelles/items?bati=true", "fr")
    form = next(form for form in page.all("form") if form.find(".//input[@id='p-nom']") is not None)
    hidden = {field.get("name"): field.get("value") for field in form.iter("input") if field.get("type") == "hidden"}
    assert hidden == {"bati": "true", "f": "html", "lang": "fr"}
    answer = trial.get(with_query(form.get("action"), nom="Première", **hidden))
    assert [row[0] for row in cells(HtmlPage.parse(answer.text))] == ["A/1 é"]
    remove = [a.get("href") for a in HtmlPage.parse(answer.text).all("a") if a.get("aria-label") == "Retirer le critère bati"]
    assert parse_qs(urlsplit(remove[0]).query) == {"nom": ["Première"], "f": ["html"], "lang": ["fr"]}


def test_a_heading_sorts(trial):
    page = page_of(trial, "/collections/nombreuses/items?limit=5", "fr")
    up = next(a.get("href") for a in page.all("a") if a.get("title") == "Trier par rang, croissant")
    sorted_up = HtmlPage.parse(trial.get(up).text)
    down = next(a.get("href") for a in sorted_up.all("a") if a.get("title") == "Trier par rang, décroissant")
    assert cells(HtmlPage.parse(trial.get(down).text))[0][0] == str(COUNT - 1)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_data_that_are_not_real_say_so(demo, lang):
    natures = {collection["id"]: collection["nature"] for collection in demo.json("/collections?f=json")["collections"]}
    assert {"seed", "synthetic"} <= set(natures.values())
    for id, nature in natures.items():
        for path in (f"/collections/{id}", f"/collections/{id}/items?limit=20"):
            page = page_of(demo, path, lang)
            banners = [p for p in page.all("p") if "banner" in (p.get("class") or "").split()]
            assert bool(banners) == (nature != "real")
            assert all(nature in p.get("class") for p in banners)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_page_of_the_demonstration_is_html5(demo, lang):
    collections = demo.json("/collections?f=json")["collections"]
    assert collections
    for collection in collections:
        path = f"/collections/{collection['id']}"
        feature = demo.json(f"{path}/items?f=json&limit=1")["features"][0]
        for own in (path, f"{path}/items", f"{path}/items/{quote(str(feature['id']), safe='')}"):
            assert page_of(demo, own, lang).errors == []


def test_style_and_script_come_from_the_server(trial):
    for path in ("/api", "/collections/parcelles/items", ITEM):
        page = page_of(trial, path, "fr")
        sheets = [link.get("href") for link in page.all("link") if link.get("rel") == "stylesheet"]
        scripts = [script.get("src") for script in page.all("script")]
        assert len(sheets) == len(scripts) == 1
        for address, kind in ((sheets[0], "text/css"), (scripts[0], "text/javascript")):
            depth = len(urlsplit(path).path.split("/")) - 2
            assert address.startswith("../" * depth or "./")
            file = trial.get("/" + address.replace("../", "").removeprefix("./"))
            assert file.status == 200 and file.media_type() == kind
