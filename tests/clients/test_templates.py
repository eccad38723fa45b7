"""Templates, filled by openpyxl as a landlord would, and served without a word of configuration."""

import csv
import datetime
import json
import re
import subprocess
import zipfile
from io import BytesIO

import openpyxl
import pytest
from report import record
from terril_server import BINARY, Terril

record("openpyxl", openpyxl.__version__, "the templates: drop-down lists, help, example; filled as somebody would")

NAMES = ("reserves", "operations", "candidats")
LANGS = ("fr", "en")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXAMPLE = {"fr": "Exemple (fictif)", "en": "Example (fictional)"}
OWNER = {"fr": "Propriétaire *", "en": "Owner *"}


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    """Every template in both languages, as the command writes it."""
    folder = tmp_path_factory.mktemp("templates")
    made = {}
    for name in NAMES:
        for lang in LANGS:
            path = folder / f"{name}-{lang}.xlsx"
            subprocess.run([BINARY, "template", name, "--lang", lang, "-o", path], check=True)
            made[name, lang] = path
    return made


def columns(sheet) -> dict[str, int]:
    return {cell.value: cell.column for cell in sheet[1]}


def listed(book, sheet, column: int) -> list[str] | None:
    """The values of a column's drop-down list, found as a spreadsheet does: by the range in the validation."""
    letter = openpyxl.utils.get_column_letter(column)
    for rule in sheet.data_validations.dataValidation:
        if f"{letter}3" in rule.sqref and rule.type == "list":
            name, cells = rule.formula1.lstrip("=").split("!")
            return [cell.value for (cell,) in book[name][cells.replace("$", "")]]
    return None


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_what_somebody_can_fill(templates, name, lang):
    book = openpyxl.load_workbook(templates[name, lang])
    states = [sheet.sheet_state for sheet in book]
    assert states == ["visible", "visible", "hidden", "veryHidden"]
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "C2"
    headings = columns(sheet)
    assert OWNER[lang] in headings and len(headings) == sheet.max_column == len(set(headings))
    units = [heading for heading in headings if re.search(r"\((m²|€)\)$", heading)]
    assert units, "units stand in the headings"
    # The example says so itself, and is a row as one fills it.
    example = {heading: sheet.cell(2, column).value for heading, column in headings.items()}
    assert sheet.cell(2, 1).value == EXAMPLE[lang]
    assert "ficti" in example[OWNER[lang]].lower()
    # A message beside every cell, a list wherever there are codes, and the example is in the list.
    helped = set()
    lists = 0
    for rule in sheet.data_validations.dataValidation:
        assert rule.showInputMessage and 0 < len(rule.prompt) <= 255 and 0 < len(rule.promptTitle) <= 32
        helped |= {cell.min_col for cell in rule.sqref.ranges}
        if rule.type == "list":
            lists += 1
            assert rule.showErrorMessage and rule.errorStyle in (None, "stop")
    assert helped == set(headings.values())
    assert lists >= 3
    for heading, column in headings.items():
        if values := listed(book, sheet, column):
            assert len(values) == len(set(values)) and all(values), heading
            assert example[heading] in values, heading
    # What is missing is coloured.
    assert sum(len(rules.rules) for rules in sheet.conditional_formatting) >= 4
    # The workbook says which template it is.
    assert [[cell.value for cell in row] for row in book["terril"]["A1:B3"]] == [
        ["terril-template", name], ["version", 1], ["lang", lang],
    ]  # fmt: skip


def test_the_same_template_is_the_same_bytes(templates, tmp_path):
    for (name, lang), path in templates.items():
        again = tmp_path / "again.xlsx"
        subprocess.run([BINARY, "template", name, "--lang", lang, "-o", again], check=True)
        assert again.read_bytes() == path.read_bytes(), (name, lang)


