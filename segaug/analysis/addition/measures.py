"""Under which errors an addition curve is judged."""

import pandas as pd

from segaug.analysis.metric import Metric
from segaug.analysis.trials.measured import metrics_to_compare
from segaug.measures import BY_KEY, DICE, Quantity


def judged_metrics(table: pd.DataFrame) -> list[Metric | None]:
    """The cross-entropy of each task, None, which the verdict is about; then the recalibrated ones, and Dice.

    Cross-entropy tells of confidence as well as of outlines; recalibrated it tells of outlines and order, and Dice of
    outlines alone.  table: from `study_trials`.  What no trial has measured, or is 0 somewhere, is left out.
    """
    known, _ = metrics_to_compare(table)
    beside = [Quantity(measure).error for measure in BY_KEY.values() if measure.recalibrated]
    return [None, *(metric for metric in (*beside, Quantity(DICE).error) if metric in known)]
