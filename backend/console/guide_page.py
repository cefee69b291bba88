"""The dispatchers' guide: one page to read beside the board, and to print and hang up beside it.

`guide_da.md` is `docs/da/vejledning-for-visitatorer.md`, word for word: there it is read by whoever looks for it in the
repository, here by whoever sits at a seat. Only what that text uses of Markdown is understood.
"""

import re
from functools import cache
from html import escape
from importlib import resources

from litestar import get
from litestar.response import Response

from backend.console.visit import AnyRequest, show

GUIDE = "/konsol/vejledning"
_MARKS = ((r"\*\*(.+?)\*\*", r"<b>\1</b>"), (r"`(.+?)`", r"<kbd>\1</kbd>"))


@get(GUIDE)
async def guide_page(request: AnyRequest) -> Response[str]:
    """What a dispatcher has to know, on one page; for anybody, since it is needed where signing in fails"""
    return show(request, "guide.html", guide=html_of(text()))


@cache
def text() -> str:
    return resources.files("backend.console").joinpath("guide_da.md").read_text("utf-8")


@cache
def html_of(markdown: str) -> str:
    """Headings, lists and paragraphs, with what is bold and what is a key; nothing else becomes an element."""
    sections, first = [], True
    for block in re.split(r"\n{2,}", markdown.strip()):
        heading = re.match(r"(#{1,2}) (.+)", block)
        if heading is not None:
            level = len(heading[1])
            opens = "" if level == 1 else "<section>" if first else "</section>\n<section>"
            first = first and level == 1
            sections.append(f"{opens}<h{level}>{_inline(heading[2])}</h{level}>")
        elif block.startswith("- "):
            items = re.split(r"\n?^- ", block, flags=re.MULTILINE)[1:]
            sections.append("<ul>" + "".join(f"<li>{_inline(each)}</li>" for each in items) + "</ul>")
        else:
            sections.append(f"<p>{_inline(block)}</p>")
    return "\n".join(sections) + ("" if first else "</section>")


def _inline(said: str) -> str:
    line = escape(" ".join(said.split()))
    for mark, becomes in _MARKS:
        line = re.sub(mark, becomes, line)
    return line


routes = (guide_page,)
