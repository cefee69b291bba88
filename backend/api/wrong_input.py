"""What is wrong with a body and what would be right, in words, without repeating what was sent."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request

from backend.foundation.problems import FieldError, Problem

EARLIEST, LATEST = 1900, 2200

# In JSON U+0000 is an escape, and a year is four digits or has one: of nearly every body this says that all is well.
_MAYBE_IMPOSSIBLE = re.compile(rb'\\|"\s*+(?!19|20|21)\d{4}-')
_AT = re.compile(r" - at `(?P<key>key in )?\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z_-]{0,39}")
_WORDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
    "datetime": 'a time with its zone such as "2026-11-21T20:05:00Z"',
    "date": 'a date such as "2026-11-21"',
    "uuid": "a UUID",
}


def read_body(body: bytes, shape: Any) -> Any:
    """`body` as `shape`, strictly: no text for numbers, no NaN. Raises Problem 400 or 422 naming the field."""
    try:
        value = msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as wrong:
        raise _unusable([explain(str(wrong), shape)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(
            400,
            "malformed-json",
            "Not JSON",
            "The body is not well-formed JSON in UTF-8 (NaN and Infinity are not JSON).",
            errors=[FieldError(_pointer(steps), "must be a number that JSON knows") for steps in _no_numbers(body)],
        ) from None
    if _MAYBE_IMPOSSIBLE.search(body) and (impossible := list(_impossible(value, []))):
        raise _unusable(impossible)
    return value


def _no_numbers(body: bytes) -> list[list[str]]:
    """Where NaN or Infinity stands in a body that would be JSON but for them: the likeliest slip of a client."""
    try:
        value = json.loads(body, parse_constant=_NoNumber)
    except (ValueError, RecursionError):
        return []
    return list(_places_of_no_number(value, []))


class _NoNumber(str):
    __slots__ = ()


def _places_of_no_number(value: Any, steps: list[str]) -> Iterator[list[str]]:
    if isinstance(value, _NoNumber):
        yield steps
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _places_of_no_number(each, [*steps, str(index)])
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _places_of_no_number(each, [*steps, key if _NAME.fullmatch(key) else "..."])


async def refuse_odd_parameters(request: Request[Any, Any, Any]) -> None:
    """Before every handler: what is given twice is a mistake and which would count a guess; `null` is not a value."""
    if not request.scope["query_string"]:
        return
    given = list(request.query_params.multi_items())
    names = [name for name, _ in given]
    odd = {name: "is given once" for name in names if names.count(name) > 1}
    odd |= {name: "cannot be null: leave it out" for name, value in given if value.lower() == "null"}
    if odd:
        raise _unusable(
            [FieldError(f"query:{name if _NAME.fullmatch(name) else ''}", words) for name, words in sorted(odd.items())]
        )


def explain(message: str, shape: Any) -> FieldError:
    """msgspec's `message` about a value for `shape` as a JSON pointer and what would be right there."""
    at = _AT.search(message)
    steps = [name or index for name, index in _STEP.findall(at["path"])] if at else []
    said = _AT.sub("", message)
    if missing := re.match(r"Object missing required field `([^`]+)`", said):
        return FieldError(_pointer([*steps, missing[1]]), "is required")
    if unknown := re.match(r"Object contains unknown field `([^`]*)`", said):
        # A key is the caller's text too: named only when it looks like a name.
        known = [unknown[1]] if _NAME.fullmatch(unknown[1]) else []
        return FieldError(
            _pointer([*steps, *known]), "is not a known field" if known else "has a field that is not known"
        )
    return FieldError(_pointer(steps), _what_is_right(said, shape, steps))


