"""Feature discrepancy in a trial: what a record says of learned weights, and that switched off it is the baseline."""

import json

import torch

from segaug.experiment.planned.plan import make_plan
from segaug.experiment.trial.run import run_trial
from segaug.results.record import check

OF_THE_STRATEGY = {"id", "strategy", "config", "run"}


def run(trial):
    plan = make_plan([trial], skip_large=False)
    (planned,) = plan.trials
    return run_trial(planned, plan.tasks[planned.trial.task])


def test_a_record_says_which_weights_were_learned(tiny):
    record, _weights = run(tiny("augment=feature_discrepancy", "augment.mode=learned_clip"))
    check(json.loads(json.dumps(record)))
    told = record["layer_weights"]
    assert told["alpha"].keys() >= {"encoder1", "bottleneck", "decoder1"}
    assert all(0 <= alpha <= 1 for alpha in told["alpha"].values())
    never = sum(alpha == 0 for alpha in told["alpha"].values()) / len(told["alpha"])
    assert told["never_left_zero"] <= never
    assert "layer_weights" not in run(tiny("augment=feature_discrepancy"))[0]


def test_switched_off_it_is_the_baseline_to_the_scores(tiny):
    (plain, its_weights), (off, weights) = (
        run(tiny(*words)) for words in (["augment=baseline"], ["augment=feature_discrepancy", "augment.mode=off"])
    )
    assert {key for key in plain | off if plain.get(key) != off.get(key)} == OF_THE_STRATEGY
    assert all(torch.equal(value, weights.network[name]) for name, value in its_weights.network.items())
