"""The README's own words: each of its addresses answers on the demonstration territory, and its configuration is taken."""

import re
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_every_address_of_the_readme_answers(serve):
    paths = re.findall(r"^curl -s '?http://127\.0\.0\.1:8080(/[^\s']*)", README, re.MULTILINE)
    assert len(paths) >= 8
    server = serve(ROOT / "data").wait_open()
    for path in paths:
        answer = server.get(quote(path, safe="/?=&,%."))
        assert answer.status == 200, f"{path}: {answer.status}"
        if answer.media_type().endswith("json"):
            body = answer.json()
            found = body.get("features") or body.get("collections") or body.get("results") or body.get("layers") or body.get("tiles")
            assert found, f"{path} answers with nothing in it"


def test_the_configuration_of_the_readme_is_taken(serve, tmp_path):
    toml = re.search(r"```toml\n(.*?)```", README, re.DOTALL)[1]
    (tmp_path / "terril.toml").write_text(toml)
    properties = '{"reference": 1, "nom": "a", "bailleur": "b", "statut": "c", "confidentialite": "%s"}'
    features = [
        '{"type": "Feature", "properties": %s, "geometry": {"type": "Point", "coordinates": [2.5, 50.5]}}'
        % (properties % word).replace('"reference": 1', f'"reference": {number}')
        for number, word in enumerate(["PUBLIC", "PRIVE"])
    ]
    (tmp_path / "reserves.geojson").write_text('{"type": "FeatureCollection", "features": [%s]}' % ",".join(features))
    server = serve(tmp_path).wait_open()
    page = server.json("/collections/reserves/items")
    assert page["numberMatched"] == 1
    assert page["features"][0]["properties"] == {"nom": "a", "statut": "c"}
    assert server.json("/collections/reserves")["role"] == "land-reserve"
