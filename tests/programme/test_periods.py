import re

import pytest

from programme.models import MONTHS, Period

NAMES = ["2023", "2022/23", "1999/00", "2016 t/m 2018", "december 2022", "2022 T3", "31-12-2022", "29-02-2024"]


@pytest.mark.parametrize("name", NAMES)
def test_period_is_found_by_the_name_it_has(name):
    assert str(Period.objects.named(name)) == name


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_period_is_made_once(name):
    assert Period.objects.from_name(name) == Period.objects.from_name(f" {name} ")


@pytest.mark.parametrize("name", ["", "23", "2022/24", "2018 t/m 2016", "Dec 2022", "2022 T4", "30-02-2022", "0000"])
def test_name_that_is_no_period_says_what_is(name):
    with pytest.raises(ValueError, match=f"'{name}' is geen periode; verwacht wordt een jaar") as refused:
        Period.objects.named(name)
    examples = map(Period.objects.named, re.findall(r"\((.+?)\)", str(refused.value)))
    assert {example.kind for example in examples} == set(Period.Kind)


@pytest.mark.parametrize(
    ("name", "moved"),
    list(
        zip(
            NAMES,
            [
                *("2025", "2025/26", "2025/26", "2023 t/m 2025", " ".join(f"{month} 2025" for month in MONTHS)),
                *("2025 T1 2025 T2 2025 T3", "31-12-2025", "28-02-2025"),
            ],
            strict=True,
        )
    ),
)
def test_period_moves_to_another_year(name, moved):
    assert " ".join(map(str, Period.objects.named(name).in_year(2025))) == moved
