"""References that round below 0, which no measure can be."""

import numpy as np

from segaug.experiment.trial.evaluation import _mean


def test_a_cross_entropy_that_rounds_below_0_is_0_and_others_keep_every_bit():
    assert _mean("bce_recalibrated", np.array([-2.6e-07, -1e-08])) == 0
    values = np.array([0.25, 1e-9, 0.1])
    assert _mean("bce_recalibrated", values) == values.mean()
