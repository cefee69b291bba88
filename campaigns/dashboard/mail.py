"""Whether somebody wants the weekly mail: every mail leads here."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Response

from backend.public.store import Store
from campaigns.dashboard.say import html
from campaigns.managers import queries
from campaigns.managers.manager import Manager
from campaigns.settings import Settings

PATH = "/tal/mail"


@get(PATH)
async def mail_page(
    store: NamedDependency[Store], manager: NamedDependency[Manager], settings: NamedDependency[Settings]
) -> Response[str]:
    """Whether the mail comes, and how to change that"""
    async with store.transaction() as connection:
        grants = await queries.grants_of(connection, manager.id)
    wished = any(grant.digest for grant in grants)
    return html("mail.html", manager, wished=wished, there_is_mail=bool(settings.smtp_url))


@post(PATH, status_code=303)
async def wish_mail(
    request: Request[Any, Any, Any], store: NamedDependency[Store], manager: NamedDependency[Manager]
) -> Redirect:
    """Have it, or have it no more: of every campaign"""
    wish = (await request.form()).get("mail") == "ja"
    async with store.transaction() as connection:
        for grant in await queries.grants_of(connection, manager.id):
            await queries.wish_digest(connection, grant.id, digest=wish)
    return Redirect(PATH, status_code=303)


handlers = (mail_page, wish_mail)