def _what_is_right(said: str, shape: Any, steps: list[str]) -> str:
    if said.startswith(("Invalid enum value", "Invalid value")):
        choices = sorted(set(_choices(msgspec.json.schema(shape), steps)))
        return f"must be one of: {', '.join(choices)}" if choices else "is not one of the possible values"
    if said.startswith("Invalid RFC3339"):
        return f"must be {_WORDS['datetime']}"
    if said.startswith("Invalid UUID"):
        return "must be a UUID"
    if limits := re.match(r"Expected `(\w+)` (of length )?([<>]=?) (\S+)$", said):
        return _limit(*limits.groups())
    if said.startswith("Expected `datetime` with"):
        return f"must be {_WORDS['datetime']}"
    if said.startswith("Expected `str` matching regex"):
        examples = _examples(msgspec.json.schema(shape), steps)
        return f"must be text such as {examples[0]}" if examples else "must be text of another form"
    if wanted := re.match(r"Expected `([^`]+)`", said):
        return "must be " + " or ".join(_WORDS.get(part, "of another type") for part in wanted[1].split(" | "))
    if re.search(r"out of range", said):
        return "is out of range"
    return "cannot be used"


def _limit(kind: str, length: str | None, sign: str, bound: str) -> str:
    words = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}[sign]
    amount = bound.removesuffix(".0")
    if length is None:
        return f"must be {words} {amount}"
    return f"must have {words} {amount} {'characters' if kind == 'str' else 'entries'}"


def _pointer(steps: list[str]) -> str:
    return "".join("/" + ("*" if step == "..." else step.replace("~", "~0").replace("/", "~1")) for step in steps)


def _choices(schema: dict[str, Any], steps: list[str]) -> Iterator[str]:
    """The values that may stand at `steps`, as far as the schema lists them."""
    for node in _nodes(schema, steps):
        yield from (str(value) for value in node.get("enum", []) if value is not None)
        if isinstance(node.get("const"), str):
            yield node["const"]


def _examples(schema: dict[str, Any], steps: list[str]) -> list[str]:
    """What may stand at `steps`, as far as the schema gives examples of it."""
    return [str(example) for node in _nodes(schema, steps) for example in node.get("examples", [])]


def _nodes(root: dict[str, Any], steps: list[str]) -> list[dict[str, Any]]:
    nodes = _opened(root, [root])
    for step in steps:
        further = []
        for node in nodes:
            if step in node.get("properties", {}):
                further.append(node["properties"][step])
            elif isinstance(node.get("items"), dict):
                further.append(node["items"])
            elif isinstance(node.get("additionalProperties"), dict):
                further.append(node["additionalProperties"])
        nodes = _opened(root, further)
    return nodes


def _opened(root: dict[str, Any], nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """References and alternatives followed, so that what is left says something itself."""
    found = []
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if "$ref" in node:
            waiting.append(root["$defs"][node["$ref"].rsplit("/", 1)[1]])
        found.append(node)
        waiting.extend(node.get("anyOf", []))
        waiting.extend(node.get("oneOf", []))
    return found


def _impossible(value: Any, steps: list[str]) -> Iterator[FieldError]:
    """What no type forbids but nothing behind can work with: U+0000 in text, times centuries away.

    PostgreSQL cannot keep the first; reckoning with the second leaves the calendar.
    """
    if isinstance(value, str) and "\0" in value:
        yield FieldError(_pointer(steps), "must not contain the character U+0000")
    if isinstance(value, datetime) and not EARLIEST <= value.year <= LATEST:
        yield FieldError(_pointer(steps), f"must be a time between {EARLIEST} and {LATEST}")
    for step, part in _parts(value):
        yield from _impossible(part, [*steps, step])


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, msgspec.Struct):
        for attribute, name in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
            yield name, getattr(value, attribute)
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield str(index), each
    elif isinstance(value, dict):
        for key, each in value.items():
            yield "...", key
            yield "...", each


def _unusable(errors: list[FieldError]) -> Problem:
    detail = "; ".join(f"{error.field or 'the body'} {error.problem}" for error in errors)
    return Problem(422, "invalid-request", "The request cannot be used as it is", detail, errors=errors)
