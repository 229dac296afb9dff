"""What the list of goals and indicators can be narrowed down to; every count of the page Stand is such a list."""

from functools import cached_property

import django_filters

from programme.models import Pillar

from .figures import with_classes
from .models import Indicator
from .standing import ABOVE, BELOW, BY_WHAT_IS_DUE, figures_of, standings, verdict_tables

WITHOUT_PILLAR = "Zonder pijler"
WITHOUT_PILLAR_KEY = "geen"  # stands for it in a URL, as an abbreviation does for a pijler


def verdict_choices(year):
    """The verdicts that the report of `year` can give, in groups."""
    return [
        ("Met percentage ingelopen", BY_WHAT_IS_DUE),
        *(
            (title, [(group, f"{title}: alle"), *((one.key, f"{title}: {one.label}") for one in verdicts)])
            for title, group, verdicts in verdict_tables(year)
        ),
    ]


class StandFilter(django_filters.FilterSet):
    """The indicators of `report` (one of `reports`) and their standings, narrowed down by what stands in the URL.

    Something that cannot be chosen gives an error in the form and no rows.
    """

    jaar = django_filters.ChoiceFilter(label="Rapport over", empty_label=None, method="leave")
    soort = django_filters.ChoiceFilter(
        label="Soort",
        field_name="kind",
        choices=[(kind.value, kind.label) for kind in (Indicator.Kind.GOAL, Indicator.Kind.INDICATOR)],
        empty_label="Alle",
    )

    class Meta:
        model = Indicator
        fields = ()

    def __init__(self, data, *, report, reports):
        super().__init__(data or None, with_classes(Indicator.objects.in_report()).prefetch_related("pillars"))
        self.year = report.year
        choices = [(one.year, str(one)) for one in reports or [report]]
        self.filters["jaar"].extra |= {"choices": choices, "initial": report.year}

    def leave(self, queryset, name, value):
        """Nothing is asked of the indicators themselves."""
        return queryset

    def filter_queryset(self, queryset):
        return super().filter_queryset(queryset) if self.is_valid() else queryset.none()

    @cached_property
    def indicators(self):
        return list(self.qs)

    @cached_property
    def figures(self):
        return figures_of(self.indicators)

    @cached_property
    def standings(self):
        return standings(self.indicators, year=self.year, figures=self.figures)


class IndicatorFilter(StandFilter):
    """Also by pijler, and the standings by verdict."""

    pijler = django_filters.ModelChoiceFilter(
        label="Pijler",
        field_name="pillars",
        queryset=Pillar.objects.all(),
        to_field_name="abbreviation",
        empty_label="Alle",
        null_label=WITHOUT_PILLAR,
        null_value=WITHOUT_PILLAR_KEY,
    )
    oordeel = django_filters.ChoiceFilter(label="Oordeel", empty_label="Alle", method="leave")

    def __init__(self, data, *, report, reports):
        super().__init__(data, report=report, reports=reports)
        self.filters["oordeel"].extra["choices"] = verdict_choices(report.year)

    @cached_property
    def standings(self):
        chosen, pillar = self._chosen("oordeel"), self.pillar
        return [one for one in super().standings if _has(one, chosen) and (pillar is None or pillar in one.pillars)]

    @property
    def pillar(self):
        """The Pillar that was chosen, or None."""
        chosen = self._chosen("pijler")
        return chosen if isinstance(chosen, Pillar) else None

    def _chosen(self, name):
        return self.form.cleaned_data[name] if self.is_bound and self.is_valid() else None


def _has(standing, chosen):
    if chosen in (ABOVE, BELOW):
        return standing.on_target is (chosen == ABOVE)
    return not chosen or chosen in (standing.verdict.key, standing.verdict.group)
