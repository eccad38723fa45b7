"""Somebody who follows a guide: runs its commands in a folder of their own, starts its servers, asks through nginx."""

import http.client
import itertools
import os
import re
import shlex
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from doc_blocks import ROOT
from open_data import OpenData
from terril_server import BINARY, DEADLINE_S, Terril, wait_for

# Asked through nginx, with all their links.
LAYER = "parcelles-fictives"
PAGES = ("/", "/collections", f"/collections/{LAYER}", f"/{LAYER}.json", f"/styles/{LAYER}")


class Reader:
    """Somebody who does what a guide says, line by line, in a folder of their own."""

    def __init__(self, folder: Path, demonstration: Terril):
        self.folder = folder
        self.servers = {8080: demonstration}
        self.started: list[Terril] = []
        self.services: OpenData | None = None
        self.nginx = ""
        (folder / "target" / "release").mkdir(parents=True)
        (folder / "target" / "release" / "terril").symlink_to(BINARY)
        (folder / "data").symlink_to(ROOT / "data")

    def here(self, text: str) -> str:
        """The text with the addresses of the servers that run."""
        return re.sub(r"http://127\.0\.0\.1:(\d+)", lambda found: self.servers[int(found[1])].address, text)

    def run(self, command: list[str], text: str) -> str:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("TERRIL_")}
        done = subprocess.run(
            command,
            input=self.here(text),
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
        )
        assert done.returncode == 0, f"{text}\nended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def serve(self, line: str) -> None:
        arguments = shlex.split(line)[2:]
        port = 8080
        if "--port" in arguments:
            at = arguments.index("--port")
            port = int(arguments[at + 1])
            del arguments[at : at + 2]
        options = list(itertools.dropwhile(lambda a: not a.startswith("--"), arguments))
        paths = [self.folder / path for path in arguments[: len(arguments) - len(options)]]
        server = Terril(*paths, args=tuple(options))
        self.started.append(server)
        server.wait_listening().wait_open()
        if port != 8080:
            self.servers[port] = server
        if "--public-url" in options:
            base = options[options.index("--public-url") + 1]
            assert all(link["href"].startswith(f"{base}/") for link in server.json("/collections")["links"])
        if "--trust-proxy" in options:
            behind_nginx(self.folder, self.nginx, server)

    def sh(self, code: str) -> str:
        script = []
        for line in code.splitlines():
            if line == "make serve":
                plan = subprocess.run(["make", "-n", "serve"], cwd=ROOT, capture_output=True, text=True, check=True)
                assert "target/release/terril serve data --host 127.0.0.1 --port 8080" in plan.stdout
            elif line.startswith("target/release/terril get "):
                # The open data come from a server here, of the same layout.
                script.append(line if line.endswith(" list") else f"{line} --mirror {self.open_data().address.replace('127.0.0.1', 'localhost')}")
            elif line.startswith("target/release/terril serve "):
                assert not script, "a server is started before what is asked of it"
                self.serve(line)
            else:
                script.append(line)
        return self.run(["bash", "-euo", "pipefail"], "\n".join(script)) if script else ""

    def open_data(self) -> OpenData:
        shared = Path(os.environ.get("TERRIL_SHARED", ROOT.parent / "shared")).resolve()
        if not (shared / "data").is_dir():
            pytest.skip(f"no real data at TERRIL_SHARED={shared}")
        self.services = self.services or OpenData(shared / "data")
        return self.services

    def stop(self) -> None:
        if self.services:
            self.services.stop()
        for server in self.started:
            server.stop()
            assert "panicked" not in server.log(), server.log()


def behind_nginx(folder: Path, location: str, server: Terril) -> None:
    """Reads through nginx with the guide's own block: every link leads back through it."""
    if not shutil.which("nginx"):
        pytest.skip("no nginx: apt-get install nginx-light")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n".join(f"{kind}_temp_path {folder}/nginx-{kind};" for kind in kinds)
    upstream = location.replace("http://127.0.0.1:8080", server.address)
    assert upstream != location
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\nevents {{}}\n"
        f"http {{ access_log off; {temporary}\nserver {{ listen 127.0.0.1:{port};\n{upstream}}} }}\n"
    )
    process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(config), "-e", str(folder / "nginx.log")])
    try:
        proxy = f"http://127.0.0.1:{port}/carto"

        def get(path: str):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)
            connection.request("GET", path, headers={"Accept": "application/json", "Forwarded": "host=evil.example"})
            return connection.getresponse()

        def listening():
            assert process.poll() is None, (folder / "nginx.log").read_text()
            try:
                return get("/carto/health").status == 200
            except ConnectionRefusedError:
                return False

        wait_for("nginx", listening)
        for path in PAGES:
            answer = get(f"/carto{path}")
            text = answer.read().decode()
            assert answer.status == 200, f"{path}: {answer.status}"
            own = [url for url in re.findall(r'"(http://[^"]+)"', text) if "opengis.net" not in url]
            assert own and all(url.startswith(proxy) for url in own), f"{path}: {own}"
    finally:
        process.terminate()
        process.wait(DEADLINE_S)
