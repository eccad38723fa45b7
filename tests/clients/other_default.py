"""A forwarder in front of a server that hands on every answer but one: in `/api` the default page is another.

Clients aim at pages of 1000, and so they do where they have found no API document. Only a default that nobody would
guess shows that they looked it up. It runs as a process of its own, because GDAL in this process lets no other thread
of it run while it waits:

    other_default.py FILE_DESCRIPTOR_OF_THE_SOCKET PORT_OF_THE_SERVER
"""

import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from terril_server import DEADLINE_S, Terril

UNGUESSABLE = 1357
# Headers that belong to one connection, or to the body before it was changed.
NOT_HANDED_ON = ("content-length", "transfer-encoding", "connection", "date", "etag")


def with_default(body: bytes) -> bytes:
    document = json.loads(body)
    document["components"]["parameters"]["limit"]["schema"]["default"] = UNGUESSABLE
    return json.dumps(document).encode()


@contextmanager
def forwarded(*paths, **options) -> Iterator[tuple[str, Terril]]:
    """A server whose links lead through the forwarder, and the address of the latter."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with Terril(*paths, args=("--public-url", address), **options) as server:
            server.wait_open()
            descriptor = listening.fileno()
            forwarder = subprocess.Popen(
                [sys.executable, __file__, str(descriptor), str(server.port)], pass_fds=[descriptor]
            )
            try:
                yield address, server
            finally:
                forwarder.terminate()
                forwarder.wait(DEADLINE_S)


def forward(descriptor: int, port: int) -> None:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)
            wanted = {
                name: value for name, value in self.headers.items() if name.lower() not in ("host", "accept-encoding")
            }
            connection.request("GET", self.path, headers=wanted | {"Accept-Encoding": "identity"})
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            if answer.status == 200 and self.path.partition("?")[0] == "/api":
                body = with_default(body)
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in NOT_HANDED_ON:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
    server.socket = socket.socket(fileno=descriptor)
    server.daemon_threads = True
    server.serve_forever()


if __name__ == "__main__":
    forward(int(sys.argv[1]), int(sys.argv[2]))
