"""How a JSON body becomes a handler's `data`: strictly, and refused in the field's own words.

Litestar's own way reads text as numbers where numbers are wanted and words its errors for programmers; a DTO is its
door for reading bodies another way.
"""

from collections.abc import Generator
from typing import Any, ClassVar

from litestar.dto import AbstractDTO
from litestar.dto.data_structures import DTOFieldDefinition
from litestar.typing import FieldDefinition

from backend.api.wrong_input import read_body
from backend.foundation.problems import Problem

MOST_BYTES = 256 * 1024
"""A body larger than this is refused before it is read to its end."""


class StrictBody(AbstractDTO[Any]):
    """Set as `dto` for the whole app: reads every handler's `data` with :func:`read_body`."""

    shapes: ClassVar[dict[str, Any]] = {}  # by handler id; filled while the app is put together

    def decode_bytes(self, value: bytes) -> Any:
        if _media_type(self.asgi_connection.headers.get("content-type", "")) != "application/json":
            raise Problem(415, "wrong-media-type", "Not JSON", "Send the body as application/json.")
        return read_body(value, self.shapes[self.asgi_connection.route_handler.handler_id])

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
