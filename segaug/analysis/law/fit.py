"""Everything that the trials of one curve say about its law.

Two fits stand side by side: the published one, which weighs all trials alike, and the default one, whose weights come
from the noise at each size and which alone has intervals.  The first is ruled by the noise at the smallest sizes: over
sizes 1 to 512 its error at the largest size was off by 62 % (RMSE), the default's by 1 % (measured:
benchmarks/coverage.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from segaug.analysis.distributions import chi2_tail
from segaug.analysis.interval import Interval
from segaug.analysis.law import shape
from segaug.analysis.law.extrapolation import FACTORS, Extrapolation, extrapolate
from segaug.analysis.law.forms import FORMS, Alternative, alternatives, better_form
from segaug.analysis.law.holdout import Holdout, holdout
from segaug.analysis.law.lack_of_fit import DOUBTFUL, TESTABLE_SIZES
from segaug.analysis.law.noise import SizeMeans, weighted_means
from segaug.analysis.law.power_law import Array, PowerLaw
from segaug.analysis.law.published import Published, fit_published
from segaug.analysis.law.solver import rss, solve
from segaug.analysis.law.stated import bounded_floor, identified_exponent, identified_floor
from segaug.analysis.law.verdict import READABLE_SIZES, Verdict, verdict, without_claim
from segaug.analysis.law.weighted_law import MIN_SIZES, Estimate, LawFit, fit_law
from segaug.errors import DataError

FEW_SEEDS = 3  # with fewer, and with fewer degrees of freedom, everything is provisional
_UNEQUAL = 2  # times as many trials at one size as at another

Flag = Literal[
    "law_rejected", "law_doubtful", "non_monotone", "provisional", "law_not_testable", "suspicious_zero_variance",
    "unequal_seeds", "b_at_bound", "trimmed_fit_available", "divergence_matters", "few_cases", "collapsed",
    "not_trained_out",
]  # fmt: skip  # the last four are about the study: see `curves`


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """One curve."""

    published: Published
    default: LawFit
    holdout: Holdout | None  # None with fewer than five sizes
    trimmed: LawFit | None  # from a larger start size on, if only that fits; additional, it replaces nothing
    verdict: Verdict
    extrapolations: tuple[Extrapolation, ...]
    flags: frozenset[Flag]
    failed: tuple[str, ...] = ()  # conditions of any claim beyond the data that the trials do not meet

    @property
    def data(self) -> SizeMeans:
        """The size means that both laws are fitted to."""
        return self.default.data

    @property
    def law(self) -> PowerLaw:
        """The default law."""
        return self.default.law

    def error(self, size: float) -> Estimate:
        """E at a size."""
        return self.default.error(size)

    @cached_property
    def stated_floor(self) -> Interval | None:
        """What may be said of c, wider than its 95 % interval; None where nothing may."""
        if self.verdict.floor in ("identified", "flat"):
            return identified_floor(self.default)
        return bounded_floor(self.default) if self.verdict.floor == "bounded" else None

    @cached_property
    def stated_exponent(self) -> Interval | None:
        """The same of b."""
        identified = self.verdict.exponent == "identified" and self.law.a > 0
        return identified_exponent(self.default) if identified else None

    @property
    def claimed_size(self) -> float:
        """The largest size up to which E is claimed."""
        claimed = [self.default.max_size]
        for step in self.extrapolations:
            if not step.claimed:
                break
            claimed.append(step.size)
        return claimed[-1]

    @cached_property
    def isotonic(self) -> Array:
        """The falling curve nearest to the means, of no particular form, (m,)."""
        return shape.isotonic(self.data.means, self.data.precision)

    @cached_property
    def alternatives(self) -> tuple[Alternative, ...]:
        """Other forms, as a diagnostic."""
        return alternatives(self.data.sizes, self.data.means, self.data.precision, FORMS)

    @property
    def better_form(self) -> Alternative | None:
        """A form that fits clearly better and predicts the largest size as well; its extrapolation is worth a look."""
        return better_form(self.alternatives, float(self.data.standard_error[-1]))

    @cached_property
    def p_no_floor(self) -> float:
        """One-sided p-value of the likelihood ratio test of c = 0, whose c lies at the limit of what it may be."""
        means = self.data.means[None]
        pure = solve(self.data.sizes, means, self.data.precision, floor=False, polish=True)
        ratio = float(rss(pure, self.data.sizes, means, self.data.precision)[0]) - self.default.profile.rss
        return float(0.5 * chi2_tail(max(ratio, 0.0), 1))


def fit_curve(sizes: Array, values: Array, *, nested: bool = False, failed: Sequence[str] = ()) -> Fit:
    """Fit one curve.

    sizes: (m,), increasing.  values: (S, m), the positive error of each seed at each size, NaN where there is none; at
    least three sizes need one.  nested: whether the subsets of one seed contain each other.  failed: conditions of
    claims beyond the data that the trials do not meet, such as that of `trials.collapsed`.
    """
    sizes, values = np.asarray(sizes, dtype=float), np.asarray(values, dtype=float)
    if (measured := int(np.isfinite(values).any(axis=0).sum())) < MIN_SIZES:
        raise DataError(file="curve", problem=f"has {measured} sizes", fix=f"a law needs at least {MIN_SIZES}")
    data = weighted_means(sizes, values, nested=nested)
    default = fit_law(data)
    check = holdout(data, sizes, values, nested=nested)
    trimmed = _trimmed(sizes, values, nested) if default.lack_of_fit.doubtful else None
    return Fit(
        published=fit_published(data),
        default=default,
        holdout=check,
        trimmed=trimmed,
        verdict=without_claim(verdict(default), failed),
        extrapolations=tuple(extrapolate(default, check, factor, failed) for factor in FACTORS),
        flags=_flags(default, trimmed),
        failed=tuple(failed),
    )


def _trimmed(sizes: Array, values: Array, nested: bool) -> LawFit | None:
    """The fit from the smallest start size at which the law is not doubtful, keeping at least four sizes."""
    for start in range(1, len(sizes) - READABLE_SIZES + 1):
        shorter = fit_law(weighted_means(sizes[start:], values[:, start:], nested=nested))
        if len(shorter.data.sizes) < READABLE_SIZES:
            return None
        if shorter.lack_of_fit.p is not None and shorter.lack_of_fit.p >= DOUBTFUL:
            return shorter
    return None


def _flags(fit: LawFit, trimmed: LawFit | None) -> frozenset[Flag]:
    data, test = fit.data, fit.lack_of_fit
    raised: dict[Flag, bool] = {
        "law_rejected": test.rejected,
        "law_doubtful": test.doubtful and not test.rejected,
        "non_monotone": shape.non_monotone(data.means, data.precision),
        "provisional": data.dof < FEW_SEEDS or not data.replicated or float(np.median(data.counts)) < FEW_SEEDS,
        "law_not_testable": len(data.sizes) < TESTABLE_SIZES or test.p is None,
        "suspicious_zero_variance": len(data.without_spread) > 0,
        "unequal_seeds": data.counts.max() > _UNEQUAL * data.counts.min(),
        "b_at_bound": fit.b_at_bound,
        "trimmed_fit_available": trimmed is not None,
    }
    return frozenset(flag for flag, holds in raised.items() if holds)
