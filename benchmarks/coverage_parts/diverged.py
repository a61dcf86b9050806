"""Trials that collapse to a constant prediction, sorted out by the rule of `trials.divergence`, or not."""

from functools import partial

import numpy as np
import pandas as pd

from segaug.analysis.law.power_law import Array
from segaug.analysis.trials.divergence import status_by_rule

from .effort import Effort
from .laws import FEW_SEEDS, Setting, coverage
from .table import Table

_RATE = 0.03
_CONSTANT = 0.35  # BCE of the best constant prediction; healthy trials at small N are worse than that
_SPREAD = 0.02  # of the error of collapsed trials, in its logarithm: one that no constant can beat is at least as large


def collapsed(rng: np.random.Generator, values: Array, *, rule: bool, misleading: float = 0.0) -> Array:
    """3 % of the trials predict a constant; rule: leave out what it calls diverged, else keep everything.

    misleading: share of them whose training loss nevertheless improved.
    """
    bad = rng.random(values.shape) < _RATE
    worse = _CONSTANT * np.exp(_SPREAD * np.abs(rng.standard_normal(values.shape)))
    errors = np.where(bad, worse, values)
    if not rule:
        return errors
    table = pd.DataFrame(
        {
            "status": "ok",
            "bce_best": errors.ravel(),
            "bce_recalibrated_best": errors.ravel(),
            "constant_bce": _CONSTANT,
            "improved": (~bad | (rng.random(values.shape) < misleading)).ravel(),
        }
    )
    kept = (status_by_rule(table) == "ok").to_numpy().reshape(errors.shape)
    return np.where(kept, errors, np.nan)


def diverged(effort: Effort) -> list[Table]:
    settings = [
        Setting("by the rule", gaps=partial(collapsed, rule=True), bands=FEW_SEEDS),
        Setting("a third improved", gaps=partial(collapsed, rule=True, misleading=1 / 3)),
        Setting("all kept", gaps=partial(collapsed, rule=False)),
    ]
    notes = (
        "The rule takes a trial for diverged if it is no better than a constant and its training loss did not improve.",
        "Where a third of the collapsed trials had improved before, the rule keeps these: its limit.",
    )
    title = "Coverage with 3 % of the trials collapsed to a constant prediction, S = 20"
    table = coverage(title, settings, effort)
    return [Table(table.title, table.columns, table.rows, notes)]
