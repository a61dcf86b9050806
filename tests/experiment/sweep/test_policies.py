"""Policies that are learned along with a network, in whole studies: ended and gone on with, and not finite."""

import json
from dataclasses import replace

import pytest
import torch

from segaug.augment.policy_class_specific import PolicyClassSpecific
from segaug.experiment.sweep.study import TrialsFailed, run_study
from segaug.results.store import Store
from segaug.training.segmentation import Segmentation
from tests.tiny import volatile_free

PATCHES = ["dataset.size=32", "protocol.patch=16"]
LEARNED = ["augment=policy_joint", "predict=[none,learned]", *PATCHES]


def recorded(trials):
    keys = run_study(trials, workers=1, many=False)
    return [Store(trials[0].config.output).record(key["id"]) for key in keys]


def test_a_study_that_was_ended_and_went_on_equals_a_calm_one(drawn_once, tmp_path, monkeypatch):
    """Ended after three updates of the second trial, when its policies had learned already."""
    calm, stormy = (
        [drawn_once(*LEARNED, f"seed={seed}", f"output={tmp_path / name}") for seed in (0, 1)]
        for name in ("calm", "stormy")
    )
    expected = [volatile_free(record) for record in recorded(calm)]
    real, steps = Segmentation.training_step, []

    def ended(self, batch, step):
        steps.append(step)
        if len(steps) == 4 + 3:
            raise KeyboardInterrupt
        return real(self, batch, step)

    with monkeypatch.context() as storm:
        storm.setattr(Segmentation, "training_step", ended)
        with pytest.raises(KeyboardInterrupt):
            recorded(stormy)
    (begun,) = Store(tmp_path / "stormy").records()
    assert begun["seed"] == 0
    assert [volatile_free(record) for record in recorded(stormy)] == expected
    assert expected[0]["policies"]["policy_updates"] == 4


def test_policies_that_are_not_finite_are_a_result_and_the_others_run(drawn_once, monkeypatch):
    monkeypatch.setattr("segaug.augment.policy.learning.logit_gradient", lambda h, chosen, *_: chosen[0] * torch.nan)
    diverged, fine = recorded([drawn_once("augment=policy_learned"), drawn_once()])
    assert (diverged["status"], fine["status"]) == ("diverged", "ok")
    assert diverged["policies"] is None
    assert diverged["test"] is None
    assert json.loads(json.dumps(diverged, allow_nan=False)) == diverged


def test_a_subset_of_one_class_costs_its_own_trial_and_no_other(drawn_once, monkeypatch):
    """Its data set card learns nothing from it either, and gets along without its pictures."""
    real = PolicyClassSpecific._check_classes
    monkeypatch.setattr(
        PolicyClassSpecific, "_check_classes", lambda self, subset: real(self, replace(subset, label=0 * subset.label))
    )
    bad, fine = drawn_once("augment=policy_class_specific", *PATCHES), drawn_once(*PATCHES)
    with pytest.raises(TrialsFailed, match="1 of 2"):
        run_study([bad, fine], workers=1, many=False)
    store = Store(bad.config.output)
    (record,), (failure,) = store.records(), store.failures()
    assert record["strategy"] == "baseline"
    assert "no training image shows foreground" in failure["error"]
