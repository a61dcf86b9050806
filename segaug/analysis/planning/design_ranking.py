"""Which sizes and seeds to spend the next trials on: more doublings, or more seeds?

Designs are compared at one yardstick, the error at a size that is the same for all of them; the interval of anything at
a design's own largest size would be about another question for each.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segaug.analysis.planning.curve_plan import CurvePlan
from segaug.analysis.planning.forecast import Design
from segaug.analysis.planning.trial_cost import Cost
from segaug.analysis.trials.curve_trials import CurveKey

_DOUBLINGS = 2  # added to either end of the pilot's sizes


@dataclass(frozen=True)
class Option:
    """A design for all curves of a study; where curves differ, the middle one (median) stands for them."""

    design: Design
    half_width: float  # of the expected interval of E at the yardstick, as a share of E
    floor_identified: float  # chance of this verdict
    cost: Cost
    efficient: bool  # nothing as cheap is as sure


def rank_designs(
    plans: Mapping[CurveKey, CurvePlan], costs: Mapping[Design, Cost], yardstick: float
) -> tuple[Option, ...]:
    """The surest design first.  yardstick: a size."""
    forecasts = {design: [plan.forecasts[design] for plan in plans.values()] for design in costs}
    widths = {
        design: statistics.median(forecast.relative_half_width(yardstick) for forecast in of_curves)
        for design, of_curves in forecasts.items()
    }
    options = [
        Option(
            design,
            widths[design],
            statistics.median(forecast.chances.identified for forecast in forecasts[design]),
            cost,
            efficient=not any(
                other.price <= cost.price and widths[rival] < widths[design] for rival, other in costs.items()
            ),
        )
        for design, cost in costs.items()
    ]
    return tuple(sorted(options, key=lambda option: (option.half_width, option.cost.price)))


def size_choices(sizes: Sequence[int]) -> list[tuple[int, ...]]:
    """The sizes of a pilot, these with one and two more doublings, and with halvings down to 1 as well."""
    up = [sizes[-1] * 2**step for step in range(1, _DOUBLINGS + 1)]
    down = [sizes[0] // 2**step for step in range(1, _DOUBLINGS + 1) if sizes[0] % 2**step == 0]
    below = sorted(down)
    choices = [tuple(sizes), (*sizes, up[0]), (*sizes, *up)]
    return choices + ([(*below, *sizes), (*below, *sizes, *up)] if below else [])
