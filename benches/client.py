"""HTTP over one kept connection with as little of Python in between as there can be.

The database driver on the other side of the comparison is written in C; `http.client` would add a third of a millisecond to each of our
answers, which is no cost of the server.
"""

import socket
import time
from dataclasses import dataclass

# Connections that were idle for longer are opened anew.
IDLE_S = 5


@dataclass
class Reply:
    status: int
    head: bytes
    body: bytes


class Client:
    def __init__(self, port: int, accept_encoding: str):
        self._port = port
        self._connect()
        self._tail = f" HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: {accept_encoding}\r\n\r\n".encode()
        self._buffer = bytearray(1 << 20)

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._last = time.monotonic()

    def get(self, path: str) -> Reply:
        # A server may close a connection that nobody uses; asking over one is then the client's fault.
        if time.monotonic() - self._last > IDLE_S:
            self.close()
            self._connect()
        self._socket.sendall(b"GET " + path.encode() + self._tail)
        reply = self._reply()
        self._last = time.monotonic()
        return reply

    def _reply(self) -> Reply:
        view, have, end = memoryview(self._buffer), 0, -1
        while end < 0:
            have += self._receive(view[have:])
            end = self._buffer.find(b"\r\n\r\n", 0, have)
        head = bytes(view[:end])
        status = int(head[9:12])
        length = content_length(head)
        if length is None:
            if status in (204, 304):
                return Reply(status, head, b"")
            return Reply(status, head, self._chunked(bytearray(view[end + 4 : have])))
        body = bytearray(view[end + 4 : have])
        while len(body) < length:
            body += view[: self._receive(view)]
        return Reply(status, head, bytes(body))

    def _receive(self, into: memoryview) -> int:
        count = self._socket.recv_into(into)
        if not count:
            raise ConnectionError("the server closed the connection")
        return count

    def _chunked(self, data: bytearray) -> bytes:
        """The chunks of a streamed answer, joined."""
        body, at = bytearray(), 0
        while True:
            while (line := data.find(b"\r\n", at)) < 0:
                data += self._socket.recv(1 << 16)
            size = int(data[at:line].split(b";")[0], 16)
            while len(data) < line + 4 + size:
                data += self._socket.recv(1 << 16)
            if not size:
                return bytes(body)
            body += data[line + 2 : line + 2 + size]
            at = line + 4 + size

    def close(self) -> None:
        self._socket.close()


def content_length(head: bytes) -> int | None:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return None
