"""Links behind a proxy: `--trust-proxy`, `--public-url`, and what nobody trusted may say.

Requests come from 127.0.0.1. It is the proxy where the server trusts that address, and anybody where it does not.
"""

import http.client
import re
import subprocess

import pytest
from terril_server import BINARY, DEADLINE_S, Terril
from test_reload import collection

OWN = "http://{host}"
HTTPS = "https://carto.example"

# What the proxy sends, and how links must begin. `{host}` is the Host header of the request.
TRUSTED = {
    "nothing": ({}, OWN),
    "RFC 7239": ({"Forwarded": "for=192.0.2.60;proto=https;host=carto.example"}, HTTPS),
    "in other letters": ({"FORWARDED": "Proto=HTTPS;Host=carto.example"}, HTTPS),
    "quoted": ({"Forwarded": 'for="_gazonk";host="carto.example:8443";proto="https"'}, "https://carto.example:8443"),
    "IPv6": ({"Forwarded": 'for="[2001:db8::1]:4711";host="[2001:db8::2]:8080"'}, "http://[2001:db8::2]:8080"),
    "the scheme's own port": ({"Forwarded": 'proto=https;host="carto.example:443"'}, HTTPS),
    "proto alone": ({"Forwarded": "proto=https"}, "https://{host}"),
    "the last element is the peer's, the first a client's invention": (
        {"Forwarded": "for=1.2.3.4;host=evil.example, for=203.0.113.7;proto=https;host=carto.example"},
        HTTPS,
    ),
    "two proxies of ours": (
        {"Forwarded": "for=203.0.113.7;proto=https;host=carto.example, for=10.1.2.3;proto=http;host=inner"},
        HTTPS,
    ),
    "two of ours, and an invention": (
        {"Forwarded": "host=evil.example, for=203.0.113.7;proto=https;host=carto.example, for=10.1.2.3;host=inner"},
        HTTPS,
    ),
    "an unfinished quote": ({"Forwarded": 'host="carto.example'}, OWN),
    "no pairs": ({"Forwarded": "carto.example"}, OWN),
    "no host name": ({"Forwarded": 'host="carto.example/x"'}, OWN),
    "another scheme": ({"Forwarded": "proto=javascript;host=carto.example"}, OWN),
    "bytes beyond ASCII": ({"Forwarded": "host=cit\xe9s.example"}, OWN),
    "Forwarded before the others": (
        {"Forwarded": "proto=https;host=carto.example", "X-Forwarded-Host": "other.example"},
        HTTPS,
    ),
    "a broken one hides the others": ({"Forwarded": "host=", "X-Forwarded-Host": "other.example"}, OWN),
    "X-Forwarded": ({"X-Forwarded-Proto": "https", "X-Forwarded-Host": "carto.example"}, HTTPS),
    "a port": (
        {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "carto.example", "X-Forwarded-Port": "8443"},
        "https://carto.example:8443",
    ),
    "a port that goes without saying": (
        {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "carto.example", "X-Forwarded-Port": "443"},
        HTTPS,
    ),
    "a port for the Host header": ({"X-Forwarded-Port": "81"}, "http://127.0.0.1:81"),
    "a prefix": (
        {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "carto.example", "X-Forwarded-Prefix": "/carto/"},
        "https://carto.example/carto",
    ),
    "a prefix alone": ({"X-Forwarded-Prefix": "/carto"}, "http://{host}/carto"),
    "a prefix that is another host": ({"X-Forwarded-Prefix": "//evil.example"}, OWN),
    "what is no value": (
        {"X-Forwarded-Proto": "ftp", "X-Forwarded-Host": "a b", "X-Forwarded-Port": "x", "X-Forwarded-Prefix": "x"},
        OWN,
    ),
    "lists: the peer's is last": ({"X-Forwarded-Host": "evil.example, carto.example"}, "http://carto.example"),
    "lists: two of ours": (
        {
            "X-Forwarded-Host": "carto.example, inner",
            "X-Forwarded-Proto": "https, http",
            "X-Forwarded-For": "203.0.113.7, 10.1.2.3",
        },
        HTTPS,
    ),
}

PAGES = ("/", "/collections", "/collections/places", "/collections/places/items?limit=1", "/places.json",
         "/collections/places/items/1", "/tiles", "/collections/places/tiles", "/styles", "/styles/places")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("proxied")
    (folder / "places.geojson").write_text(collection(3))
    return folder


def started(folder, *args: str):
    with Terril(folder, args=args) as server:
        yield server.wait_open()


@pytest.fixture(scope="module")
def trusting(folder):
    yield from started(folder, "--trust-proxy", "127.0.0.1, 10.0.0.0/8")


