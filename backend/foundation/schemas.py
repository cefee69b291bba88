"""Schemas of the wire types: as strict as the reader for what comes in, as open as promised for what goes out."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import msgspec

Schema = dict[str, Any]

REF = "#/components/schemas/"


class Schemas:
    """Collects the components of one document."""

    def __init__(self, received: Sequence[Any], sent: Sequence[Any]) -> None:
        """`received` are the types of bodies and parameters, `sent` those of answers, events and pushes."""
        self._received, in_components = _components(received)
        self._sent, out_components = _components(sent)
        for schema in out_components.values():
            _open(schema)
        for _, schema in self._sent:
            _open(schema)
        # A type that goes both ways is described once, unless what may come back is wider than what may be sent.
        self._renamed = {
            name: f"{name}Shown" for name, schema in out_components.items() if in_components.get(name, schema) != schema
        }
        self._renamed |= _those_that_name(out_components, self._renamed, in_components)
        self.components: dict[str, Schema] = dict(in_components)
        for name, schema in out_components.items():
            self.components[self._renamed.get(name, name)] = self._rename(schema)

    def received(self, shape: Any) -> Schema:
        return deepcopy(_of(shape, self._received))

    def sent(self, shape: Any) -> Schema:
        return self._rename(deepcopy(_of(shape, self._sent)))

    def _rename(self, schema: Schema) -> Schema:
        def rename(node: Schema) -> None:
            name = str(node.get("$ref", "")).removeprefix(REF)
            if name in self._renamed:
                node["$ref"] = REF + self._renamed[name]

        _each(schema, rename)
        return schema


def without_null(schema: Schema) -> Schema:
    """For forms and parameters, which can be left out but cannot be null."""
    if "anyOf" not in schema:
        return schema
    kept = [each for each in schema["anyOf"] if each != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "default") or value is not None}
    del rest["anyOf"]
    return {**rest, **(kept[0] if len(kept) == 1 else {"anyOf": kept})}


def _components(shapes: Sequence[Any]) -> tuple[list[tuple[Any, Schema]], dict[str, Schema]]:
    if not shapes:
        return [], {}
    schemas, components = msgspec.json.schema_components(shapes, ref_template=REF + "{name}")
    for schema in (*schemas, *components.values()):
        _each(schema, _in_plain_words)
    return list(zip(shapes, schemas, strict=True)), dict(components)


def _of(shape: Any, found: list[tuple[Any, Schema]]) -> Schema:
    return next(schema for each, schema in found if each is shape or each == shape)  # annotated types have no hash


def _in_plain_words(node: Schema) -> None:
    """A docstring as one line of text; no titles, which generators would take for names."""
    if isinstance(node.get("description"), str):
        node["description"] = " ".join(node["description"].split())
    if isinstance(node.get("title"), str):
        del node["title"]


def _open(schema: Schema) -> None:
    """What clients must be ready for within a version: further fields, and further values of an enumeration."""
    _each(schema, _open_node)


def _open_node(node: Schema) -> None:
    if isinstance(node.get("enum"), list) and all(isinstance(value, str) for value in node["enum"]):
        values = node.pop("enum")
        said = node.get("description", "").rstrip(".")
        node["type"] = "string"
        node["x-extensible-enum"] = values
        node["description"] = (f"{said}. " if said else "") + f"One of {', '.join(values)}; more may come within v1."
    if node.get("additionalProperties") is False:
        del node["additionalProperties"]
    if node.get("type") == "object" and isinstance(node.get("properties"), dict) and node["properties"]:
        # A field with a default is written all the same.
        node["required"] = sorted(node["properties"], key=list(node["properties"]).index)
        for field in node["properties"].values():
            field.pop("default", None)


def _those_that_name(
    components: dict[str, Schema], renamed: dict[str, str], taken: dict[str, Schema]
) -> dict[str, str]:
    """Types that go both ways and point at a renamed one say something else in an answer too."""
    found: dict[str, str] = {}
    while True:
        known = renamed | found
        more = {
            name: f"{name}Shown"
            for name, schema in components.items()
            if name in taken and name not in known and _names_any(schema, known)
        }
        if not more:
            return found
        found |= more


def _names_any(schema: Schema, names: dict[str, str]) -> bool:
    hits: list[bool] = []
    _each(schema, lambda node: hits.append(str(node.get("$ref", "")).removeprefix(REF) in names))
    return any(hits)


def _each(node: Any, visit: Callable[[Schema], None]) -> None:
    """Visit every object in a schema. A property named like a keyword is not one: properties are gone into by name."""
    if isinstance(node, list):
        for entry in node:
            _each(entry, visit)
    elif isinstance(node, dict):
        visit(node)
        for key, value in node.items():
            if key in ("properties", "$defs", "patternProperties") and isinstance(value, dict):
                for each in value.values():
                    _each(each, visit)
            elif key not in ("enum", "const", "default", "examples", "mapping", "x-extensible-enum"):
                _each(value, visit)
