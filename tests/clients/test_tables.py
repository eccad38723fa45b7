"""Tables as landlords and administrations hand them over: CSV, spreadsheets, JSON of rows.

Judges are readers of others: Python's csv and json, pandas with openpyxl, shapely, pyproj, and GDAL for OpenDocument.
"""

import csv
import datetime
import io
import json
import re
import zipfile
from dataclasses import dataclass

import openpyxl
import pandas
import pyproj
import pytest
import shapely
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from report import record

record("pandas with openpyxl", f"{pandas.__version__}, {openpyxl.__version__}", "spreadsheets read beside the service", "tables")


@dataclass
class Table:
    """A layer as the service has it."""

    report: dict
    features: list[dict]

    @property
    def rows(self) -> list[dict]:
        return [feature["properties"] for feature in self.features]

    def column(self, name: str) -> list:
        return [row[name] for row in self.rows]

    @property
    def places(self) -> list:
        return [feature["geometry"] and feature["geometry"]["coordinates"] for feature in self.features]

    def faults(self, kind: str) -> list[str]:
        return [fault["message"] for fault in self.report["faults"] if fault["kind"] == kind]


@pytest.fixture
def load(serve, tmp_path):
    """Serves files by name and content; gives its layers by their names, in the order of their rows."""

    def start(files: dict[str, bytes | str], toml: str = "") -> dict[str, Table]:
        folder = tmp_path / "tables"
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        (folder / "terril.toml").write_text(toml)
        server = serve(folder).wait_open()
        found = {}
        for entry in server.json("/loads")["layers"]:
            found[entry["collection"]] = Table(entry["report"], server.items(entry["collection"]))
        found["?"] = server.json("/loads").get("sources", [])
        return found

    return start


def refusal(found: dict, source: str) -> str:
    (told,) = [one for one in found["?"] if one["source"] == source]
    assert told["state"] == "failed"
    return told["message"]


def xlsx(sheets: dict[str, list[list]], change=lambda book: None) -> bytes:
    """A workbook of openpyxl."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    change(book)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def by(rows: list[dict], key: str) -> dict:
    return {row[key]: row for row in rows}


# --- the real data beside other readers ------------------------------------------------------------


@pytest.mark.parametrize("path", ["planning/ZONE_URBA.csv", "planning/SECTEUR_CC.csv", "formats/cites_minieres_l93_wkt.csv"])
def test_values_and_places_of_real_tables(load, shared, path):
    """Each text as Python's csv has it, each place as shapely reads the WKT."""
    content = (shared / "data" / path).read_bytes()
    delimiter = ";" if path.startswith("formats") else ","
    theirs = list(csv.DictReader(io.StringIO(content.decode()), delimiter=delimiter))
    (table,) = [t for name, t in load({path.rpartition("/")[2]: content}).items() if name != "?"]
    assert len(table.rows) == len(theirs) > 20
    assert (table.report["format"], table.report["driver"], table.report["encoding"]) == ("CSV", "native", "UTF-8")

    def text(value) -> str:
        return "" if value is None else str(value)

    def place(wkt: str):
        shape = shapely.from_wkt(wkt)
        return shape.area, shape.bounds

    def is_day(value: str) -> bool:
        return bool(re.fullmatch(r"\d{8}", value))

    ours = sorted(tuple(text(row[name]) for name in theirs[0] if name not in ("WKT", "DATVALID")) for row in table.rows)
    assert ours == sorted(tuple(row[name] for name in theirs[0] if name not in ("WKT", "DATVALID")) for row in theirs)
    if "DATVALID" in theirs[0]:
        assert all(is_day(row["DATVALID"]) or not row["DATVALID"] for row in theirs)
    if table.report["crs"] == "crs84":
        found = sorted(place(shapely.geometry.shape(f["geometry"]).wkt) for f in table.features)
        wanted = sorted(place(row["WKT"]) for row in theirs)
        for (area, bounds), (other_area, other_bounds) in zip(found, wanted, strict=True):
            assert area == pytest.approx(other_area, rel=1e-9) and bounds == pytest.approx(other_bounds, abs=1e-12)
    else:
        assert table.report["crs"] == {"epsg": 2154} and "crs-assumed" in table.report["counts"]


