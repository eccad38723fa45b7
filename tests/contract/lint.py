#!/usr/bin/env python3
"""Is /api a clean OpenAPI 3.0 document? Spectral, openapi-spec-validator and a few rules of our own say.

    target/venv/bin/python tests/contract/lint.py      # after npm ci in this folder

Two documents: that of the demonstration territory and that of the official suite's trial set. A case is one judge on
one document. The documents are kept in target/test-reports/api-NAME.json.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from openapi_spec_validator import OpenAPIV30SpecValidator

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "tests" / "clients"), str(ROOT / "tests" / "cite")]

import report  # noqa: E402  the path is set just above
import served_set  # noqa: E402
from openapi_walk import resolve  # noqa: E402
from terril_server import Terril  # noqa: E402

REPORTS = ROOT / "target" / "test-reports"
SPECTRAL = HERE / "node_modules" / "@stoplight" / "spectral-cli"


def spectral(path: Path) -> list[str]:
    """Every rule of `.spectral.yaml`, of whatever severity."""
    out = path.with_suffix(".spectral.json")
    out.unlink(missing_ok=True)
    command = [str(ROOT / "scripts" / "node.sh"), "node", str(SPECTRAL / "dist" / "index.js"), "lint", str(path)]
    command += ["--ruleset", str(HERE / ".spectral.yaml"), "--format", "json", "--output", str(out), "--quiet"]
    command += ["--fail-severity", "hint"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode > 1 or not out.exists():
        return [f"Spectral ended with {done.returncode}: {done.stdout[-1000:]}"]
    found = json.loads(out.read_text())
    return [f"{'/'.join(map(str, one['path']))}: {one['code']}: {one['message']}" for one in found]


def validator(path: Path) -> list[str]:
    errors = OpenAPIV30SpecValidator(json.loads(path.read_text())).iter_errors()
    return [f"{'/'.join(map(str, one.absolute_path))}: {one.message}" for one in errors]


def own_rules(path: Path) -> list[str]:
    """What makes the document worth testing answers against."""
    api = json.loads(path.read_text())
    wrong = []
    for at, node in nodes(api):
        reference = node.get("$ref")
        if isinstance(reference, str):
            try:
                inside = reference.startswith("#/") and resolve(api, node) is not None
            except (KeyError, TypeError):
                inside = False
            wrong += [] if inside else [f"{at}: $ref {reference} does not lead to a place in the document"]
        # Both would document every answer there is, and no test could find one that is not.
        if at.endswith("/responses") and not at.startswith("/components"):
            wrong += [f"{at}: status {status} stands for any" for status in node if not re.fullmatch(r"[1-5]\d\d", status)]
        if at.endswith("/content"):
            wrong += [f"{at}: media type {kind} stands for any" for kind in node if "*" in kind]
    return wrong


def nodes(node: object, at: str = "") -> Iterator[tuple[str, dict]]:
    if isinstance(node, dict):
        yield at, node
        for key, value in node.items():
            yield from nodes(value, f"{at}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from nodes(value, f"{at}/{index}")


JUDGES: dict[str, Callable[[Path], list[str]]] = {
    "Spectral": spectral,
    "openapi-spec-validator": validator,
    "own rules": own_rules,
}


def documents() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="terril-lint-") as folder:
        for name, source in (("demonstration", ROOT / "data"), ("trial-set", served_set.make(Path(folder)))):
            with Terril(source) as server:
                server.wait_open()
                path = REPORTS / f"api-{name}.json"
                path.write_bytes(server.get("/api").body)
            yield path


def main() -> int:
    REPORTS.mkdir(parents=True, exist_ok=True)
    wrong = {(judge, path.stem): judged(path) for path in documents() for judge, judged in JUDGES.items()}
    for (judge, name), found in wrong.items():
        print(f"{name:<20} {judge:<24} {f'{len(found)} findings' if found else 'clean'}")
        for line in found[:20]:
            print(f"  {line}")
    versions = {
        "Spectral": json.loads((SPECTRAL / "package.json").read_text())["version"],
        "openapi-spec-validator": version("openapi-spec-validator"),
    }
    for judge, number in versions.items():
        mine = [bool(found) for (by, _), found in wrong.items() if by == judge]
        what = "the OpenAPI document, every rule" if judge == "Spectral" else "the OpenAPI document"
        report.write("tests/contract/lint.py", judge, number, what, len(mine), sum(mine))
    failed = sum(map(bool, wrong.values()))
    (REPORTS / "lint.json").write_text(json.dumps({"passed": len(wrong) - failed, "failed": failed}) + "\n")
    print(f"{len(wrong) - failed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    os.environ.setdefault("TERRIL_BIN", str(ROOT / "target" / "release" / "terril"))
    sys.exit(main())
