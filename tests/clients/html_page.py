"""A page as a reader of HTML sees it: parsed by html5lib, which reports every error of the standard's parser."""

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import html5lib

WORDS = Path(__file__).resolve().parents[2] / "src" / "http" / "html" / "words.rs"

# Texts that people read in attributes.
SPOKEN = ("title", "aria-label", "placeholder", "data-failed", "data-partly", "data-open", "data-map")


def words() -> list[tuple[str, str, str]]:
    """The table of words: name, French, English."""
    found = re.findall(r'^    (\w+): "(.+)", "(.+)";$', WORDS.read_text(), re.MULTILINE)
    assert len(found) > 100, "the table of words is not where it was"
    return found


@dataclass
class HtmlPage:
    text: str
    root: ElementTree.Element
    errors: list

    @classmethod
    def parse(cls, text: str) -> "HtmlPage":
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        root = parser.parse(text)
        return cls(text, root, [(where, code) for where, code, _ in parser.errors])

    @property
    def lang(self) -> str | None:
        return self.root.get("lang")

    @property
    def title(self) -> str:
        return self.root.findtext("head/title") or ""

    def all(self, tag: str) -> list[ElementTree.Element]:
        return list(self.root.iter(tag))

    def hrefs(self) -> list[str]:
        """Addresses that a reader can follow."""
        return [a.get("href") for a in self.all("a") if a.get("href")]

    def visible(self) -> str:
        return " ".join("".join(self.root.find("body").itertext()).split())

    def own_words(self) -> list[str]:
        """What the page itself says: texts and spoken attributes outside of what comes from the data."""
        said = []

        def walk(element: ElementTree.Element, quoted: bool) -> None:
            quoted = quoted or "data" in (element.get("class") or "").split() or element.get("lang") is not None
            quoted = quoted or element.tag in ("time", "script", "style")
            if not quoted:
                said.extend([element.text or "", *(element.get(name, "") for name in SPOKEN)])
            for child in element:
                walk(child, quoted)
                if not quoted:
                    said.append(child.tail or "")

        # The root's own lang is the page's, not a quotation's.
        walk(self.root.find("body"), False)
        return [" ".join(text.split()) for text in said if text.strip()]


def links_of(value, found=None) -> list[dict]:
    """Every link object of a document, at any depth."""
    found = [] if found is None else found
    if isinstance(value, dict):
        if isinstance(value.get("href"), str) and isinstance(value.get("rel"), str):
            found.append(value)
        for member in value.values():
            links_of(member, found)
    elif isinstance(value, list):
        for member in value:
            links_of(member, found)
    return found
