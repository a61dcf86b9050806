"""Which trials are told to have collapsed, from today's records and from older ones."""

import pytest

from segaug.results.collapse import collapses
from segaug.results.headline import beware
from segaug.results.trial_row import trial_row
from tests.structures import structures_record
from tests.synthetic import record

CALM = {"cases": 12, "shown": 10, "missed": 0, "astray": 0, "invented": 0, "flooded": 0}


def told(one: dict, **change: object) -> list[str]:
    return list(map(str, collapses(trial_row(one | change))))


def lung(**masks: int) -> list[str]:
    return told(record("lung", "net", "red", 4, 0), masks=CALM | masks)


def test_half_of_the_images_that_show_something_is_the_limit():
    assert not lung(missed=4)
    assert lung(missed=5) == ["an empty prediction in 5 of the 10 test images that show something"]


def test_images_with_nothing_to_find_are_no_evidence():
    """Right or wrong about them: two of twelve are invented, or both are rightly empty."""
    assert not lung(invented=2, missed=4)
    assert not told(record("lung", "net", "red", 4, 0), masks=CALM | {"shown": 0})


def test_predictions_beside_what_is_to_be_found_are_a_collapse_where_nearly_nothing_is_found():
    assert not lung(missed=4, astray=4)
    assert lung(missed=4, astray=5) == ["not a pixel found in 9 of the 10 test images that show something"]


def test_all_of_the_image_is_a_collapse_too():
    assert not lung(flooded=5)
    assert lung(flooded=6) == ["nearly all of the image predicted in 6 of 12 test images"]


def test_each_structure_is_judged_by_itself():
    masks = {"cases": 12, "shown": [10, 12, 12], "missed": [9, 1, 0], "astray": [0] * 3}
    masks |= {"invented": [0] * 3, "flooded": [0, 0, 7]}
    assert told(structures_record("heart", "net", "red", 4, 0), masks=masks) == [
        "an empty prediction in 9 of the 10 test images that show rv",
        "nearly all of the image predicted as lv in 7 of 12 test images",
    ]


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        ({"both_empty": 2, "one_empty": 5}, True),  # of the 10 masks where there is anything
        ({"both_empty": 2, "one_empty": 4}, False),
        ({"both_empty": 12, "one_empty": 0}, False),
        ({}, False),
    ],
)
def test_older_records_are_judged_by_their_totals(totals, expected):
    one = record("lung", "net", "red", 4, 0) | {"hd95": {"unit": "px", **totals}}
    assert bool(told(one)) == expected
    if expected:
        assert told(one) == ["prediction or truth empty, not both, in 5 of the 10 test masks that are not both empty"]


def test_older_records_count_all_structures_together():
    one = structures_record("heart", "net", "red", 4, 0) | {"hd95": {"unit": "px", "both_empty": 6, "one_empty": 15}}
    assert told(one) == ["prediction or truth empty, not both, in 15 of the 30 test masks that are not both empty"]


def test_a_trial_that_diverged_has_not_collapsed():
    one = record("lung", "net", "red", 4, 0) | {"test": None, "cases": None, "hd95": None, "masks": None}
    assert not told(one)
    assert beware(one) == {}


def test_the_log_says_it():
    one = record("lung", "net", "red", 4, 0) | {"masks": CALM | {"missed": 10}}
    assert beware(one) == {"collapsed": "an empty prediction in 10 of the 10 test images that show something"}
