"""The bureau's queue as a table. What a cell looks like is in templates/interventions/review/cells/."""

import django_tables2 as tables
from django.contrib.postgres.lookups import Unaccent
from django.db.models import Case, F, When
from django.db.models.functions import Lower

from .models import PlanItem, Trend
from .workflow import WRITABLE, Colour

CELLS = "interventions/review/cells/"
# What comes second when rows are alike, so that none shows up on two pages.
PRINTED = ("pillar__position", "position", "pk")


def sorted_by(expression):
    """An `order_…` method that sorts by `expression`; what has none comes last, whichever way."""

    def order(self, queryset, is_descending):
        first = expression.desc(nulls_last=True) if is_descending else expression.asc(nulls_last=True)
        return queryset.order_by(first, *PRINTED), True

    return order


def alphabetical(field):
    """An `order_…` method that sorts by the text in `field` as a reader expects: é is e, B comes after a."""
    return sorted_by(Lower(Unaccent(field)))


def by_rank(field, values):
    """An `order_…` method that sorts by the place of `field` in `values`."""
    return sorted_by(Case(*(When(**{field: value}, then=number) for number, value in enumerate(values))))


# From what worries to what does not, and then what cannot be told.
RISING = (Trend.BACK, Trend.SAME, Trend.FORWARD, Trend.NEW, Trend.UNKNOWN)


class QueueTable(tables.Table):
    """Rows of `PlanItem.objects.visible_to(…).for_queue(…).for_table()`, for people who see everything."""

    caption = "Interventies"

    # Also in the order of the themes, which stand beneath the names.
    code = tables.Column("Nr.", order_by=PRINTED, attrs={"td": {"class": "nowrap"}})
    name = tables.TemplateColumn(
        verbose_name="Interventie", template_name=f"{CELLS}name.html", attrs={"td": {"class": "name-cell"}}
    )
    trekker = tables.Column("Trekker", default="geen")
    state = tables.TemplateColumn(
        verbose_name="Status", template_name=f"{CELLS}state.html", order_by=("urgency", *PRINTED)
    )
    submitted = tables.TemplateColumn(
        verbose_name="Ingediend",
        template_name=f"{CELLS}submitted.html",
        order_by=("progress__submitted_at", *PRINTED),
        extra_context={"writable": WRITABLE},
    )
    previous_colour = tables.TemplateColumn(
        verbose_name="Vorig jaar", template_name=f"{CELLS}previous_colour.html", order_by=("previous_colour", *PRINTED)
    )
    seen_colour = tables.TemplateColumn(
        verbose_name="Dit jaar", template_name=f"{CELLS}colour.html", order_by=("seen_colour", *PRINTED)
    )
    trend = tables.TemplateColumn(
        verbose_name="Trend", template_name=f"{CELLS}trend.html", order_by=("trend", *PRINTED)
    )
    proposed = tables.TemplateColumn(
        verbose_name="Voorstel",
        template_name=f"{CELLS}proposed.html",
        order_by=("progress__proposed_colour", *PRINTED),
    )

    class Meta:
        model = PlanItem
        fields = ()
        template_name = "django_tables2/nprz.html"
        empty_text = "Geen interventies gevonden."

    order_submitted = sorted_by(F("progress__submitted_at"))
    order_previous_colour = by_rank("previous_colour", Colour.values)
    order_seen_colour = by_rank("seen_colour", Colour.values)
    order_proposed = by_rank("progress__proposed_colour", Colour.values)
    order_trend = by_rank("trend", RISING)
    order_name = alphabetical("name")
    order_trekker = alphabetical("trekker")
