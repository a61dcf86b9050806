"""The verdict on an addition curve, by a rule that is fixed before any result.

Harm is shown where some number of added images has its whole simultaneous interval on the bad side, benefit where some
has it on the good side.  So on a curve without any effect either is said in at most 5 % of studies, whatever the
number of k.  Where neither is shown, that is no word for "no effect": it is said beside how large an effect the design
would have found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from segaug.analysis.addition.simultaneous import PairedEffect
from segaug.analysis.interval import Interval

Shown = Literal["harm", "benefit", "both", "neither", "untested"]


@dataclass(frozen=True)
class AdditionVerdict:
    """What is shown on this test set, and with other test cases, too."""

    shown: Shown
    harm: tuple[int, ...]  # k, added images
    benefit: tuple[int, ...]
    harm_on_other_cases: tuple[int, ...]
    benefit_on_other_cases: tuple[int, ...]
    other_cases_known: bool


def addition_verdict(effects: Mapping[int, PairedEffect]) -> AdditionVerdict:
    """effects: k -> difference of errors to k = 0; without 0 itself."""
    own = {k: effect.interval for k, effect in effects.items() if effect.interval}
    other = {k: effect.other_cases for k, effect in effects.items() if effect.other_cases}
    harm, benefit = _above(own), _below(own)
    return AdditionVerdict(_shown(own, harm, benefit), harm, benefit, _above(other), _below(other), bool(other))


def _shown(own: Mapping[int, Interval], harm: tuple[int, ...], benefit: tuple[int, ...]) -> Shown:
    if not own:
        return "untested"
    if harm and benefit:
        return "both"
    return "harm" if harm else "benefit" if benefit else "neither"


def _above(intervals: Mapping[int, Interval]) -> tuple[int, ...]:
    return tuple(k for k, interval in intervals.items() if interval.low > 0)


def _below(intervals: Mapping[int, Interval]) -> tuple[int, ...]:
    return tuple(k for k, interval in intervals.items() if interval.high < 0)
