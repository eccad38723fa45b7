"""Follows every link of a service: of JSON pages, HTML pages, style sheets, map styles, TileJSON and the OpenAPI document.

Each address is fetched once as a program asks and once as a browser does, according to where it stands. What is broken is
kept with the page that names it, and so is what leaves the service without a relation that leads to somebody else.
"""

import json
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

from openapi_walk import resolve

# Relations (and in OpenAPI, members) that lead to pages of somebody else: licences, definitions, what HTML does not vouch for.
ABROAD = {"license", "externalDocs", "nofollow"}
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


@dataclass(frozen=True)
class Found:
    """An address, the page that names it, and how it is meant there."""

    url: str
    page: str
    relation: str = ""
    template: bool = False
    browser: bool = False


class Page(HTMLParser):
    """Every address of an HTML page, resolved as a browser does."""

    ATTRIBUTES = {"a": "href", "link": "href", "script": "src", "img": "src", "source": "src", "iframe": "src"}

    def __init__(self, url: str):
        super().__init__()
        self.url, self.base, self.found = url, url, []

    def handle_starttag(self, tag: str, attributes: list) -> None:
        given = dict(attributes)
        if tag == "base" and given.get("href"):
            self.base = urljoin(self.url, given["href"])
        address = given.get(self.ATTRIBUTES.get(tag, ""))
        if address and not address.startswith(("#", "data:", "mailto:")):
            self.found.append(
                Found(urljoin(self.base, address), self.url, given.get("rel") or "", "{" in address, browser=True)
            )
        if tag == "form" and given.get("method", "get").lower() == "get":
            # Without its fields, which may be left empty.
            self.found.append(
                Found(urljoin(self.base, given.get("action") or self.url), self.url, "form", browser=True)
            )
        for name, value in attributes:
            # Addresses for the page's scripts, and those shown to be copied.
            if name.startswith("data-") and (value or "").startswith("http"):
                self.found.append(Found(value, self.url, name, "{" in value))


def links_of_json(node, page: str, above: str = "") -> Iterator[Found]:
    """Members that hold addresses, in links, styles, TileJSON and OpenAPI; what clients put in as data holds none."""
    if isinstance(node, list):
        for value in node:
            yield from links_of_json(value, page, above)
    if not isinstance(node, dict):
        return
    for name, value in node.items():
        if name in ("href", "url", "sprite", "glyphs", "$id") and isinstance(value, str):
            template = bool(node.get("templated")) or "{" in value or name == "sprite"
            yield Found(urljoin(page, value), page, node.get("rel") or above, template)
        elif name == "tiles" and isinstance(value, list):
            yield from (Found(urljoin(page, one), page, name, template=True) for one in value if isinstance(one, str))
        elif name not in ("servers", "properties", "geometry", "schema", "schemas", "example", "examples", "features"):
            yield from links_of_json(value, page, name)


def links_of_css(text: str, page: str) -> Iterator[Found]:
    for address in re.findall(r"url\(\s*['\"]?([^'\")]+)", text):
        if not address.startswith(("data:", "#")):
            yield Found(urljoin(page, address), page)


def paths_of_api(document: dict, page: str) -> Iterator[Found]:
    """Each path without parameters that have to be given, below the server that the document names.

    That server is an address to be put before a path, with or without a slash at its end; nobody asks it as it stands.
    """
    (server,) = document["servers"]
    for path, operations in document["paths"].items():
        given = [
            resolve(document, one)
            for one in operations.get("get", {}).get("parameters", []) + operations.get("parameters", [])
        ]
        if "get" in operations and "{" not in path and not any(one.get("required") for one in given):
            yield Found(server["url"].rstrip("/") + path, page, "path")


def is_leaf(url: str) -> bool:
    """Pages sorted otherwise, in the other language or longer name the same pages again, in ever new combinations."""
    query = parse_qs(urlsplit(url).query)
    return bool({"sortby", "lang"} & set(query)) or ("limit" in query and "offset" not in query)


@dataclass
class Crawl:
    """A walk through everything below a prefix."""

    prefix: str
    fetch: Callable[[str, str], tuple[int, str, bytes]]  # address, Accept → status, media type, body
    fill: Callable[[str], list[str]]  # a template → addresses
    seen: dict[tuple[str, bool], int] = field(default_factory=dict)
    kinds: Counter = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    outside: set[str] = field(default_factory=set)
    templates: set[str] = field(default_factory=set)

    def run(self) -> "Crawl":
        start = self.prefix + "/"
        left = deque([Found(start, "the start"), Found(start, "the start", browser=True)])
        while left:
            found = left.popleft()
            url = urldefrag(found.url).url
            if not self.is_inside(url, found):
                continue
            if found.template:
                if url not in self.templates:
                    self.templates.add(url)
                    left += [Found(one, found.page) for one in self.fill(found.url)]
            elif (url, found.browser) not in self.seen:
                left += self.look(url, found)
        return self

    def is_inside(self, url: str, found: Found) -> bool:
        if url == self.prefix or url.startswith((self.prefix + "/", self.prefix + "?")):
            return True
        same_host = urlsplit(url).netloc == urlsplit(self.prefix).netloc
        if same_host or not {found.relation, *found.relation.split()} & ABROAD:
            self.outside.add(f"{url} ({found.relation}) on {found.page}")
        return False

    def look(self, url: str, found: Found) -> list[Found]:
        status, kind, body = self.fetch(url, BROWSER if found.browser else "*/*")
        self.seen[url, found.browser] = status
        self.kinds[kind] += 1
        if status not in (200, 204):
            self.broken.append(f"{status} {url} ({found.relation}) on {found.page}")
            return []
        if is_leaf(url):
            return []
        if kind == "text/html":
            page = Page(url)
            page.feed(body.decode())
            return page.found
        if kind == "text/css":
            return list(links_of_css(body.decode(), url))
        if kind.endswith("json"):
            document = json.loads(body)
            return [*links_of_json(document, url), *(paths_of_api(document, url) if "openapi" in document else ())]
        return []
