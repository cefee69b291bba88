"""One route as an OpenAPI operation: what its signature, guard and contract say."""

import inspect
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.params import ParameterKwarg
from litestar.response import Response, Stream

from backend.api.contract import Contract, contract_of
from backend.api.guards import Guard, scope_for
from backend.api.limits import ALLOWANCES
from backend.console.by_script import WORD_HEADER, must_bring_the_word
from backend.console.who import must_be_signed_in
from backend.foundation.kinds import Kind
from backend.foundation.schemas import REF, Schema, Schemas, without_null
from backend.identity.tokens import Audience

SECURITY = {Audience.MOBILE: "volunteer", Audience.SIGN_UP: "proven_phone", Audience.DISPATCH: "dispatch_centre"}

REFUSALS = {
    400: "The request cannot be read, for example because it is not JSON",
    401: "No access token, or one that is not valid any more",
    403: "The token lacks the scope this needs",
    404: "There is no such thing, or it is not yours to see",
    413: "The body is larger, deeper or longer than it may be here",
    415: "The body is of another type than this takes",
    422: "A field cannot be used; `errors` names it and what would be right",
    429: "Too many of these calls; `Retry-After` says when to try again",
    500: "A fault on our side; quote `error_id`",
    503: "The database is away, or alarms come first just now; send the same again after `Retry-After` seconds",
}


STAFF_REFUSALS = {
    401: "Nobody is signed in at this browser, or their shift is over: `/konsol/log-ind`",
    403: "It needs another role, a centre to work at, or the word of the session",
}

_WORD: Schema = {
    "name": WORD_HEADER,
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "description": "The word of the session, as every form of its pages carries it",
}


class Described(msgspec.Struct, frozen=True):
    """What is read off a route before any schema is made."""

    path: str
    method: str
    handler: Any
    guard: Guard
    contract: Contract
    body: Any = None
    form: Any = None
    answer: Any = None
    parameters: tuple[tuple[str, str, Any, Any], ...] = ()  # (in, name, annotation, its field definition)
    staff: bool = False  # asks for somebody signed in at the console
    word: bool = False  # and for the word of their session

    def received(self) -> list[Any]:
        return [shape for shape in (self.body, self.form, *(each[2] for each in self.parameters)) if shape is not None]

    def sent(self) -> list[Any]:
        return [shape for shape in (self.answer, *self.contract.events.values()) if shape is not None]


def describe(path: str, method: str, handler: HTTPRouteHandler) -> Described:
    """Read a registered route. The one guard is what tests/edge insists on."""
    guards = handler.resolve_guards()
    (guard,) = (each for each in guards if isinstance(each, Guard))
    contract = contract_of(handler.opt)
    fields = handler.parsed_fn_signature.parameters
    annotations = handler.signature_model.__annotations__
    parameters = tuple(
        (
            field.kwarg_definition.param_type.value,
            field.kwarg_definition.name or name,
            annotations[name],
            field,
        )
        for name, field in fields.items()
        if isinstance(field.kwarg_definition, ParameterKwarg) and not field.is_di_field
    )
    return Described(
        path=path,
        method=method,
        handler=handler,
        guard=guard,
        contract=contract,
        body=fields["data"].raw if "data" in fields and fields["data"].is_union else _annotation(fields.get("data")),
        form=contract.form_of,
        answer=_answer(handler),
        parameters=parameters,
        staff=must_be_signed_in in guards,
        word=must_bring_the_word in guards,
    )


def operation(route: Described, schemas: Schemas) -> Schema:
    """The Operation Object."""
    summary, description = _words(route.handler.fn)
    said: Schema = {
        "operationId": route.handler.fn.__name__,
        "tags": [group_of(route.handler.fn).rsplit(".", 1)[1]],
        "summary": summary,
        "description": description,
        "security": [{"staff_session": []}] if route.staff else _security(route.guard),
    }
    if route.parameters or route.word:
        said["parameters"] = [_parameter(each, schemas) for each in route.parameters] + [_WORD] * route.word
    if route.body is not None:
        said["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schemas.received(route.body)}},
        }
    if route.form is not None:
        content = {"application/x-www-form-urlencoded": {"schema": schemas.received(route.form)}}
        said["requestBody"] = {"required": True, "content": content}
    said["responses"] = {str(route.handler.status_code): _success(route, schemas)} | {
        str(status): refusal(status, words) for status, words in sorted(_refusals(route).items())
    }
    return said


