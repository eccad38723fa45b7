"""The official suite itself: its jar by Maven coordinates, a Java to run it, and what it reports."""

import hashlib
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
JARS = ROOT / "target" / "cite"

# {"artifact": group:name:version:jar:classifier, "sha256": of that file, once someone has looked at it}
PIN = json.loads((HERE / "suite.json").read_text())
VERSION = PIN["artifact"].split(":")[2]
PACKAGE = "org.opengis.cite.ogcapifeatures10.conformance."
CRS = "http://www.opengis.net/def/crs/"

OLDEST_JAVA = 17


class Trouble(Exception):
    """The suite could not be run; the text says what to do."""


@dataclass(frozen=True)
class Outcome:
    """How one test ended. `status` is pass, skip or fail; `says` is the suite's own message."""

    status: str
    says: str = ""


# Class, method and what sets this call of the method apart from its others.
Key = tuple[str, str, str]


def fetch() -> Path:
    """The pinned jar, copied into target/ by the user's own Maven where it is not there yet."""
    _, name, version, kind, classifier = PIN["artifact"].split(":")
    jar = JARS / f"{name}-{version}-{classifier}.{kind}"
    if not jar.exists():
        maven = shutil.which("mvn")
        if not maven:
            raise Trouble("no mvn: run 'scripts/install.sh test'")
        print(f"taking {PIN['artifact']}", flush=True)
        # --update-snapshots also asks again for what was not there an hour ago.
        command = [maven, "--batch-mode", "--quiet", "--update-snapshots", "dependency:copy"]
        command += [f"-Dartifact={PIN['artifact']}", f"-DoutputDirectory={JARS}"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0 or not jar.exists():
            errors = [line for line in done.stdout.splitlines() if "ERROR" in line] or [done.stdout]
            raise Trouble(f"Maven could not bring {PIN['artifact']}: {errors[0][:600]}")
    found = hashlib.sha256(jar.read_bytes()).hexdigest()
    if PIN["sha256"] is None:
        raise Trouble(f"tests/cite/suite.json pins no SHA-256; {jar} has {found}. Check it against the publisher's and write it there.")
    if found != PIN["sha256"]:
        raise Trouble(f"{jar} has the SHA-256 {found}, and {PIN['sha256']} is pinned: remove the file and look where it came from")
    return jar


def java() -> str:
    """A Java that can run the suite."""
    found = shutil.which("java")
    said = subprocess.run([found, "-version"], capture_output=True, text=True).stderr if found else ""
    version = re.search(r'version "(\d+)', said)
    if not version or int(version[1]) < OLDEST_JAVA:
        raise Trouble(f"no Java {OLDEST_JAVA} or later: run 'scripts/install.sh test'")
    return found


def run(jar: Path, address: str, folder: Path, log: Path) -> dict[Key, Outcome]:
    """Runs the suite against a landing page and reads its report. Its exit code says nothing, so none is asked for."""
    properties = folder / "props.xml"
    # Any number up to 0 means every collection.
    entries = {"iut": address + "/", "noofcollections": "-1"}
    lines = "".join(f'<entry key="{key}">{escape(value)}</entry>' for key, value in entries.items())
    properties.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n<properties version="1.0">{lines}</properties>\n')
    with log.open("w") as out:
        command = [java(), "-jar", str(jar), "-o", str(folder / "out"), "-h", "true", str(properties)]
        subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
    reports = list((folder / "out").rglob("testng-results.xml"))
    if len(reports) != 1:
        raise Trouble(f"the suite left {len(reports)} reports instead of one; see {log}")
    return outcomes(ElementTree.parse(reports[0]).getroot(), address)


def outcomes(report: ElementTree.Element, address: str) -> dict[Key, Outcome]:
    """Every test of a TestNG report. A set-up that failed counts as a test that failed."""
    found: dict[Key, Outcome] = {}
    again: Counter[Key] = Counter()
    for group in report.iter("class"):
        for method in group.iter("test-method"):
            status = method.get("status").lower()
            if method.get("is-config") and status == "pass":
                continue
            values = [plain(p.findtext("value", "").strip(), address) for p in method.iter("param")]
            key = (group.get("name").removeprefix(PACKAGE), method.get("name"), ", ".join(filter(None, values)))
            again[key] += 1
            if again[key] > 1:
                key = (*key[:2], f"{key[2]} ({again[key]})")
            says = next((e.findtext("message") or e.get("class") for e in method.iter("exception")), "")
            found[key] = Outcome(status, says.replace(address, "").strip())
    return found


def plain(value: str, address: str) -> str:
    """A parameter as a short text that is the same in the next run: the id of a collection, a path, a box, a CRS."""
    if re.fullmatch(r"[\w.$]+@[0-9a-f]+", value):
        return ""
    if point := re.fullmatch(r"Server URL: .* , Path: (.*), Replacements: .*", value, re.DOTALL):
        return point[1]
    if collection := re.match(r"\{.*?\bid=([^,}]+)", value, re.DOTALL):
        return collection[1]
    return value.replace(address, "").replace(CRS, "")
