"""The sheets of the 'bewerkbaar bestand': which columns they have, on the way out and on the way in."""

from enum import StrEnum

from workbooks.reading import Layout


class Plan(StrEnum):
    """A row per interventie, in the columns in which the bureau keeps its own file."""

    YEAR = "Jaar"
    PILLAR = "Pijler"
    NUMBER = "Nummer"
    THEME = "Cluster"
    NAME = "Naam"
    FORMER_NAME = "Was"
    FUNDING = "Financiering"
    DESCRIPTION = "Korte omschrijving"
    QUANTITATIVE = "Kwantitatieve voortgang"
    QUALITATIVE = "Kwalitatieve voortgang"
    INITIATORS = "Initiatiefnemer"
    COLOUR = "Kleur"


class Figures(StrEnum):
    """A row per value."""

    CODE = "Interventie"
    INDICATOR = "Indicator"
    UNIT = "Eenheid"
    AREA = "Gebied"
    PERIOD = "Periode"
    VALUE = "Waarde"
    TARGET = "Streefwaarde"
    PROVISIONAL = "Voorlopig"
    REMARK = "Opmerking"


PLAN = Layout("Interventies", Plan, most_rows=2_000, required=True)
FIGURES = Layout("Cijfers", Figures, most_rows=10_000)
LAYOUTS = (PLAN, FIGURES)