@pytest.fixture(scope="module")
def doubting(folder):
    yield from started(folder, "--trust-proxy", "10.0.0.0/8,::1")


@pytest.fixture(scope="module")
def plain(folder):
    yield from started(folder)


@pytest.fixture(scope="module")
def named(folder):
    yield from started(folder, "--trust-proxy", "127.0.0.1", "--public-url", "https://named.example/carte/")


def links(server, path: str, headers: dict[str, str]) -> list[str]:
    """Every address in an answer, its body and its headers."""
    answer = server.get(path, headers)
    assert answer.status == 200, (path, headers, answer.raw[:300])
    found = re.findall(r'"(https?://[^"]*)"', answer.text)
    found += re.findall(r"<(https?://[^>]*)>", answer.header("link") or "")
    # Names of standards are addresses too, and no links to this server.
    return [url for url in found if not url.startswith(("http://www.opengis.net", "https://geojson.org"))]


@pytest.mark.parametrize("case", TRUSTED)
def test_links_as_a_trusted_proxy_says(trusting, case):
    headers, expected = TRUSTED[case]
    base = expected.format(host=f"127.0.0.1:{trusting.port}") + "/"
    for path in PAGES:
        found = links(trusting, path, headers)
        assert found, path
        assert all(url.startswith(base) for url in found), (path, base, found)


@pytest.mark.parametrize("case", TRUSTED)
@pytest.mark.parametrize("server", ["plain", "doubting"])
def test_others_change_nothing(server, case, request):
    server = request.getfixturevalue(server)
    headers, _ = TRUSTED[case]
    for path in PAGES:
        with_headers, without = server.get(path, headers), server.get(path)
        same = [(k, v) for k, v in without.headers if k.lower() != "date"]
        assert [(k, v) for k, v in with_headers.headers if k.lower() != "date"] == same
        without_time = [re.sub(rb'"timeStamp":"[^"]*"', b"", a.raw) for a in (with_headers, without)]
        assert with_headers.status == 200 and without_time[0] == without_time[1]


@pytest.mark.parametrize("case", TRUSTED)
def test_a_public_url_wins(named, case):
    for path in PAGES:
        found = links(named, path, TRUSTED[case][0])
        assert found and all(url.startswith("https://named.example/carte/") for url in found), found


def test_a_host_that_is_none_is_refused_unless_the_proxy_names_one(trusting, plain):
    def status(server, headers: dict[str, str]) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE_S)
        connection.putrequest("GET", "/collections", skip_host=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        response.read()
        connection.close()
        return response.status

    wrong = {"Host": "no host"}
    told = wrong | {"Forwarded": "host=carto.example"}
    assert status(trusting, wrong) == 400 and status(trusting, told) == 200
    assert status(plain, wrong) == 400 and status(plain, told) == 400


@pytest.mark.parametrize("how", ["environment", "configuration"])
def test_other_ways_to_say_it(folder, serve, tmp_path, how):
    (tmp_path / "terril.toml").write_text('trust_proxy = "127.0.0.1"\n' if how == "configuration" else "")
    env = {"TERRIL_TRUST_PROXY": "127.0.0.0/8"} if how == "environment" else {}
    server = serve(folder, args=("--config", str(tmp_path / "terril.toml")), env=env).wait_open()
    found = links(server, "/collections", {"Forwarded": "host=carto.example"})
    assert found and all(url.startswith("http://carto.example/") for url in found)


WRONG = {
    ("--trust-proxy", "proxy.example"): "proxy.example",
    ("--trust-proxy", "127.0.0.1,10.0.0.0/40"): "10.0.0.0/40",
    ("--trust-proxy", "10.0.0.7/8"): "10.0.0.0/8",
    ("--public-url", "carto.example"): "http://",
    ("--public-url", "https://carto.example/?x=1"): "without ? and #",
    ("--public-url", "https://carto.example/#top"): "without ? and #",
    ("--public-url", "https://user:word@carto.example/"): "user name",
    ("--public-url", "https://"): "https://example.org",
}


@pytest.mark.parametrize("option", WRONG, ids=" ".join)
def test_what_is_wrong_is_said_before_anything_is_served(folder, tmp_path, option):
    done = subprocess.run(
        [BINARY, "serve", folder, "--port", "0", "--state", tmp_path / "state", *option],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE_S,
    )  # fmt: skip
    assert done.returncode == 1 and done.stdout == ""
    assert option[0] in done.stderr and WRONG[option] in done.stderr, done.stderr
    assert "panicked" not in done.stderr and not (tmp_path / "state").exists()
