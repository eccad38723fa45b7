"""What a server was asked, read from its own log: run it with `env=LOGGED`, and look at one client between two marks.

with asked(server) as requests:
    …a foreign client does something…
assert "limit=1000" in requests[0].query
"""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs

from terril_server import Terril, wait_for

LOGGED = {"RUST_LOG": "terril=debug"}
MARKS = itertools.count()


@dataclass(frozen=True)
class Request:
    """One line of the log."""

    method: str
    path: str
    query: str
    status: int

    @property
    def parameters(self) -> dict[str, str]:
        """The query's parameters, decoded."""
        return {name: values[-1] for name, values in parse_qs(self.query, keep_blank_values=True).items()}


def requests_of(log: str) -> list[Request]:
    found = []
    for line in log.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # a line that is being written, or none of the server's
        if isinstance(entry, dict) and {"method", "path", "status"} <= set(entry):
            found.append(
                Request(entry["method"], entry["path"], entry.get("query", "").removeprefix("?"), entry["status"])
            )
    return found


def mark(server: Terril) -> int:
    """Asks for something that is not there and waits until the log says so; how many requests stand before it."""
    path = f"/mark/{next(MARKS)}"
    server.get(path)

    def place():
        paths = [request.path for request in requests_of(server.log())]
        return [paths.index(path)] if path in paths else None

    return wait_for("the log to have the mark", place)[0]


@contextmanager
def asked(server: Terril) -> Iterator[list[Request]]:
    """A list that holds, once the block is left, what the server was asked inside it."""
    requests: list[Request] = []
    before = mark(server) + 1
    yield requests
    requests += requests_of(server.log())[before : mark(server)]


def of_items(requests: list[Request], collection: str) -> list[Request]:
    return [one for one in requests if one.path == f"/collections/{collection}/items" and one.method == "GET"]