def test_the_command_refuses_what_it_can_not_do(tmp_path):
    for arguments in (
        ["projets", "-o", "x.xlsx"],
        ["reserves", "-o", "x.csv"],
        ["reserves", "--lang", "de", "-o", "x.xlsx"],
        ["reserves"],
        ["reserves", "-o", "none/x.xlsx"],
    ):
        done = subprocess.run([BINARY, "template", *arguments], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode != 0 and done.stderr.strip(), arguments
    assert list(tmp_path.iterdir()) == []


def test_lists_are_in_the_file_and_not_only_in_a_reader(templates):
    """The XML itself: a list that points to the hidden sheet, for the rows that somebody fills."""
    with zipfile.ZipFile(templates["reserves", "fr"]) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
        properties = archive.read("docProps/custom.xml").decode()
        core = archive.read("docProps/core.xml").decode()
    rules = re.findall(r'<dataValidation type="list"[^>]*sqref="([A-Z]+)2:\1(\d+)"[^>]*><formula1>([^<]+)</formula1>', xml)
    assert len(rules) == 6
    assert all(int(last) > 1000 and re.fullmatch(r"listes!\$[A-Z]+\$2:\$[A-Z]+\$\d+", formula) for _, last, formula in rules)
    assert "reserves/1/fr" in properties
    assert "2026-01-01T00:00:00Z" in core


# --- filled --------------------------------------------------------------------------------------------------

RESERVES = [
    {
        "Identifiant": "A-01", "Nom": "Fond de cité", "Propriétaire *": "Bailleur fictif A",
        "Parcelles cadastrales": "62737999ZZ0001;62737999ZZ0002", "Commune": "Sains-en-Gohelle", "Code INSEE": "62737",
        "Surface déclarée (m²)": 12500.5, "Statut": "à céder", "Occupation": "libre", "Bâti": "terrain nu",
        "Pollution du sol": "pollution supposée", "Vocation pressentie": "logement locatif",
        "Prix de référence (€)": 150000, "Confidentialité": "privé", "Date de mise à jour": datetime.date(2026, 3, 1),
    },
    {
        # By coordinates; the code itself instead of its label, and another case.
        "Identifiant": "A-02", "Nom": "Ancien carreau", "Propriétaire *": "Bailleur fictif A", "Longitude": 2.6857,
        "Latitude": 50.442, "Surface déclarée (m²)": 800, "Statut": "IDENTIFIEE", "Occupation": "Usage transitoire",
    },
    {
        "Identifiant": "A-03", "Nom": "Parc", "Propriétaire *": "Bailleur fictif B", "Couche de référence": "cites",
        "Identifiant dans la couche": "0161", "Statut": "en vente bientôt",
    },
    {"Identifiant": "A-04", "Nom": "Sans lieu", "Propriétaire *": "Bailleur fictif B"},
    {"Identifiant": "A-05", "Nom": "Sans nom de propriétaire", "Parcelles cadastrales": "AB 12", "Commune": "Grenay"},
]  # fmt: skip

OPERATIONS = [
    {
        "Identifier": "OP1", "Name": "Deep works", "Owner *": "Fictive landlord", "Object": "mining estate",
        "Mining estate": "Cité fictive", "Type of operation": "deep refurbishment", "Number of dwellings": 80,
        "Energy rating before": "F", "Energy rating after": "B", "Start year": 2026, "End year": 2028,
        "Status": "approved by the board", "Public programmes": "ERBM;NPNRU",
    },
    {
        "Identifier": "OP2", "Name": "Sale", "Owner *": "Fictive landlord", "Object": "building",
        "Cadastral parcels": "62737999ZZ0003", "Type of operation": "sale by unit", "Period": "T2 2027",
        "Estimated cost (€)": 1250000, "Status": "planned",
    },
]  # fmt: skip


def fill(template, rows: list[dict], path) -> None:
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    at = columns(sheet)
    for row, values in enumerate(rows, start=3):
        for heading, value in values.items():
            sheet.cell(row, at[heading]).value = value
    book.save(path)


@pytest.fixture(scope="module")
def filled(templates, tmp_path_factory):
    """Two filled templates in a folder, and nothing else: no configuration."""
    folder = tmp_path_factory.mktemp("filled")
    fill(templates["reserves", "fr"], RESERVES, folder / "reserves-a.xlsx")
    fill(templates["operations", "en"], OPERATIONS, folder / "psp-a.xlsx")
    with Terril(folder) as server:
        yield server.wait_open()


def rows(server, collection: str) -> dict[str, dict]:
    return {str(one["id"]): one for one in server.items(collection)}


def test_a_filled_template_is_served_as_it_is(filled):
    assert {one["id"] for one in filled.json("/collections")["collections"]} == {"reserves-a", "psp-a"}
    collection = filled.json("/collections/reserves-a")
    assert collection["role"] == "land-reserve" and collection["roleGuessed"]
    assert collection["schema"] == "terril-reserves"
    fields = collection["roleFields"]
    assert (fields["owner"], fields["parcels"], fields["area"]) == ("acteur", "parcelles", "surface_declaree_m2")
    assert set(fields) == set(collection["roleFieldsGuessed"])
    found = rows(filled, "reserves-a")
    assert set(found) == {"A-01", "A-02", "A-03", "A-04", "A-05"}, "the example is left out, nothing else"
    one = found["A-01"]["properties"]
    expected = {
        "nom": "Fond de cité", "acteur": "Bailleur fictif A", "parcelles": "62737999ZZ0001;62737999ZZ0002",
        "commune": "Sains-en-Gohelle", "code_insee": "62737", "surface_declaree_m2": 12500.5, "statut": "a_ceder",
        "occupation": "LIBRE", "bati": "NU", "pollution": "pollution supposée", "vocation_pressentie": "LOGEMENT_LOCATIF",
        "confidentialite": "PRIVE", "date_maj": "2026-03-01",
    }  # fmt: skip
    assert {name: one[name] for name in expected} == expected
    assert one["prix_reference_eur"] == 150000
    two = found["A-02"]
    assert (two["properties"]["statut"], two["properties"]["occupation"]) == ("identifiee", "TRANSITOIRE")
    assert two["geometry"]["type"] == "Point"
    assert two["geometry"]["coordinates"] == pytest.approx([2.6857, 50.442])
    three = found["A-03"]["properties"]
    assert (three["couche"], three["id_couche"]) == ("cites", "0161")
    # What is in no list is kept as it was written.
    assert three["statut"] == "en vente bientôt"


def test_what_a_row_lacks_is_said_in_its_place(filled):
    by = {}
    for fault in filled.json("/loads/reserves-a?limit=1000")["faults"]:
        by.setdefault(fault["kind"], []).append(fault)
    # The join that looks for places says more of the same kind; this is what the row itself lacks.
    nothing = [f for f in by["unplaced"] if "nothing says where it is" in f["message"]]
    assert [str(f["feature"]) for f in nothing] == ["A-04"]
    assert [str(f["feature"]) for f in by["unknown-owner"]] == ["A-05"]
    (code,) = [f for f in by["bad-key"] if "en vente" in f["message"]]
    assert str(code["feature"]) == "A-03" and "Statut" in code["message_fr"] and "Status" in code["message"]
    assert len(by["skipped-row"]) == 1


def test_operations_in_english_have_the_same_codes(filled):
    collection = filled.json("/collections/psp-a")
    assert collection["role"] == "intervention" and collection["schema"] == "terril-operations"
    found = rows(filled, "psp-a")
    one, two = found["OP1"]["properties"], found["OP2"]["properties"]
    assert (one["objet"], one["type"], one["statut"]) == ("CITE", "REHAB_LOURDE", "validee_CA")
    assert (one["annee_debut"], one["annee_fin"], one["nb_logements"]) == (2026, 2028, 80)
    assert (two["objet"], two["type"], two["periode"]) == ("BATIMENT", "VENTE_LOT", "T2 2027")
    # A period alone gives the years, and that is said.
    assert (two["annee_debut"], two["annee_fin"]) == (2027, 2027)
    mended = [f for f in filled.json("/loads/psp-a?limit=1000")["faults"] if "T2 2027" in f["message"]]
    assert [(f["kind"], str(f["feature"])) for f in mended] == [("mended-key", "OP2")]
    # Years of the template are the layer's time.
    assert collection["timeFields"] == {"start": "annee_debut", "end": "annee_fin"}
    assert collection["extent"]["temporal"]["interval"][0][0] == "2026-01-01T00:00:00Z"


def test_a_template_saved_as_csv_loads_too(templates, tmp_path, serve):
    """What a spreadsheet writes where somebody chooses CSV: semicolons, Windows-1252, decimal commas."""
    sheet = openpyxl.load_workbook(templates["reserves", "fr"]).worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    with open(tmp_path / "reserves.csv", "w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(headings)
        writer.writerow(["" if cell.value is None else cell.value for cell in sheet[2]])
        for row in RESERVES:
            texts = {name: str(value).replace(".", ",") if isinstance(value, float) else value for name, value in row.items()}
            writer.writerow([texts.get(heading, "") for heading in headings])
    server = serve(tmp_path).wait_open()
    found = rows(server, "reserves")
    assert set(found) == {"A-01", "A-02", "A-03", "A-04", "A-05"}
    one = found["A-01"]["properties"]
    assert (one["statut"], one["surface_declaree_m2"], one["nom"]) == ("a_ceder", 12500.5, "Fond de cité")
    assert found["A-02"]["geometry"]["coordinates"] == pytest.approx([2.6857, 50.442])


def test_columns_of_ones_own_are_kept(templates, tmp_path, serve):
    book = openpyxl.load_workbook(templates["candidats", "fr"])
    sheet = book.worksheets[0]
    at = columns(sheet)
    extra = sheet.max_column + 1
    sheet.cell(1, extra).value = "Notre avis"
    for heading, value in {"Identifiant": "C1", "Propriétaire *": "A", "Parcelles cadastrales": "62737999ZZ0001",
                           "Concours": "Concours fictif", "Accord de la commune": "en attente"}.items():  # fmt: skip
        sheet.cell(3, at[heading]).value = value
    sheet.cell(3, extra).value = "favorable"
    sheet.delete_rows(2)
    sheet.delete_cols(at["Pièces jointes"])
    book.save(tmp_path / "sites.xlsx")
    server = serve(tmp_path).wait_open()
    assert server.json("/collections/sites")["role"] == "candidate"
    (one,) = server.items("sites")
    assert one["properties"]["Notre avis"] == "favorable"
    assert (one["properties"]["acteur"], one["properties"]["accord_commune"]) == ("A", "EN_ATTENTE")


# --- over HTTP -----------------------------------------------------------------------------------------------


def test_the_service_offers_the_same_files(filled, templates):
    document = filled.json("/templates")
    assert [one["name"] for one in document["templates"]] == list(NAMES)
    for one in document["templates"]:
        for link in one["links"]:
            answer = filled.get(link["href"])
            assert (answer.status, answer.media_type()) == (200, XLSX) == (200, link["type"])
            assert answer.body == templates[one["name"], link["hreflang"]].read_bytes()
            assert answer.header("content-disposition") == f'attachment; filename="terril-{one["name"]}-{link["hreflang"]}.xlsx"'
            assert openpyxl.load_workbook(BytesIO(answer.body)).worksheets
    # French where nothing is asked.
    assert filled.get("/templates/reserves.xlsx").body == templates["reserves", "fr"].read_bytes()
    landing = json.dumps(filled.json("/"))
    assert "/templates" in landing and "/actors" in landing


def test_wrong_addresses_of_templates_are_refused_with_words(filled):
    for path, status, word in (
        ("/templates/projets.xlsx", 404, "/templates"),
        ("/templates/reserves", 404, "/templates"),
        ("/templates/reserves.xlsx?lang=de", 400, "lang"),
        ("/templates/reserves.xlsx?f=json", 400, "f"),
    ):
        answer = filled.get(path)
        assert answer.status == status and word in answer.json()["detail"], path


def test_the_page_of_templates_is_in_both_languages(filled):
    for lang, words in {"fr": ["Modèles à remplir", "Réserves foncières", "Télécharger en français"],
                        "en": ["Templates to fill", "Land reserves", "Download in French"]}.items():  # fmt: skip
        text = filled.get(f"/templates?f=html&lang={lang}").text
        for word in words:
            assert word in text, (lang, word)
