#!/usr/bin/env python3
"""Makes docs/clients.md from what the suites have reported of the clients they tested.

    scripts/clients_page.py           # writes the page; run all suites before
    scripts/clients_page.py --check   # says where the page and the reports differ

The reports are target/test-reports/clients/*.json; tests/clients/report.py writes them. The page has no dates and no
counts, so it changes when a client, a version or what is tested changes, and not otherwise.
"""

import argparse
import difflib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "target" / "test-reports" / "clients"
PAGE = ROOT / "docs" / "clients.md"

HEAD = """\
<!-- Made by scripts/clients_page.py from what the tests report; changes here are lost. -->

# What was tested with which version

Each row is a foreign program that `make test` starts and whose cases all passed. The version is the one that the
program itself gave. The last column says where the tests are.

| program | version | what was tested | tests |
| --- | --- | --- | --- |
"""


def reports(folder: Path) -> list[dict]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def page(found: list[dict]) -> str:
    """The page; the order is that of the alphabet."""
    rows = sorted({(one["client"], one["version"], one["what"], one["source"]) for one in found}, key=lambda r: [c.casefold() for c in r])
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in (*row[:3], f"`{row[3]}`")) + " |" for row in rows]
    return HEAD + "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the page is not what the reports say")
    options = parser.parse_args()
    found = reports(REPORTS)
    if not found:
        print(f"no reports in {REPORTS.relative_to(ROOT)}: run scripts/run_tests.py first", file=sys.stderr)
        return 1
    failed = [f"{one['client']} {one['version']}: {one['failed']} of {one['cases']} cases failed" for one in found if one["failed"]]
    if failed:
        print("\n".join(["not tested with success:", *failed]), file=sys.stderr)
        return 1
    wanted = page(found)
    if not options.check:
        PAGE.write_text(wanted, encoding="utf-8")
        return 0
    there = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    difference = difflib.unified_diff(there.splitlines(), wanted.splitlines(), "docs/clients.md", "what the tests report", lineterm="")
    lines = list(difference)
    print("\n".join(lines) or f"docs/clients.md says what {len(found)} reports say")
    if lines:
        print("run scripts/clients_page.py and read the difference")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
