"""Invented texts and figures for 2024: near those of last year, and each text says that it is invented."""

import re
from dataclasses import replace
from decimal import Decimal
from itertools import islice

from interventions.models.progress import Content, Figure, Part, Waived
from programme.figures import Code
from programme.richtext import blocks, plain_text

INVENTED = "Verzonnen voor de demonstratie"

_LEAD = f"<p><em>{INVENTED}.</em></p>"
_NUMBERS = (
    "In 2024 deden {a} bewoners mee.",
    "Er waren {b} bijeenkomsten, {c} meer dan een jaar eerder.",
    "Van de deelnemers maakte {d}% het traject af.",
    "In de zomer lag het aantal lager, daarna trok het weer aan.",
    "Op 31 december stonden er nog {c} aanvragen open.",
    "Het doel van {a} is voor {d}% gehaald.",
    "Feijenoord had het grootste aandeel, IJsselmonde het kleinste.",
    "Nieuw in de telling zijn de {c} deelnemers die na september begonnen.",
)
_STORIES = (
    "De samenwerking in de wijk loopt beter dan een jaar geleden.",
    "Het werven van personeel kost meer tijd dan gedacht.",
    "In de tweede helft van het jaar is de aanpak bijgesteld.",
    "Bewoners vragen om een vast gezicht; daarom is er nu één aanspreekpunt.",
    "De wachttijd is korter geworden doordat aanmeldingen op één plek binnenkomen.",
    "Twee partners stopten in het voorjaar; hun werk is verdeeld over de anderen.",
    "Volgend jaar komt er een tweede locatie bij.",
    "Een kort onderzoek onder deelnemers laat zien dat zij tevreden zijn over de begeleiding.",
    "De proef is afgerond en wordt vanaf september vast onderdeel van het werk.",
    "Een aandachtspunt is de overdracht aan de wijkteams.",
    "Met de gemeente is afgesproken dat het aandeel van Zuid elk kwartaal wordt bekeken.",
    "Dat vroeg meer overleg dan vooraf bedacht.",
)
_ITEMS = (
    "een vast spreekuur in drie wijken",
    "meer uren voor begeleiding",
    "één formulier voor alle aanmeldingen",
    "een training voor nieuwe medewerkers",
    "een proef met avondopenstelling",
    "afspraken over wie wat wanneer meldt",
)
_QUESTIONS = (
    "U schrijft dat de werving loopt. Hoeveel deelnemers waren er eind december?",
    "Het cijfer is hoger dan vorig jaar, maar de tekst noemt een daling. Welke van de twee klopt?",
    "Wilt u erbij zetten welke maatregelen u neemt, en wanneer die resultaat geven?",
    "Kunt u de cijfers voor de drie gebieden aanvullen? Vorig jaar stonden ze er wel bij.",
    "De tekst over de samenwerking is gelijk aan die van vorig jaar. Wat is er in 2024 veranderd?",
    "Geldt dit aantal voor heel Rotterdam of alleen voor Zuid?",
)
_REASONS = {
    "groen": (
        "het doel is gehaald en voor volgend jaar zijn er geen problemen.",
        "het aantal ligt op schema en de financiering is rond.",
        "de aanpak werkt; het resultaat wordt op tijd bereikt.",
    ),
    "oranje": (
        "het personeel is nog niet compleet; met extra werving in het voorjaar wordt de mijlpaal gehaald.",
        "het aantal blijft achter; een tweede locatie en meer voorlichting moeten dat goedmaken.",
        "een partner viel uit; de anderen nemen het werk over, zodat het resultaat in zicht blijft.",
    ),
    "rood": (
        "zonder nieuw geld stopt de uitvoering in de zomer; de mijlpaal van volgend jaar komt in gevaar.",
        "het aantal daalt voor het tweede jaar en er is nog geen maatregel die daar iets aan doet.",
    ),
    "wit": (
        "nog niet begonnen; de start staat gepland voor september.",
        "wacht op een projectleider; begint in het tweede kwartaal.",
    ),
}
_AREAS = ("Feijenoord", "Charlois", "IJsselmonde")
NOTES = (
    "Bellen met de contactpersoon: komt het cijfer van het vierde kwartaal nog?",
    "Meenemen in het gesprek over de financiering.",
    "Past niet goed bij het thema; bij het volgende uitvoeringsplan bekijken.",
    "De tekst is lang; bij de opmaak van het rapport letten op de tabel.",
)


def colour_reason(rng, colour):
    return f"{INVENTED}: {rng.choice(_REASONS[colour])}"


