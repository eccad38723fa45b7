"""A `terril serve` process of one's own: start, ask, stop.

Requests go through `http.client` and come back as they were sent: status, every header, raw body. What a friendlier
client hides (compression, redirects, a path it tidies up) is what these tests are about.
"""

import gzip
import http.client
import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import zstandard

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("TERRIL_BIN", ROOT / "target" / "release" / "terril"))

# How long a condition may take to come true before the wait is given up as hopeless. It is no measure of
# speed: on a loaded machine everything here may take many times as long as usual.
DEADLINE_S = 120
# How often it is asked meanwhile. Benchmarks ask more often.
POLL_S = 0.02


def wait_for(what: str, condition: Callable[[], object], deadline_s: float = DEADLINE_S) -> object:
    """Asks until the condition gives something true, and returns that."""
    end = time.monotonic() + deadline_s
    while True:
        if found := condition():
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"waited {deadline_s} s in vain for {what}")
        time.sleep(POLL_S)


@dataclass
class Answer:
    """One HTTP response, as it came."""

    url: str
    status: int
    headers: list[tuple[str, str]]
    raw: bytes

    def header(self, name: str) -> str | None:
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def body(self) -> bytes:
        """The body with its Content-Encoding undone."""
        match self.header("content-encoding"):
            case None | "identity":
                return self.raw
            case "gzip":
                return gzip.decompress(self.raw)
            case "br":
                return brotli.decompress(self.raw)
            case "zstd":
                return zstandard.ZstdDecompressor().decompressobj().decompress(self.raw)
            case other:
                raise ValueError(f"{self.url}: unknown Content-Encoding {other}")

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self):
        return json.loads(self.body)

    def media_type(self) -> str:
        return (self.header("content-type") or "").partition(";")[0].strip()


class Terril:
    """A running server. Use as a context manager; it is stopped by SIGTERM at the end."""

    def __init__(
        self,
        *paths: Path | str,
        args: tuple[str, ...] = (),
        state: Path | None = None,
        env: dict[str, str] | None = None,
        preexec_fn: Callable[[], None] | None = None,
    ):
        self._own_state = None if state else tempfile.TemporaryDirectory(prefix="terril-state-")
        self.state = state or Path(self._own_state.name)
        self._log = tempfile.NamedTemporaryFile(prefix="terril-log-", suffix=".txt")
        self._stdout: list[str] = []
        self._connection: http.client.HTTPConnection | None = None
        self.address = ""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("TERRIL_")}
        self.process = subprocess.Popen(
            [BINARY, "serve", *map(str, paths), "--port", "0", "--state", str(self.state), *args],
            env=clean | (env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            preexec_fn=preexec_fn,
        )
        self._reader = threading.Thread(target=self._read_stdout, daemon=True)
        self._reader.start()

    def _read_stdout(self) -> None:
        for line in self.process.stdout:
            self._stdout.append(line)

    # --- life ---

    def __enter__(self) -> "Terril":
        try:
            self.wait_listening()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def wait_listening(self) -> "Terril":
        def listening():
            for line in list(self._stdout):
                if re.fullmatch(r"http://\S+/", line.strip()):
                    return line.strip().rstrip("/")
            if self.process.poll() is not None:
                raise RuntimeError(f"terril ended with {self.process.returncode}:\n{self.log()}")
            return None

        self.address = wait_for("the address on stdout", listening)
        return self

    def wait_open(self, stage: str = "open", deadline_s: float = DEADLINE_S) -> "Terril":
        """Waits until every source is served or refused and every layer has reached a stage."""
        order = ["open", "generalised", "audited"]

        def reached():
            health = self.get("/health").json()
            stages = [layer["stage"] for layer in health["layers"]]
            return health["status"] == "ok" and all(order.index(s) >= order.index(stage) for s in stages)

        wait_for(f"all layers to be {stage}", reached, deadline_s)
        return self

    def stop(self) -> int:
        """Stops by SIGTERM and returns the exit code; killed where that is not enough."""
        self.forget_connection()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(DEADLINE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
        self._reader.join(DEADLINE_S)
        self.process.stdout.close()
        if self._own_state:
            self._own_state.cleanup()
            self._own_state = None
        return self.process.returncode

    def log(self) -> str:
        """What it has written to stderr so far."""
        return Path(self._log.name).read_text(errors="replace")

    def stdout(self) -> str:
        return "".join(self._stdout)

    # --- the processes it starts ---

    def children(self) -> list[int]:
        """Process ids of the loading children that run now."""
        return children_of(self.process.pid)

    def healthy(self) -> bool:
        return self.process.poll() is None and self.get("/health").status == 200

    # --- requests ---

    @property
    def port(self) -> int:
        return urlsplit(self.address).port

    def get(self, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Answer:
        """One request over a kept connection; `path` may be an absolute URL of this server."""
        path = path.removeprefix(self.address) or "/"
        for attempt in (1, 2):
            fresh = self._connection is None
            if fresh:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_S)
            try:
                self._connection.request(method, path, headers=headers or {})
                response = self._connection.getresponse()
                raw = response.read()
                return Answer(self.address + path, response.status, response.getheaders(), raw)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # The server may close a connection between two requests; that says nothing of this one.
                self.forget_connection()
                if fresh or attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def forget_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def json(self, path: str):
        answer = self.get(path)
        assert answer.status == 200, f"{path}: {answer.status} {answer.raw[:500]!r}"
        return answer.json()

    def items(self, collection: str, query: str = "", page: int = 1000) -> list[dict]:
        """Every feature of a selection, by walking `next`."""
        path = f"/collections/{collection}/items?limit={page}" + (f"&{query}" if query else "")
        features = []
        while path:
            body = self.json(path)
            features += body["features"]
            path = next((link["href"] for link in body["links"] if link["rel"] == "next"), None)
        return features


def children_of(parent: int) -> list[int]:
    """Loading children of a process, found in /proc by their parent and their first argument."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # The name in brackets may hold spaces; what follows it is split safely.
            ppid = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            arguments = (folder / "cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError, IndexError):
            continue  # it ended while it was looked at
        if ppid == parent and b"load-child" in arguments:
            found.append(int(folder.name))
    return found
