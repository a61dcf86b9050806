"""The law fitted to size means with weights from their noise, and what follows from it, each with its interval."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from segaug.analysis.interval import Interval
from segaug.analysis.law.lack_of_fit import LackOfFit, lack_of_fit
from segaug.analysis.law.misfit import Misfit, misfit
from segaug.analysis.law.noise import SizeMeans
from segaug.analysis.law.power_law import Array, PowerLaw
from segaug.analysis.law.profile import JointRegion, Profile, joint_region, profile, threshold
from segaug.analysis.law.solver import B_MAX, B_MIN

MIN_SIZES = 3  # with fewer the law is not even an interpolation
_SIMULTANEOUS = 3  # parameters of the law: a band that holds everywhere has to allow for all of them
_BAND_SIZES = 61
BAND_FACTOR = 4  # the band goes on to so many times the largest size


@dataclass(frozen=True)
class Estimate:
    """A number and its interval."""

    value: float
    interval: Interval


@dataclass(frozen=True, eq=False)
class Band:
    """Intervals of E(N) on a grid even in ln N, from the smallest size to 4 times the largest; all (61,)."""

    sizes: Array
    low: Array  # pointwise
    high: Array
    low_simultaneous: Array  # all of the curve at once
    high_simultaneous: Array


@dataclass(frozen=True, eq=False)
class LawFit:
    """One law, how well it fits, and all laws that the data accept beside it."""

    data: SizeMeans
    profile: Profile
    lack_of_fit: LackOfFit

    @property
    def law(self) -> PowerLaw:
        """The best one.  Where a = 0 its b means nothing."""
        return self.profile.law

    @property
    def max_size(self) -> float:
        """The largest measured size."""
        return float(self.data.sizes[-1])

    @property
    def b_at_bound(self) -> bool:
        """b ended at a limit of the search: read it as "at most" or "at least"."""
        return self.law.a > 0 and not B_MIN * (1 + 1e-6) < self.law.b < B_MAX * (1 - 1e-6)

    @property
    def b(self) -> Estimate:
        """The exponent."""
        return Estimate(self.law.b, self.profile.b)

    @property
    def floor(self) -> Estimate:
        """c, in the unit of the error."""
        return Estimate(self.law.c, self.profile.floor)

    @property
    def floor_share(self) -> Estimate:
        """phi = c / E at the largest size."""
        return Estimate(self.law.floor_share(self.max_size), self.profile.floor_share)

    @property
    def slope(self) -> Estimate:
        """-d ln E / d ln N at the largest size."""
        return Estimate(self.law.slope(self.max_size), self.profile.slope)

    @property
    def drop(self) -> Estimate:
        """What the last doubling gains: E(Nmax / 2) - E(Nmax)."""
        before, after = self.law.predict([self.max_size / 2, self.max_size])
        return Estimate(float(before - after), self.profile.drop)

    def error(self, size: float) -> Estimate:
        """E at a size, measured or not."""
        low, high = (float(end[0]) for end in self.profile.error([size]))
        return Estimate(float(self.law.predict(size)), Interval(low, high, open_high=math.isinf(high)))

    @cached_property
    def band(self) -> Band:
        """Pointwise and simultaneous."""
        sizes = np.geomspace(self.data.sizes[0], BAND_FACTOR * self.max_size, _BAND_SIZES)
        limit = threshold(self.data.dof, _SIMULTANEOUS) * self.lack_of_fit.inflation
        wider = _profile(self.data, limit, self.law)
        return Band(sizes, *self.profile.error(sizes), *wider.error(sizes))

    def at_level(self, level: float) -> Profile:
        """Intervals at another level."""
        limit = threshold(self.data.dof, level=level) * self.lack_of_fit.inflation
        return _profile(self.data, limit, self.law)

    def joint_region(self) -> JointRegion:
        """RSS over b and phi, for contours up to 95 %; a MiB, made anew each time."""
        wider = _profile(self.data, threshold(self.data.dof, 2) * self.lack_of_fit.inflation)
        return joint_region(self.data.sizes, self.data.means, self.data.precision, wider)

    def joint_level(self, level: float) -> float:
        """Limit on the RSS of `joint_region` that holds b and phi together with this probability."""
        return self.profile.rss + threshold(self.data.dof, 2, level) * self.lack_of_fit.inflation

    @property
    def misfit(self) -> Misfit:
        """How far the law is from the means."""
        test = self.lack_of_fit
        return misfit(self.law, self.data, test.chi2, test.df if test.p is not None else 0)

    @property
    def relative_residuals(self) -> Array:
        """(mean - law) / standard error of the mean, (m,)."""
        return (self.data.means - self.law.predict(self.data.sizes)) / self.data.standard_error


def fit_law(data: SizeMeans) -> LawFit:
    """Fit at least three sizes; where the law is doubtful, intervals are wider by what it misses the means by."""
    limit = threshold(data.dof)
    plain = _profile(data, limit)
    test = lack_of_fit(plain.law, plain.rss, len(data.sizes), data.dof if data.replicated else 0)
    return LawFit(data, _profile(data, limit * test.inflation, plain.law) if test.doubtful else plain, test)


def _profile(data: SizeMeans, limit: float, law: PowerLaw | None = None) -> Profile:
    return profile(data.sizes, data.means, data.precision, limit, law)
