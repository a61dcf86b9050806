"""What an addition curve holds, and what two samplings of it hold beside each other."""

from collections.abc import Mapping
from dataclasses import dataclass

from segaug.analysis.addition.added_worth import Worth
from segaug.analysis.addition.beside import Beside
from segaug.analysis.addition.family import FamilyKey, Sampling
from segaug.analysis.addition.missing import Missing
from segaug.analysis.addition.simultaneous import PairedEffect
from segaug.analysis.addition.single_runs import SingleRuns
from segaug.analysis.addition.verdict import AdditionVerdict
from segaug.analysis.interval import Interval
from segaug.analysis.metric import Metric


@dataclass(frozen=True)
class AddedPoint:
    """The trials with k added images beside those without, over the seeds that have both."""

    k: int
    error: float  # mean
    at_zero: float  # mean of the same seeds
    effect: PairedEffect  # error minus that of k = 0
    presentations: float  # rows of batches that showed an image of the base, mean over trials
    control: PairedEffect | None  # error minus that of the base alone with N + k images; None where it was not trained


@dataclass(frozen=True, kw_only=True)
class AdditionCurve:
    """One base, added sets, N, model, strategy and sampling."""

    key: FamilyKey
    sampling: Sampling
    metric: Metric | None  # None: the errors of a table from elsewhere
    points: tuple[AddedPoint, ...]  # of every k > 0 with a pair
    zero: tuple[int, float]  # trials at k = 0, and how many rows of batches they showed on average
    verdict: AdditionVerdict
    single: SingleRuns | None  # where every k has one training
    worth: Worth
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of the trials; a table from elsewhere tells nothing of sampling."""
        return f"{self.key}, {self.sampling} sampling" if self.key.added else str(self.key)


@dataclass(frozen=True)
class TakenBack:
    """At one k: how much higher the error is by proportional sampling than by balanced, each against its k = 0."""

    k: int
    rise: PairedEffect  # by proportional sampling
    effect: PairedEffect  # rise by proportional minus rise by balanced; positive: balanced takes some back
    share: float | None  # of the rise; None unless that is shown
    share_interval: Interval | None  # draws of whole seeds
    presentations: Mapping[Sampling, float]


@dataclass(frozen=True)
class Dilution:
    """The two samplings of one family."""

    key: FamilyKey
    points: tuple[TakenBack, ...]


@dataclass(frozen=True)
class Additions:
    """All of a study under one metric."""

    curves: tuple[AdditionCurve, ...]
    dilutions: tuple[Dilution, ...]
    missing: tuple[Missing, ...]
    not_measured: str = ""
    beside: tuple[Beside, ...] = ()  # strategies beside the reference
