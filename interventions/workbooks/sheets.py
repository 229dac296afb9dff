"""The sheets of the workbook of a round."""

from functools import cache
from itertools import groupby, zip_longest

from django.utils import timezone
from django.utils.formats import date_format

from backoffice.workbooks.book import CELL, INK, SOFT, Book, points
from backoffice.workbooks.text import BLANK, as_text, lines_needed, plain_lines, split_into_cells
from interventions.filters import WITHOUT_PILLAR
from interventions.models import Initiator, Trend
from interventions.models.progress import Part
from interventions.summary import summarise
from interventions.workflow import Colour, State
from programme.numbers import format_number

CELL_LIMIT = 32_000
"""Characters in a cell as Excel counts them, some as two; it stops at 32,767."""

SYMBOLS = {Colour.GREEN: "●", Colour.ORANGE: "▲", Colour.RED: "■", Colour.WHITE: "○"}
TREND_SYMBOLS = {Trend.NEW: "★", Trend.FORWARD: "↑", Trend.SAME: "=", Trend.BACK: "↓", Trend.UNKNOWN: "?"}
MEANING = {
    Colour.GREEN: "Het resultaat is bereikt of gaat bereikt worden, zonder problemen.",
    Colour.ORANGE: "Er zijn problemen, maar met maatregelen worden de mijlpalen en het resultaat toch gehaald.",
    Colour.RED: "Er zijn zorgen over een mijlpaal of over het resultaat.",
    Colour.WHITE: "De uitvoering is nog niet begonnen.",
}

_FILLS = {Colour.GREEN: "#A9DDB8", Colour.ORANGE: "#FFCE85", Colour.RED: "#F2A39C", Colour.WHITE: "#FFFFFF"}
_LOOKS = {
    # Nothing that could be taken for wit: another ground, slanted, and no outline.
    Trend.NEW: CELL | {"bg_color": "#E8F1FA", "font_color": "#1C558E", "italic": True},
    "": CELL | {"font_color": SOFT, "italic": True},
    **{colour: CELL | {"bg_color": fill} for colour, fill in _FILLS.items()},
}
_LOOKS[Colour.WHITE] |= {"border": 2, "border_color": INK}


class RoundBook(Book):
    """The workbook of a round, with the looks of the colours."""

    looks = Book.looks | _LOOKS

    def __init__(self, file, content):
        self.content = content
        super().__init__(
            file,
            title=f"Voortgangsrapportage NPRZ {content.reporting_round.year}",
            selection=content.selection,
            subject=content.selection or "Alle interventies",
            notice=content.notice,
        )


def write_sheets(file, content):
    book = RoundBook(file, content)
    _write_summary(book)
    for pillar, entries in groupby(content.entries, key=lambda entry: entry.item.pillar):
        _write_printed(book, str(pillar or WITHOUT_PILLAR), entries)
    _write_flat(book)
    _write_figures(book)
    book.workbook.close()


# Samenvatting


