"""`docs/performance/scale.md`: what was measured, by bench and size, with a plot where there are several sizes.

What stands between a bench's two marks is written anew from the figures that are kept; all else in the document is a
person's and is left alone. Of several runs the last one of each size counts.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import vl_convert

from tests.performance.figures import KEPT, Figure, Run, kept, number
from tests.performance.fits import power
from tests.performance.growth import grown
from tests.performance.wanted import table

DOCUMENT = KEPT.parent / "scale.md"
GROWTH = ("", "with", "measured at", "found", "R²", "the wall")
LINES = ("#1f5fa8", "#a85300", "#00705a", "#7a3e9d", "#b3261e", "#545454", "#8a6d00", "#0b7285")


def write_report(document: Path = DOCUMENT, figures: Path = KEPT) -> list[Path]:
    """Every file that was written. A bench without marks in the document gets them at its end."""
    written = []
    everything: dict[str, list[Run]] = {}
    text = document.read_text("utf-8") if document.exists() else "# A million volunteers on two cores\n"
    for path in sorted(figures.glob("*.jsonl")):
        runs = everything[path.stem] = last_of_each_size(kept(path.stem, figures))
        drawn = []
        for name, series in _series(runs).items():
            picture = document.with_name(re.sub(r"[^a-z0-9]+", "-", f"{path.stem} {name}".lower()) + ".svg")
            picture.write_text(_plot(f"{path.stem}: {name}", series), "utf-8")
            drawn.append(picture)
        text = _put(text, path.stem, _section(path.stem, runs, [each.name for each in drawn]))
        written += drawn
    text = _put(text, "growth", "\n".join(_rows(GROWTH, grown(everything))).rstrip())
    text = _put(text, "issue", "\n".join(table(run for runs in everything.values() for run in runs)))
    document.write_text(text, "utf-8")
    return [*written, document]


def last_of_each_size(runs: Iterable[Run]) -> list[Run]:
    """The last run of each set of sizes on each server, smallest first."""
    last: dict[tuple[frozenset[int], object], Run] = {}
    for run in runs:
        last[frozenset(figure.size for figure in run.figures), run.options.get("server")] = run
    return sorted(last.values(), key=lambda run: min((figure.size for figure in run.figures), default=0))


def _series(runs: Sequence[Run]) -> dict[str, list[Figure]]:
    """Of every name each contender's figures, once, where there are several sizes."""
    found: dict[str, dict[tuple[str, int], Figure]] = {}
    for run in runs:
        for figure in run.figures:
            if figure.value > 0 and figure.unit != "%":
                found.setdefault(figure.name, {})[figure.of, figure.size] = figure
    return {name: list(each.values()) for name, each in found.items() if len({size for _, size in each}) > 1}


def _section(bench: str, runs: Sequence[Run], pictures: Sequence[str]) -> str:
    lines: list[str] = []
    for run in runs:
        told = " ".join(f"--{name.replace('_', '-')} {value}" for name, value in run.options.items() if value)
        lines += [f"`python -m tests.performance {bench} {told}`: {run.machine.said()}.", ""]
        if run.facts:
            lines += [f"{'; '.join(f'{name}: {value}' for name, value in run.facts.items())}.", ""]
        lines += [*_measured(run), *_ratios(run)]
    for picture in pictures:
        lines += [f"![{picture.removesuffix('.svg')}]({picture})", ""]
    for name, series in _series(runs).items():
        lines += _fitted(name, series)
    return "\n".join(lines).rstrip()


def _measured(run: Run) -> list[str]:
    """One row a contender and size, one column a figure."""
    units = {figure.name: figure.unit for figure in run.figures}
    rows: dict[tuple[int, str], dict[str, str]] = {}
    for figure in run.figures:
        verdict = {True: " (reached)", False: " (**missed**)", None: ""}[figure.is_met if not figure.beside else None]
        rows.setdefault((figure.size, figure.of), {})[figure.name] = number(figure.value) + verdict
    head = ["size", "", *(f"{name}, {unit}" for name, unit in units.items())]
    return _rows(head, [[f"{size:,}", of, *(of_it.get(n, "") for n in units)] for (size, of), of_it in rows.items()])


def _ratios(run: Run) -> list[str]:
    """One row for each two who were measured side by side; nothing where there are none."""
    names = list(dict.fromkeys(figure.name for figure in run.figures if figure.ratio is not None))
    rows: dict[tuple[int, str, str], dict[str, str]] = {}
    for figure in run.figures:
        if figure.ratio is None:
            continue
        wanted = "" if figure.aim is None else f", wanted {figure.aim.said()}: "
        verdict = {True: "reached", False: "**missed**", None: ""}[figure.is_met]
        beside = figure.beside or ""
        rows.setdefault((figure.size, figure.of, beside), {})[figure.name] = f"{figure.ratio:.2f}{wanted}{verdict}"
    if not rows:
        return []
    found = [[f"{size:,}", of, beside, *(each.get(n, "") for n in names)] for (size, of, beside), each in rows.items()]
    return _rows(["size", "", "times that of", *names], found)


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)] + [""]


def _fitted(name: str, series: Sequence[Figure]) -> list[str]:
    """How each contender grows; nothing for what does not."""
    said = []
    for of in dict.fromkeys(figure.of for figure in series):
        own = [figure for figure in series if figure.of == of]
        fitted = power([figure.size for figure in own], [figure.value for figure in own])
        if fitted is not None:
            said.append(f"{of} {fitted.tenfold:.2f}")
    return [f"Ten times the size makes {name} so many times as large: {', '.join(said)}.", ""] if said else []


def _put(text: str, bench: str, section: str) -> str:
    begin, end = f"<!-- figures: {bench} -->", f"<!-- end: {bench} -->"
    whole = f"{begin}\n{section}\n{end}"
    if begin not in text:
        return f"{text.rstrip()}\n\n## {bench.capitalize()}\n\n{whole}\n"
    return re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: whole, text, flags=re.DOTALL)


def _plot(title: str, series: Sequence[Figure]) -> str:
    """SVG, both scales logarithmic: what grows in proportion is a line of slope one."""
    unit = series[0].unit
    values = [{"size": each.size, "value": each.value, "of": each.of} for each in series]

    def axis(field: str, name: str) -> dict[str, Any]:
        scale = {"type": "log"}
        return {"field": field, "type": "quantitative", "scale": scale, "title": name, "axis": {"format": "~s"}}

    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": title,
        "width": 560,
        "height": 320,
        "background": "#ffffff",
        "data": {"values": values},
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": axis("size", "size"),
            "y": axis("value", unit),
            "color": {"field": "of", "type": "nominal", "title": None, "scale": {"range": LINES}},
            "strokeDash": {"field": "of", "type": "nominal", "title": None},
        },
    }
    svg: str = vl_convert.vegalite_to_svg(msgspec.json.encode(spec).decode(), allowed_base_urls=[])
    return svg
