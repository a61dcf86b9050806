"""What curves of one training at each k can say: nothing is shown, but how little trainings would have to vary for it.

If each training varied by a standard deviation s, known, a difference to k = 0 would leave out 0 in an interval that
holds at all k together where it exceeds sqrt(2) z s; z is the quantile of the largest of so many differences that share
their k = 0, bounded by Sidak's.

Shapes: m numbers of added images.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from segaug.analysis.distributions import normal_quantile
from segaug.analysis.interval import LEVEL


@dataclass(frozen=True)
class SingleRuns:
    """The largest differences of one training at k from one at k = 0, and what they would need to be shown."""

    largest_rise: float  # of the error; negative: it falls at every k
    at_rise: int  # k
    largest_fall: float
    at_fall: int
    harm_if_below: float  # standard deviation of a training below which the rise would show harm; 0: never
    benefit_if_below: float


def single_runs(differences: Mapping[int, float]) -> SingleRuns:
    """differences: k -> error minus that at k = 0, one training of each."""
    times = math.sqrt(2) * float(normal_quantile(0.5 + 0.5 * LEVEL ** (1 / len(differences))))
    worst, best = max(differences, key=differences.__getitem__), min(differences, key=differences.__getitem__)
    rise, fall = differences[worst], -differences[best]
    return SingleRuns(rise, worst, fall, best, max(rise, 0.0) / times, max(fall, 0.0) / times)
