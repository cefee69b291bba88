"""A poster as a PDF: a page in Danish, a page in English; A4, and good on A3."""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from io import BytesIO
from typing import NamedTuple

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from campaigns.campaign import join_code
from campaigns.campaign.join_code import JoinCode
from campaigns.modules.texts import Language, Texts
from campaigns.poster import qr
from campaigns.poster.words import WORDS

WIDTH, HEIGHT = A4
MARGIN = 18 * mm
BAND = 0.56 * HEIGHT
"""How much of the page, from its top, is in the campaign's colour."""
QR_WIDTH = 62 * mm
HEADING_LEADING, LEAD_LEADING = 1.12, 1.4
INK = HexColor("#1a1a1a")
GREY = HexColor("#545454")
RED = HexColor("#c2102e")
REGULAR, SEMIBOLD, BOLD = "IBMPlexSans-Regular", "IBMPlexSans-SemiBold", "IBMPlexSans-Bold"


class CannotPrint(Exception):
    """A letter no font of ours has; which, and what would be right."""


class Text(NamedTuple):
    """Lines as they fit, and their size in points."""

    lines: list[str]
    size: float


def poster(texts: Texts, code: JoinCode, public_url: str, colour: str, *, heart: bool, version: int) -> bytes:
    """The whole file. Raises CannotPrint."""
    _load_fonts()
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True, lang="da")
    canvas.setTitle(f"{texts.da.poster.heading} – {texts.en.poster.heading}")
    canvas.setAuthor(texts.da.poster.invites)
    for language in Language:
        _page(canvas, texts, language, code, public_url, HexColor(colour), heart=heart, version=version)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def link_of(public_url: str, code: JoinCode, language: Language) -> str:
    """What a camera reads."""
    return f"{public_url}/k/{code}" + ("?lang=en" if language is Language.EN else "")


def _page(
    canvas: Canvas,
    texts: Texts,
    language: Language,
    code: JoinCode,
    public_url: str,
    colour: Color,
    *,
    heart: bool,
    version: int,
) -> None:
    own, words = texts.in_language(language), WORDS[language]
    canvas.setFillColor(colour)
    canvas.rect(0, HEIGHT - BAND, WIDTH, BAND, stroke=0, fill=1)
    top = HEIGHT - MARGIN
    left = MARGIN
    if heart:
        _heart(canvas, left, top - 9 * mm, 12 * mm)
        left += 16 * mm
    _write(canvas, left, top - 5.2 * mm, Text([words.service], 20), SEMIBOLD, white)

    heading, lead = _both(own.poster.heading, own.poster.lead, WIDTH - 2 * MARGIN, BAND - MARGIN - 54 * mm)
    y = _write(canvas, MARGIN, top - 22 * mm - heading.size * 0.8, heading, BOLD, white, HEADING_LEADING)
    _write(canvas, MARGIN, y, lead, REGULAR, white, LEAD_LEADING)
    _pulse(canvas, HEIGHT - BAND + 13 * mm)

    link = link_of(public_url, code, language)
    bottom = HEIGHT - BAND - 16 * mm - QR_WIDTH
    _qr(canvas, MARGIN, bottom, link)
    left, wide = MARGIN + QR_WIDTH + 10 * mm, WIDTH - 2 * MARGIN - QR_WIDTH - 10 * mm
    call = _fit(own.poster.call, BOLD, wide, most_lines=3, sizes=range(30, 17, -1))
    y = _write(canvas, left, bottom + QR_WIDTH - call.size * 0.8, call, BOLD, INK, leading=1.15)
    y = _write(canvas, left, y - 5 * mm, Text([words.or_go_to], 13), REGULAR, GREY)
    host = public_url.partition("://")[2]
    typed = _fit(f"{host}/k/{join_code.aloud(code)}", SEMIBOLD, wide, most_lines=1, sizes=range(17, 7, -1))
    y = _write(canvas, left, y - 1 * mm, typed, SEMIBOLD, INK)
    for said in (words.only_numbers.format(own.who), words.always_no):
        fitted = _fit(said, REGULAR, wide, most_lines=4, sizes=range(12, 8, -1))
        y = _write(canvas, left, y - 3 * mm, fitted, REGULAR, GREY, leading=1.35)

    canvas.setStrokeColor(HexColor("#dcdcdc"))
    canvas.line(MARGIN, 30 * mm, WIDTH - MARGIN, 30 * mm)
    invites = _fit(own.poster.invites, SEMIBOLD, WIDTH - 2 * MARGIN, most_lines=1, sizes=range(13, 7, -1))
    _write(canvas, MARGIN, 22 * mm, invites, SEMIBOLD, INK)
    _write(canvas, MARGIN, 15 * mm, Text([words.call_112], 12), SEMIBOLD, RED)
    canvas.setFont(REGULAR, 7)
    canvas.setFillColor(GREY)
    canvas.drawRightString(WIDTH - MARGIN, 15 * mm, f"{join_code.aloud(code)} · {version} · {language.value}")


