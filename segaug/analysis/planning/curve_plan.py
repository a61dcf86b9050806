"""One curve in each of a grid of designs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import pandas as pd

from segaug.analysis.law.power_law import PowerLaw
from segaug.analysis.planning.forecast import Design, Forecast, verdict_chances
from segaug.analysis.planning.trial_spread import TrialSpread
from segaug.analysis.trials.curve_trials import CurveKey

BEYOND = 4  # E is forecast at so many times a design's largest size, too


class Basis(Protocol):
    """What is assumed of one planned curve: a `Pilot`, or a law from elsewhere."""

    @property
    def law(self) -> PowerLaw:
        """Its law."""

    @property
    def spread(self) -> TrialSpread:
        """Spread of its trials."""

    @property
    def plausible_laws(self) -> tuple[PowerLaw, ...]:
        """Laws that may be true as well; none where nothing is known about that."""


@dataclass(frozen=True)
class Assumption:
    """A law that is taken for granted."""

    law: PowerLaw
    spread: TrialSpread
    plausible_laws: tuple[PowerLaw, ...] = ()


@dataclass(frozen=True, eq=False)
class CurvePlan:
    """One curve in every design."""

    basis: Basis
    forecasts: dict[Design, Forecast]

    @cached_property
    def identified_range(self) -> dict[Design, tuple[float, float] | None]:
        """Smallest and largest chance that the floor is identified, over the plausible laws."""
        return {design: self._range(design) for design in self.forecasts}

    def _range(self, design: Design) -> tuple[float, float] | None:
        chances = [verdict_chances(law, self.basis.spread, design).identified for law in self.basis.plausible_laws]
        return (min(chances), max(chances)) if chances else None


def plan_curve(basis: Basis, grid: Sequence[Design]) -> CurvePlan:
    """Forecast one curve in every design."""
    return CurvePlan(basis, {design: Forecast(design, basis.law, basis.spread) for design in grid})


def forecast_frame(plans: Mapping[CurveKey, CurvePlan]) -> pd.DataFrame:
    """One row for each curve and design.

    Intervals are those to expect: of b, of the floor's share phi and of the slope at the design's largest size;
    half widths of E are shares of E; chances are of verdicts, by the rules of `segaug fit`.
    """
    rows = [key._asdict() | _row(plan, design) for key, plan in plans.items() for design in plan.forecasts]
    return pd.DataFrame(rows)


def _row(plan: CurvePlan, design: Design) -> dict[str, object]:
    forecast, largest = plan.forecasts[design], design.sizes[-1]
    intervals = {"b": forecast.profile.b, "phi": forecast.profile.floor_share, "slope": forecast.profile.slope}
    low, high = plan.identified_range[design] or (None, None)
    chances = forecast.chances
    return (
        {"sizes": " ".join(map(str, design.sizes)), "seeds": design.seeds}
        | {"law_a": forecast.law.a, "law_b": forecast.law.b, "law_c": forecast.law.c}
        | {f"{name}_{end}": getattr(interval, end) for name, interval in intervals.items() for end in ("low", "high")}
        | {"e_max_half_width": forecast.relative_half_width(largest)}
        | {"e_4max_half_width": forecast.relative_half_width(BEYOND * largest)}
        | {"floor_identified": chances.identified, "floor_identified_low": low, "floor_identified_high": high}
        | {"floor_bounded": chances.bounded, "law_rejected": chances.law_rejected, "b_identified": chances.exponent}
    )