def test_rows_of_the_gazetteer(load, shared):
    content = (shared / "data/gazetteer/anct_programmes.json").read_bytes()
    theirs = json.loads(content)["communes"]
    table = load({"anct_programmes.json": content})["anct_programmes"]
    assert table.report["features"] == len(table.rows) == len(theirs) == 2390
    for row in table.rows:
        told = {name: value for name, value in row.items() if value is not None and name not in ("id", "code")}
        assert told == theirs[row["code"]], row


def test_a_friche_without_its_polygon_is_placed_by_its_point(load, shared):
    content = (shared / "data/friches/fichier-valide.csv").read_bytes()
    # The latitude stands first in the example: the settings say that it is meant so.
    table = load({"friches.csv": content}, '[layer.friches]\ncrs = "EPSG:4326"\n')["friches"]
    assert table.places == [[49.2527, 3.9815]]
    (fault,) = table.faults("unreadable-value")
    assert "line 2" in fault and "geomsurf" in fault and "another column" in fault
    assert table.rows[0]["comm_insee"] == "12083" and "geomsurf" not in table.rows[0]


def test_polygons_before_points(load):
    """CNIG Friches: `geomsurf` where there is one, else `geompoint`."""
    text = 'site_id,geompoint,geomsurf\na,POINT(2 50),"POLYGON((2 50,2.1 50,2.1 50.1,2 50))"\nb,POINT(3 51),\n'
    table = load({"friches.csv": text})["friches"]
    assert [f["geometry"]["type"] for f in table.features] == ["Polygon", "Point"]
    assert table.column("geompoint") == ["POINT(2 50)", "POINT(3 51)"]


def test_messy_ones(load, shared):
    data = shared / "data"
    found = load({name: (data / "messy" / name).read_bytes() for name in ("empty.csv", "not-trimmed.csv")})
    assert "empty" in refusal(found, "empty.csv")
    (theirs,) = csv.DictReader((data / "messy/not-trimmed.csv").open())
    assert found["not-trimmed"].rows[0] == theirs and theirs["A"] != theirs["A"].strip()


# --- text ------------------------------------------------------------------------------------------

PPM = [
    "Département (Champ géographique)", "Code Commune (Champ géographique)", "Nom Commune (Champ géographique)",
    "Préfixe (Références cadastrales)", "Section (Références cadastrales)", "N° plan (Références cadastrales)",
    "Contenance (Caractéristiques parcelle)", "N° SIREN (Propriétaire(s) parcelle)", "Groupe personne (Propriétaire(s) parcelle)",
    "Dénomination (Propriétaire(s) parcelle)",
]  # fmt: skip


def test_parcels_of_legal_persons(load):
    """DGFiP: Latin-1, `;`, three blanks for the prefix, a SIREN that begins with U."""
    rows = [
        ["62", "737", "NŒUX-LES-MINES", "   ", "AB", "0012", "1250", "783855659", "5", "PAS-DE-CALAIS HABITAT"],
        ["62", "386", "GRENAY", "   ", "0C", "0007", "300", "U12345678", "6", "SOCIÉTÉ D'À CÔTÉ"],
    ]
    text = "\r\n".join(";".join(row) for row in [PPM, *rows]) + "\r\n"
    table = load({"PM_62.txt": text.encode("cp1252")})["PM_62"]
    assert table.report["encoding"] == "windows-1252" and "encoding-guessed" not in table.report["counts"]
    assert [set(row) - {"id"} for row in table.rows] == [set(PPM)] * 2
    for row, theirs in zip(sorted(table.rows, key=lambda r: r[PPM[4]], reverse=True), rows, strict=True):
        for name, value in zip(PPM, theirs, strict=True):
            if name == PPM[6]:
                assert row[name] == int(value)
            elif not value.strip():
                assert row[name] is None
            elif name not in PPM[:2]:  # settled with the keys
                assert str(row[name]) == value, name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings(load, encoding):
    table = load({"communes.csv": "code;nom\n62617;Nœux-les-Mines\n62119;Béthune\n".encode(encoding)})["communes"]
    assert sorted(table.column("nom")) == ["Béthune", "Nœux-les-Mines"]
    assert table.report["encoding"] == {"cp1252": "windows-1252", "utf-16": "UTF-16"}.get(encoding, "UTF-8")


