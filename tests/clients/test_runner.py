"""The test runner counts what ran, and calls nothing a success that did not run."""

import importlib.util
import sys

from terril_server import ROOT

spec = importlib.util.spec_from_file_location("run_tests", ROOT / "scripts" / "run_tests.py")
run_tests = importlib.util.module_from_spec(spec)
sys.modules["run_tests"] = run_tests  # dataclasses look their module up
spec.loader.exec_module(run_tests)

CARGO = """\
   Compiling terril v0.1.0
     Running unittests src/lib.rs (target/release/deps/terril-1)
running 3 tests
test a::works ... ok
test a::slow ... ignored, needs a day
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1.50s
     Running tests/http.rs (target/release/deps/http-2)
test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.25s
   Doc-tests terril
test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 2.00s
"""


def finished(output: str, code: int, seconds: float = 4.0):
    return run_tests.Finished(code, output, seconds)


def test_cargo_output_is_counted_by_kind():
    rows = {row.suite: row for row in run_tests.rust_rows(finished(CARGO, 101))}
    assert (rows["rust unit"].passed, rows["rust unit"].failed) == (2, 0)
    assert rows["rust unit"].not_run == ["a::slow: needs a day"]
    assert (rows["rust integration"].passed, rows["rust integration"].failed) == (3, 1)
    assert (rows["rust doc"].passed, rows["rust doc"].seconds) == (4, 2.0)
    assert (rows["rust build"].passed, rows["rust build"].failed) == (1, 0)
    assert round(rows["rust build"].seconds, 2) == 0.25


def test_a_build_that_fails_is_a_failure():
    (row,) = run_tests.rust_rows(finished("error[E0308]: mismatched types", 101))
    assert (row.suite, row.failed) == ("rust build", 1)


def test_a_test_binary_that_dies_is_a_failure():
    died = CARGO.replace("FAILED. 3 passed; 1 failed", "ok. 3 passed; 0 failed") + "error: test failed (signal: 11)"
    assert sum(row.failed for row in run_tests.rust_rows(finished(died, 101))) == 1


def test_a_command_that_fails_as_a_whole_is_a_failure():
    row = run_tests.settled(run_tests.Row("x", passed=5), finished("", 2))
    assert row.failed == 1


def test_a_suite_that_runs_nothing_fails_and_says_so(monkeypatch, capsys):
    monkeypatch.setattr(run_tests, "SUITES", {"empty": lambda: [run_tests.Row("empty")]})
    monkeypatch.setattr(sys, "argv", ["run_tests.py"])
    assert run_tests.main() == 1
    assert capsys.readouterr().out.endswith("0 passed, 1 failed, 1 skipped\n")


def test_not_run_fails_only_where_it_is_asked_to(monkeypatch, capsys):
    row = run_tests.Row("half", passed=2, not_run=["a: no reason"])
    monkeypatch.setattr(run_tests, "SUITES", {"half": lambda: [row]})
    monkeypatch.setattr(sys, "argv", ["run_tests.py"])
    assert run_tests.main() == 0
    assert "not run: half: a: no reason" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["run_tests.py", "--strict"])
    assert run_tests.main() == 1


def test_counts_are_those_of_the_suite_s_own_report(monkeypatch, tmp_path):
    monkeypatch.setattr(run_tests, "REPORTS", tmp_path)

    def ended(counts: str, code: int):
        def pretend(name, command, **_):
            if counts:
                (tmp_path / "x.json").write_text(counts)
            return finished("", code)

        monkeypatch.setattr(run_tests, "run", pretend)
        (row,) = run_tests.counted("x", ["x"], "x.json")
        return row.passed, row.failed

    assert ended('{"passed": 7, "failed": 0, "skipped for a written reason": 2}', 0) == (7, 0)
    assert ended('{"passed": 7, "failed": 2}', 1) == (7, 2)
    # It ended without a report, or said that all was well and failed.
    assert ended("", 2) == (0, 1)
    assert ended('{"passed": 7, "failed": 0}', 1) == (7, 1)


def test_the_official_suites_are_part_of_a_full_run():
    assert {"contract", "clients", "clients-page"} <= set(run_tests.SUITES) and "cite" in run_tests.BY_NAME
    assert list(run_tests.SUITES)[-1] == "clients-page"