def _write_summary(book):
    content = book.content
    summary = summarise([entry.item for entry in content.entries])
    columns = [
        ("Pijler", 200),
        ("Kleur", 150),
        *((trend or "geen trend", 85) for trend in summary.trends),
        ("Totaal", 85),
    ]
    sheet = book.add_sheet("Samenvatting", columns=columns, headings=False)
    last = len(columns) - 1
    book.write(sheet, 0, 0, book.title, "title")
    sheet.set_row(0, 24)
    facts = [
        f"Stand van {date_format(timezone.localdate(), 'j F Y')}; de ronde is "
        f"{content.reporting_round.get_state_display()}.",
        f"Selectie: {content.selection}" if content.selection else "Alle interventies die u mag zien.",
        *filter(None, [content.notice]),
    ]
    for row, text in enumerate(facts, 1):
        book.write_across(sheet, row, 0, text, columns)

    row = len(facts) + 2
    for column, (title, _) in enumerate(columns):
        book.write(sheet, row, column, title, "heading of numbers" if column > 1 else "heading")
    for group in (*summary.pillars, summary.total):
        name = str(group.pillar or "Alle pijlers")
        for line in (*group.rows, group.total):
            row += 1
            is_total = line.colour is None
            look = "total" if is_total else "cell"
            book.write(sheet, row, 0, f"{name}, totaal" if is_total else name, look)
            if is_total:
                book.write(sheet, row, 1, "", look)
            else:
                book.write(sheet, row, 1, _colour_text(line.colour) or content.reporting_round.colourless, line.colour)
            for column, count in enumerate((*line.counts.values(), line.total), 2):
                book.write(sheet, row, column, count, look)

    row += 2
    book.write(sheet, row, 0, "Wat de kleuren en tekens betekenen", "subtitle")
    legend = [(_colour_text(colour), colour, MEANING[colour]) for colour in reversed(Colour)]
    legend += [
        (_trend_text(Trend.NEW), Trend.NEW, "Stond niet in het plan van de vorige ronde. Zegt niets over de start."),
        (_trend_text(Trend.FORWARD), "text", "Een betere kleur dan in de vorige ronde."),
        (_trend_text(Trend.SAME), "text", "Dezelfde kleur als in de vorige ronde."),
        (_trend_text(Trend.BACK), "text", "Een minder goede kleur dan in de vorige ronde."),
        (_trend_text(Trend.UNKNOWN), "text", "De kleur van de vorige ronde is niet bekend."),
    ]
    for text, look, meaning in legend:
        row += 1
        book.write(sheet, row, 0, text, look)
        book.write_across(sheet, row, 1, meaning, columns)
    if summary.without_colour:
        row += 2
        hidden = content.reporting_round.in_progress and not content.unreleased
        title = f"Interventies zonder kleur{' die is vrijgegeven' if hidden else ''}"
        book.write(sheet, row, 0, title, "subtitle")
        for item in summary.without_colour:
            row += 1
            book.write(sheet, row, 0, f"{item.pillar}, {item.code}", "text")
            book.write_across(sheet, row, 1, item.name, columns)
    sheet.print_area(0, 0, row, last)


# A sheet per pijler, as in print


def _write_printed(book, name, entries):
    reporting_round, previous = book.content.reporting_round, book.content.previous_round
    columns = [
        (f"Kleur {previous.year}" if previous else "Kleur vorige ronde", 80),
        (f"Interventie en kleur {reporting_round.year}", 165),
        ("Korte omschrijving", 195),
        ("Kwantitatieve voortgang", 290),
        ("Kwalitatieve voortgang", 290),
        ("Initiatiefnemer", 110),
    ]
    pixels = [width for _, width in columns]
    sheet = book.add_sheet(name, columns=columns)
    row, path = 1, ()
    for entry in entries:
        before, path = path, _theme_path(entry.item)
        for level, heading in _new_headings(before, path):
            book.write(sheet, row, 0, heading, f"theme {level}")
            for column in range(1, len(columns)):
                book.write(sheet, row, column, "", f"theme {level}")
            sheet.set_row(row, 20)
            row += 1
        for height, looks, cells in _printed_rows(entry, reporting_round, pixels):
            for column, (lines, look) in enumerate(zip(cells, looks, strict=True)):
                book.write_lines(sheet, row, column, lines, look)
            sheet.set_row(row, points(height))
            row += 1


def _theme_path(item):
    theme = item.theme
    if theme is None:
        return ()
    return (theme.parent.name, theme.name) if theme.parent_id else (theme.name,)


def _new_headings(before, path):
    """The headings (level, name) to print where the thema changes from `before` to `path`."""
    if before == path:
        return []
    shared = 0
    # The last one is always printed, else what follows a hoofdblok's onderdelen would seem to belong to those.
    while shared < min(len(before), len(path) - 1) and before[shared] == path[shared]:
        shared += 1
    return list(enumerate(path))[shared:]