def test_lost_letters_are_counted(load):
    table = load({"a.csv": b"code;nom\na;B\xe9thune\nb;N\x81ux\nc;Lens\n"})["a"]
    assert table.report["counts"]["lost-characters"] == 1
    assert "\ufffd" in by(table.rows, "code")["b"]["nom"]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiters_quotes_and_line_ends_in_cells(load, delimiter):
    rows = [["code", "texte", "nombre"], ["a", f'dit "non"{delimiter} puis\nen deux lignes', "1"], ["b", "", "2"]]
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(rows)
    table = load({"a.csv": written.getvalue()})["a"]
    assert by(table.rows, "code")["a"]["texte"] == rows[1][1]
    assert sorted(table.column("nombre")) == [1, 2]


def test_ragged_rows_are_located_and_lose_nothing(load):
    table = load({"a.csv": "code;x;y\na;1;2\nb;1\nc;1;2;de trop\nd;1;2;\n"})["a"]
    faults = table.faults("reader-warning")
    assert len(faults) == 2 and "line 3" in faults[0] and "line 4" in faults[1], faults
    assert by(table.rows, "code")["c"]["column_4"] == "de trop" and by(table.rows, "code")["b"]["y"] is None


def test_a_quote_that_is_not_closed_is_refused_with_its_line(load):
    message = refusal(load({"good.csv": "a;b\n1;2\n", "open.csv": 'a;b\n1;2\n3;"4\n5;6\n7;8\n'}), "open.csv")
    assert "line 3" in message and "quote" in message


def test_what_is_a_number(load):
    text = (
        "code_insee;surface;prix;leading;grand;texte;ref;erbm;mh;tel;n\n"
        "62737;1 250,5;1\u202f000\u202f000;007;9007199254740993;6.2737E+13;62737000010012;true;oui;0321000000;1\n"
        "62386;3;250 000;12;1;62737000AB0012;62737000010013;false;non;0321000001;2\n"
    )
    rows = by(load({"a.csv": text})["a"].rows, "n")
    assert rows[1]["surface"] == 1250.5 and rows[2]["surface"] == 3.0 and rows[1]["prix"] == 1_000_000
    assert (rows[1]["leading"], rows[2]["leading"]) == ("007", "12")
    assert (rows[1]["grand"], rows[2]["grand"]) == ("9007199254740993", "1")
    assert (rows[1]["texte"], rows[1]["ref"]) == ("6.2737E+13", "62737000010012")
    assert (rows[1]["erbm"], rows[1]["mh"], rows[1]["tel"]) == (True, "oui", "0321000000")
    assert {row["code_insee"] for row in rows.values()} == {"62737", "62386"}


def test_three_hundred_columns_and_a_cell_of_a_megabyte(load):
    long = "é" * (1 << 20)
    header, row = [f"c{i}" for i in range(300)], [str(i) for i in range(299)] + [long]
    files = {
        "wide.csv": ";".join(header) + "\n" + ";".join(row) + "\n",
        "large.xlsx": xlsx({"a": [header, [*range(299), long[:32_000]]]}),
    }
    found = load(files)
    (wide,), (large,) = found["wide"].rows, found["large"].rows
    assert wide["c299"] == long and wide["c298"] == 298 and large["c299"] == long[:32_000] and large["c298"] == 298


# --- places ----------------------------------------------------------------------------------------


