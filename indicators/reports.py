"""The reports that can be read: those that there are, and what is in preparation."""

from dataclasses import dataclass

from .models import Report, Target


@dataclass(frozen=True)
class ReportYear:
    """A year over which there is a report, or over which one can be made: that one is in preparation."""

    year: int
    in_preparation: bool = False

    def __str__(self):
        return f"{self.year} (in voorbereiding)" if self.in_preparation else str(self.year)


def readable_by(user):
    """The ReportYears that `user` may choose, the latest first: what is in preparation is for who sees everything."""
    return every_report() if user.sees_everything else _made()


def every_report():
    """All ReportYears, the latest first."""
    made = _made()
    years = {one.year for one in made}
    prepared = (ReportYear(year, in_preparation=True) for year in Target.objects.report_years() if year not in years)
    return sorted([*made, *prepared], key=lambda one: one.year, reverse=True)


def of_year(reports, year):
    """The one of the ReportYears `reports` that is over `year`, a number or what a URL says; None without."""
    return next((one for one in reports if str(one.year) == str(year)), None)


def newest(reports, *, today):
    """The one of the ReportYears `reports` that is read first: the newest that was made, or one over this year."""
    return next((one for one in reports if not one.in_preparation), ReportYear(today.year))


def next_to_enter(*, today):
    """The year of which figures are entered next: that after the newest report, as far as it has begun.

    As long as there is no report it is last year.
    """
    newest = Report.objects.values_list("year", flat=True).first()
    return min(newest + 1, today.year) if newest else today.year - 1


def _made():
    """Those that were stated; as long as there is none, every year over which one can be made counts as a report."""
    stated = Report.objects.with_targets().values_list("year", flat=True)
    return [ReportYear(year) for year in list(stated) or Target.objects.report_years()]
