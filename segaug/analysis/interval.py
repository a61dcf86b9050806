"""An interval for one quantity, and what it speaks about."""

from dataclasses import dataclass, replace
from typing import Literal

LEVEL = 0.95
SIGNIFICANCE = 0.05  # p below which something is held to be more than chance
RESAMPLES = 1000  # draws of a bootstrap
Method = Literal["profile", "bootstrap", "t", "wilson", "moments"]
Target = Literal["this_test_set", "case_population"]


@dataclass(frozen=True)
class Interval:
    """From low to high at the level `LEVEL`.

    An open end is where the search stopped, not where the data did: read it as "at most" or "at least".
    target: new seeds on this test set, or new seeds and new test cases.
    """

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False
    method: Method = "profile"
    target: Target = "this_test_set"

    @property
    def negated(self) -> "Interval":
        """Of the quantity with the other sign."""
        opened = replace(self, open_low=self.open_high, open_high=self.open_low)
        return replace(opened, low=-self.high, high=-self.low)
