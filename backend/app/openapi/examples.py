"""An example for every body that goes in or comes out, made from its schema: always the same, always valid."""

import re
from typing import Any

from backend.foundation.schemas import REF, Schema

_BY_FORMAT = {
    "uuid": "0192f5a0-7c3e-7b4a-9d51-3f6f0c2b8a10",
    "date-time": "2026-11-21T20:05:00Z",
    "date": "2026-11-21",
}
_BY_NAME: dict[str, Any] = {
    "lat": 55.6761,
    "lon": 12.5683,
    "easting": 724_000.0,
    "northing": 6_175_000.0,
    "phone": "+4520123456",
    "code": "123456",
    "address": "Torvet 3, 1. tv., 1000 København",
    "text": "Torvet 3",
    "status": 422,
    "name": "Anna Jensen",
    "birth_year": 1990,
    "type": "https://hjerteloeber.example/problems/invalid-request",
    "field": "/position/lat",
    "problem": "must be at most 90",
    "title": "The request cannot be used as it is",
    "detail": "/position/lat must be at most 90",
    "app_version": "1.0.0",
    "case_number": "2026-118-4711",
    "from": "mon 22:00",
    "to": "tue 06:00",
    "version": "2026-01",
    "policy": "dk-2026",
}
# Given instead of something else: an example has the other.
_INSTEAD = {"postcode", "has_turned_18"}

# For text with a pattern: the first that fits.
_TO_TRY = ("text", "da", "0101", "1000", "AA", "A1B2C3", "2026-01", "text" * 8, "a" * 43, "a" * 64, "1", "A", "A.01")


def add(document: Schema) -> None:
    """Put an example beside every schema of a body."""
    components = document["components"]["schemas"]
    items = [*document["paths"].values(), *document.get("webhooks", {}).values()]
    for item in items:
        for operation in item.values():
            bodies = [operation.get("requestBody", {})]
            bodies += [answer for status, answer in operation["responses"].items() if status.startswith("2")]
            for body in bodies:
                for media_type, content in body.get("content", {}).items():
                    if media_type != "text/event-stream" and "$ref" not in body:
                        content["example"] = example(content["schema"], components)
    if "Problem" in components:
        components["Problem"]["examples"] = [example(components["Problem"], components, optional=False)]


def example(schema: Schema, components: dict[str, Schema], name: str = "", *, optional: bool = True) -> Any:
    """A value that `schema` allows."""
    if "$ref" in schema:
        return example(components[schema["$ref"].removeprefix(REF)], components, name, optional=optional)
    for keyword in ("const", "default"):
        if schema.get(keyword) is not None:
            return schema[keyword]
    for keyword in ("examples", "enum", "x-extensible-enum"):
        if schema.get(keyword):
            return schema[keyword][0]
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            return example(_telling(schema[keyword]), components, name, optional=optional)
    return _plain(schema, components, name, optional)


def _telling(choices: list[Schema]) -> Schema:
    return next(choice for choice in choices if choice.get("type") != "null")


def _plain(schema: Schema, components: dict[str, Schema], name: str, optional: bool) -> Any:
    match schema.get("type"):
        case "object":
            required = schema.get("required", [])
            return {
                key: example(value, components, key, optional=optional)
                for key, value in schema.get("properties", {}).items()
                if key not in _INSTEAD and (optional or key in required)
            }
        case "array":
            return [example(schema["items"], components, name, optional=optional)] if "items" in schema else []
        case "string":
            return _text(schema, name)
        case "integer" | "number":
            return _BY_NAME[name] if isinstance(_BY_NAME.get(name), int | float) else _number(schema)
        case "boolean":
            return True
        case _:
            return {} if "properties" in schema else None


def _text(schema: Schema, name: str) -> str:
    if schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    found = _BY_NAME.get(name)
    candidates = [found] if isinstance(found, str) else []
    return next((each for each in (*candidates, *_TO_TRY) if _fits(each, schema)), "text")


def _fits(value: str, schema: Schema) -> bool:
    longest = schema.get("maxLength", len(value))
    return (
        schema.get("minLength", 0) <= len(value) <= longest and re.search(schema.get("pattern", ""), value) is not None
    )


def _number(schema: Schema) -> float | int:
    least = schema.get("minimum", schema.get("exclusiveMinimum", 0) + ("exclusiveMinimum" in schema))
    most = schema.get("maximum", least + 10)
    value = min(most, max(least, 10))
    return int(value) if schema.get("type") == "integer" else float(value)
