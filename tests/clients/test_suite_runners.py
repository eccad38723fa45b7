"""The runners of the foreign suites find what is wrong: a skip that is new, a test that is gone, a schema broken."""

import json
import sys
import xml.etree.ElementTree as ElementTree
from types import SimpleNamespace

import pytest
from report import Record, Session, write_all
from terril_server import ROOT

sys.path[:0] = [str(ROOT / "tests" / "cite"), str(ROOT / "tests" / "contract"), str(ROOT / "scripts")]

import clients_page
import fuzz
import hooks
import lint
import report
import run as cite
import suite

# --- the official suite ---------------------------------------------------------------------------

TESTNG = """\
<testng-results>
 <suite><test>
  <class name="org.opengis.cite.ogcapifeatures10.conformance.core.A">
   <test-method is-config="true" status="PASS" name="setUp"/>
   <test-method status="PASS" name="one"><params><param><value>{id=terrils, title=Terrils}</value></param></params></test-method>
   <test-method status="SKIP" name="one">
    <params><param><value>io.restassured.path.json.JsonPath@1f</value></param><param><value>1.0,2.0</value></param></params>
    <exception class="org.testng.SkipException"><message>No features at http://127.0.0.1:1</message></exception>
   </test-method>
   <test-method status="FAIL" name="two"><exception class="java.lang.NullPointerException"/></test-method>
  </class>
  <class name="org.opengis.cite.ogcapifeatures10.conformance.crs.B">
   <test-method is-config="true" status="FAIL" name="setUp"/>
  </class>
 </test></suite>
</testng-results>
"""


def test_a_testng_report_is_read():
    found = suite.outcomes(ElementTree.fromstring(TESTNG), "http://127.0.0.1:1")
    assert {key: outcome.status for key, outcome in found.items()} == {
        ("core.A", "one", "terrils"): "pass",
        ("core.A", "one", "1.0,2.0"): "skip",
        ("core.A", "two", ""): "fail",
        ("crs.B", "setUp", ""): "fail",
    }
    assert found["core.A", "one", "1.0,2.0"].says == "No features at"
    assert found["core.A", "two", ""].says == "java.lang.NullPointerException"


def test_a_skip_needs_a_reason_in_words():
    reasons = {"empty": {"suite says": "No features", "because": "There are none."}}
    assert cite.told(suite.Outcome("skip", "No features"), reasons) == "skip: empty"
    other = cite.told(suite.Outcome("skip", "Class not declared"), reasons)
    assert cite.differences({("a", "b", ""): other}, {("a", "b", ""): other})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"t": "pass"}, {}),
        ({}, {"t": "pass"}),
        ({"t": "skip: empty"}, {"t": "pass"}),
        ({"t": "pass"}, {"t": "skip: empty"}),
        ({"t": "fail"}, {"t": "fail"}),
    ],
)
def test_every_difference_is_a_failure(found, expected):
    def keyed(tests):
        return {("class", "method", call): what for call, what in tests.items()}

    assert list(cite.differences(keyed(found), keyed(expected))) == [("class", "method", "t")]


def test_a_method_of_skips_alone_is_a_failure():
    found = {("a", "b", "1"): "skip: empty", ("a", "b", "2"): "skip: empty", ("a", "c", "1"): "skip: empty", ("a", "c", "2"): "pass"}
    assert cite.skipped_altogether(found) == [("a", "b")]


def test_the_expected_list_has_no_failure_and_a_reason_for_each_skip():
    expected = json.loads(cite.EXPECTED.read_text(encoding="utf-8"))
    assert expected["suite"] == suite.PIN["artifact"]
    tests = cite.flat(expected["tests"])
    assert tests
    for key, what in tests.items():
        assert what == "pass" or (what.startswith("skip: ") and expected["reasons"][what[6:]]["because"]), key
    assert cite.flat(cite.nested(tests)) == tests


# --- the contract ---------------------------------------------------------------------------------


def parameter(name, **schema):
    return SimpleNamespace(name=name, definition={"name": name, "schema": schema})


def case(**query):
    known = [parameter("limit", type="integer", minimum=1, maximum=100), parameter("offset", type="integer"), parameter("f", enum=["json"])]
    return SimpleNamespace(query=query, body=None, operation=SimpleNamespace(query=known))


def test_only_a_limit_over_the_maximum_is_set_aside():
    assert hooks.clamped_limit(case(limit=101)) and hooks.clamped_limit(case(limit="101", offset="3", f="json"))
    for query in ({"limit": 0}, {"limit": "x"}, {"limit": 101, "f": "xml"}, {"limit": 101, "other": "1"}, {"offset": "x"}, {"limit": "1e9"}):
        assert not hooks.clamped_limit(case(**query)), query


def refusal(detail, status=400):
    return SimpleNamespace(status_code=status, json=lambda: {"detail": detail})


