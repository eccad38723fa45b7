#!/usr/bin/env python3
"""Runs the official OGC API Features suite and compares every test with expected.json.

    target/venv/bin/python tests/cite/run.py             # as make test does
    target/venv/bin/python tests/cite/run.py --rewrite   # writes expected.json anew; read the diff

A test that is missing, new, failed, or skipped where it passed before is a failure of this run. So is a skip whose
reason is not the one that expected.json gives in words.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "clients"))

import report  # noqa: E402  the path is set just above
import served_set  # noqa: E402
import suite  # noqa: E402
from suite import Key, Outcome  # noqa: E402
from terril_server import Terril  # noqa: E402

EXPECTED = Path(__file__).with_name("expected.json")
REPORTS = ROOT / "target" / "test-reports"


def told(outcome: Outcome, reasons: dict[str, dict]) -> str:
    """An outcome as expected.json writes it: pass, or skip with the name of its reason."""
    if outcome.status != "skip":
        return outcome.status
    named = [name for name, reason in reasons.items() if reason["suite says"] == outcome.says]
    return f"skip: {named[0]}" if named else f"skip without a reason here: {outcome.says}"


def differences(found: dict[Key, str], expected: dict[Key, str]) -> dict[Key, str]:
    """What is not as expected, by test."""
    wrong = {key: f"expected {what}, but it did not run" for key, what in expected.items() if key not in found}
    for key, what in found.items():
        if key not in expected:
            wrong[key] = f"new here: {what}"
        elif what != expected[key]:
            wrong[key] = f"expected {expected[key]}, got {what}"
        elif what != "pass" and not what.startswith("skip: "):
            wrong[key] = what
    return wrong


def skipped_altogether(found: dict[Key, str]) -> list[tuple[str, str]]:
    """Methods of which no call passed: a skip of that kind would hide a whole requirement."""
    passed = {key[:2] for key, what in found.items() if what == "pass"}
    return sorted({key[:2] for key in found} - passed)


def flat(tests: dict[str, dict]) -> dict[Key, str]:
    return {
        (group, method, call): what
        for group, methods in tests.items()
        for method, calls in methods.items()
        for call, what in (calls.items() if isinstance(calls, dict) else [("", calls)])
    }


def nested(found: dict[Key, str]) -> dict[str, dict]:
    """By class and method; a method that was called once and without parameters has no further level."""
    tests: dict[str, dict] = {}
    for group, method, call in sorted(found):
        tests.setdefault(group, {}).setdefault(method, {})[call] = found[group, method, call]
    return {g: {m: calls[""] if list(calls) == [""] else calls for m, calls in methods.items()} for g, methods in tests.items()}


def show(found: dict[Key, str], wrong: dict[Key, str]) -> None:
    """One line for each class."""
    groups: dict[str, Counter] = {}
    for key in sorted({*found, *wrong}):
        kind = "wrong" if key in wrong else "skipped" if found[key].startswith("skip") else "passed"
        groups.setdefault(key[0], Counter())[kind] += 1
    for group, counts in groups.items():
        print(f"{group:<62} " + ", ".join(f"{counts[kind]} {kind}" for kind in ("passed", "skipped", "wrong") if counts[kind]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rewrite", action="store_true", help="write expected.json anew")
    parser.add_argument("--jar", type=Path, help="another build of the suite; nothing is pinned or recorded then")
    options = parser.parse_args()
    REPORTS.mkdir(parents=True, exist_ok=True)
    expected = json.loads(EXPECTED.read_text())
    try:
        jar = options.jar.resolve() if options.jar else suite.fetch()
        with tempfile.TemporaryDirectory(prefix="terril-cite-") as folder:
            folder = Path(folder)
            (folder / "set").mkdir()
            with Terril(served_set.make(folder / "set")) as server:
                server.wait_open()
                seen = suite.run(jar, server.address, folder, REPORTS / "cite-suite.log")
                if "panicked" in server.log():
                    raise suite.Trouble(f"the server panicked:\n{server.log()[-3000:]}")
    except suite.Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 2

    reasons = expected["reasons"]
    found = {key: told(outcome, reasons) for key, outcome in seen.items()}
    if options.rewrite:
        # Whose outcomes these are: the pinned jar's, or another's.
        digest = hashlib.sha256(jar.read_bytes()).hexdigest()
        body = {"suite": suite.PIN["artifact"], "sha256": digest, "reasons": reasons, "tests": nested(found)}
        EXPECTED.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        expected = body
    wrong = differences(found, flat(expected["tests"]))
    for group, method in skipped_altogether(found):
        wrong.setdefault((group, method, ""), "every call of it was skipped")
    show(found, wrong)
    for (group, method, call), why in sorted(wrong.items()):
        says = seen[group, method, call].says if (group, method, call) in seen else ""
        print(f"\n{group}.{method}({call}): {why}\n  {says[:600]}")

    passed = sum(what == "pass" for key, what in found.items() if key not in wrong)
    skipped = sum(what.startswith("skip: ") for key, what in found.items() if key not in wrong)
    cases = {"passed": passed, "failed": len(wrong), "skipped for a written reason": skipped}
    (REPORTS / "cite.json").write_text(json.dumps(cases, indent=1) + "\n")
    if passed and not options.jar:
        what = "Features Part 1 (Core, GeoJSON, HTML, OpenAPI 3.0) and Part 2 (CRS)"
        report.write("tests/cite/run.py", "OGC CITE, OGC API Features suite", suite.VERSION, what, passed + len(wrong), len(wrong))
    print(f"\n{skipped} skipped by the suite for a reason that expected.json gives in words")
    print(f"{passed} passed, {len(wrong)} failed")
    return int(bool(wrong) or not passed)


if __name__ == "__main__":
    os.environ.setdefault("TERRIL_BIN", str(ROOT / "target" / "release" / "terril"))
    sys.exit(main())