def _printed_rows(entry, reporting_round, pixels):
    """The rows of a plan item: (height in lines, look of each column, lines of each column)."""
    item = entry.item
    looks = [_previous_look(item), item.seen_colour or "cell", "cell", "cell", "cell", "cell"]
    previous, colour = plain_lines(_previous_text(item)), plain_lines(_colour_line(item, reporting_round))
    columns = [
        previous,
        _name_lines(item, colour),
        entry.description,
        _quantitative_lines(entry),
        entry.qualitative,
        _initiator_lines(item),
    ]
    cells = [split_into_cells(lines, pixels=width) for lines, width in zip(columns, pixels, strict=True)]
    # What a next row says in a column that has no more to say itself.
    repeated = [previous, [*plain_lines(f"{item} (vervolg)", "b"), *colour], [], [], [], []]
    for row in zip_longest(*cells):
        lines = [cell.lines if cell else again for cell, again in zip(row, repeated, strict=True)]
        heights = [
            cell.height if cell else lines_needed(again, pixels=width)
            for cell, again, width in zip(row, repeated, pixels, strict=True)
        ]
        yield max(heights), looks, lines


def _previous_text(item):
    if item.previous_colour:
        return _colour_text(item.previous_colour)
    if item.trend == Trend.NEW:
        return _trend_text(Trend.NEW)
    return _trend_text(Trend.UNKNOWN) if item.previous_item else "–"


def _previous_look(item):
    return item.previous_colour or (Trend.NEW if item.trend == Trend.NEW else "")


def _colour_text(colour):
    return f"{SYMBOLS[colour]} {colour}" if colour else ""


def _trend_text(trend):
    return f"{TREND_SYMBOLS[trend]} {trend}" if trend else ""


def _colour_line(item, reporting_round):
    colour = _colour_text(item.seen_colour) or reporting_round.colourless
    told = ", ".join(filter(None, (colour, _trend_text(item.trend))))
    return f"Kleur {reporting_round.year}: {told}{' (niet vrijgegeven)' if _is_unreleased(item) else ''}"


def _is_unreleased(item):
    """Whether the colour is one that the bureau alone sees for now."""
    return bool(item.seen_colour) and not item.released


def _name_lines(item, colour):
    funding = ", ".join(funding.name for funding in item.funding.all())
    state = State(item.seen_state).label.capitalize() if item.seen_state in {State.NO_REPORT, State.DROPPED} else ""
    return [
        *plain_lines(str(item), "b"),
        *colour,
        *plain_lines(state),
        *plain_lines(f"Was: {item.was}" if item.was else ""),
        *plain_lines(f"Financiering: {funding}" if funding else ""),
    ]


def _quantitative_lines(entry):
    lines = entry.quantitative
    figures = [plain_lines(f"• {_figure_text(figure, entry.item)}")[0] for figure in entry.figures]
    figures = figures or entry.waived(Part.FIGURES)
    if not figures:
        return lines
    return [*lines, *[BLANK] * bool(lines), *plain_lines("Cijfers", "b"), *figures]


def _figure_text(figure, item):
    number = figure.code
    if figure.value is not None:
        unit = {"aantal": "", "%": "%"}.get(figure.unit, f" {figure.unit}")
        number = f"{format_number(figure.value)}{unit}"
    remarks = [
        f"streefwaarde {format_number(figure.target)}" if figure.target is not None else "",
        "voorlopig" if figure.provisional else "",
        figure.remark,
        f"gerapporteerd bij {figure.reported_by.code}" if figure.reported_by.pk != item.pk else "",
    ]
    told = "; ".join(filter(None, remarks))
    return f"{figure.indicator}, {figure.area} ({figure.period}): {number}" + (f" ({told})" if told else "")


def _initiator_lines(item):
    """The trekker first; who only delivers data is no initiatiefnemer."""
    names = _organisations(item)
    lines = [f"{name} (trekker)" for name in names[Initiator.Role.TREKKER]] + names[Initiator.Role.INITIATOR]
    if suppliers := names[Initiator.Role.DATA_SUPPLIER]:
        lines.append(f"Data van: {', '.join(suppliers)}")
    return plain_lines("\n".join(lines))


def _organisations(item):
    names = {role: [] for role in Initiator.Role}
    for initiator in item.initiators.all():
        names[initiator.role].append(initiator.name)
    return names


# Alle rijen and Cijfers, to filter and to count


