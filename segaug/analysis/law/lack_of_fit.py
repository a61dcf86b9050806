"""Does the law fit?  The distance of the size means from it, against the spread of repeated trials ("pure error").

Source: the lack-of-fit F test of standard regression texts; the degrees of freedom count the parameters in use.
"""

from dataclasses import dataclass

from segaug.analysis.distributions import f_tail
from segaug.analysis.law.power_law import PowerLaw

REJECTED, DOUBTFUL = 0.01, 0.05  # levels of the test below which the law is rejected, or doubtful
TESTABLE_SIZES = 6  # with fewer the test rarely notices a wrong shape


@dataclass(frozen=True)
class LackOfFit:
    """Weighted distance of the means from the law, and how often chance alone is as large."""

    chi2: float
    df: int  # sizes minus parameters in use
    p: float | None  # None where nothing is left to test: no degree of freedom, or no repeated trial

    @property
    def rejected(self) -> bool:
        """The law does not describe these means."""
        return self.p is not None and self.p < REJECTED

    @property
    def doubtful(self) -> bool:
        """Rejected, or not far from it."""
        return self.p is not None and self.p < DOUBTFUL

    @property
    def inflation(self) -> float:
        """Factor on thresholds of intervals: chi2 / df where the law is doubtful, else 1.

        With it 95 % intervals of E(N) inside the measured range hold on wrong shapes too (measured: 82-100 % instead
        of 0-95 % on bumps, plateaus and bends).
        """
        return self.chi2 / self.df if self.doubtful else 1.0


def lack_of_fit(law: PowerLaw, chi2: float, sizes: int, dof: int) -> LackOfFit:
    """Test of a fitted law.

    chi2: sum of (mean - law)^2 times precision, over sizes.  sizes: how many.  dof: degrees of freedom of the pure
    error, 0 where no cell was repeated.
    """
    df = sizes - parameters_in_use(law)
    return LackOfFit(chi2, df, float(f_tail(chi2 / df, df, dof)) if df > 0 and dof > 0 else None)


def parameters_in_use(law: PowerLaw) -> int:
    """3, less those whose constraint binds: without a decay a constant, without a floor a pure power law."""
    if law.a == 0:
        return 1
    return 2 if law.c == 0 else 3
