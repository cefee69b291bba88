"""Pictures show what stands in their table, and nothing that is hidden."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.public.places import Level
from campaigns.charts.bars import comparison_chart, funnel_chart, numbers_chart
from campaigns.charts.draw import MOST_BYTES_KEPT, CannotDraw, Drawer
from campaigns.charts.drawing import Form, draw
from campaigns.charts.lines import series_chart
from campaigns.charts.look import COLOURS, Caption, Colours, Look, Scheme, Size, Spec
from campaigns.charts.map import can_be_drawn, map_chart
from campaigns.figures import danish
from campaigns.figures.areas import Areas, InArea, areas_table
from campaigns.figures.as_csv import as_csv
from campaigns.figures.as_xlsx import as_xlsx
from campaigns.figures.comparison import Compared, Comparison, comparison_table
from campaigns.figures.figure import Figure, Why, at_least, per_100_000, share
from campaigns.figures.funnel import TITLES, Funnel, Step, funnel_table
from campaigns.figures.series import Series, Week, series_table
from campaigns.figures.table import Table
from campaigns.figures.target import State, Target
from campaigns.organisation.unit import UnitCode

K = 10
CAPTION = Caption("Et sted", "Kilde: en kampagne. Kun tal: mindst så mange.")
LOOKS = [Look(scheme, size, bare) for scheme in Scheme for size in Size for bare in (False, True)]
figures = st.one_of(
    st.integers(1, 9_999).map(lambda n: Figure(n * K)),
    st.sampled_from([Figure(why=why) for why in (Why.FEWER, Why.NOTHING_YET, Why.FEW_ASKED, Why.NO_CODE)]),
)


def funnel_of(found: list[Figure]) -> Table:
    steps: list[Step] = []
    for (stage, title), figure in zip(TITLES.items(), found, strict=True):
        steps.append(Step(stage, title, figure, None, share(figure, steps[-1].figure, K) if steps else None))
    return funnel_table(Funnel(tuple(steps), ()))


def units_of(found: list[Figure]) -> Table:
    target = Target(190, date(2027, 1, 1), 1, 0, State.NOT_SHOWN, 3, State.YES)
    return comparison_table(
        Comparison(
            tuple(
                Compared(UnitCode(f"U{n}"), f"Enhed {'abc'[n % 3]}", "enhed", 100, each, 0, each, each, None, target)
                for n, each in enumerate(found)
            )
        )
    )


def weeks_of(found: list[Figure]) -> Table:
    days = [date.fromordinal(date(2026, 1, 4).toordinal() + 7 * n) for n in range(len(found))]
    return series_table(
        Series(
            tuple(
                Week(day, each, each, each, each, Figure(3, exact=True)) for day, each in zip(days, found, strict=True)
            )
        )
    )


def areas_of(found: list[Figure]) -> Table:
    return areas_table(
        Areas(
            date(2027, 1, 1),
            (),
            tuple(
                InArea(
                    f"{n}",
                    f"By {'abc'[n % 3]}",
                    None,
                    50_000,
                    2026,
                    each,
                    per_100_000(each, 50_000),
                    each,
                    None,
                    each,
                    each,
                )
                for n, each in enumerate(found)
            ),
        ),
        Level.MUNICIPALITY,
    )


def said_in(spec: Spec) -> set[str]:
    """Every number that is written somewhere in a picture but on its axes."""
    words = [
        value for value in strings_in(spec.get("layer", spec.get("data"))) if not value.startswith(("datum", "20"))
    ]
    return {number for word in words for number in re.findall(r"(?<![\w#])\d[\d.,]*(?= |$|:)", word)}


def strings_in(part: object) -> list[str]:
    match part:
        case str():
            return [part]
        case dict():
            return [said for key in ("says", "words", "values", "data") for said in strings_in(part.get(key))]
        case list():
            return [said for each in part for said in strings_in(each)]
        case _:
            return []


def written_in(table: Table) -> set[str]:
    cells = [
        danish.text(cell, column.kind, K)
        for row in table.rows
        for cell, column in zip(row.cells, table.columns, strict=True)
    ]
    return {number for cell in cells for number in re.findall(r"\d[\d.,]*", cell)}


@given(st.lists(figures, min_size=7, max_size=7), st.sampled_from(LOOKS))
def test_no_picture_says_a_number_that_does_not_stand_in_its_table(found: list[Figure], look: Look) -> None:
    for table, spec in (
        (funnel := funnel_of(found), funnel_chart(funnel, K, CAPTION, look)),
        (units := units_of(found), comparison_chart(units, K, CAPTION, look)),
        (weeks := weeks_of(found), series_chart(weeks, K, CAPTION, look)),
        (areas := areas_of(found), numbers_chart(areas, "new", K, CAPTION, look, most=3)),
    ):
        assert said_in(spec) <= written_in(table)


@given(st.lists(figures, min_size=7, max_size=7))
def test_what_is_hidden_has_no_bar_and_no_point(found: list[Figure]) -> None:
    bars = funnel_chart(funnel_of(found), K, CAPTION, Look())["data"]["values"]
    assert [bar["shown"] for bar in bars] == [figure.at_least is not None for figure in found]
    assert all(bar["end"] == bar["zero"] for bar in bars if not bar["shown"])
    lines = series_chart(weeks_of(found), K, CAPTION, Look())["layer"][1]["data"]["values"]
    assert sorted(point["number"] for point in lines) == sorted(3 * [each.at_least for each in found if each.at_least])


SQUARES = {
    f"{n}": json.dumps(
        {"type": "Polygon", "coordinates": [[[9 + n, 55], [10 + n, 55], [10 + n, 56], [9 + n, 56], [9 + n, 55]]]}
    )
    for n in range(4)
}


def test_a_map_names_each_area_with_its_number_or_that_it_is_small() -> None:
    table = areas_of([Figure(40), Figure(90), Figure(why=Why.FEWER), Figure(20)])
    spec = map_chart(table, SQUARES, K, CAPTION, Look())
    words = set(texts_of(draw(json.dumps(spec).encode(), Form.SVG)))
    assert {"80,0", "180,0", "40,0", "færre end 10 vist", "By a", "Nye pr. 100.000"} <= words
    assert can_be_drawn(table, SQUARES)
    assert not can_be_drawn(table, {})


def texts_of(svg: bytes) -> list[str]:
    return [text for each in ET.fromstring(svg).iter() if (text := each.text)]  # noqa: S314  (our own)


def test_a_slide_says_title_source_and_that_numbers_are_made_up() -> None:
    made_up = Caption("Et sted", "Kilde: en kampagne.", made_up=True)
    table = funnel_of([Figure(100)] * 7)
    whole = texts_of(draw(json.dumps(funnel_chart(table, K, made_up, Look())).encode(), Form.SVG))
    assert {"OPDIGTEDE TAL", table.title, "Et sted", "Kilde: en kampagne."} <= set(whole)
    bare = texts_of(draw(json.dumps(funnel_chart(table, K, made_up, Look(bare=True))).encode(), Form.SVG))
    assert "Opdigtede tal" in bare
    assert table.title not in bare


@pytest.fixture
async def drawer() -> AsyncIterator[Drawer]:
    made = Drawer()
    yield made
    await made.close()


SOME = funnel_chart(funnel_of([Figure(100)] * 7), K, CAPTION, Look())


async def test_a_picture_is_drawn_once_and_the_oldest_are_forgotten(drawer: Drawer) -> None:
    one, other = await asyncio.gather(drawer.draw(SOME, Form.SVG), drawer.draw(SOME, Form.SVG))
    assert one is other
    for n in range(4):
        drawer.keep(b"%d" % n, b"x" * (MOST_BYTES_KEPT // 3))
    again = await drawer.draw(SOME, Form.SVG)
    assert again is not one
    assert again == one


async def test_whoever_draws_holds_nobody_up(drawer: Drawer) -> None:
    """Also on a busy machine: the loop goes on while the first picture, which takes longest, is drawn."""
    drawing = asyncio.create_task(drawer.draw(SOME, Form.PNG))
    turns = 0
    while not drawing.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert turns > 20
    assert (await drawing).startswith(b"\x89PNG")


async def test_what_cannot_be_drawn_is_said_and_the_next_is_drawn(drawer: Drawer) -> None:
    with pytest.raises(CannotDraw):
        await drawer.draw({"mark": "nonsense"}, Form.SVG)
    assert (await drawer.draw(SOME, Form.SVG)).startswith(b"<svg")


async def test_somebody_who_goes_away_does_not_get_the_next_one_s_picture(drawer: Drawer) -> None:
    impatient = asyncio.create_task(drawer.draw(SOME, Form.PNG))
    await asyncio.sleep(0.1)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert (await drawer.draw(SOME, Form.SVG)).startswith(b"<svg")


async def test_a_process_that_died_is_begun_anew(drawer: Drawer) -> None:
    await drawer.draw(SOME, Form.SVG)
    assert drawer._process is not None
    drawer._process.kill()
    await drawer._process.wait()
    assert (await drawer.draw(SOME, Form.PNG)).startswith(b"\x89PNG")


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", COLOURS.values(), ids=list(COLOURS))
def test_words_and_bars_stand_out_and_the_steps_of_a_map_go_one_way(colours: Colours) -> None:
    for colour in (colours.ink, colours.muted, *colours.lines, colours.mark):
        assert contrast(colour, colours.paper) >= 4.5
    assert contrast(colours.bar, colours.paper) >= 3
    light = [luminance(each) for each in colours.steps]
    assert light in (sorted(light), sorted(light, reverse=True))


def test_the_same_table_gives_the_same_file() -> None:
    table, made = weeks_of([Figure(10), Figure(why=Why.FEWER), at_least([20, 30])]), datetime(2026, 11, 23, tzinfo=UTC)
    assert as_xlsx(table, K, "Et sted", made) == as_xlsx(table, K, "Et sted", made)
    rows = as_csv(table, K).decode("utf-8-sig").splitlines()
    assert rows[1:4] == [
        "Uge 1, 2026;04.01.2026;10;10;10;10;3",
        "Uge 2, 2026;11.01.2026;færre end 10 vist;færre end 10 vist;færre end 10 vist;færre end 10 vist;3",
        "Uge 3, 2026;18.01.2026;50;50;50;50;3",
    ]