def _write_flat(book):
    year, previous = book.content.reporting_round.year, book.content.previous_round
    columns = [
        ("Nummer", 65),
        ("Pijler", 120),
        ("Hoofdblok", 160),
        ("Thema", 160),
        ("Interventie", 240),
        ("Was", 160),
        (f"Kleur {previous.year}" if previous else "Kleur vorige ronde", 80),
        (f"Kleur {year}", 80),
        ("Vrijgegeven", 85),
        ("Trend", 80),
        ("Reden van de kleur", 200),
        ("Status", 100),
        ("Financiering", 120),
        ("Trekker", 150),
        ("Initiatiefnemers", 180),
        ("Dataleveranciers", 120),
        ("Korte omschrijving", 240),
        ("Kwantitatieve voortgang", 320),
        ("Kwalitatieve voortgang", 320),
    ]
    sheet = book.add_sheet("Alle rijen", columns=columns)
    row = 0
    for entry in book.content.entries:
        for values in _within_limit(_flat_values(entry)):
            row += 1
            for column, value in enumerate(values):
                book.write(sheet, row, column, value)
            # One height for all, so that the list can be looked through; filters and searches read the whole text.
            sheet.set_row(row, points(3))
    sheet.autofilter(0, 0, row, len(columns) - 1)


def _flat_values(entry):
    item = entry.item
    main, part, *_ = (*_theme_path(item), "", "")
    names = _organisations(item)
    return [
        item.code,
        str(item.pillar or WITHOUT_PILLAR),
        main,
        part,
        item.name,
        item.former_name,
        item.previous_colour,
        item.seen_colour,
        ("nee" if _is_unreleased(item) else "ja") if item.seen_colour else "",
        item.trend,
        item.seen_colour_reason,
        State(item.seen_state).label if item.seen_state else "",
        ", ".join(funding.name for funding in item.funding.all()),
        ", ".join(names[Initiator.Role.TREKKER]),
        ", ".join(names[Initiator.Role.INITIATOR]),
        ", ".join(names[Initiator.Role.DATA_SUPPLIER]),
        as_text(entry.description),
        as_text(entry.quantitative),
        as_text(entry.qualitative),
    ]


def _within_limit(values):
    """The values in one row, or in more when a text is longer than a cell may be; the short ones are repeated."""
    pieces = [_pieces(value) for value in values]
    for row in zip_longest(*pieces):
        yield [parts[0] if len(parts) == 1 else piece or "" for piece, parts in zip(row, pieces, strict=True)]


def _pieces(text):
    """The text in as many pieces as it takes cells."""
    coded, size = text.encode("utf-16-le"), 2 * CELL_LIMIT
    if len(coded) <= size:
        return [text]
    pieces, rest = [], text
    while rest:
        piece = rest.encode("utf-16-le")[:size].decode("utf-16-le", "ignore")
        pieces.append(piece)
        rest = rest[len(piece) :]
    return pieces


def _write_figures(book):
    columns = [
        ("Nummer", 65),
        ("Interventie", 240),
        ("Indicator", 320),
        ("Eenheid", 90),
        ("Gebied", 130),
        ("Periode", 75),
        ("Waarde", 90),
        ("Streefwaarde", 90),
        ("Voorlopig", 75),
        ("Opmerking", 280),
        ("Staat ook bij", 100),
    ]
    sheet = book.add_sheet("Cijfers", columns=columns)
    # Set, because LibreOffice does not make rows fit by itself; cached, because names come back in many rows.
    needed = cache(lambda text, pixels: lines_needed(plain_lines(text), pixels=pixels))
    row = 0
    for row, figure in enumerate(book.content.figures, 1):
        cells = [
            figure.reported_by.code,
            figure.reported_by.name,
            figure.indicator,
            figure.unit,
            figure.area,
            figure.period,
            figure.code if figure.value is None else figure.value,
            figure.target,
            "ja" if figure.provisional else "",
            figure.remark,
            ", ".join(other.code for other in figure.also_at),
        ]
        tallest = 1
        for column, cell in enumerate(cells):
            book.write(sheet, row, column, cell)
            if isinstance(cell, str):
                tallest = max(tallest, needed(cell, columns[column][1]))
        sheet.set_row(row, points(tallest))
    sheet.autofilter(0, 0, row, len(columns) - 1)
