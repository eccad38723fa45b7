"""`POST /loads`: a look at the sources for the administrator, and for nobody else."""

import json

import pytest
from terril_server import Terril, wait_for

TOKEN = "a-token-of-the-tests-0123456789"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def write(path, names):
    features = [
        {"type": "Feature", "id": n, "properties": {"nom": name}, "geometry": {"type": "Point", "coordinates": [2.5, 50.4 + n / 100]}}
        for n, name in enumerate(names)
    ]
    aside = path.with_name(".aside")
    aside.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    aside.rename(path)


def matched(server, layer):
    answer = server.get(f"/collections/{layer}/items?limit=1")
    return answer.json()["numberMatched"] if answer.status == 200 else None


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "sources"
    folder.mkdir()
    write(folder / "lieux.geojson", ["a", "b"])
    return folder


@pytest.mark.parametrize("how", ["option", "environment"])
def test_the_administrator_has_the_sources_looked_at(serve, folder, how):
    options = {"args": ("--admin-token", TOKEN)} if how == "option" else {"env": {"TERRIL_ADMIN_TOKEN": TOKEN}}
    server = serve(folder, **options).wait_open()
    write(folder / "lieux.geojson", ["a", "b", "c"])
    write(folder / "autres.geojson", ["x"])
    answer = server.get("/loads", BEARER, method="POST")
    assert answer.status == 202 and answer.json()["links"][0]["href"] == f"{server.address}/loads"
    assert answer.header("cache-control") == "no-store"
    wait_for("the changed source", lambda: matched(server, "lieux") == 3)
    wait_for("the new source", lambda: matched(server, "autres") == 1)
    # And again, with a slash at the end.
    write(folder / "lieux.geojson", ["a"])
    assert server.get("/loads/", BEARER, method="POST").status == 202
    wait_for("the source changed again", lambda: matched(server, "lieux") == 1)
    assert TOKEN not in server.log() + server.stdout()


def test_nobody_else_does(serve, folder):
    server = serve(folder, args=("--admin-token", TOKEN)).wait_open()
    write(folder / "lieux.geojson", ["a", "b", "c"])
    for headers in (
        {},
        {"Authorization": "Bearer wrong-token-of-the-tests-012345"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
        {"Authorization": "Bearer"},
    ):
        answer = server.get("/loads", headers, method="POST")
        assert answer.status == 401, headers
        assert answer.media_type() == "application/problem+json"
        assert answer.header("www-authenticate").startswith("Bearer")
        assert TOKEN not in answer.text
    assert server.get(f"/loads?token={TOKEN}", method="POST").status == 401
    assert server.get("/loads?x=1", BEARER, method="POST").status == 400
    # A page of another origin may not ask with the token: a preflight does not offer it.
    preflight = server.get("/loads", {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}, method="OPTIONS")
    assert "POST" not in preflight.header("access-control-allow-methods")
    # Without a look nothing changed.
    assert matched(server, "lieux") == 2


def test_the_service_says_what_may_be_asked(serve, folder):
    server = serve(folder, args=("--admin-token", TOKEN)).wait_open()
    for path, expected in (("/loads", {"GET", "HEAD", "OPTIONS", "POST"}), ("/collections", {"GET", "HEAD", "OPTIONS"})):
        options = server.get(path, method="OPTIONS")
        refused = server.get(path, method="DELETE")
        assert options.status == 200 and refused.status == 405
        for answer in (options, refused):
            assert set(answer.header("allow").replace(" ", "").split(",")) == expected, path
    api = server.json("/api")
    assert api["components"]["securitySchemes"]["administrator"]["scheme"] == "bearer"
    assert set(api["paths"]["/loads"]) == {"get", "post"}
    assert "401" in api["paths"]["/loads"]["post"]["responses"]
    assert server.get("/loads", {"Accept": "application/json"}).status == 200


def test_where_no_token_is_set_the_address_takes_no_post(serve, folder):
    server = serve(folder).wait_open()
    answer = server.get("/loads", BEARER, method="POST")
    assert answer.status == 405 and "--admin-token" in answer.json()["detail"]
    assert "POST" not in answer.header("allow")
    api = server.json("/api")
    assert set(api["paths"]["/loads"]) == {"get"} and "securitySchemes" not in api["components"]


@pytest.mark.parametrize("token", ["short", "with spaces in it 0123456789", "é" * 20, ""])
def test_a_token_that_is_none_is_refused_at_the_start(folder, token):
    with pytest.raises(RuntimeError, match="administrator's token"):
        Terril(folder, args=("--admin-token", token)).wait_listening()
