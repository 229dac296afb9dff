"""Texts of the size and shape of the real report, for where the report is not: 120 interventies, the same every time.

The words are our own and mean nothing. The markup is that of the data as delivered, before it is made canonical:
lists without paragraphs, nested lists, tables with head, caption and spans, links, and one text of 8 KB.
"""

import json
import random
import re
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from openpyxl import Workbook

from programme.richtext import canonical

REAL = Path(settings.BASE_DIR).parent / "shared" / "vgr2023"

COLUMNS = (
    *("Jaar", "Pijler", "Nummer", "Cluster", "Naam", "Was", "Financiering", "Korte omschrijving"),
    *("Kwantitatieve voortgang", "Kwalitatieve voortgang", "Initiatiefnemer", "Kleur"),
)
PILLARS = {"Thuisbasis op Orde": 19, "School": 29, "Werk": 35, "Wonen": 19, "Veilig": 18}

_NOUNS = re.findall(
    r"\w+",
    """aanpak bewoner buurt coach dossier fase gesprek gezin groep huis inzet jongere kans les maand meting netwerk
    ouder overleg partner plan ploeg project punt reeks school spoor stap straat team traject vraag werk wijk""",
)
_VERBS = re.findall(r"\w+", "begint blijft bouwt daalt draait groeit helpt kiest krijgt leert loopt maakt start stijgt")
_SMALL = re.findall(
    r"\w+", "aan als bij dan dat de een en er het in maar met na nog ook op over per te tot uit van voor"
)
_NAMES = (
    "Stichting Voorbeeld",
    "Gemeente Voorbeeldstad",
    "Schoolbesturen",
    "Woningcorporaties",
    "Coöperatie Ééndracht",
)
_TAGS = re.findall(
    r"\w+", "p p div h2 ul ol li li table tr td td th caption thead b i u a span br blockquote dl dt dd section"
)
_FUNDING = ("", "", "", "Regio Deal", "Spuk KW", "Regio Deal;Spuk KW", "Preventie met Gezag")
_MARKS = ("<b>{}</b>", "<i>{}</i>", "<u>{}</u>", '<a href="https://example.org/?deel=1&amp;jaar=2">{}</a>')
_ODD = ("&lt;5", "R&amp;D", "40,3%", "1.234", "€ 12", "cliënt", "’s avonds", "a&nbsp;b")
# The lengths of the real texts, in steps of a twentieth; the last one is the 8 KB one.
_LENGTHS = (0, 49, 75, 108, 129, 151, 182, 215, 251, 289, 350, 426, 512, 595, 683, 816, 923, 1206, 1523, 2170)
_LONGEST = 8_200


def rows() -> list[dict[str, object]]:
    """Return 120 interventies, keyed by the columns of the workbook."""
    chance = random.Random(2023)
    interventions = []
    for pillar, count in PILLARS.items():
        for number in range(1, count + 1):
            description, quantitative, qualitative = (_text(chance, chance.choice(_LENGTHS)) for _ in range(3))
            if (pillar, number) == ("Wonen", 18):
                quantitative = _text(chance, _LONGEST, tables=1)
            values = (
                *(2023, pillar, number, f"Thema {pillar} {number // 6 + 1}", _name(chance)),
                *(_name(chance) if number % 4 == 0 else None, chance.choice(_FUNDING) or None),
                *(description, quantitative, qualitative, chance.choice(_NAMES), None),
            )
            interventions.append(dict(zip(COLUMNS, values, strict=True)))
    return interventions


def texts() -> list[str]:
    """Return the 360 texts of the rows."""
    return [str(row[column]) for row in rows() for column in COLUMNS[7:10]]


