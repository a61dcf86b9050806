"""Panels of many strategies are split, and names are cut, so that all of them can be read."""

import pytest

from segaug.report.look.wording import brief, lines
from segaug.report.marks.together import MOST, by_panel


@pytest.mark.parametrize("count", [1, 2, MOST, MOST + 1, 15, 16, 40, 123])
@pytest.mark.parametrize("first", ["baseline", "red"])
def test_each_strategy_is_in_one_part_beside_the_baseline(count, first):
    names = [first, *(f"method_{place}" for place in range(count - 1))]
    found = by_panel(names)
    assert max(map(len, found)) <= MOST
    assert max(map(len, found)) - min(map(len, found)) <= 1
    others = [name for part in found for name in part if name != "baseline"]
    assert others == [name for name in names if name != "baseline"]
    if first == "baseline":
        assert all(part[0] == "baseline" for part in found)
    assert len(found) > 1 or found == [names]


def test_cut_names_stay_apart():
    names = ["baseline", "policy(a=1,b=2,c=3,d=4,e=5)", "policy(a=1,b=2,c=3,d=4,e=6)", "policy(a=1,b=9,c=3,d=4,e=5)"]
    found = brief(names, 16)
    assert found["baseline"] == "baseline"
    assert len(set(found.values())) == len(names)
    assert max(map(len, found.values())) <= 16 + len(" #2")
    assert found[names[2]].endswith("e=6)")


def test_a_word_without_end_is_broken():
    assert max(map(len, lines("x" * 100, 22).split("\n"))) == 22
    assert lines(" ", 5) == " "