def test_a_system_in_each_row(load):
    """RPLS: the number of the system stands beside the coordinates; pyproj is the judge."""
    places = {2154: (2.8333, 50.4333), 5490: (-61.5, 16.2), 2972: (-52.3, 4.9), 2975: (55.45, -20.9), 4471: (45.2, -12.8)}
    lines = ["DROIT;DEPCOM;EPSG;X;Y"]
    for epsg, (lon, lat) in places.items():
        x, y = pyproj.Transformer.from_crs(4326, epsg, always_xy=True).transform(lon, lat)
        lines.append(f"1;62498;{epsg};{f'{x:.3f}'.replace('.', ',')};{f'{y:.3f}'.replace('.', ',')}")
    lines += ["1;62498;;;", "1;62498;9999;1,5;2,5"]
    table = load({"rpls.csv": "\n".join(lines) + "\n"})["rpls"]
    assert table.report["counts"]["other-crs"] == 5 and table.report["crs"] == "crs84"
    (fault,) = table.faults("unreadable-value")
    assert "line 8" in fault
    placed = {row["EPSG"]: place for row, place in zip(table.rows, table.places, strict=True)}
    for epsg, expected in places.items():
        assert placed[epsg] == pytest.approx(expected, abs=1e-7), epsg
    assert placed[None] is None and placed[9999] is None


@pytest.mark.parametrize(
    "x, y, epsg",
    [
        ("X_L93", "Y_L93", 2154),
        ("coordX (Lambert 93)", "coordY (Lambert 93)", 2154),
        ("x_cc50", "y_cc50", 3950),
        ("CoordXLambert2Etendue", "CoordYLambert2Etendue", 27572),
    ],
)
def test_a_system_in_the_name(load, x, y, epsg):
    values = pyproj.Transformer.from_crs(4326, epsg, always_xy=True).transform(2.6857, 50.442)
    east, north = (f"{value:.3f}".replace(".", ",") for value in values)
    table = load({"a.csv": f"nom;{x};{y}\nCité 10;{east};{north}\n"})["a"]
    assert table.report["crs"] == {"epsg": epsg} and "crs-assumed" not in table.report["counts"]
    # NTF to WGS84: by grid or by three parameters, some metres apart.
    tolerance = 1e-4 if epsg == 27572 else 1e-7
    assert table.places[0] == pytest.approx([2.6857, 50.442], abs=tolerance)


def test_degrees_by_name_stay_attributes(load):
    """DVF: a pair of numbers, and rows without one."""
    text = "id_mutation,date_mutation,code_commune,longitude,latitude\n2024-1,2024-01-05,62737,2.6857,50.442\n2024-2,2024-01-06,62737,,\n"
    table = load({"dvf.csv": text})["dvf"]
    rows = by(table.rows, "id_mutation")
    assert rows["2024-1"]["longitude"] == 2.6857 and table.report["null_geometries"] == 1
    assert [place for place in table.places if place] == [[2.6857, 50.442]]
    assert table.report["counts"]["crs-assumed"] == 1


def test_metres_without_a_system_are_refused_and_the_settings_help(load):
    text = "nom;x;y\nLens;685012,5;7037045\n"
    toml = '[layer.said]\ncrs = "EPSG:2154"\n[layer.columns.table]\nx = "a"\ny = "b"\ncrs_field = "c"\n'
    files = {"not_said.csv": text, "said.csv": text, "columns.csv": "a;b;c\n685012,5;7037045;EPSG:2154\n"}
    found = load(files, toml)
    assert "Lambert-93" in refusal(found, "not_said.csv") and "2154" in refusal(found, "not_said.csv")
    assert found["said"].report["crs"] == found["columns"].report["crs"] == {"epsg": 2154}
    assert found["said"].places == found["columns"].places


