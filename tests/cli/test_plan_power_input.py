"""Sizes, seeds, laws and spreads as a user writes them."""

import math

import pytest

from segaug.cli.plan_power_input import budget, cv, effect, law, seeds, sizes
from segaug.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8..64", (8, 16, 32, 64)),
        ("3..24", (3, 6, 12, 24)),
        ("5..5", (5,)),
        ("1,2,4..16", (1, 2, 4, 8, 16)),
        ("16,4,8,4", (4, 8, 16)),
    ],
)
def test_sizes(text, expected):
    assert sizes(text) == expected


@pytest.mark.parametrize("text", ["", "a", "1,,2", "0..8", "-1", "2.5", "8..", "1...8", "8-64"])
def test_other_sizes_are_refused_with_a_pattern(text):
    with pytest.raises(ConfigError, match=r"--sizes: got .*; give sizes such as 1,2,4,8 or doublings such as 8\.\.256"):
        sizes(text)


def test_doublings_that_miss_their_end_are_mended():
    with pytest.raises(ConfigError, match=r"doubling 8 does not lead to 200; use 8\.\.128"):
        sizes("8..200")
    with pytest.raises(ConfigError, match=r"64\.\.8 falls; use 8\.\.64"):
        sizes("64..8")


def test_seeds():
    assert seeds("20,5,10,5") == (5, 10, 20)
    with pytest.raises(ConfigError, match="--seeds: got 'five'"):
        seeds("five")
    with pytest.raises(ConfigError, match="use 10000 or fewer"):
        seeds("99999")


def test_law():
    assert law("1,0.5,0") == (1, 0.5, 0)
    for text in ("1,2", "1,2,3,4", "a,b,c", "0,1,1", "1,0,1", "1,1,-1", "1,nan,1", "inf,1,1"):
        with pytest.raises(ConfigError, match="--law: got"):
            law(text)


def test_cv():
    assert cv("0.15") == {1: 0.15}
    assert cv("0.3@1,0.05@512") == {1: 0.3, 512: 0.05}
    for text in ("x", "0", "-1", "0.3@1,0.2", "0.3@1,0.2@1", "0.3@1,0.2@2,0.1@3", "0.3@x", "0.3@0", "nan"):
        with pytest.raises(ConfigError, match="--cv: got"):
            cv(text)


def test_effect_and_budget():
    assert effect(0.1) == pytest.approx(0.9)
    assert budget(None) == math.inf
    assert budget(3.5) == 3.5
    for value in (0, 1, -0.1, math.nan):
        with pytest.raises(ConfigError, match="--effect: got"):
            effect(value)
    for value in (0, -1, math.nan):
        with pytest.raises(ConfigError, match="--budget: got"):
            budget(value)
