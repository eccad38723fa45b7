"""`/api` is a valid OpenAPI 3.0 document that says what the server does."""

import json

from openapi_spec_validator import OpenAPIV30SpecValidator
from openapi_walk import resolve
from real_layers import BY_COLLECTION


def test_the_document_is_valid(real):
    answer = real.get("/api")
    assert answer.media_type() == "application/vnd.oai.openapi+json"
    assert answer.header("content-type").replace(" ", "").endswith(";version=3.0")
    api = answer.json()
    assert api["openapi"].startswith("3.0.")
    assert list(OpenAPIV30SpecValidator(api).iter_errors()) == []


def test_references_stay_inside(real):
    def references(node):
        if isinstance(node, dict):
            yield from ([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    api = real.json("/api")
    for reference in references(api):
        assert reference.startswith("#/"), reference
        resolve(api, {"$ref": reference})


def test_paths_that_clients_look_for(real):
    api = real.json("/api")
    assert {"/", "/conformance", "/collections"} <= set(api["paths"])
    # GDAL reads the page size from the path of the very collection, QGIS and ArcGIS from the components.
    for collection in BY_COLLECTION:
        assert f"/collections/{collection}/items" in api["paths"], collection
    assert api["components"]["parameters"]["limit"]["schema"]["maximum"] == 10_000


def test_the_core_parameters_are_declared_as_the_standard_says(real):
    api = real.json("/api")
    operation = api["paths"]["/collections/terrils/items"]["get"]
    parameters = {}
    for one in operation["parameters"]:
        one = resolve(api, one)
        parameters[one["name"]] = one
    for name in ("limit", "bbox", "datetime"):
        assert parameters[name]["in"] == "query" and not parameters[name].get("required", False)
        assert parameters[name]["style"] == "form" and parameters[name]["explode"] is False
    limit, bbox = (resolve(api, parameters[name]["schema"]) for name in ("limit", "bbox"))
    assert limit["type"] == "integer" and limit["minimum"] >= 1 and {"maximum", "default"} <= set(limit)
    assert bbox["type"] == "array" and bbox["items"]["type"] == "number"
    assert (bbox["minItems"], bbox["maxItems"]) == (4, 6)


def test_answers_fit_their_schema(real):
    """Where the document gives a schema for a 200, the answer fits it."""
    import jsonschema

    api = real.json("/api")
    checked = 0
    for template, operations in api["paths"].items():
        if "{" in template or "get" not in operations:
            continue
        needed = [resolve(api, one) for one in operations["get"].get("parameters", [])]
        if any(one.get("required") for one in needed):
            continue
        content = resolve(api, operations["get"]["responses"]["200"]).get("content", {})
        answer = real.get(template)
        assert answer.status == 200, template
        schema = content.get(answer.media_type(), {}).get("schema")
        if not schema:
            continue
        # OpenAPI 3.0 schemas are close enough to draft 4 for what is declared here, but for `nullable`.
        whole = {"components": api.get("components", {}), **json.loads(json.dumps(schema))}
        jsonschema.Draft4Validator(nullable(whole)).validate(answer.json())
        checked += 1
    assert checked > 0


def nullable(node):
    """OpenAPI's `nullable: true` in the words of JSON Schema."""
    if isinstance(node, list):
        return [nullable(value) for value in node]
    if not isinstance(node, dict):
        return node
    node = {key: nullable(value) for key, value in node.items()}
    if node.pop("nullable", False):
        return {"anyOf": [node, {"type": "null"}]}
    return node


def test_the_server_url_is_the_address(real):
    assert real.json("/api")["servers"][0]["url"].rstrip("/") == real.address