def test_geometries_in_cells(load):
    """EWKT, the WKB of PostGIS and GeoJSON, each as shapely wrote it."""
    shape = shapely.from_wkt("POLYGON ((677000 7036000, 677100 7036000, 677100 7036100, 677000 7036000))")
    degrees = shapely.from_wkt("POLYGON ((2.6 50.4, 2.7 50.4, 2.7 50.5, 2.6 50.4))")
    ewkb = shapely.to_wkb(shapely.set_srid(shape, 2154), hex=True, include_srid=True)
    cell = json.dumps(shapely.geometry.mapping(degrees)).replace('"', '""')
    found = load({
        "ewkt.csv": f'a;forme\n1;"SRID=2154;{shape.wkt}"\n',
        "ewkb.csv": f"a;the_geom\n1;{ewkb}\n",
        "geojson.csv": f'a;Geo Shape;geo_point_2d\n1;"{cell}";50.45, 2.65\n',
        "pair.csv": "a;geo_point_2d\n1;50.45, 2.65\n",
    })  # fmt: skip
    turned = shapely.transform(
        shape, pyproj.Transformer.from_crs(2154, 4326, always_xy=True).transform, interleaved=False
    )
    for name in ("ewkt", "ewkb"):
        assert found[name].report["crs"] == {"epsg": 2154}
        assert shapely.geometry.shape(found[name].features[-1]["geometry"]).equals_exact(turned, 1e-8)
    assert shapely.geometry.shape(found["geojson"].features[0]["geometry"]).equals_exact(degrees, 0)
    assert found["pair"].places == [[2.65, 50.45]]


def test_broken_geometries_are_located(load, shared):
    table = load({"broken.csv": (shared / "data/planning/broken_geometries.csv").read_bytes()})["broken"]
    (fault,) = table.faults("unreadable-value")
    assert "line 3" in fault and "geom" in fault and "POLYGON non wkt" in fault
    assert "null-geometry" not in table.report["counts"]


def test_an_open_ring_is_closed(load):
    table = load({"a.csv": 'id,geom\n1,"POLYGON((2 50,2.1 50,2.1 50.1))"\n2,"POLYGON((2 50,2.1 50)"\n'})["a"]
    assert table.report["counts"]["unclosed-ring"] == 1
    assert [bool(place) for place in table.places] == [True, False]


# --- spreadsheets ----------------------------------------------------------------------------------


def test_cells_of_a_workbook_beside_pandas(load):
    rows = [
        ["Code INSEE", "Nom", "Surface", "Part", "Début", "Heure", "ERBM", "Vide"],
        [62737, "Sains-en-Gohelle", 1.0, 0.25, datetime.date(2025, 3, 12), datetime.datetime(2025, 3, 12, 10, 30), True, None],
        [62386, "Grenay", 2.5, 0.5, datetime.date(1999, 12, 31), datetime.datetime(1999, 12, 31, 23, 59, 59), False, None],
    ]
    content = xlsx({"Feuille": rows})
    theirs = pandas.read_excel(io.BytesIO(content))
    table = load({"a.xlsx": content})["a"]
    assert (table.report["format"], table.report["driver"]) == ("XLSX", "native")
    ours = by(table.rows, "Nom")
    for _, row in theirs.iterrows():
        mine = ours[row["Nom"]]
        assert mine["Code INSEE"] == str(row["Code INSEE"]) and mine["Surface"] == row["Surface"] and mine["Part"] == row["Part"]
        assert mine["Début"] == row["Début"].date().isoformat() and mine["Heure"] == row["Heure"].isoformat()
        assert mine["ERBM"] is bool(row["ERBM"]) and mine["Vide"] is None


@pytest.mark.parametrize("epoch", ["1900", "1904"])
def test_both_epochs(load, epoch):
    def change(book):
        if epoch == "1904":
            book.epoch = CALENDAR_MAC_1904

    content = xlsx({"a": [["n", "jour"], [1, datetime.date(2024, 2, 29)], [2, datetime.date(1904, 1, 2)]]}, change)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert ('date1904="1"' in parts.read("xl/workbook.xml").decode()) == (epoch == "1904")
    rows = by(load({"a.xlsx": content})["a"].rows, "n")
    assert (rows[1]["jour"], rows[2]["jour"]) == ("2024-02-29", "1904-01-02")