def test_only_a_refusal_that_names_its_grammar_is_set_aside():
    assert hooks.refused_for_its_grammar(case(datetime="x"), refusal('parameter "datetime": a day is wanted'))
    assert not hooks.refused_for_its_grammar(case(datetime="x"), refusal('parameter "limit": too small'))
    assert not hooks.refused_for_its_grammar(case(limit=1), refusal('parameter "datetime": a day is wanted'))
    assert not hooks.refused_for_its_grammar(case(datetime="x"), refusal('parameter "datetime"', status=406))
    twice = refusal('parameter "startindex": is another name of offset')
    assert hooks.refused_for_its_grammar(case(offset="1", startindex="2"), twice)
    assert not hooks.refused_for_its_grammar(case(offset="1", startindex="1"), twice)
    assert not hooks.refused_for_its_grammar(case(startindex="1"), twice)


def test_an_operation_that_never_answered_has_failed():
    found = {
        "failures": [{"title": "Server error", "operations": ["GET /a"]}],
        "valid_rates": {"GET /a": {"fuzzing": {"accepted": 1}}, "GET /b": {"fuzzing": {"accepted": 0}}, "GET /c": {"fuzzing": {"accepted": 2}}},
        "errors": [],
        "phases": {"coverage": {"status": "success"}, "fuzzing": {"status": "success"}},
        "complete": True,
        "operations": {"tested": 3},
    }  # fmt: skip
    assert set(fuzz.faults(found, ["GET /a", "GET /b", "GET /c"])) == {"GET /a", "GET /b"}
    assert "run" in fuzz.faults(found | {"operations": {"tested": 2}}, ["GET /a", "GET /b", "GET /c"])
    assert "run" in fuzz.faults(found | {"complete": False}, ["GET /a", "GET /b", "GET /c"])


def test_a_document_that_documents_everything_is_refused(tmp_path):
    def judged(operation, **components):
        path = tmp_path / "api.json"
        path.write_text(json.dumps({"paths": {"/": {"get": operation}}, "components": components}))
        return lint.own_rules(path)

    fine = {"responses": {"200": {"$ref": "#/components/responses/Ok"}}}
    ok = {"Ok": {"content": {"application/json": {}}}}
    assert judged(fine, responses=ok) == []
    assert judged(fine)
    assert judged({"responses": {"200": {"$ref": "other.json#/x"}}}, responses=ok)
    assert judged({"responses": {"default": {}}}) and judged({"responses": {"4XX": {}}})
    assert judged(fine, responses={"Ok": {"content": {"*/*": {}}}})


# --- the page of clients --------------------------------------------------------------------------


def session(**outcomes):
    seen = Session(records={Record("test_x.py", "GDAL", "3.12", "whole", only="wheel"), Record("test_x.py", "QGIS", "3.22", "drawn", only="qgis")})
    for test, outcome in outcomes.items():
        seen.collected[test] = "test_x.py"
        if outcome:
            seen.outcomes[test] = outcome
    return seen


def test_a_client_is_reported_with_its_own_cases(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "REPORTS", tmp_path)
    paths = write_all(session(wheel_a="passed", wheel_b="failed", wheel_c="skipped", qgis_a="passed"))
    bodies = {one["client"]: one for one in (json.loads(path.read_text()) for path in paths)}
    assert (bodies["GDAL"]["cases"], bodies["GDAL"]["failed"]) == (2, 1)
    assert (bodies["QGIS"]["cases"], bodies["QGIS"]["failed"]) == (1, 0)


def test_half_a_run_reports_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "REPORTS", tmp_path)
    assert write_all(session(wheel_a="passed", qgis_a=None)) == []
    seen = session(wheel_a="passed", qgis_a="passed")
    seen.partial.add("test_x.py")
    assert write_all(seen) == []
    # A client whose cases were all skipped was not tested.
    assert [path.name for path in write_all(session(wheel_a="passed", qgis_a="skipped"))] == ["test_x.gdal.json"]


def test_the_page_is_held_against_the_reports(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(report, "REPORTS", tmp_path)
    monkeypatch.setattr(clients_page, "REPORTS", tmp_path)
    monkeypatch.setattr(clients_page, "PAGE", tmp_path / "clients.md")

    def said(*options) -> int:
        monkeypatch.setattr(sys, "argv", ["clients_page.py", *options])
        return clients_page.main()

    report.write("tests/clients/test_x.py", "QGIS", "3.22", "drawn", 3, 0)
    report.write("tests/clients/test_a.py", "GDAL", "3.12", "whole", 5, 0)
    assert said("--check") == 1
    assert said() == 0 and said("--check") == 0
    text = (tmp_path / "clients.md").read_text()
    assert text.index("GDAL") < text.index("QGIS") and "`tests/clients/test_x.py`" in text
    report.write("tests/clients/test_x.py", "QGIS", "3.40", "drawn", 3, 0)
    assert said("--check") == 1
    assert "+| QGIS | 3.40" in capsys.readouterr().out
    report.write("tests/clients/test_x.py", "QGIS", "3.22", "drawn", 3, 1)
    assert said() == 1
