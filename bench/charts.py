"""The charts of all indicators from the cache, against reading the same pictures from files."""

import tempfile
from pathlib import Path

from bench import Row, side_by_side
from indicators.charts import WIDE, Chart
from indicators.figures import with_classes
from indicators.models import Indicator
from indicators.standing import figures_of, standings

YEAR = 2023


def measure():
    """Ours starts from what is to be drawn, and finds that it has been drawn before."""
    indicators = with_classes(Indicator.objects.in_report())
    figures = figures_of(indicators)
    charts = [Chart(one, figures, standings([one], year=YEAR, figures=figures), year=YEAR) for one in indicators]

    def ours():
        return [chart.as_svg(WIDE) for chart in charts if not chart.is_empty]

    with tempfile.TemporaryDirectory(prefix="nprz-bench-charts-") as name:
        folder = Path(name)
        for number, picture in enumerate(ours()):
            (folder / f"{number}.svg").write_text(picture, encoding="utf-8")

        def bare():
            return [path.read_text(encoding="utf-8") for path in folder.iterdir()]

        times = side_by_side(ours, bare)
    return Row("Grafieken van alle indicatoren, uit de cache", *times, limit=10)