def test_titles_two_header_rows_totals_and_empty_rows(load):
    rows = [
        ["Patrimoine foncier", None, None, None],
        [],
        ["Commune", "Parcelle", None, "Surface (m²)"],
        [None, "Section", "Numéro", None],
        ["Grenay", "AB", 12, 1250],
        [None, None, None, None],
        ["Lens", "AC", 7, 300],
        ["TOTAL GÉNÉRAL", None, None, 1550],
    ]

    def change(book):
        sheet = book.active
        for merged in ("A1:D1", "A3:A4", "B3:C3", "D3:D4"):
            sheet.merge_cells(merged)

    table = load({"a.xlsx": xlsx({"a": rows}, change)})["a"]
    assert [set(row) - {"id"} for row in table.rows] == [{"Commune", "Section", "Numéro", "Surface (m²)"}] * 2
    assert sorted(table.column("Surface (m²)")) == [300, 1250]
    skipped = table.faults("skipped-row")
    assert len(skipped) == 4 and all(any(f"row {n} " in s for s in skipped) for n in (1, 2, 6, 8)), skipped


def test_hidden_sheets_and_lists_are_passed_over(load):
    sheets = {
        "Réserves": [["acteur", "commune"], ["A", "Lens"]],
        "Opérations": [["acteur", "type"], ["A", "REHAB"]],
        "Listes": [["statuts"], ["identifiee"]],
        "secret": [["a", "b"], [1, 2]],
    }

    def change(book):
        book["secret"].sheet_state = "hidden"

    found = load({"a.xlsx": xlsx(sheets, change)})
    assert {table.report["layer"] for name, table in found.items() if name != "?"} == {"Réserves", "Opérations"}


def test_formulas_and_their_errors(load):
    """Values as they were saved; openpyxl saves none, so the sheet is written as Excel does."""
    sheet = (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<dimension ref="A1:XFD1048576"/><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>n</t></is></c><c r="B1" t="inlineStr"><is><t>calcul</t></is></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>A2*2</f><v>2</v></c></row>'
        '<row r="3"><c r="A3"><v>2</v></c><c r="B3" t="e"><f>NA()</f><v>#N/A</v></c></row>'
        "</sheetData></worksheet>"
    )
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx({"a": [[1]]}))) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            new.writestr(name, sheet if name.endswith("sheet1.xml") else old.read(name))
    table = load({"a.xlsx": content.getvalue()})["a"]
    rows = by(table.rows, "n")
    assert (rows[1]["calcul"], rows[2]["calcul"]) == (2, None)
    (fault,) = table.faults("unreadable-value")
    assert "row 3" in fault and "#N/A" in fault and "calcul" in fault


def test_merged_cells_hold_for_each_row(load):
    rows = [["commune", "parcelle", "surface"], ["Lens", "AB 1", 100], [None, "AB 2", None], ["Grenay", "AC 1", 5]]

    def change(book):
        book.active.merge_cells("A2:A3")
        book.active.merge_cells("C2:C3")

    rows = by(load({"a.xlsx": xlsx({"a": rows}, change)})["a"].rows, "parcelle")
    assert rows["AB 2"]["commune"] == "Lens" and rows["AC 1"]["commune"] == "Grenay"
    assert rows["AB 2"]["surface"] is None, "a quantity of both is that of neither"


def test_the_settings_choose_sheet_and_header(load):
    sheets = {"Un": [["a"], ["x"], ["y"]], "Deux": [["note", "autre"], ["code", "n"], ["z", 1]]}
    found = load({"a.xlsx": xlsx(sheets)}, '[layer.a.table]\nsheet = "Deux"\nheader = 2\n')
    assert [(row["code"], row["n"]) for row in found["a"].rows] == [("z", 1)]


def test_a_sheet_or_column_that_is_not_there_is_named(load):
    toml = '[layer.a.table]\nsheet = "Trois"\n[layer.b.table]\nx = "est"\ny = "nord"\n'
    found = load({"good.csv": "a;b\n1;2\n", "a.xlsx": xlsx({"Un": [["a"], [1]]}), "b.csv": "X;Y\n1;2\n"}, toml)
    assert "Trois" in refusal(found, "a.xlsx") and "Un" in refusal(found, "a.xlsx")
    assert "est" in refusal(found, "b.csv") and "X, Y" in refusal(found, "b.csv")


