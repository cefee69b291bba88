"""A poster: what hangs on the wall leads where the code says."""

import base64
import re
import zlib

import msgspec
import pytest
import segno

from campaigns.campaign import join_code
from campaigns.modules.find import find
from campaigns.modules.texts import Language, Texts
from campaigns.poster import qr
from campaigns.poster.sheet import CannotPrint, link_of, poster
from tests.campaigns.cast import PUBLIC_URL

CODE = join_code.draw(lambda letters: letters[3])
TEXTS = find("forsvarsministeriet").texts


def made(texts: Texts = TEXTS) -> bytes:
    return poster(texts, CODE, PUBLIC_URL, "#2f4a3c", heart=True, version=3)


def test_it_has_a_page_in_danish_and_one_in_english_with_letters_of_its_own() -> None:
    content = made()
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b(?!s)", content)) == 2
    assert content.count(b"/FontFile2") == 3, "whoever prints it has our fonts"
    assert len(content) < 200_000


def test_the_same_code_and_words_are_the_same_file() -> None:
    assert made() == made()


def test_the_qr_code_is_that_of_the_short_link() -> None:
    link = link_of(PUBLIC_URL, CODE, Language.EN)
    assert link == f"{PUBLIC_URL}/k/{CODE}?lang=en"
    drawn = qr.squares(link)
    assert drawn == [[bool(each) for each in row] for row in segno.make_qr(link, error="m", boost_error=False).matrix]
    assert len(drawn) == len(drawn[0]) <= 37, "large squares: it is read from some metres away"
    pages = pages_of(made())
    assert len(pages) == 2
    for language, page in zip(Language, pages, strict=True):
        dark = sum(map(sum, qr.squares(link_of(PUBLIC_URL, CODE, language))))
        assert page.count(b" re") == dark + 1, "each dark square, and the band of colour"


def pages_of(content: bytes) -> list[bytes]:
    """What is drawn on each page, in PDF's own words."""
    packed = re.findall(rb"/ASCII85Decode.*?stream\r?\n(.*?)~>", content, re.DOTALL)
    streams = [zlib.decompress(base64.a85decode(each)) for each in packed]
    return [each for each in streams if b"BT" in each]


@pytest.mark.parametrize("heading", ["❤ Bliv hjerteløber", "Stań się", "Стань"])
def test_a_letter_that_cannot_be_printed_is_told(heading: str) -> None:
    words = msgspec.structs.replace(TEXTS.da.poster, heading=heading)
    with pytest.raises(CannotPrint, match="cannot be printed: letters of western Europe"):
        made(msgspec.structs.replace(TEXTS, da=msgspec.structs.replace(TEXTS.da, poster=words)))


def test_a_qr_code_alone_is_a_picture() -> None:
    link = link_of(PUBLIC_URL, CODE, Language.DA)
    assert qr.svg(link).startswith(b"<?xml")
    assert b"<script" not in qr.svg(link)
    assert qr.png(link).startswith(b"\x89PNG")
