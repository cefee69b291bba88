"""What a new document breaks for clients made from an older one: within v1 there are only additions."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]


def breaking(old: Schema, new: Schema) -> list[str]:
    """Every change that breaks a client made from `old`, in words; empty when there are only additions."""
    found = []
    for path, item in old["paths"].items():
        for method, before in item.items():
            after = new["paths"].get(path, {}).get(method)
            where = f"{method.upper()} {path}"
            if after is None:
                found.append(f"{where} is gone")
            else:
                found += [f"{where}: {words}" for words in _operation(before, after, old, new)]
    for name in old.get("webhooks", {}):
        if name not in new.get("webhooks", {}):
            found.append(f"webhook {name} is gone")
        else:
            pair = (old["webhooks"][name]["post"], new["webhooks"][name]["post"])
            found += [f"webhook {name}: {words}" for words in _bodies(*pair, old, new, sent=True)]
    return found


def _operation(before: Schema, after: Schema, old: Schema, new: Schema) -> Iterator[str]:
    if before["operationId"] != after["operationId"]:
        yield f"operationId {before['operationId']} is now {after['operationId']}"
    parameters = {(each["in"], each["name"]): each for each in before.get("parameters", [])}
    now = {(each["in"], each["name"]): each for each in after.get("parameters", [])}
    for key in parameters.keys() - now.keys():
        yield f"parameter {key[1]} is gone"
    for key, each in now.items():
        if each.get("required") and not parameters.get(key, {}).get("required"):
            yield f"parameter {key[1]} is required now"
    yield from _bodies(before, after, old, new, sent=False)
    for status, answer in before["responses"].items():
        if not status.startswith("2"):
            continue
        if status not in after["responses"]:
            yield f"answer {status} is gone"
        else:
            yield from _content(answer, after["responses"][status], old, new, f"answer {status}", sent=True)


def _bodies(before: Schema, after: Schema, old: Schema, new: Schema, *, sent: bool) -> Iterator[str]:
    if "requestBody" not in before and "requestBody" in after:
        yield "a body is needed now"
    elif "requestBody" in before and "requestBody" in after:
        yield from _content(before["requestBody"], after["requestBody"], old, new, "body", sent=sent)


def _content(before: Schema, after: Schema, old: Schema, new: Schema, where: str, *, sent: bool) -> Iterator[str]:
    for media_type, content in before.get("content", {}).items():
        if media_type not in after.get("content", {}):
            yield f"{where} is no longer {media_type}"
        else:
            schemas = (content["schema"], after["content"][media_type]["schema"])
            yield from _schema(*schemas, old, new, where, sent=sent, seen=frozenset())


def _schema(before: Schema, after: Schema, old: Schema, new: Schema, where: str, **way: Any) -> Iterator[str]:
    """`sent`: the service sends it, so nothing may go; else clients do, so nothing more may be asked."""
    sent, seen = way["sent"], way["seen"]
    pair = (before.get("$ref"), after.get("$ref"))
    if pair[0] and pair in seen:
        return
    deeper = {"sent": sent, "seen": seen | {pair}}
    before, after = _followed(before, old), _followed(after, new)
    if _types(before) and _types(after) and not _fits(_types(before), _types(after), sent=sent):
        yield f"{where} was {'/'.join(sorted(_types(before)))} and is {'/'.join(sorted(_types(after)))}"
    if not sent and "enum" in before and "enum" in after and set(before["enum"]) - set(after["enum"]):
        yield f"{where} takes fewer values"
    fields, now = before.get("properties", {}), after.get("properties", {})
    for name in fields.keys() - now.keys():
        yield f"{where}: field {name} is gone"
    required, required_now = set(before.get("required", [])), set(after.get("required", []))
    if sent:
        yield from (f"{where}: field {name} may be missing now" for name in sorted(required - required_now))
    else:
        yield from (f"{where}: field {name} is required now" for name in sorted(required_now - required))
    for name in fields.keys() & now.keys():
        yield from _schema(fields[name], now[name], old, new, f"{where}: {name}", **deeper)
    if isinstance(before.get("items"), dict) and isinstance(after.get("items"), dict):
        yield from _schema(before["items"], after["items"], old, new, f"{where}[]", **deeper)
    options, options_now = _options(before), _options(after)
    for each in options.keys() & options_now.keys():
        yield from _schema(options[each], options_now[each], old, new, where, **deeper)


def _followed(schema: Schema, document: Schema) -> Schema:
    while "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def _options(schema: Schema) -> dict[str, Schema]:
    """Alternatives by what they point to; `null` and plain types have nothing inside to compare."""
    each = schema.get("anyOf", []) + schema.get("oneOf", [])
    return {option["$ref"]: option for option in each if "$ref" in option}


def _types(schema: Schema) -> set[str]:
    """The types and references a schema allows."""
    found = set()
    for option in [schema, *schema.get("anyOf", []), *schema.get("oneOf", [])]:
        said = option.get("type") or option.get("$ref")
        found |= set(said) if isinstance(said, list) else {said} if said else set()
    return found


def _fits(before: set[str], after: set[str], *, sent: bool) -> bool:
    return after <= before if sent else before <= after
