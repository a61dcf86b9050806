"""What a study that exists says about the curves of one that is planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from segaug.analysis.law.noise import weighted_means
from segaug.analysis.law.power_law import PowerLaw
from segaug.analysis.law.solver import solve
from segaug.analysis.law.weighted_law import MIN_SIZES, LawFit, fit_law
from segaug.analysis.planning.trial_spread import TrialSpread
from segaug.analysis.trials.curve_trials import CurveKey, CurveTrials
from segaug.errors import DataError

_PLAUSIBLE = 7  # laws that stand for all that a pilot accepts


@dataclass(frozen=True, eq=False)
class Pilot:
    """One curve that a plan can be built on."""

    curve: CurveTrials
    fit: LawFit

    @property
    def key(self) -> CurveKey:
        """Task, model and strategy."""
        return self.curve.key

    @property
    def law(self) -> PowerLaw:
        """The best one."""
        return self.fit.law

    @property
    def spread(self) -> TrialSpread:
        """Spread of its trials."""
        sizes = self.fit.data.sizes
        return TrialSpread(self.fit.data.noise, float(sizes[0]), float(sizes[-1]))

    @cached_property
    def plausible_laws(self) -> tuple[PowerLaw, ...]:
        """Laws that the pilot accepts, from its smallest floor to its largest; each is the best one with its floor."""
        data, floor = self.fit.data, self.fit.floor.interval
        floors = np.linspace(floor.low, floor.high, _PLAUSIBLE)
        falling = solve(data.sizes, data.means - floors[:, None], data.precision, floor=False, polish=True)
        return tuple(
            PowerLaw(float(a), float(b), float(c)) for a, b, c in zip(falling.a, falling.b, floors, strict=True)
        )

    @cached_property
    def cautions(self) -> tuple[str, ...]:
        """Why its forecasts may mislead."""
        cautions = {
            f"{MIN_SIZES} sizes are as many as the law has parameters: it passes through them whatever the truth": len(
                self.fit.data.sizes
            )
            == MIN_SIZES,
            f"the law is doubtful (lack of fit p below 5 %, {self.fit.misfit})": self.fit.lack_of_fit.doubtful,
            f"b ended at the limit {self.law.b:g} of the search": self.fit.b_at_bound,
        }
        return tuple(caution for caution, holds in cautions.items() if holds)


@dataclass(frozen=True)
class NoPilot:
    """A curve that nothing can be planned on, and why."""

    key: CurveKey
    reason: str


def pilot(curve: CurveTrials) -> Pilot | NoPilot:
    """Fit a law to a curve, if it has one that can be planned with."""
    trials = curve.usable().replicates()
    if len(trials.sizes) < MIN_SIZES:
        return NoPilot(curve.key, f"{len(trials.sizes)} of at least {MIN_SIZES} sizes")
    data = weighted_means(trials.sizes, trials.values, nested=curve.nested)
    if not data.replicated:
        return NoPilot(curve.key, "no trial was repeated with another seed, so its spread is unknown")
    fit = fit_law(data)
    if fit.lack_of_fit.rejected:
        return NoPilot(curve.key, f"the law does not fit it (lack of fit p = {fit.lack_of_fit.p:.2g}, {fit.misfit})")
    if fit.law.a == 0:
        return NoPilot(curve.key, "its error does not fall with N")
    return Pilot(curve, fit)


def pilots(curves: Sequence[CurveTrials]) -> tuple[list[Pilot], list[NoPilot]]:
    """Those curves that can be planned on, at least one, and the others."""
    candidates = [pilot(curve) for curve in curves]
    usable, lacking = (
        [candidate for candidate in candidates if isinstance(candidate, Pilot)],
        [candidate for candidate in candidates if isinstance(candidate, NoPilot)],
    )
    if not usable:
        reasons = "; ".join(f"{unusable.key}: {unusable.reason}" for unusable in lacking)
        fix = f"train at least {MIN_SIZES} sizes with 2 seeds first, or plan from an assumed law"
        raise DataError(file="pilot", problem=f"has no curve to plan on ({reasons})", fix=fix)
    return usable, lacking