def question(rng):
    return rng.choice(_QUESTIONS)


def content(rng, last_year, rows, *, complete):
    """What a partner fills in, as a Content; when not `complete`, something is left open.

    `last_year` is the voortgang of the same interventie, `rows` its rows of figures as {OutputValue: last value or
    None}.
    """
    figures = {row.pk: _figure(rng, last) for row, last in rows.items()}
    for row, last in rows.items():
        # What last year said of this same period is restated, and that takes a reason.
        if last and last.period_id == row.period_id and not figures[row.pk].remark:
            figures[row.pk] = replace(figures[row.pk], remark="Verzonnen: nu over het hele jaar geteld")
    quantitative = _text(rng, last_year.quantitative, _NUMBERS)
    qualitative = _text(rng, last_year.qualitative, _STORIES)
    if not complete:
        some = dict(list(figures.items())[: rng.randint(len(figures) // 3, len(figures))])
        return Content(quantitative, "", {}, some) if rng.random() < 0.6 else Content("", qualitative, {}, some)
    if "niet van toepassing" not in last_year.quantitative:
        return Content(quantitative, qualitative, {}, figures)
    waived = Waived(reason=f"{INVENTED}: voor deze interventie zijn geen cijfers afgesproken.")
    return Content("", qualitative, {Part.QUANTITATIVE: waived}, figures)


def longer(rng, before):
    """`before` with an answer to the question of the bureau."""
    return before + _paragraph(["Aangevuld na uw vraag.", next(_drawn(rng, _NUMBERS)), next(_drawn(rng, _STORIES))])


def _text(rng, last_year, sentences):
    """A text of one to many paragraphs, here and there with a list or a table; half of them build on last year's."""
    pool = _drawn(rng, sentences)
    parts = [_LEAD]
    first = plain_text(blocks(last_year)[0]) if last_year else ""
    if first.endswith(".") and rng.random() < 0.5:
        kept = re.split(r"(?<=[.?!]) ", first)[:7]
        kept.insert(rng.randint(0, len(kept)), next(pool))
        parts.append(_paragraph(kept))
    for _ in range(rng.choice((1, 1, 1, 2, 2, 2, 3, 3, 5, 8, 20))):
        parts.append(_paragraph(islice(pool, rng.randint(2, 4))))
    if rng.random() < 0.25:
        items = rng.sample(_ITEMS, rng.randint(2, 4))
        parts.append(f"<p>Afgesproken is:</p><ul>{''.join(f'<li><p>{item}</p></li>' for item in items)}</ul>")
    if rng.random() < 0.12:
        parts.append(_table(rng))
    return "".join(parts)


def _drawn(rng, sentences):
    """Sentences with their numbers, without end; each comes by before one comes by again."""
    while True:
        for sentence in rng.sample(sentences, len(sentences)):
            a, b, c, d = rng.randint(60, 400), rng.randint(8, 40), rng.randint(3, 25), rng.randint(55, 95)
            yield sentence.format(a=a, b=b, c=c, d=d)


def _paragraph(sentences):
    return f"<p>{' '.join(sentences)}</p>"


def _table(rng):
    rows = [f"<tr><td>{area}</td><td>{rng.randint(5, 90)}</td><td>{rng.randint(5, 90)}</td></tr>" for area in _AREAS]
    return f"<table><tr><th>Gebied</th><th>2023</th><th>2024</th></tr>{''.join(rows)}</table>"


def _figure(rng, last):
    """A figure near `last` (an OutputValue, or None), with now and then a code, a remark or a provisional value."""
    chance = rng.random()
    if chance < 0.03:
        return Figure(code=Code.UNKNOWN, remark="Verzonnen: komt in het voorjaar")
    if chance < 0.04:
        return Figure(code=Code.NOT_APPLICABLE)
    if last is None or last.value is None:
        return Figure(Decimal(rng.randint(5, 60)))
    unit = last.series.indicator.unit
    if unit == "aantal" and 0 < last.value < 6 and chance < 0.3:
        return Figure(code=Code.FEWER_THAN_5)
    decimals = max(0, -last.value.normalize().as_tuple().exponent)
    value = round(last.value * Decimal(rng.uniform(0.93, 1.09)), decimals)
    return Figure(
        min(value, Decimal(100)) if unit == "%" and last.value <= 100 else value,
        provisional=chance > 0.92,
        remark="Verzonnen: telling tot en met november" if chance > 0.95 else "",
    )
