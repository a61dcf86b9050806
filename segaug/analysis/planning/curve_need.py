"""What a target needs, for every curve of a study: training images and images for validation."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from segaug.analysis.curves.notes import on_networks
from segaug.analysis.planning.need import Need, need
from segaug.analysis.planning.target import Target
from segaug.analysis.trials.curve_trials import CurveKey, CurveTrials, curves

_ROUNDING = 1e-9  # relative: a size that is reached exactly must not be rounded up


@dataclass(frozen=True)
class CurveNeed:
    """One curve."""

    key: CurveKey
    need: Need | None  # None: no trial converged
    validation: int  # labelled images for validation, the same at every N
    counts: Literal["images", "patients"]  # what N counts
    trials: int
    diverged: int
    beware: tuple[str, ...]  # of trials that collapsed, or were not trained out


def curve_needs(table: pd.DataFrame, target: Target) -> list[CurveNeed]:
    """By task, model and strategy; table: from `measured`, of the target's metric."""
    return [_need(curve, target.error) for curve in curves(table)]


def labels(images: float, validation: int = 0) -> int:
    """A number of training images as whole images, with those for validation."""
    return math.ceil(images * (1 - _ROUNDING)) + validation


def needs_frame(needs: Sequence[CurveNeed], target: Target) -> pd.DataFrame:
    """One row a curve; a number that is not known is missing, an end that is open says so."""
    return pd.DataFrame([curve.key._asdict() | {"target": str(target)} | _row(curve) for curve in needs])


def _need(curve: CurveTrials, error: float) -> CurveNeed:
    converged = bool(curve.count("ok").any())
    return CurveNeed(
        key=curve.key,
        need=need(curve, error) if converged else None,
        validation=int(curve.table["validation_labels"].max()),
        counts=curve.counted,
        trials=int((curve.count("ok") + curve.count("diverged")).sum()),
        diverged=int(curve.count("diverged").sum()),
        beware=tuple(on_networks(curve)),
    )


def _row(curve: CurveNeed) -> dict[str, object]:
    need = curve.need
    row: dict[str, object] = {"validation": curve.validation, "counts": curve.counts, "diverged": curve.diverged}
    if need is None:
        return {"outcome": "no trial converged"} | row
    known, interval = 0 < need.images < math.inf, need.interval
    return (
        {"outcome": need.outcome, "method": "law" if need.fit else "sizes", "reason": need.reason}
        | {"training": labels(need.images) if known else None}
        | {"training_low": labels(interval.low), "training_high": labels(interval.high)}
        | {"open_low": interval.open_low, "open_high": interval.open_high}
        | row
        | {"smallest_size": need.data.sizes[0], "largest_size": need.data.sizes[-1]}
    )