def synthetic_workbook(path: Path | str) -> None:
    """Write the rows as a workbook like interventies-2023.xlsx: sheet 'Interventies', a header, HTML in it."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Interventies"
    sheet.append(COLUMNS)
    for row in rows():
        sheet.append(list(row.values()))
    workbook.save(path)


def real_texts() -> list[str]:
    """Return the 393 texts of the printed report as delivered; skip the test where they are not."""
    files = [REAL / "interventions.json", REAL / "other_activities.json"]
    if not all(file.exists() for file in files):
        pytest.skip(f"the report is not here: {REAL}")
    return [
        row[key]
        for file in files
        for row in json.loads(file.read_text(encoding="utf-8"))
        for key in ("omschrijving_html", "kwantitatief_html", "kwalitatief_html")
    ]


def words(html: str) -> list[str]:
    """Return the words of HTML in their order, read without a parser: what must never get lost."""
    html = re.sub(r"(?is)<(script|style|title)\b.*?</\1\s*>|<!--.*?-->", "", html)
    html = re.sub(r"(?i)</?(?:a|b|strong|i|em|u|s|span|font|sub|sup|small|ins|del)(?:\s[^<>]*)?>", "", html)
    return unescape(re.sub(r"</?[a-zA-Z][^<>]*>", " ", html)).split()


def _text(chance: random.Random, length: int, tables: float = 0.05) -> str:
    """Return HTML of about this many characters."""
    html = ""
    while len(html) < length:
        kind = chance.random()
        if kind < tables:
            html += _table(chance, rows=min(60, (length - len(html)) // 70 + 2))
        elif kind < 0.3:
            html += _list(chance)
        else:
            html += f"<p>{' '.join(_sentence(chance) for _ in range(chance.randint(1, 4)))}</p>"
    return html


def _sentence(chance: random.Random) -> str:
    sentence = [chance.choice(chance.choice((_NOUNS, _VERBS, _SMALL))) for _ in range(chance.randint(5, 14))]
    if chance.random() < 0.3:
        sentence.append(chance.choice(_ODD))
    if chance.random() < 0.15:
        at = chance.randrange(len(sentence))
        sentence[at] = chance.choice(_MARKS).format(sentence[at])
    return " ".join(sentence).capitalize() + "."


def _list(chance: random.Random, depth: int = 1) -> str:
    name = chance.choice(("ul", "ul", "ul", "ol"))
    items = []
    for _ in range(chance.randint(1, 4)):
        nested = _list(chance, depth + 1) if depth < 3 and chance.random() < 0.15 else ""
        items.append(f"<li>{_sentence(chance)}{nested}</li>")
    return f"<{name}>{''.join(items)}</{name}>"


def _table(chance: random.Random, rows: int) -> str:
    columns = chance.randint(2, 6)
    caption = f"<caption>{_sentence(chance)}</caption>" if chance.random() < 0.3 else ""
    head = "".join(f"<th>{chance.choice(_NOUNS)} {year}</th>" for year in range(2018, 2018 + columns))
    body = []
    for _ in range(rows):
        if columns > 2 and chance.random() < 0.1:
            body.append(f'<td colspan="{columns}">{_sentence(chance)}</td>')
        else:
            cells = [f"{chance.randint(0, 99999)}" for _ in range(columns - 1)]
            body.append("".join(f"<td>{cell}</td>" for cell in [chance.choice(_NOUNS), *cells]))
    # The last two rows share their first cell.
    first, others = chance.choice(_NOUNS), "<td>1</td>" * (columns - 1)
    body += [f'<td rowspan="2">{first}<br>{first}</td>{others}', others]
    rows_html = "".join(f"<tr>{cells}</tr>" for cells in body)
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows_html}</tbody></table>"


def _name(chance: random.Random) -> str:
    return " ".join(chance.sample(_NOUNS, 3)).capitalize()


def misnested(seed: int) -> str:
    """Return HTML as nobody should write it: tags anywhere, left open or closed twice, with words between them."""
    chance = random.Random(seed)
    pieces = []
    for number in range(chance.randint(5, 60)):
        tag = chance.choice(_TAGS)
        opening = f'<{tag} href="https://example.org/">' if tag == "a" else f"<{tag}>"
        pieces += [chance.choice((opening, opening, f"</{tag}>")), chance.choice((f" w{number} ", "", " "))]
    return "".join(pieces)


def edited(blocks: list[str], seed: int) -> list[str]:
    """Return the top-level blocks with one to four changes: left out, moved, added, or a word replaced."""
    chance = random.Random(seed)
    blocks = list(blocks)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(blocks))
        change = chance.choice(("add", "remove", "move", "word", "word", "word"))
        if change == "add":
            blocks.insert(at, canonical(f"<p>{_sentence(chance)}</p>"))
        elif change == "remove" and len(blocks) > 1:
            del blocks[at]
        elif change == "move":
            blocks.insert(chance.randrange(len(blocks)), blocks.pop(at))
        elif words_of_block := re.findall(r"(?<=[ >])[a-z]{2,}(?=[ .<])", blocks[at]):
            word = chance.choice(words_of_block)
            blocks[at] = re.sub(rf"(?<=[ >]){word}(?=[ .<])", chance.choice(_NOUNS), blocks[at], count=1)
    return blocks
