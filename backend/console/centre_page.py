"""Operations: what a centre decides about how it is called and who helps; asked for by one, approved by another."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from backend.attention import queries_agreed
from backend.attention.item import Acknowledges, Rule
from backend.attention.queries_agreed import AgreementHeld, RuleHeld
from backend.console.operations import CENTRE, show_operations
from backend.console.proposed import (
    RANGES,
    Attention,
    ByHand,
    Overflow,
    OverflowEnd,
    Proposed,
    Wrong,
    facts_of,
    neighbours_of,
    typed,
)
from backend.console.proposed_said import agreed, centre_words, helps, said_of
from backend.console.sitting import not_by_envelope
from backend.console.visit import APPROVALS, AnyRequest, form_of, told, words_of
from backend.console.who import Here, here_of, must_be_signed_in
from backend.console.words_centre import CentreWords
from backend.foundation.database import Connection, Database, Lane
from backend.foundation.ids import CentreId
from backend.foundation.problems import not_found
from backend.identity import approvals
from backend.identity.approval import ApprovalKind
from backend.identity.staff import May
from backend.incidents import queries_by_hand
from backend.incidents.queries_by_hand import Held
from backend.incidents.raised import UNTIL_DECIDED
from backend.regions import queries as regions
from backend.regions.queries import Centre

AT_MOST = 50
OWN_OVERFLOW = Overflow(to="", after_s=60, from_hour=0, to_hour=0, lends_for_min=60)
"""What the form of a new agreement begins with; ours, as the command's."""
ADDRESSES = {
    "i-haanden": ApprovalKind.BY_HAND_LIMIT,
    "kvittering": ApprovalKind.ATTENTION_RULE,
    "nabohjaelp": ApprovalKind.OVERFLOW,
    "nabohjaelp-slut": ApprovalKind.OVERFLOW_END,
}


class Decided(msgspec.Struct, frozen=True):
    """All a centre decided, the newest first; and which centres there are."""

    limits: list[Held]
    rules: list[RuleHeld]
    agreements: list[AgreementHeld]
    neighbours: dict[str, Centre]
    names: dict[CentreId, str]
    codes: dict[CentreId, str]

    def by_hand(self) -> ByHand:
        now = next((each for each in self.limits if each.until is None), None)
        return ByHand(*((now.an_hour, now.uncertain_m) if now else (UNTIL_DECIDED.an_hour, UNTIL_DECIDED.uncertain_m)))

    def attention(self) -> Attention:
        now = next((each for each in self.rules if each.until is None), None)
        ours = Rule()
        if now is None:
            return Attention(ours.acknowledges, round(ours.nobody_after.total_seconds()))
        return Attention(now.acknowledges, now.nobody_after_s)

    def holding(self) -> list[AgreementHeld]:
        return [each for each in self.agreements if each.until is None]

    def now(self, proposed: Proposed) -> list[Proposed]:
        """What holds of that for which something else is proposed."""
        match proposed:
            case ByHand():
                return [self.by_hand()]
            case Attention():
                return [self.attention()]
            case Overflow() | OverflowEnd():
                held = (agreed(each, self.codes) for each in self.holding())
                return [each for each in held if each.to == proposed.to]

    def named(self) -> dict[str, str]:
        """Names of centres by code."""
        return {self.codes[centre]: name for centre, name in self.names.items()}


