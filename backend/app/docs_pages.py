"""The documentation people read: /docs, drawn here from the OpenAPI documents. No script, nothing from elsewhere."""

from functools import lru_cache
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader
from litestar import get
from litestar.params import FromPath
from litestar.response import Response

from backend.api.guards import anyone
from backend.api.limits import Limit
from backend.app.openapi.document import Document, make
from backend.foundation.problems import not_found
from backend.foundation.schemas import REF

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "max-age=300",
}


@get("/docs", guards=[anyone(Limit.OPEN)], media_type="text/html")
async def docs_index() -> Response[str]:
    """Which interfaces there are"""
    documents = [(which.value, _document(which)) for which in Document]
    return Response(_page("index.html", documents=documents), media_type="text/html", headers=_HEADERS)


@get("/docs/{name:str}", guards=[anyone(Limit.OPEN)], media_type="text/html")
async def docs_page(name: FromPath[str]) -> Response[str]:
    """One interface, every call"""
    return Response(_reference(_known(name)), media_type="text/html", headers=_HEADERS)


@get("/openapi/{file:str}", guards=[anyone(Limit.OPEN)])
async def openapi_file(file: FromPath[str]) -> Response[bytes]:
    """The OpenAPI document, as generators read it"""
    which = _known(file.removesuffix(".json"))
    body = msgspec.json.encode(_document(which))
    return Response(body, media_type="application/json", headers={"Cache-Control": "max-age=300"})


def _known(name: str) -> Document:
    if name not in tuple(Document):
        raise not_found("document")
    return Document(name)


@lru_cache(maxsize=len(Document))
def _document(which: Document) -> dict[str, Any]:
    return make(which)


@lru_cache(maxsize=len(Document))
def _reference(which: Document) -> str:
    document = _document(which)
    operations = [
        (method, path, operation) for path, item in document["paths"].items() for method, operation in item.items()
    ]
    return _page("reference.html", name=which.value, document=document, operations=operations)


def _page(template: str, **values: Any) -> str:
    environment = Environment(loader=PackageLoader("backend.app", "docs"), autoescape=True, trim_blocks=True)
    environment.filters["kind"] = _kind
    environment.filters["json"] = lambda value: msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    return environment.get_template(template).render(**values)


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a few words, for a table."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REF)
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(_kind(each) for each in choices)
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if "const" in schema:
        return msgspec.json.encode(schema["const"]).decode()
    values = schema.get("enum") or schema.get("x-extensible-enum")
    words = ", ".join(map(str, values)) if values else str(schema.get("format") or schema.get("type") or "anything")
    limits = {
        "minimum": "≥ ",
        "maximum": "≤ ",
        "minLength": "length ≥ ",
        "maxLength": "length ≤ ",
        "maxItems": "at most ",
    }
    return "; ".join([words, *(f"{sign}{schema[key]}" for key, sign in limits.items() if key in schema)])


routes = (docs_index, docs_page, openapi_file)
