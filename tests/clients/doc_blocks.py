"""What a guide holds for its reader to do: headings, blocks of code with what they print, addresses, sections."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Block:
    """A block of code, and the ```text block right after it: what it prints."""

    language: str
    code: str
    printed: str | None

    @property
    def commands(self) -> str:
        """The code without comments: these are in the guide's language."""
        return re.sub(r"\s+# .*", "", self.code)


def blocks(text: str) -> list[Block]:
    fence = r"^```(\w+)\n(.*?)^```\n(?:^```text\n(.*?)^```\n)?"
    return [Block(*found.groups()) for found in re.finditer(fence, text, re.MULTILINE | re.DOTALL)]


def prose(text: str) -> str:
    """The guide without its blocks."""
    return re.sub(r"^```\w+\n.*?^```\n", "", text, flags=re.MULTILINE | re.DOTALL)


def headings(text: str) -> list[tuple[int, str]]:
    found = re.findall(r"^(#+) (.+)$", prose(text), re.MULTILINE)
    return [(len(marks), title) for marks, title in found]


def section(text: str, title: str) -> str:
    """What stands under a heading, up to the next of its level or above."""
    level = next(level for level, found in headings(text) if found == title)
    start = text.index(f"\n{'#' * level} {title}\n")
    end = re.search(rf"^#{{1,{level}}} ", text[start + level + 2 :], re.MULTILINE)
    return text[start : start + level + 2 + end.start()] if end else text[start:]


def addresses(text: str) -> list[str]:
    """Every address of a local server, in prose and code, each once."""
    found = re.findall(r"http://127\.0\.0\.1:\d+[^\s'\"`<>)]*", text)
    return list(dict.fromkeys(address.rstrip(".,;:") for address in found))


def links(text: str) -> list[str]:
    """The targets of links that are no addresses."""
    return [target for target in re.findall(r"\]\(([^)\s]+)\)", prose(text)) if "://" not in target]


def anchor(title: str) -> str:
    """A heading as GitHub names it in an address."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
