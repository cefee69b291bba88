"""A table as a sheet, with numbers and dates that can be reckoned with."""

import io
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from campaigns.figures import danish
from campaigns.figures.figure import Figure
from campaigns.figures.table import Cell, Kind, Table

FORMATS = {
    Kind.TEXT: "@",
    Kind.COUNT: "#,##0",
    Kind.CHANGE: "+#,##0;-#,##0;0",
    Kind.SHARE: "0.0%",
    Kind.PER_100_000: "#,##0.0",
    Kind.DAY: "dd.mm.yyyy",
    Kind.WEEK: "@",
}
LONGEST_SHEET_NAME = 31
NARROWEST, WIDEST = 10, 48


def as_xlsx(table: Table, k: int, heading: str, made: datetime) -> bytes:
    """One sheet: what it is (`heading`), the table, and its note. The same table and `made` give the same bytes."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": table.title, "subject": heading, "created": made.replace(tzinfo=None)})
    bold, title = book.add_format({"bold": True}), book.add_format({"bold": True, "font_size": 14})
    top = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "bottom"})
    formats = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
    sheet = book.add_worksheet(table.title[:LONGEST_SHEET_NAME].replace("/", "-"))
    sheet.write_string(0, 0, table.title, title)
    sheet.write_string(1, 0, heading)
    for n, column in enumerate(table.columns):
        sheet.write_string(3, n, column.title, top)
        longest = max([len(danish.text(row.cells[n], column.kind, k)) for row in table.rows], default=0)
        sheet.set_column(n, n, min(WIDEST, max(NARROWEST, longest + 2, len(column.title) if n else 0)))
        for line, row in enumerate(table.rows, start=4):
            _write(sheet, line, n, row.cells[n], column.kind, k, formats[column.kind])
    sheet.freeze_panes(4, 1)
    sheet.write_string(5 + len(table.rows), 0, table.note, bold)
    book.close()
    return out.getvalue()


def _write(sheet: Worksheet, line: int, n: int, cell: Cell, kind: Kind, k: int, form: xlsxwriter.format.Format) -> None:
    match cell:
        case None:
            return
        case Figure() if cell.at_least is not None:
            sheet.write_number(line, n, cell.at_least, form)
        case Figure():
            sheet.write_string(line, n, danish.why(cell.why, k) if cell.why else "")
        case str():
            sheet.write_string(line, n, cell)
        case date() if kind is Kind.DAY:
            sheet.write_datetime(line, n, cell, form)
        case date():
            sheet.write_string(line, n, danish.week(cell))
        case _:
            sheet.write_number(line, n, cell, form)
