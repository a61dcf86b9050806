"""Looks of strategies: fixed by name, distinct where they are compared."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segaug.report.look.palette import DARK, LIGHT, LOOKS, in_order, look
from segaug.ways import WAYS, strategy_by

SCALING = ("none", "baseline", "red", "smooth_random", "regda", "genda")
FAMILIES = {
    "scaling": SCALING,
    "generators": ("baseline", "gd", "gi", "gd_gi", "mixup", "gd_gi_mixup"),
    "policies": ("baseline", "policy_heuristic", "policy_learned", "policy_class_specific", "policy_joint"),
}


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_strategies_that_are_compared_differ_in_colour_marker_and_line_with_marker(family):
    for first, second in combinations(family, 2):
        assert look(first).colour != look(second).colour
        assert look(first).marker != look(second).marker


def test_no_two_known_strategies_look_the_same():
    assert len(set(LOOKS.values())) == len(LOOKS)


@pytest.mark.parametrize("changed", ["red(p=0.5)", "red [length=64]", "red(p=0.5) [length=64]"])
def test_other_options_or_another_protocol_keep_colour_and_place_of_their_kind(changed):
    assert look(changed).colour == look("red").colour
    assert look(changed).marker != look("red").marker
    assert in_order(["regda", changed, "baseline", "red"]) == ["baseline", "red", changed, "regda"]


@pytest.mark.parametrize("name", [*LOOKS, "mine", "red(p=0.5)", "red [length=64]"])
def test_another_way_of_predicting_keeps_the_colour_and_differs_in_marker_and_line(name):
    looks = [look(strategy_by(name, way)) for way in WAYS]
    assert len({each.colour for each in looks}) == 1
    assert len({each.marker for each in looks}) == len({each.dash for each in looks}) == len(WAYS)
    known = {(each.marker, each.dash) for each in LOOKS.values()}
    assert known.isdisjoint((each.marker, each.dash) for each in looks[1:]), "colour would be the only sign"


def test_another_way_of_predicting_stands_behind_the_plain_one():
    names = ["regda", "red+learned", "baseline+flips", "red", "baseline", "red+flips"]
    assert in_order(names) == ["baseline", "baseline+flips", "red", "red+flips", "red+learned", "regda"]


@given(st.text())
def test_every_name_has_a_look_that_both_themes_can_draw(name):
    assert look(name) == look(name)
    assert look(name).colour in LIGHT.keys() & DARK.keys()


@given(st.lists(st.sampled_from([*LOOKS, "mine", "yours"])))
def test_order_does_not_depend_on_the_study(names):
    whole = in_order([*LOOKS, "mine", "yours"])
    assert in_order(names) == [name for name in whole if name in names]


@pytest.mark.parametrize(("theme", "paper"), [(LIGHT, LIGHT["paper"]), (DARK, DARK["paper"])], ids=["light", "dark"])
def test_text_has_the_contrast_that_wcag_asks_for(theme, paper):
    assert contrast(theme["ink"], paper) >= 7
    assert contrast(theme["muted"], paper) >= 4.5


def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio of two hex colours."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
