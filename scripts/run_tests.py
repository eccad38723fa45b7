#!/usr/bin/env python3
"""Runs every suite, cheapest first, and ends with a table.

    scripts/run_tests.py [--strict] [--only SUITE,…]

Each suite is one command; its cases are counted from what the tool itself reports, never from its exit
code alone. A suite that ends without having run one case has failed: a green nothing is the fault
this script exists to catch. With --strict (CI) a case that was not run is a failure too.

Full output of each suite: target/test-reports/SUITE.log
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "clients"))

import report as clients_report  # noqa: E402  the path is set just above

REPORTS = ROOT / "target" / "test-reports"


@dataclass
class Row:
    """One line of the table."""

    suite: str
    passed: int = 0
    failed: int = 0
    seconds: float = 0.0
    not_run: list[str] = field(default_factory=list)


@dataclass
class Finished:
    """A command that has ended: what it printed, and how it ended."""

    code: int
    output: str
    seconds: float


def run(name: str, command: list[str], cwd: Path = ROOT, **environment: str) -> Finished:
    """Runs a command, showing its output as it comes and keeping it in the suite's log."""
    print(f"\n=== {name}: {' '.join(command)}", flush=True)
    started = time.monotonic()
    lines = []
    with (REPORTS / f"{name}.log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        for line in process.stdout:
            lines.append(line)
            log.write(line)
            sys.stdout.write(line)
            sys.stdout.flush()
        code = process.wait()
    return Finished(code, "".join(lines), time.monotonic() - started)


def check(name: str, command: list[str], **environment: str) -> list[Row]:
    """A suite of one case: the command succeeds."""
    done = run(name, command, **environment)
    return [Row(name, int(done.code == 0), int(done.code != 0), done.seconds)]


# --- Rust ------------------------------------------------------------------------------------------


def fmt() -> list[Row]:
    return check("fmt", ["cargo", "fmt", "--check"])


def clippy() -> list[Row]:
    return check(
        "clippy",
        ["cargo", "clippy", "--release", "--locked", "--all-targets", "--", "-D", "warnings"],
    )


def rustdoc() -> list[Row]:
    return check(
        "rustdoc",
        ["cargo", "doc", "--release", "--locked", "--no-deps", "--document-private-items"],
        RUSTDOCFLAGS="-D warnings",
    )


def rust() -> list[Row]:
    done = run("rust", ["cargo", "test", "--release", "--locked", "--no-fail-fast"])
    return rust_rows(done)


def rust_rows(done: Finished) -> list[Row]:
    """Counts by kind of test: `cargo test` prints one result line for each test binary."""
    kinds = {kind: Row(f"rust {kind}") for kind in ("unit", "integration", "doc")}
    kind = "unit"
    for line in done.output.splitlines():
        if re.match(r"\s+Running unittests ", line):
            kind = "unit"
        elif re.match(r"\s+Running tests", line):
            kind = "integration"
        elif re.match(r"\s+Doc-tests ", line):
            kind = "doc"
        if found := re.match(r"test result: \w+\. (\d+) passed; (\d+) failed", line):
            kinds[kind].passed += int(found[1])
            kinds[kind].failed += int(found[2])
        if found := re.search(r"finished in ([\d.]+)s", line):
            kinds[kind].seconds += float(found[1])
        if found := re.match(r"test (.+) \.\.\. ignored(?:, (.*))?", line):
            kinds[kind].not_run.append(f"{found[1]}: {found[2] or 'ignored'}")
    # What is left of the time is compiling; it stands in a row of its own, so that the others say what tests cost.
    compiled = any(row.passed + row.failed for row in kinds.values())
    compiling = done.seconds - sum(row.seconds for row in kinds.values())
    rows = [Row("rust build", int(compiled), int(not compiled), compiling), *kinds.values()]
    if not compiled:
        return rows[:1]
    if done.code != 0 and not any(row.failed for row in rows):
        # A test binary died before its result line.
        rows[1].failed += 1
    return rows


# --- Viewer ----------------------------------------------------------------------------------------


def viewer() -> list[Row]:
    report = fresh_report("viewer.json")
    done = run(
        "viewer",
        ["../scripts/node.sh", "npx", "vitest", "run", "--reporter=default", "--reporter=json",
         f"--outputFile.json={report}"],
        cwd=ROOT / "viewer",
    )  # fmt: skip
    row = Row("viewer", seconds=done.seconds)
    if report.exists():
        counts = json.loads(report.read_text())
        row.passed, row.failed = counts["numPassedTests"], counts["numFailedTests"]
        for file in counts["testResults"]:
            for case in file["assertionResults"]:
                if case["status"] not in ("passed", "failed"):
                    row.not_run.append(f"{case['fullName']}: {case['status']}")
    return [settled(row, done)]


def e2e() -> list[Row]:
    report = fresh_report("e2e.json")
    folder = ROOT / "tests" / "e2e"
    done = run("e2e-install", ["../../scripts/node.sh", "npm", "ci", "--no-audit", "--no-fund"], cwd=folder)
    if done.code == 0:
        # playwright.config.ts names the report.
        done = run("e2e", ["../../scripts/node.sh", "npx", "playwright", "test"], cwd=folder)
    row = Row("e2e", seconds=done.seconds)
    if report.exists():
        counts = json.loads(report.read_text())
        # A case that passed only on a second try has failed once; that is a failure here.
        row.passed = counts["stats"]["expected"]
        row.failed = counts["stats"]["unexpected"] + counts["stats"]["flaky"]
        row.not_run = [f"{title}: {why}" for title, why in playwright_skips(counts["suites"])]
    row = settled(row, done)
    if row.passed:
        # For the page of clients. The browser is left out: Debian moves it on with each of its security updates.
        for client, folder, package, what in [
            ("MapLibre GL JS", ROOT / "viewer", "maplibre-gl", "the map in Chromium, on a desk and on a phone; styles from another origin"),
            ("OpenLayers", ROOT / "tests" / "e2e", "ol", "features and vector tiles drawn from another origin"),
        ]:  # fmt: skip
            lock = json.loads((folder / "package-lock.json").read_text())
            version = lock["packages"][f"node_modules/{package}"]["version"]
            clients_report.write("tests/e2e", client, version, what, row.passed + row.failed, row.failed)
    return [row]


def playwright_skips(suites: list[dict]) -> list[tuple[str, str]]:
    found = []
    for suite in suites:
        found += playwright_skips(suite.get("suites", []))
        for spec in suite.get("specs", []):
            for case in spec["tests"]:
                if case["status"] == "skipped":
                    why = [note.get("description") or note["type"] for note in case["annotations"]]
                    found.append((spec["title"], "; ".join(why) or "not reached"))
    return found


# --- Clients ---------------------------------------------------------------------------------------


def venv_python() -> str | None:
    """The Python of the test environment, which is made where it is missing."""
    made = subprocess.run([ROOT / "scripts" / "venv.sh"], stdout=subprocess.PIPE, text=True)
    return made.stdout.strip() if made.returncode == 0 else None


def no_python(suite: str) -> list[Row]:
    return [Row(suite, failed=1, not_run=["the Python environment could not be made"])]


def clients() -> list[Row]:
    python = venv_python()
    if not python:
        return no_python("clients")
    report = fresh_report("clients.xml")
    done = run(
        "clients",
        [python, "-m", "pytest", "tests/clients", "-q", "--durations=15",
         f"--junitxml={report}"],
    )  # fmt: skip
    row = Row("clients", seconds=done.seconds)
    if report.exists():
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            name = f"{case.get('classname', '').rpartition('.')[2]}::{case.get('name')}"
            skipped = case.find("skipped")
            if case.find("failure") is not None or case.find("error") is not None:
                row.failed += 1
            elif skipped is not None:
                row.not_run.append(f"{name}: {skipped.get('message')}")
            else:
                row.passed += 1
    return [settled(row, done)]


# --- The standard ----------------------------------------------------------------------------------


def cite() -> list[Row]:
    """The official suite. What it skips for a written reason is no case; everything else it has is one."""
    python = venv_python()
    return counted("cite", [python, "tests/cite/run.py"], "cite.json") if python else no_python("cite")


def contract() -> list[Row]:
    """/api by its linters, then answers by /api."""
    python = venv_python()
    if not python:
        return no_python("contract")
    folder = ROOT / "tests" / "contract"
    done = run("contract-install", ["../../scripts/node.sh", "npm", "ci", "--no-audit", "--no-fund"], cwd=folder)
    if done.code != 0:
        return [Row("contract lint", failed=1, seconds=done.seconds, not_run=["Spectral could not be installed"])]
    return [
        *counted("contract lint", [python, "tests/contract/lint.py"], "lint.json"),
        *counted("contract fuzz", [python, "tests/contract/fuzz.py", "--examples", "50"], "fuzz.json"),
    ]


def counted(suite: str, command: list[str], name: str) -> list[Row]:
    """A suite that leaves its counts in a report: {"passed": n, "failed": n}."""
    report = fresh_report(name)
    done = run(suite.replace(" ", "-"), command)
    row = Row(suite, seconds=done.seconds)
    if report.exists():
        counts = json.loads(report.read_text())
        row.passed, row.failed = counts["passed"], counts["failed"]
    return [settled(row, done)]


def clients_page() -> list[Row]:
    """docs/clients.md says of each client what the suites before this one have reported."""
    return check("clients-page", ["scripts/clients_page.py", "--check"])


# --- Together --------------------------------------------------------------------------------------

SUITES: dict[str, Callable[[], list[Row]]] = {
    "fmt": fmt,
    "clippy": clippy,
    "rust": rust,
    "rustdoc": rustdoc,
    "viewer": viewer,
    "clients": clients,
    "contract": contract,
    "e2e": e2e,
    "clients-page": clients_page,
}

# Run by name alone: what it needs is not to be had everywhere (tests/cite/README.md).
BY_NAME: dict[str, Callable[[], list[Row]]] = {"cite": cite}


def fresh_report(name: str) -> Path:
    """The path for a tool's report, with no report of an earlier run in it."""
    path = REPORTS / name
    path.unlink(missing_ok=True)
    return path


def settled(row: Row, done: Finished) -> Row:
    """Makes sure that a command which failed as a whole shows as a failure."""
    if done.code != 0 and row.failed == 0:
        row.failed += 1
    return row


def table(rows: list[Row]) -> str:
    width = max(len(row.suite) for row in rows)
    lines = [f"{'suite':<{width}}   cases  failed  seconds  not run"]
    for row in rows:
        cases = row.passed + row.failed
        lines.append(
            f"{row.suite:<{width}}  {cases:>6}  {row.failed:>6}  {row.seconds:>7.1f}  {len(row.not_run):>7}"
        )
    notes = [f"not run: {row.suite}: {note}" for row in rows for note in row.not_run]
    return "\n".join(lines + notes)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--strict", action="store_true", help="a case that was not run is a failure")
    parser.add_argument("--only", default=",".join(SUITES), help="suites, comma-separated")
    options = parser.parse_args()
    chosen = options.only.split(",")
    known = SUITES | BY_NAME
    if unknown := set(chosen) - set(known):
        parser.error(f"no suite {', '.join(sorted(unknown))}; there are {', '.join(known)}")

    REPORTS.mkdir(parents=True, exist_ok=True)
    if chosen == list(SUITES):
        # So that the page of clients is held against this run's reports alone.
        shutil.rmtree(REPORTS / "clients", ignore_errors=True)
    rows = []
    for name in chosen:
        for row in known[name]():
            if row.passed + row.failed == 0:
                row.failed = 1
                row.not_run.append("no case was run")
            rows.append(row)

    passed = sum(row.passed for row in rows)
    failed = sum(row.failed for row in rows)
    not_run = sum(len(row.not_run) for row in rows)
    print(f"\n{table(rows)}\n")
    if not_run and options.strict:
        print(f"{not_run} not run, and --strict counts that as a failure")
    print(f"{passed} passed, {failed} failed" + (f", {not_run} skipped" if not_run else ""))
    return 1 if failed or (not_run and options.strict) else 0


if __name__ == "__main__":
    sys.exit(main())
