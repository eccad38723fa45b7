"""What the replays of clients' requests share: asking with a client's own headers, and reading links as clients do."""

from urllib.parse import parse_qs, urlsplit

from terril_server import Answer, Terril


def get(server: Terril, url: str, accept: str | None = None, method: str = "GET", **headers: str) -> Answer:
    return server.get(url, ({"Accept": accept} if accept else {}) | headers, method=method)


def json_of(answer: Answer, *types: str) -> dict:
    """The body of a 200 whose media type is one of those that the client takes."""
    assert answer.status == 200, (answer.url, answer.status, answer.raw[:300])
    assert answer.media_type() in types, (answer.url, answer.header("content-type"))
    assert answer.body.decode("utf-8"), f"{answer.url}: empty"
    return answer.json()


def link(links: list[dict], relation: str, *types: str) -> str | None:
    """The address of a link of that relation, of the first of the types that there is, else of any type."""
    found = [one for one in links if one["rel"] == relation]
    for media_type in types:
        for one in found:
            if one.get("type") == media_type:
                return one["href"]
    return found[0]["href"] if found else None


def parameters(url: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


def link_header(answer: Answer) -> dict[tuple[str, str], str]:
    """The header `Link` as addresses by relation and type."""
    found = {}
    for one in (answer.header("link") or "").split(", <"):
        address, _, rest = one.removeprefix("<").partition(">")
        attributes = dict(part.strip().split("=", 1) for part in rest.split(";") if "=" in part)
        found[attributes.get("rel", "").strip('"'), attributes.get("type", "").strip('"')] = address
    return found
