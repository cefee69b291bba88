"""How a JSON body becomes a handler's `data`: strictly, and refused in the field's own words.

Litestar's own way reads text as numbers where numbers are wanted and words its errors for programmers; a DTO is its
door for reading bodies another way.
"""

from collections.abc import Generator
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from litestar import Request
from litestar.dto import AbstractDTO
from litestar.dto.data_structures import DTOFieldDefinition
from litestar.exceptions import InternalServerException
from litestar.types import Empty
from litestar.typing import FieldDefinition

from backend.api.wrong_input import read_body
from backend.edge.headers import header_in
from backend.foundation.problems import Problem

MOST_BYTES = 256 * 1024
"""A body larger than this is refused before it is read to its end."""


class WholeRequest(Request[Any, Any, Any]):
    """Set as `request_class` for the whole app: a body comes in one piece, measured (:mod:`backend.edge.bodies`)."""

    async def body(self) -> bytes:
        if self._body is Empty:
            self._body = self._connection_state.body
        if self._body is Empty:
            message = await self.receive()
            if message["type"] != "http.request":
                raise InternalServerException("client disconnected")
            self._body = self._connection_state.body = message["body"]
        return self._body


class StrictBody(AbstractDTO[Any]):
    """Set as `dto` for the whole app: reads every handler's `data` with :func:`read_body`."""

    shapes: ClassVar[dict[str, Any]] = {}  # by handler id; filled while the app is put together
    by_handler: ClassVar[WeakKeyDictionary[Any, Any]] = WeakKeyDictionary()  # the same, once asked for

    def decode_bytes(self, value: bytes) -> Any:
        if _media_type(header_in(self.asgi_connection.scope, b"content-type")) != "application/json":
            raise Problem(415, "wrong-media-type", "Not JSON", "Send the body as application/json.")
        return read_body(value, self._shape())

    def _shape(self) -> Any:
        handler = self.asgi_connection.route_handler
        if handler not in self.by_handler:
            self.by_handler[handler] = self.shapes[handler.handler_id]  # which Litestar writes anew each time
        return self.by_handler[handler]

    @classmethod
    def is_supported_model_type_field(cls, field_definition: FieldDefinition) -> bool:
        return field_definition.name == "data"

    @classmethod
    def create_for_field_definition(
        cls,
        field_definition: FieldDefinition,
        handler_id: str,
        backend_cls: Any = None,  # noqa: ARG003 – Litestar's name
    ) -> None:
        if field_definition.name == "data":
            cls.shapes[handler_id] = field_definition.raw if field_definition.is_union else field_definition.annotation

    @classmethod
    def generate_field_definitions(cls, model_type: type[Any]) -> Generator[DTOFieldDefinition, None, None]:  # noqa: ARG003
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:  # noqa: ARG003
        return False


def _media_type(header: str) -> str:
    return header.partition(";")[0].strip().lower()
