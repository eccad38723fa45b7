"""What schemathesis can't know of this API: two narrow cases in which a failure it reports is none.

Both are decided by looking at the very request and answer; no check is switched off.
"""

import json

import jsonschema
import schemathesis

# Parameters whose grammar no JSON Schema can say: corners in order and inside the world, real days, CQL2 and the systems
# that all layers of a tile have, a page's token. For `bbox` and `datetime` the standard itself prescribes the schema.
GRAMMARS = ("bbox", "datetime", "filter", "filter-crs", "after")


@schemathesis.hook
def filter_failure(context, failure, case, response) -> bool:
    """Keeps a failure unless it is one of the two."""
    match type(failure).__name__:
        case "AcceptedNegativeData":
            return not clamped_limit(case)
        case "RejectedPositiveData":
            return not refused_for_its_grammar(case, response)
        case _:
            return True


def clamped_limit(case) -> bool:
    """A `limit` over the maximum and nothing else wrong: the standard wants the maximum then, not an error.

    OGC 17-069r4, /req/core/fc-limit-response-1; clients read the maximum from the schema, so it has to stand there.
    """
    schemas = {one.name: one.definition["schema"] for one in case.operation.query}
    wrong = [name for name, value in case.query.items() if name not in schemas or not fits(value, schemas[name])]
    return wrong == ["limit"] and str(case.query["limit"]).isdecimal() and int(case.query["limit"]) > schemas["limit"]["maximum"]


def fits(value: object, schema: dict) -> bool:
    # In a query everything is text; a number is one if it reads as one.
    if isinstance(value, str) and schema.get("type") in ("integer", "number", "boolean"):
        try:
            value = json.loads(value)
        except ValueError:
            return False
    return jsonschema.Draft4Validator(schema).is_valid(value)


def refused_for_its_grammar(case, response) -> bool:
    """A 400 that names the parameter, which is in the request and has a grammar of its own."""
    if response.status_code != 400:
        return False
    detail = response.json()["detail"]
    if '"startindex"' in detail:
        # Two names of one parameter, with different values.
        return case.query.get("offset", case.query.get("startindex")) != case.query.get("startindex")
    # The parameters of items may stand in a body.
    asked = case.query | (case.body if isinstance(case.body, dict) else {})
    return any(f'"{name}"' in detail and name in asked for name in GRAMMARS)