def group_of(function: Any) -> str:
    """The module a route belongs to; of a folder of handlers the folder. Its last word is the route's tag."""
    module, _, _ = function.__module__.rpartition(".")
    return str(function.__module__ if module.rsplit(".", 1)[1] in ("api", "mobile", "console") else module)


def refusal(status: int, words: str) -> Schema:
    """The Response Object of a problem document; the usual words stand once, among the components."""
    return {"$ref": f"#/components/responses/Refusal{status}"} if REFUSALS.get(status) == words else _refusal(words)


def usual_refusals(used: set[int]) -> dict[str, Schema]:
    """The Response Objects that :func:`refusal` points to."""
    return {f"Refusal{status}": _refusal(words) for status, words in REFUSALS.items() if status in used}


def _refusal(words: str) -> Schema:
    return {"description": words, "content": {"application/problem+json": {"schema": {"$ref": REF + "Problem"}}}}


def _refusals(route: Described) -> dict[int, str]:
    statuses = {500, 503}
    if route.guard.audience is not None:
        statuses.add(401)
    if route.guard.scope is not None:
        statuses.add(403)
    if ALLOWANCES[route.guard.limit] is not None:
        statuses.add(429)
    if route.body is not None or route.form is not None:
        statuses |= {400, 413, 415, 422}
    places = {place for place, *_ in route.parameters}
    if "path" in places:
        statuses.add(404)
    if places:
        statuses |= {400, 422}
    said = {status: REFUSALS[status] for status in statuses} | (STAFF_REFUSALS if route.staff else {})
    return said | route.contract.refusals


def _success(route: Described, schemas: Schemas) -> Schema:
    if route.contract.events:
        shapes = [schemas.sent(shape) for shape in _once(list(route.contract.events.values()))]
        stream: Schema = {
            "type": "string",
            "description": f"Server-sent events: {', '.join(route.contract.events)}; more may come within v1.",
            "contentMediaType": "application/json",
            "contentSchema": shapes[0] if len(shapes) == 1 else {"anyOf": shapes},
        }
        return {
            "description": "The stream, until the session ends"
            if route.staff
            else "The stream, until the access token ends",
            "content": {"text/event-stream": {"schema": stream}},
        }
    if route.answer is None:
        return {"description": "Done"}
    return {"description": "Done", "content": {"application/json": {"schema": schemas.sent(route.answer)}}}


def _parameter(parameter: tuple[str, str, Any, Any], schemas: Schemas) -> Schema:
    place, name, annotation, field = parameter
    schema = without_null(schemas.received(annotation))
    words = schema.pop("description", None)
    said: Schema = {"name": name, "in": place, "required": place == "path" or field.is_required, "schema": schema}
    return said | ({"description": words} if words else {})


def _security(guard: Guard) -> list[Schema]:
    if guard.audience is None:
        return []
    if guard.scope is None:
        return [{SECURITY[guard.audience]: []}]
    # Alternatives: which one it is follows from the client's kind.
    scopes = sorted({scope_for(guard.scope, kind) for kind in Kind}, key=lambda scope: scope != guard.scope)
    return [{SECURITY[guard.audience]: [scope]} for scope in scopes]


def _answer(handler: HTTPRouteHandler) -> Any:
    returned = handler.parsed_return_field
    if returned.annotation is None or returned.is_none_type or returned.is_subclass_of(Stream):
        return None
    if returned.is_subclass_of(Response):
        (inner,) = returned.args or (None,)
        return None if inner in (None, type(None), bytes) else inner
    return returned.raw if returned.is_union else returned.annotation


def _annotation(field: Any) -> Any:
    return None if field is None else field.annotation


def _words(function: Any) -> tuple[str, str]:
    """The docstring's first paragraph and the rest."""
    first, _, rest = (inspect.getdoc(function) or function.__name__).partition("\n\n")
    summary = " ".join(first.split()).rstrip(".")
    return summary, " ".join(rest.split()) or f"{summary}."


def _once(shapes: list[Any]) -> list[Any]:
    return list(dict.fromkeys(shapes))
