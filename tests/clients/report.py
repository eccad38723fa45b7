"""What was tested with which version of which client; `scripts/clients_page.py` makes docs/clients.md from it.

A test file says once, at its top or in a fixture, which foreign program its tests are about:

    from report import record

    record("GDAL", pyogrio.__gdal_version_string__, "every collection read whole, filters pushed down")

The version is asked of the program itself, never typed. It is that of a program which stays as it is within a release
of Debian, or is pinned here; a browser, which moves on with each security update, is no such program. A file that
tests two clients calls it twice, each time with `only`, a part of the ids of its tests ("wheel" of `test_x[wheel]`).

At the end of a session each record becomes target/test-reports/clients/FILE.CLIENT.json with the counts of that
file, if the whole file was run: half a run says nothing of what is tested. Suites outside pytest call `write`.
"""

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REPORTS = ROOT / "target" / "test-reports" / "clients"


@dataclass(frozen=True)
class Record:
    """One client that the tests of one file are about."""

    file: str
    client: str
    version: str
    what: str
    only: str = ""


@dataclass
class Session:
    """What a session has seen: records, and how each test ended."""

    records: set[Record] = field(default_factory=set)
    collected: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)
    partial: set[str] = field(default_factory=set)


SEEN = Session()


def record(client: str, version: str, what: str, only: str = "") -> None:
    """Says that the calling file's tests are about a client; `only` those whose id has this in it."""
    file = Path(sys._getframe(1).f_globals["__file__"]).name
    SEEN.records.add(Record(file, client, version, what, only))


def write(source: str, client: str, version: str, what: str, cases: int, failed: int) -> Path:
    """One report; `source` is the suite or test file that it comes from."""
    assert cases > 0, f"{source}: no case about {client}"
    name = re.sub(r"[^a-z0-9]+", "-", client.lower()).strip("-")
    path = REPORTS / f"{Path(source).stem}.{name}.json"
    REPORTS.mkdir(parents=True, exist_ok=True)
    body = {"client": client, "version": version, "what": what, "source": source, "cases": cases, "failed": failed}
    path.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n")
    return path


def write_all(seen: Session) -> list[Path]:
    """A report for each record whose file was run whole; a client with no case that ran gets none."""
    written = []
    for one in sorted(seen.records, key=lambda r: (r.file, r.client)):
        mine = [test for test, file in seen.collected.items() if file == one.file]
        if one.file in seen.partial or any(test not in seen.outcomes for test in mine):
            continue
        counts = Counter(seen.outcomes[test] for test in mine if one.only in test)
        cases = counts["passed"] + counts["failed"]
        if cases:
            source = f"tests/clients/{one.file}"
            written.append(write(source, one.client, one.version, one.what, cases, counts["failed"]))
    return written


# --- pytest's hooks; conftest.py imports them -----------------------------------------------------


def pytest_collection_modifyitems(items, config) -> None:
    for item in items:
        SEEN.collected[item.nodeid] = item.path.name
    # `pytest file.py::test` collects that test alone and calls nothing deselected.
    for argument in config.args:
        if "::" in argument:
            SEEN.partial.add(Path(argument.partition("::")[0]).name)


def pytest_deselected(items) -> None:
    SEEN.partial.update(item.path.name for item in items)


def pytest_runtest_logreport(report) -> None:
    # Set-up, call and tear-down report one by one; a failure in any of them is the test's.
    before = SEEN.outcomes.get(report.nodeid)
    if report.failed or before == "failed":
        SEEN.outcomes[report.nodeid] = "failed"
    elif report.skipped or before == "skipped":
        SEEN.outcomes[report.nodeid] = "skipped"
    elif report.when == "call":
        SEEN.outcomes[report.nodeid] = "passed"


def pytest_sessionfinish() -> None:
    write_all(SEEN)
