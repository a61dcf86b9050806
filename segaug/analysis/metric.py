"""The error metrics that a curve can be fitted to; all of them fall towards zero as a model gets better."""

from typing import Literal, get_args

Metric = Literal["bce", "bce_recalibrated", "1-dice", "validation_bce"]  # the last one to choose settings by
METRICS: tuple[Metric, ...] = get_args(Metric)
