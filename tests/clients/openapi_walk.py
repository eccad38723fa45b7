"""Turns the server's own `/api` into requests, so that a route added later is asked without anyone adding it here."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Filled:
    """One request made from a path of the document, and what was filled in."""

    template: str
    path: str


def requests_of(api: dict, path_values: dict[str, list[str]], query_values: dict[str, list[str]]) -> Iterator[Filled]:
    """Every GET of the document, once for each value of its path parameters and then for each query parameter.

    `path_values` must know every path parameter; a new one is an error here, not a route that nobody looks at.
    A query parameter that `query_values` does not know gets an example from its schema.
    """
    for template, operations in api["paths"].items():
        if "get" not in operations:
            continue
        parameters = [
            resolve(api, one) for one in operations.get("parameters", []) + operations["get"].get("parameters", [])
        ]
        for path in fill(template, path_values):
            yield Filled(template, path)
            for parameter in parameters:
                if parameter["in"] != "query":
                    continue
                for value in query_values.get(parameter["name"], [example(parameter)]):
                    yield Filled(template, f"{path}?{quote(parameter['name'])}={quote(value)}")


def fill(template: str, values: dict[str, list[str]]) -> list[str]:
    """The template with every combination of values in place."""
    if "{" not in template:
        return [template]
    before, _, rest = template.partition("{")
    name, _, after = rest.partition("}")
    if name not in values:
        raise KeyError(f"path parameter {{{name}}} of {template} is unknown to the tests")
    return [before + quote(value, safe="") + tail for value in values[name] for tail in fill(after, values)]


def resolve(api: dict, node: dict) -> dict:
    """Follows a reference inside the document."""
    while "$ref" in node:
        target = api
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def example(parameter: dict) -> str:
    """A value that the parameter's schema allows."""
    schema = parameter.get("schema", {})
    if "example" in parameter:
        return str(parameter["example"])
    for key in ("example", "default", "minimum"):
        if key in schema:
            value = schema[key]
            return ",".join(map(str, value)) if isinstance(value, list) else str(value)
    if "enum" in schema:
        return str(schema["enum"][0])
    return {"integer": "1", "number": "1", "boolean": "true", "array": "1,1,2,2"}.get(schema.get("type"), "a")
