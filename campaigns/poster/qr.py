"""A QR code of a link: as a picture, and as squares to be drawn."""

from io import BytesIO

import segno

QUIET = 4
"""Modules of white round it, without which a camera does not find it (ISO/IEC 18004)."""
_PNG_PIXELS_A_MODULE = 24


def _code(link: str) -> segno.QRCode:
    # M: a seventh of it may be dirty. A boost would make squares smaller for the same link.
    return segno.make_qr(link, error="m", boost_error=False)


def svg(link: str) -> bytes:
    """To be scaled as one likes."""
    out = BytesIO()
    _code(link).save(out, kind="svg", border=QUIET, xmldecl=True, svgclass=None, lineclass=None, light="#ffffff")
    return out.getvalue()


def png(link: str) -> bytes:
    """About 900 pixels wide."""
    out = BytesIO()
    _code(link).save(out, kind="png", border=QUIET, scale=_PNG_PIXELS_A_MODULE)
    return out.getvalue()


def squares(link: str) -> list[list[bool]]:
    """Its rows from the top, dark squares True; without the white round it."""
    return [[bool(square) for square in row] for row in _code(link).matrix]
