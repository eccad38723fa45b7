"""Filters asked of a server: in an address, in a body, page by page."""

import json
import urllib.error
import urllib.request
from urllib.parse import quote, urlencode

import cql2
from terril_server import Terril


def address(collection: str, text: str, query: str = "") -> str:
    return f"/collections/{collection}/items?filter={quote(text)}" + (f"&{query}" if query else "")


def matched(server: Terril, collection: str, text: str, query: str = "") -> int:
    """How many features a filter selects, asked by an address."""
    return server.json(address(collection, text, f"resultType=hits&{query}".rstrip("&")))["numberMatched"]


def post(server: Terril, path: str, body: bytes, kind: str = "application/json") -> tuple[int, dict]:
    """Status and document of a POST."""
    url = path if path.startswith("http") else server.address + path
    request = urllib.request.Request(url, data=body, headers={"Content-Type": kind}, method="POST")
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def search(server: Terril, collection: str, **body) -> dict:
    """A page that is asked by a JSON body."""
    status, page = post(server, f"/collections/{collection}/search", json.dumps(body).encode())
    assert status == 200, page
    return page


def form(server: Terril, collection: str, **body) -> tuple[int, dict]:
    """The same by a form."""
    kind = "application/x-www-form-urlencoded"
    return post(server, f"/collections/{collection}/search", urlencode(body).encode(), kind)


def to_json(text: str) -> dict:
    """Text as JSON, by another reader of the language."""
    return cql2.parse_text(text).to_json()
