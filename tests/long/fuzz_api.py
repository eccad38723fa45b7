"""Ten times the requests of `make test`, made from /api by schemathesis: the same checks, other values."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "contract"))

import fuzz  # noqa: E402  the path is set just above

TITLE = "Requests made from the API's own document"
WHAT = (
    "schemathesis with all its checks: valid and invalid requests to every operation, each answer held against /api. "
    "No 5xx, no status, content type or body that the document does not have."
)


def run(report, options) -> None:
    fuzz.REPORTS.mkdir(parents=True, exist_ok=True)
    operations, wrong, found = fuzz.run(options.examples)
    for operation in operations:
        report.check(operation not in wrong, f"{operation}: {'; '.join(wrong.get(operation, []))}")
    for other in wrong.keys() - set(operations):
        report.check(False, f"{other}: {'; '.join(wrong[other])}")
    report.figure("operations", len(operations))
    report.figure("requests an operation, at most", options.examples)
    report.figure("requests in all", found["test_cases"]["generated"])
