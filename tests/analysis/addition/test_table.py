"""Addition curves from tables: the published ones, and what is said of single runs."""

from pathlib import Path

import pandas as pd
import pytest

from segaug.analysis.addition.table import addition_table, with_k
from segaug.errors import DataError

PUBLISHED = Path(__file__).parents[3] / "docs" / "published_addition.csv"
WITHOUT = "no extra loss"


@pytest.fixture(scope="module")
def published():
    found = addition_table(with_k(PUBLISHED)).curves
    return {(curve.key.base, curve.key.strategy): curve for curve in found}


def test_ten_published_curves_show_nothing_by_themselves(published):
    assert len(published) == 10
    assert {curve.verdict.shown for curve in published.values()} == {"untested"}


def test_the_fall_on_ultrasound_would_be_harm_if_trainings_vary_by_a_few_points_and_none_on_histology(published):
    """One Dice point of a training's own spread explains every fall on histology; on ultrasound not five."""
    ultrasound, histology = published["US-TNBC + UDIAT", WITHOUT], published["TNBC + MoNuSeg", WITHOUT]
    assert (ultrasound.single.at_rise, ultrasound.single.largest_rise) == (63, pytest.approx(0.192))
    assert ultrasound.single.harm_if_below > 0.05
    assert histology.single.harm_if_below < 0.01


def test_a_table_with_seeds_is_judged_as_a_study_is():
    frame = pd.DataFrame(
        {"k": k, "seed": seed, "error": 0.1 + 0.01 * seed + (0.05 if k else 0.0) + 0.001 * (seed * k % 3)}
        for k in (0, 4, 8)
        for seed in range(5)
    )
    (curve,) = addition_table(with_k(frame)).curves
    assert curve.verdict.harm == (4, 8)


@pytest.mark.parametrize(
    ("frame", "problem"),
    [
        (pd.DataFrame({"k": [0, -4], "error": [0.1, 0.2]}), "whole number from 0"),
        (pd.DataFrame({"k": [0, 0, 4], "error": [0.1, 0.2, 0.3]}), "no column for the seed"),
    ],
)
def test_bad_tables_are_refused(frame, problem):
    with pytest.raises(DataError, match=problem):
        addition_table(with_k(frame))
