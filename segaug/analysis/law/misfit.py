"""How far the law misses the means: with many seeds a test rejects laws that are off by less than anybody minds."""

from dataclasses import dataclass

import numpy as np

from segaug.analysis.law.noise import SizeMeans
from segaug.analysis.law.power_law import PowerLaw


@dataclass(frozen=True)
class Misfit:
    """Distances of the means from the law, as shares of the law."""

    beyond_noise: float | None  # root mean square, less what chance explains; None where the law cannot be tested
    farthest: float  # of the mean that is off by most standard errors; above 0: the mean lies above the law
    farthest_size: float

    def __str__(self) -> str:
        """`off by 1.2 % beyond noise, by +2.3 % at N = 16`."""
        beyond = "" if self.beyond_noise is None else f"off by {self.beyond_noise:.1%} beyond noise, "
        return f"{beyond}by {self.farthest:+.1%} at N = {self.farthest_size:g}".replace("%", " %")


def misfit(law: PowerLaw, data: SizeMeans, chi2: float, df: int) -> Misfit:
    """Of a law fitted to the means; chi2, df: as in `lack_of_fit`, df 0 where there is nothing to test.

    Chance alone makes chi2 about df; the rest is a sum of squared distances, each weighed by its precision.  A law that
    is 0, which few and strongly correlated trials may be fitted by, has no shares: there they are of the means.
    """
    expected = law.predict(data.sizes)
    distances = data.means - expected
    whole = np.where(expected > 0, expected, data.means)
    place = int(np.abs(distances / data.standard_error).argmax())
    weight = float((np.diag(data.precision) * whole**2).sum())
    return Misfit(
        beyond_noise=float(np.sqrt(max(chi2 - df, 0.0) / weight)) if df > 0 else None,
        farthest=float(distances[place] / whole[place]),
        farthest_size=float(data.sizes[place]),
    )
