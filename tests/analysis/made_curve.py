"""Curves of trials with a known law, as the analysis reads them."""

import numpy as np
import pandas as pd

from segaug.analysis.trials.curve_trials import CurveKey, CurveTrials


def curve(values, sizes, strategy="baseline", task="lung", seconds=10.0, updates=256, validation=16, pool=500):
    """values: (S, m) errors, NaN where missing.  seconds, updates: of a trial, one number or one for each size."""
    sizes = np.asarray(sizes, dtype=float)
    seeds = np.arange(len(values))
    present = np.isfinite(values)
    rows, columns = np.nonzero(present)
    table = pd.DataFrame(
        {
            "task": task,
            "size": sizes[columns].astype(int),
            "seed": seeds[rows],
            "seconds": np.broadcast_to(seconds, sizes.shape)[columns].astype(float),
            "updates": np.broadcast_to(updates, sizes.shape)[columns],
            "validation_labels": validation,
            "pool": pool,
            "count": "images",
        }
    )
    status = np.where(present, "ok", "missing").astype("<U8")
    return CurveTrials(CurveKey(task, "net", strategy), sizes, seeds, values, status, np.nan, False, table)
