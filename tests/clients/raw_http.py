"""HTTP spoken by hand over a socket, where a client library would tidy up: several requests at once, old versions, halves."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from terril_server import DEADLINE_S, Terril


@dataclass(frozen=True)
class Reply:
    """One response as it came over the wire."""

    version: str
    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    """A connection of one's own."""

    def __init__(self, connection: socket.socket):
        self.connection = connection
        self.left = b""

    def send(self, *requests: str) -> None:
        """All of them in one piece."""
        self.connection.sendall("".join(requests).encode("latin-1"))

    def no_more(self) -> None:
        """Closes the sending side; the answer may still come."""
        self.connection.shutdown(socket.SHUT_WR)

    def until(self, mark: bytes) -> bytes:
        while mark not in self.left:
            part = self.connection.recv(65_536)
            assert part, f"closed before {mark!r}: {self.left[:300]!r}"
            self.left += part
        found, _, self.left = self.left.partition(mark)
        return found

    def exactly(self, count: int) -> bytes:
        while len(self.left) < count:
            part = self.connection.recv(65_536)
            assert part, "closed in the middle of a body"
            self.left += part
        found, self.left = self.left[:count], self.left[count:]
        return found

    def rest(self) -> bytes:
        """Everything until the server closes."""
        while part := self.connection.recv(65_536):
            self.left += part
        found, self.left = self.left, b""
        return found

    def reply(self, head: bool = False) -> Reply:
        """Reads one response to its end, as its own headers say where that is."""
        first, *lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        version, status, *_ = first.split(" ", 2)
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            key = name.strip().lower()
            headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
        return Reply(version, int(status), headers, b"" if head else self.body(int(status), headers))

    def body(self, status: int, headers: dict[str, str]) -> bytes:
        if status in (204, 304) or 100 <= status < 200:
            return b""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            found = b""
            while size := int(self.until(b"\r\n").partition(b";")[0], 16):
                found += self.exactly(size)
                assert self.exactly(2) == b"\r\n"
            assert self.until(b"\r\n") == b""
            return found
        return self.exactly(int(headers["content-length"])) if "content-length" in headers else self.rest()


@contextmanager
def wire(server: Terril) -> Iterator[Wire]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE_S) as connection:
        yield Wire(connection)


def request(
    method: str, target: str, *headers: str, version: str = "HTTP/1.1", host: str | None = "terril.example"
) -> str:
    lines = [f"{method} {target} {version}", *([f"Host: {host}"] if host else []), *headers]
    return "\r\n".join(lines) + "\r\n\r\n"
