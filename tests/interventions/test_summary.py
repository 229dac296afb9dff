import itertools

from interventions.models import PlanItem, Trend
from interventions.summary import summarise
from interventions.workflow import Colour
from programme.models import Pillar

SCHOOL = Pillar(pk=1, name="School", abbreviation="S", position=2)
HOME = Pillar(pk=2, name="Thuisbasis op Orde", abbreviation="T", position=1)

keys = itertools.count(1)


def an_item(pillar=SCHOOL, colour="", trend="", name="Een interventie"):
    item = PlanItem(pk=next(keys), pillar=pillar, name=name)
    item.seen_colour, item.trend = colour, trend
    return item


def table(group):
    return {row.colour: (list(row.counts.values()), row.total) for row in (*group.rows, group.total)}


def test_summary_counts_each_pillar_by_colour_and_trend():
    items = [
        an_item(colour=Colour.GREEN, trend=Trend.FORWARD),
        an_item(colour=Colour.GREEN, trend=Trend.FORWARD),
        an_item(colour=Colour.WHITE, trend=Trend.NEW),
        an_item(pillar=HOME, colour=Colour.RED, trend=Trend.UNKNOWN),
    ]

    summary = summarise(items)

    assert summary.trends == ("nieuw", "vooruit", "gelijk", "achteruit", "onbekend")
    assert [group.pillar for group in summary.pillars] == [HOME, SCHOOL]
    assert table(summary.pillars[1]) == {
        "groen": ([0, 2, 0, 0, 0], 2),
        "oranje": ([0, 0, 0, 0, 0], 0),
        "rood": ([0, 0, 0, 0, 0], 0),
        "wit": ([1, 0, 0, 0, 0], 1),
        None: ([1, 2, 0, 0, 0], 3),
    }
    assert table(summary.total) == {
        "groen": ([0, 2, 0, 0, 0], 2),
        "oranje": ([0, 0, 0, 0, 0], 0),
        "rood": ([0, 0, 0, 0, 1], 1),
        "wit": ([1, 0, 0, 0, 0], 1),
        None: ([1, 2, 0, 0, 1], 4),
    }


def test_summary_names_the_interventies_without_colour():
    new, older = an_item(trend=Trend.NEW), an_item(pillar=HOME)

    summary = summarise([an_item(colour=Colour.GREEN, trend=Trend.SAME), new, older])

    assert summary.without_colour == (new, older)
    assert table(summary.pillars[1])[""] == ([1, 0, 0, 0, 0, 0], 1)
    assert table(summary.pillars[0])[""] == ([0, 0, 0, 0, 0, 1], 1)
    assert summary.trends[-1] == ""


def test_summary_adds_up_to_the_number_of_interventies_both_ways():
    items = [
        an_item(pillar=pillar, colour=colour, trend=trend)
        for pillar in (HOME, SCHOOL)
        for colour in (*Colour, "")
        for trend in (*Trend, "")
    ]

    summary = summarise(items)

    for group in (*summary.pillars, summary.total):
        assert sum(row.total for row in group.rows) == group.total.total == sum(group.total.counts.values())
        for trend in summary.trends:
            assert sum(row.counts[trend] for row in group.rows) == group.total.counts[trend]
    assert sum(group.total.total for group in summary.pillars) == summary.total.total.total == len(items)


def test_summary_leaves_the_activities_without_pillar_out():
    summary = summarise([an_item(pillar=None, colour=Colour.GREEN, trend=Trend.NEW), an_item(trend=Trend.NEW)])

    assert summary.total.total.total == 1


def test_summary_of_nothing_is_empty():
    summary = summarise([])

    assert summary.pillars == ()
    assert summary.total.total.total == 0