@pytest.mark.parametrize("name, word", [("shut.xlsx", "password"), ("old.xls", "save it as .xlsx")])
def test_what_is_packed_as_by_office_97(load, name, word):
    found = load({"good.csv": "a;b\n1;2\n", name: bytes.fromhex("D0CF11E0A1B11AE1") + bytes(4096)})
    assert found["good"].rows
    if name in {one["source"] for one in found["?"]}:
        assert word in refusal(found, name)
    else:
        assert name == "old.xls", "no source by its name"


ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">
<office:automatic-styles><style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style>
<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles>
<office:body><office:spreadsheet>
<table:table table:name="Réserves" table:style-name="ta1">
<table:table-row><table:table-cell office:value-type="string"><text:p>Code INSEE</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>nom</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>jour</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>surface</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16380"/></table:table-row>
<table:table-row><table:table-cell office:value-type="float" office:value="62737"><text:p>62737</text:p></table:table-cell><table:table-cell office:value-type="string"><office:annotation><text:p>a note</text:p></office:annotation><text:p>Sains<text:s text:c="2"/>&amp; Cie</text:p><text:p>bis</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2025-03-12"><text:p>12/03/25</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="1250.5"><text:p>1 250,5</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="float" office:value="62386"><text:p>62386</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Grenay</text:p></table:table-cell><table:table-cell/><table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="1048572"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
</table:table>
<table:table table:name="cachée" table:style-name="ta2"><table:table-row><table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table>
</office:spreadsheet></office:body></office:document-content>"""  # noqa: E501  as LibreOffice writes it


def ods(content: str, manifest: str = "") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        parts.writestr("content.xml", content)
    return written.getvalue()


def test_opendocument(load):
    table = load({"a.ods": ods(ODS)})["a"]
    assert (table.report["format"], table.report["features"]) == ("ODS", 3)
    sains = by(table.rows, "Code INSEE")["62737"]
    assert (sains["nom"], sains["jour"], sains["surface"]) == ("Sains  & Cie\nbis", "2025-03-12", 1250.5)
    assert [row["nom"] for row in table.rows].count("Grenay") == 2
    assert ["row 3" in f or "row 4" in f for f in table.faults("unreadable-value")] == [True, True]


def test_what_a_spreadsheet_claims_costs_nothing(load):
    """A cell far out, a million rows of one letter in each of 16,384 columns, a password."""
    far = ODS.replace('table:number-columns-repeated="16380"/>', 'table:number-columns-repeated="16379"/><table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>')
    full = ODS.replace('<table:table-cell table:number-columns-repeated="16384"/>', '<table:table-cell table:number-columns-repeated="4096" office:value-type="string"><text:p>x</text:p></table:table-cell>')
    found = load({"good.csv": "a;b\n1;2\n", "far.ods": ods(far), "full.ods": ods(full), "shut.ods": ods("", "encryption-data"), "no.xlsx": b"PK\x03\x04 no archive"})
    assert "column 16384" in refusal(found, "far.ods") and "4096" in refusal(found, "far.ods")
    assert "cells" in refusal(found, "full.ods")
    assert "password" in refusal(found, "shut.ods")
    assert "spreadsheet" in refusal(found, "no.xlsx")


# --- JSON ------------------------------------------------------------------------------------------


def test_json_of_rows(load):
    found = load({
        "list.json": '[{"a":1,"b":[1,2]},{"a":2.5,"c":"x"}]',
        "several.json": '{"meta":{"source":"x"},"un":{"62386":{"n":1}},"deux":{"62737":{"n":2}}}',
        "none.json": '[{"a":1},2]',
        "good.csv": "a;b\n1;2\n",
    })  # fmt: skip
    rows = by(found["list"].rows, "a")
    assert rows[1.0]["b"] in ([1, 2], "[1,2]") and rows[2.5]["c"] == "x"
    assert found["un"].rows[0]["n"] == 1 and found["deux"].rows[0]["code"] == "62737"
    assert "none.json" in refusal(found, "none.json")
