from decimal import Decimal

import pytest

from programme.figures import is_jump


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (30, 20, False),
        ("30.1", 20, True),
        (10, 20, False),
        ("9.9", 20, True),
        (5, -4, True),
        (-5, -4, False),
        (5, 0, False),
        (5, None, False),
    ],
)
def test_jump_is_more_than_half_of_what_was_before(now, before, expected):
    assert is_jump(Decimal(now), before if before is None else Decimal(before)) is expected
