"""Numbers as Dutch people write them."""

from decimal import Decimal

import pytest

from programme.numbers import format_number, parse_number, summed_up


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("7", "7"),
        ("007", "7"),
        ("1234", "1234"),
        ("1.234", "1234"),
        ("1.234.567,89", "1234567.89"),
        ("0,5", "0.5"),
        ("12,50", "12.5"),
        ("-12,5", "-12.5"),
        ("−12,5", "-12.5"),
        ("–12", "-12"),
        ("-0", "0"),
        (" 12 ", "12"),
        ("1 234", "1234"),
        ("- 31", "-31"),
        ("1\u00a0234,5", "1234.5"),
        ("1\u202f234", "1234"),
        ("€ 1.500", "1500"),
        ("33,1%", "33.1"),
        ("33,1 %", "33.1"),
        ("99999999999999,9999", "99999999999999.9999"),
        ("0,12340000", "0.1234"),
        ("00000000000000000001", "1"),
    ],
)
def test_number_is_read_as_it_is_written(text, number):
    assert parse_number(text) == Decimal(number)
    assert not parse_number("-0").is_signed()


@pytest.mark.parametrize(
    "text",
    ["", "-", "veel", "12a", "1,2,3", ",5", "5,", "1.23.456", "1,234.5", "12.34,5", "1e5", "+31", "=1+1", "٣", "²", "½",
     "0x10", "Infinity", "NaN", "1-2", "--1", "%", "12%%", "€", "1/2", "\x00", "1.0000",
     "45 50", "1 2", "2023 150", "1234 567", "1 234 56"],
)  # fmt: skip
def test_number_that_is_none_is_refused_and_repeated(text):
    with pytest.raises(ValueError, match=r"is geen getal|twee dingen") as refused:
        parse_number(text)

    assert f"'{text}'" in str(refused.value)


@pytest.mark.parametrize(("text", "meant"), [("12.5", "12,5"), ("0.75", "0,75"), ("-1.2345", "-1,2345")])
def test_point_that_can_mean_two_things_is_refused_with_what_to_write(text, meant):
    with pytest.raises(ValueError, match=f"Gebruik een komma voor decimalen: {meant}"):
        parse_number(text)


@pytest.mark.parametrize(("text", "why"), [("100000000000000", "te groot"), ("0,12345", "te veel decimalen")])
def test_number_that_does_not_fit_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        parse_number(text)


@pytest.mark.parametrize(
    ("number", "text"),
    [("0", "0"), ("1234.5000", "1.234,5"), ("-33.1", "-33,1"), ("1000000", "1.000.000"), ("0.0001", "0,0001"),
     ("1E+3", "1.000"), ("120", "120"), ("0.0000", "0")],
)  # fmt: skip
def test_number_is_written_with_a_comma_and_no_idle_zeros(number, text):
    assert format_number(Decimal(number)) == text


def test_numbers_of_things_are_summed_up_in_words():
    measurements, areas, tiles = ("meting", "metingen"), ("gebied", "gebieden"), ("tegel", "tegels")
    assert summed_up({measurements: 1}) == "1 meting"
    assert summed_up({measurements: 2, areas: 1, tiles: 46}) == "2 metingen, 1 gebied en 46 tegels"


def test_number_for_a_field_has_no_points():
    assert format_number(Decimal("1234567.50"), grouped=False) == "1234567,5"


@pytest.mark.parametrize("number", ["0", "-1234.5678", "99999999999999.9999", "12", "1000", "0.5"])
@pytest.mark.parametrize("grouped", [True, False])
def test_number_reads_back_as_what_it_was(number, grouped):
    assert parse_number(format_number(Decimal(number), grouped=grouped)) == Decimal(number)