def _both(heading: str, lead: str, wide: float, high: float) -> tuple[Text, Text]:
    """A heading as large as it fits, with what stands below it."""
    below = _fit(lead, REGULAR, wide, most_lines=4, sizes=range(20, 13, -1))
    high -= len(below.lines) * below.size * LEAD_LEADING
    for largest in range(58, 29, -2):
        fitted = _fit(heading, BOLD, wide, most_lines=4, sizes=range(largest, 29, -2))
        if len(fitted.lines) * fitted.size * HEADING_LEADING <= high:
            return fitted, below
    return _fit(heading, BOLD, wide, most_lines=4, sizes=[24]), below


def _fit(text: str, font: str, wide: float, *, most_lines: int, sizes: Sequence[int]) -> Text:
    """As large as it fits; the smallest where it never does. Raises CannotPrint."""
    if missing := sorted({letter for letter in text if not _has(font, letter)}):
        raise CannotPrint(f"»{''.join(missing)}« cannot be printed: letters of western Europe, and no symbols")
    fitted = Text([], 0)
    for size in sizes:
        fitted = Text(_lines(text, font, size, wide), size)
        if len(fitted.lines) <= most_lines and all(_width(line, font, size) <= wide for line in fitted.lines):
            break
    return fitted


def _lines(text: str, font: str, size: float, wide: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(longer, font, size) <= wide:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _width(text: str, font: str, size: float) -> float:
    return float(pdfmetrics.stringWidth(text, font, size))


def _write(canvas: Canvas, x: float, y: float, text: Text, font: str, colour: Color, leading: float = 1.3) -> float:
    """From the first line's foot down; gives where the next would stand."""
    canvas.setFillColor(colour)
    canvas.setFont(font, text.size)
    for line in text.lines:
        canvas.drawString(x, y, line)
        y -= text.size * leading
    return y


def _qr(canvas: Canvas, x: float, y: float, link: str) -> None:
    rows = qr.squares(link)
    side = QR_WIDTH / len(rows)
    canvas.setFillColor(INK)
    path = canvas.beginPath()
    for number, row in enumerate(rows):
        for column, dark in enumerate(row):
            if dark:
                path.rect(x + column * side, y + QR_WIDTH - (number + 1) * side, side, side)
    canvas.drawPath(path, stroke=0, fill=1)


def _heart(canvas: Canvas, x: float, y: float, size: float) -> None:
    """The service's own heart, white with its pulse in the colour behind it."""
    at = size / 32
    path = canvas.beginPath()
    path.moveTo(x + 16 * at, y + 4 * at)
    path.curveTo(x + 2 * at, y + 15 * at, x + 1 * at, y + 28 * at, x + 9 * at, y + 28 * at)
    path.curveTo(x + 13 * at, y + 28 * at, x + 15 * at, y + 26 * at, x + 16 * at, y + 23 * at)
    path.curveTo(x + 17 * at, y + 26 * at, x + 19 * at, y + 28 * at, x + 23 * at, y + 28 * at)
    path.curveTo(x + 31 * at, y + 28 * at, x + 30 * at, y + 15 * at, x + 16 * at, y + 4 * at)
    canvas.setFillColor(white)
    canvas.drawPath(path, stroke=0, fill=1)
    beat = [(4.5, 16), (11, 16), (13.5, 21), (17.5, 11), (20, 16), (27.5, 16)]
    _way(canvas, [(x + a * at, y + b * at) for a, b in beat], RED, 2 * at)


def _pulse(canvas: Canvas, y: float) -> None:
    """A heart that beats, and stops."""
    beats = []
    for start in (40, 110, 180):
        beats += [(start, 0), (start + 8, 5), (start + 14, -4), (start + 24, 26), (start + 34, -16), (start + 42, 0)]
    points = [(0.0, y), *((MARGIN + a, y + b) for a, b in beats), (WIDTH, y)]
    _way(canvas, points, white, 2.2)


def _way(canvas: Canvas, points: Sequence[tuple[float, float]], colour: Color, width: float) -> None:
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(width)
    canvas.setLineJoin(1)
    canvas.setLineCap(1)
    canvas.drawPath(path, stroke=1, fill=0)


def _has(font: str, letter: str) -> bool:
    loaded = pdfmetrics.getFont(font)
    assert isinstance(loaded, TTFont)
    return ord(letter) in loaded.face.charToGlyph


@cache
def _load_fonts() -> None:
    """Into the library's own register, once a process."""
    folder = resources.files("campaigns.poster").joinpath("fonts")
    for name in (REGULAR, SEMIBOLD, BOLD):
        pdfmetrics.registerFont(TTFont(name, BytesIO(folder.joinpath(f"{name}-Latin1.ttf").read_bytes())))