@get(CENTRE, guards=[must_be_signed_in], opt={"may": May.CHANGE_POLICY})
async def centre_page(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """What one's centre decides of how it is called, and who helps it; and whom it helps"""
    return await _page(request, database)


@get(CENTRE + "/{what:str}", guards=[must_be_signed_in], opt={"may": May.CHANGE_POLICY, "then": CENTRE})
async def see_first(request: AnyRequest, what: FromPath[str], database: NamedDependency[Database]) -> Response[str]:
    """What would happen by a change, before anybody is asked"""
    here, said, kind = here_of(request), _said(request), _kind(what)
    decided = await _decided(database, here)
    try:
        proposed = typed(kind, request.query_params, decided.neighbours)
    except Wrong as wrong:
        return await _page(request, database, _what_is_wrong(said, wrong))
    names = decided.named()
    return show_operations(
        request,
        "operations_centre_change.html",
        said_of(said, proposed, names),
        wrong=False,
        c=said,
        heading=words_of(request).kinds[kind],
        held=[said_of(said, each, names) for each in decided.now(proposed)] or [said.nobody_helps],
        address=f"{CENTRE}/{what}",
        fields=list(facts_of(proposed).items()),
    )


@post(CENTRE + "/{what:str}", guards=[must_be_signed_in], opt={"may": May.CHANGE_POLICY, "then": CENTRE})
async def propose(request: AnyRequest, what: FromPath[str], database: NamedDependency[Database]) -> Response[str]:
    """Ask a second person for a change at one's centre"""
    here, said, kind = here_of(request), _said(request), _kind(what)
    form = await form_of(request, here.token)
    if not here.is_vouched_for:
        return not_by_envelope(request)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        centre_id = _centre(here)
        try:
            proposed = typed(kind, form, await neighbours_of(connection, centre_id, here.now))
        except Wrong as wrong:
            problem = _what_is_wrong(said, wrong)
        else:
            await approvals.ask(connection, here.actor, kind, centre_id, facts_of(proposed), here.staff.id, here.now)
            return told(request, 200, *words_of(request).asked, again=APPROVALS)
    return await _page(request, database, problem)


async def _page(request: AnyRequest, database: Database, wrong: str = "") -> Response[str]:
    here, said = here_of(request), _said(request)
    decided = None if here.decides_for is None else await _decided(database, here)
    sentence = said.at_no_centre if decided is None else first_sentence(said, decided)
    values: dict[str, Any] = {} if decided is None else _values(said, decided, _centre(here))
    return show_operations(
        request,
        "operations_centre.html",
        wrong or sentence,
        wrong=bool(wrong),
        status=422 if wrong else 200,
        c=said,
        decided=decided,
        ranges=RANGES,
        **values,
    )


def _values(said: CentreWords, decided: Decided, centre_id: CentreId) -> dict[str, Any]:
    names = decided.named()
    own = [each for each in decided.holding() if each.centre_id == centre_id]
    return {
        "by_hand": decided.by_hand(),
        "attention": decided.attention(),
        "acknowledges": [(each.value, said.acknowledges[each]) for each in Acknowledges],
        "means": lambda proposed: said_of(said, proposed, names),
        "own": [agreed(each, decided.codes) for each in own],
        "new": OWN_OVERFLOW,
        "helped": [
            helps(said, each, decided.names.get(each.centre_id, "–"))
            for each in decided.holding()
            if each.to_id == centre_id
        ],
        "history": _history(said, decided, centre_id),
    }


def _history(said: CentreWords, decided: Decided, centre_id: CentreId) -> list[tuple[str, str, Any]]:
    """What was in force: of which decision, its numbers, and the row for when and by whom."""
    found: list[tuple[str, str, Any]] = [
        (said.by_hand, said.numbers["by_hand"].format(an_hour=each.an_hour, uncertain_m=each.uncertain_m), each)
        for each in decided.limits
    ]
    for rule in decided.rules:
        who = said.acknowledges[rule.acknowledges]
        numbers = said.numbers["attention"].format(acknowledges=who, nobody_after_s=rule.nobody_after_s)
        found.append((said.attention, numbers, rule))
    for each in decided.agreements:
        if each.centre_id == centre_id:
            facts = facts_of(agreed(each, decided.codes)) | {"to": decided.names.get(each.to_id, "–")}
            found.append((said.overflow, said.numbers["overflow"].format(**facts), each))
    return sorted(found, key=lambda one: one[2].since, reverse=True)


def first_sentence(said: CentreWords, decided: Decided) -> str:
    rule = decided.attention()
    own = [decided.names[each.to_id] for each in decided.holding() if each.to_id in decided.names]
    own = [name for name in own if name in {each.name for each in decided.neighbours.values()}]
    return said.first.format(
        acknowledges=said.acknowledges[rule.acknowledges],
        nobody_after_s=rule.nobody_after_s,
        helps=said.agreed_with.format(names=", ".join(own)) if own else said.first_alone,
    )


async def _decided(database: Database, here: Here) -> Decided:
    centre_id = _centre(here)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        return await _read(connection, centre_id, here.now)


async def _read(connection: Connection, centre_id: CentreId, now: datetime) -> Decided:
    every = await regions.centres(connection, now)
    return Decided(
        await queries_by_hand.limits_of(connection, centre_id, AT_MOST),
        await queries_agreed.rules_of(connection, centre_id, AT_MOST),
        await queries_agreed.agreements_about(connection, centre_id, AT_MOST),
        await neighbours_of(connection, centre_id, now),
        {CentreId(each.id): each.name for each in every},
        {CentreId(each.id): each.code for each in every},
    )


def _said(request: AnyRequest) -> CentreWords:
    return centre_words(words_of(request).code)


def _kind(what: str) -> ApprovalKind:
    if what not in ADDRESSES:
        raise not_found("change")
    return ADDRESSES[what]


def _centre(here: Here) -> CentreId:
    """Raises 404 for whoever works at none, or at one whose work has moved: what is decided here is a centre's own."""
    if here.decides_for is None:
        raise not_found("centre")
    return here.decides_for


def _what_is_wrong(said: CentreWords, wrong: Wrong) -> str:
    field = said.fields[wrong.field]
    if wrong.lowest is None:
        return said.wrong_choice.format(field=field)
    return said.wrong_number.format(field=field, lowest=wrong.lowest, highest=wrong.highest)


routes = (centre_page, see_first, propose)
