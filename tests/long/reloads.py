"""A thousand reloads of ten thousand features under 200 requests a second."""

import tempfile
from pathlib import Path

from reload_storm import FEATURES, GROUPS, RATE, resident_after, storm

TITLE = "A thousand reloads"
WHAT = (
    f"A layer of {FEATURES:,} features is written anew and loaded at SIGHUP, {FEATURES // GROUPS} features changed each time, while readers ask {RATE} times a second for pages, tiles, features "
    "and documents. Every page is held against the version that it must be of, whole. Memory after all reloads is compared with that after the first hundred."
)


def run(report, options) -> None:
    with tempfile.TemporaryDirectory(prefix="terril-reloads-") as folder:
        seen = storm(Path(folder), options.reloads)
    report.cases += sum(seen.answers.values())
    for fault in seen.faults[:20]:
        report.check(False, fault)
    report.check(len(seen.versions) > options.reloads / 4, f"readers saw {len(seen.versions)} versions only")
    report.check(set(seen.answers) == {200}, f"answers {dict(seen.answers)}")
    report.figure("reloads", f"{options.reloads:,} in {seen.seconds:.0f} s")
    report.figure("requests", f"{sum(seen.answers.values()):,}, {sum(seen.answers.values()) / seen.seconds:.0f} a second; failed: {len(seen.faults)}")
    report.figure("versions that readers saw, each whole", f"{len(seen.versions):,}")
    first, last = resident_after(seen, min(100, options.reloads)), resident_after(seen, options.reloads)
    report.figure("resident after 100 reloads and after all, MB", f"{first:.1f}, {last:.1f} ({last / first:.3f} ×)")
    report.check(last <= 1.05 * first, f"resident memory grew from {first:.1f} to {last:.1f} MB")
