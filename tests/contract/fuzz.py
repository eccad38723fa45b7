#!/usr/bin/env python3
"""schemathesis over /api: every operation, all checks, seeded.

    target/venv/bin/python tests/contract/fuzz.py --examples 50

It makes requests that fit the document and requests that do not, and holds every answer against it: no 5xx, no status,
content type or body that the document does not have, wrong input refused, right input taken, 405 with Allow.
A case is an operation. One that never gave a 2xx has failed too: only its refusals would have been looked at.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "tests" / "clients"), str(ROOT / "tests" / "cite")]

import report  # noqa: E402  the path is set just above
import served_set  # noqa: E402
from terril_server import Terril  # noqa: E402

REPORTS = ROOT / "target" / "test-reports"
SEED = 62_737

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}

# Values that exist, so that requests get past "there is no such thing" and "that is no day"; the rest stays made up.
KNOWN = {
    "path.featureId": ["EQ-0001", "TX-0001", "CI-001"],
    "path.layers": ["equipements", "travaux,cites"],
    "path.tileMatrix": ["0", "12"],
    "path.z": [0, 12],
    "path.tileRow": [0, 2036],
    "path.y": [0, 2036],
    "path.tileCol": [0, 2059],
    "path.x": [0, 2059],
    "query.datetime": ["2021-05-01", "2021-05-01T00:00:00Z/..", "../2022-01-01", "2020-01-01/P30D"],
    "query.filter": ["code = 'EQ-0001'", "code LIKE 'TX-%'", "nom IS NOT NULL"],
}


def known(server: Terril) -> dict[str, list]:
    """Values that exist, those among them that only the server knows."""
    page = server.get("/", {"Accept": "text/html"}).text
    assets = re.findall(r'(?:src|href)="[^"]*?/viewer/assets/([^"]+)"', page)
    tokens, versions = [], []
    for one in server.json("/collections")["collections"]:
        versions.append(one["version"])
        links = server.json(f"/collections/{one['id']}/items?limit=3")["links"]
        following = next(link["href"] for link in links if link["rel"] == "next")
        tokens += parse_qs(urlsplit(following).query).get("after", [])
    return KNOWN | {"path.asset": assets, "path.file": ["page.js", "page.css"], "query.after": tokens} | {
        "path.version": ["1"],
        "query.version": versions,
    }


def configuration(folder: Path, values: dict[str, list]) -> Path:
    """The tool's configuration: how many of the values of a known parameter are known ones."""
    lines = [f"hooks = {json.dumps(str(HERE / 'hooks.py'))}"]
    for name, entries in values.items():
        table = name.replace(".", "-")
        lines += [f"[dictionaries.{table}]", f"values = {json.dumps(entries, ensure_ascii=False)}"]
    lines += ["[parameters]"]
    for name in values:
        # One wrong word among ten parameters of a query refuses the request whole.
        share = 0.5 if name.startswith("path.") else 0.9
        # An id is one of a single collection, and so is the version that may stand beside it.
        share = 0.9 if name == "path.featureId" else share
        lines.append(f'"{name}" = {{ dictionary = "{name.replace(".", "-")}", probability = {share} }}')
    path = folder / "schemathesis.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def served(folder: Path) -> Path:
    """The trial set of the official suite without its large layer."""
    served_set.make(folder)
    (folder / "parcelles.geojson").unlink()
    return folder


def fuzz(server: Terril, api: dict, examples: int, folder: Path) -> tuple[dict, str]:
    """Runs the tool; its report and what it printed."""
    out = folder / "report.json"
    # As a file: the address that a document was read from would be left out of the operations.
    (folder / "api.json").write_text(json.dumps(api), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(configuration(folder, known(server))), "run"]
    command += ["api.json", "--url", server.address, "--checks", "all", "--max-examples", str(examples), "--seed", str(SEED)]
    command += ["--generation-database", "none", "--continue-on-failure", "--no-color", "--output-truncate", "false"]
    command += ["--report", "json", "--report-json-path", str(out)]
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if not out.exists():
        raise RuntimeError(f"schemathesis ended with {done.returncode} and without a report:\n{done.stdout[-3000:]}")
    return json.loads(out.read_text()), done.stdout


def faults(found: dict, operations: list[str]) -> dict[str, list[str]]:
    """What is wrong, by operation; under "run" what is wrong with the run as a whole."""
    wrong: dict[str, list[str]] = {}
    for failure in found["failures"]:
        for operation in failure["operations"]:
            wrong.setdefault(operation, []).append(failure["title"])
    for operation in operations:
        rates = found["valid_rates"].get(operation, {})
        if not any(phase["accepted"] for phase in rates.values()):
            wrong.setdefault(operation, []).append("no request to it was ever answered with 2xx")
    whole = [str(error) for error in found["errors"]]
    whole += [f"the phase {name} was not run" for name in ("coverage", "fuzzing") if found["phases"][name]["status"] == "skip"]
    if not found["complete"] or found["operations"]["tested"] != len(operations):
        whole.append(f"{found['operations']['tested']} of {len(operations)} operations were tested")
    return wrong | ({"run": whole} if whole else {})


def run(examples: int) -> tuple[list[str], dict[str, list[str]], dict]:
    """Operations, faults, and the tool's report."""
    with tempfile.TemporaryDirectory(prefix="terril-fuzz-") as folder:
        folder = Path(folder)
        (folder / "set").mkdir()
        with Terril(served(folder / "set")) as server:
            server.wait_open()
            api = server.json("/api")
            operations = [f"{m.upper()} {path}" for path, item in api["paths"].items() for m in item if m in METHODS]
            found, printed = fuzz(server, api, examples, folder)
            wrong = faults(found, operations)
            if not server.healthy() or "panicked" in server.log():
                wrong.setdefault("run", []).append(f"the server did not come through: {server.log()[-2000:]}")
    (REPORTS / "fuzz-schemathesis.log").write_text(printed)
    return operations, wrong, found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--examples", type=int, default=50, help="how many requests an operation")
    options = parser.parse_args()
    REPORTS.mkdir(parents=True, exist_ok=True)
    operations, wrong, found = run(options.examples)
    if wrong:
        print((REPORTS / "fuzz-schemathesis.log").read_text())
    for operation, what in wrong.items():
        print(f"{operation}: {'; '.join(what)}")
    passed = len([one for one in operations if one not in wrong])
    what = f"{found['test_cases']['generated']} requests made from /api, every answer held against it"
    print(f"{what}; {found['filtered']} findings set aside by hooks.py")
    (REPORTS / "fuzz.json").write_text(json.dumps({"passed": passed, "failed": len(wrong)}) + "\n")
    if passed:
        about = "requests made from /api, valid and not; every answer held against it"
        report.write("tests/contract/fuzz.py", "schemathesis", version("schemathesis"), about, passed + len(wrong), len(wrong))
    print(f"{passed} passed, {len(wrong)} failed")
    return int(bool(wrong) or not passed)


if __name__ == "__main__":
    os.environ.setdefault("TERRIL_BIN", str(ROOT / "target" / "release" / "terril"))
    sys.exit(main())
