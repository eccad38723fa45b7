"""The long tests: `make test-long`, or some of them by `--only soak,fuzz`.

Each part is a module with `TITLE`, `WHAT` and `run(report)`. It raises nothing for what it finds: it counts cases, keeps
failures and figures in the report, and the next part goes on. The run ends non-zero if anything failed.
Writes benches/results/long-DATE.json, from which docs/long-tests.md is made. Parts that were not run are taken over from the last
results; each carries the day and the commit of its own run.
"""

import argparse
import importlib
import json
import sys
import time
import traceback
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "clients"), str(ROOT / "benches")]

import machine  # noqa: E402  the path is set just above

RESULTS = ROOT / "benches" / "results"
PARTS = ["full_walk", "fuzz_loader", "fuzz_api", "reloads", "ten_million", "soak"]


@dataclass
class Report:
    title: str
    what: str
    cases: int = 0
    seconds: float = 0.0
    figures: dict[str, str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def check(self, holds: bool, what: str) -> None:
        """One case; `what` is kept where it does not hold."""
        self.cases += 1
        if not holds:
            self.failures.append(what)
            print(f"  failed: {what}", flush=True)

    def figure(self, name: str, value: object) -> None:
        self.figures[name] = str(value)
        print(f"  {name}: {value}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default=",".join(PARTS), help="parts, comma-separated")
    parser.add_argument("--minutes", type=float, default=20, help="how long the soak lasts")
    parser.add_argument("--parcels", type=int, default=10_000_000, help="how many parcels the large layer holds")
    parser.add_argument("--mutants", type=int, default=150, help="how many damaged files of each container the loader gets")
    parser.add_argument("--reloads", type=int, default=1000, help="how often a layer is loaded anew under load")
    parser.add_argument("--examples", type=int, default=500, help="how many requests the API fuzzer makes an operation")
    options = parser.parse_args()

    kept = last_parts()
    parts = {}
    for name in options.only.split(","):
        module = importlib.import_module(name)
        report = Report(module.TITLE, module.WHAT)
        print(f"=== {name}: {report.title}", flush=True)
        started, now = time.monotonic(), machine.described()
        try:
            module.run(report, options)
        except Exception:
            report.failures.append(f"did not finish: {traceback.format_exc(limit=-1).splitlines()[-1]}")
            traceback.print_exc()
        report.seconds = round(time.monotonic() - started, 1)
        report.check(report.cases > 0, "no case was run")
        parts[name] = asdict(report) | {"date": now["date"], "commit": now["commit"]}

    path = RESULTS / f"long-{datetime.now(timezone.utc):%Y-%m-%d}.json"
    together = kept | parts
    ordered = {name: together[name] for name in PARTS if name in together}
    path.write_text(json.dumps({"kind": "long", "machine": machine.described(), "parts": ordered}, indent=1, ensure_ascii=False) + "\n")
    failed = sum(len(part["failures"]) for part in parts.values())
    cases = sum(part["cases"] for part in parts.values())
    print(f"{max(cases - failed, 0)} passed, {failed} failed")
    return int(failed > 0)


def last_parts() -> dict:
    """The parts of the newest results, each with the day and the commit of its run."""
    found = sorted(RESULTS.glob("long-*.json"))
    if not found:
        return {}
    last = json.loads(found[-1].read_text())
    of_the_run = {key: last["machine"][key] for key in ("date", "commit")}
    return {name: of_the_run | part for name, part in last["parts"].items()}


if __name__ == "__main__":
    sys.exit(main())
