"""The precision in which a trial predicts: a choice of its own, which leaves the training alone."""

import pytest
import torch

from segaug.experiment.config.identity import science
from segaug.experiment.planned.plan import make_plan
from segaug.experiment.trial.run import run_trial

LAST = ["protocol.validation=none", "protocol.length=4"]  # so that no validation chooses other weights


def run(trial):
    plan = make_plan([trial], skip_large=False)
    (planned,) = plan.trials
    return run_trial(planned, plan.tasks[planned.trial.task])


def test_bfloat16_inference_scores_the_same_weights_a_little_differently(tiny):
    exact, weights = run(tiny(*LAST))
    low, same = run(tiny("protocol.inference_precision=bfloat16", *LAST))
    assert all(torch.equal(weights.network[name], same.network[name]) for name in weights.network)
    assert low["id"] != exact["id"]
    assert low["test"]["best"]["bce"] != exact["test"]["best"]["bce"]
    assert low["test"]["best"]["bce"] == pytest.approx(exact["test"]["best"]["bce"], rel=0.02)


def test_trials_from_before_it_was_a_choice_keep_their_names(tiny):
    assert "inference_precision" not in science(tiny().config)["protocol"]
