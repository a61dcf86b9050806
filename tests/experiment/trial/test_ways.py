"""Ways of predicting in a trial: each is what it says it is, and none costs the trial its result."""

import json
from dataclasses import dataclass, replace

import pytest
import torch

from segaug import metrics
from segaug.experiment.planned.parts import parts_of
from segaug.experiment.planned.plan import make_plan
from segaug.experiment.trial import ways
from segaug.experiment.trial.run import run_trial
from segaug.experiment.trial.ways import Way, score_ways
from segaug.metrics import Recalibration
from segaug.models.inference import logits_of
from segaug.results.record import check
from tests.tiny import volatile_free

LONGER = ["protocol.length=6", "protocol.validate_every=1"]


@dataclass(frozen=True)
class Mirrored:
    """The mean of an image and its mirror, as a test-time policy has it."""

    ids: tuple[int, ...] = (0, 4)
    weights: tuple[float, ...] = (0.5, 0.5)

    def predict(self, model, image):
        one, other = model(torch.cat([image, image.flip(3)])).split(len(image))
        return self.weights[0] * one + self.weights[1] * other.flip(3)


@pytest.fixture(autouse=True)
def judged(monkeypatch):
    """What was judged by flips, in order."""
    seen = []

    def flips(judged):
        seen.append(judged)
        return Way(Mirrored().predict, Mirrored())

    monkeypatch.setitem(ways.WAYS, "flips", flips)
    monkeypatch.setitem(ways.WAYS, "learned", lambda _: Way(lambda model, image: 2 * model(image)))
    return seen


def run(trial):
    plan = make_plan([trial], skip_large=False)
    (planned,) = plan.trials
    task = plan.tasks[planned.trial.task]
    record, weights = run_trial(planned, task)
    check(json.loads(json.dumps(record)))
    return record, weights, planned, task


@pytest.fixture
def ran(tiny):
    return run(tiny("predict=[none,flips,learned]", *LONGER))


@pytest.fixture
def network(ran):
    """With the best weights, and the images of the trial."""
    from segaug.experiment.planned.network import starting_network

    _, weights, planned, task = ran
    parts = parts_of(planned, task, "cpu")
    network = starting_network(planned.trial.config, task.form, parts.subset, 0)
    weights.load(network, planned.trial.config.augment, None)
    return network, parts


def test_what_is_asked_for_beside_it_does_not_change_the_plain_way(ran, tiny):
    record, *_ = ran
    plain, *_ = run(tiny(*LONGER))
    told, without = volatile_free(record), volatile_free(plain)
    assert {key for key in told | without if told.get(key) != without.get(key)} == {"id", "config", "ways"}
    assert told["config"] == {**without["config"], "predict": ["none", "flips", "learned"]}
    assert "ways" not in without
    assert "seconds_per_image" not in plain["run"]


def test_each_way_predicts_with_the_best_weights(ran, network):
    record, *_ = ran
    net, parts = network
    for way, predict in (("flips", Mirrored().predict), ("learned", lambda model, image: 2 * model(image))):
        logits = logits_of(net, parts.test.image, predict)
        told = record["ways"][way]
        want = metrics.cross_entropy(logits, parts.test.label)
        assert told["cases"]["bce"] == pytest.approx(want.tolist())
        assert told["test"]["best"]["bce"] == pytest.approx(want.mean().item())
        assert told["test"]["last"] is None
        of_validation = logits_of(net, parts.validation.image, predict)
        dice = metrics.dice_of_mask(metrics.masks(of_validation), parts.validation.label).mean().item()
        assert told["validation_dice"] == pytest.approx(dice)


def test_each_way_is_recalibrated_for_itself(ran):
    """Twice the logits want half the scale, and are then worth as much as they were."""
    record, *_ = ran
    plain, doubled = record["recalibration"], record["ways"]["learned"]["recalibration"]
    assert doubled["scale"] == pytest.approx(plain["scale"] / 2, rel=1e-3)
    scores = record["test"]["best"], record["ways"]["learned"]["test"]["best"]
    assert scores[1]["bce_recalibrated"] == pytest.approx(scores[0]["bce_recalibrated"], rel=1e-4)
    assert scores[1]["bce"] != pytest.approx(scores[0]["bce"], rel=1e-3)


def test_a_record_tells_what_each_way_costs(ran):
    record, *_ = ran
    assert {way: told["passes"] for way, told in record["ways"].items()} == {"none": 1, "flips": 2, "learned": 1}
    assert record["run"]["seconds_per_image"].keys() == record["ways"].keys()
    assert all(seconds > 0 for seconds in record["run"]["seconds_per_image"].values())
    assert record["ways"]["flips"]["tea"] == {"ids": [0, 4], "weights": [0.5, 0.5]}
    assert record["ways"]["learned"]["tea"] is None
    assert record["ways"]["none"]["test"] is None, "its scores are the record's own"


def test_it_is_the_same_again(ran, tiny):
    again, *_ = run(tiny("predict=[learned,flips]", *LONGER))
    assert volatile_free(again) == volatile_free(ran[0])


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_way_without_numbers_does_not_cost_the_trial(tiny, monkeypatch, value):
    monkeypatch.setitem(ways.WAYS, "learned", lambda _: Way(lambda model, image: model(image) * value))
    record, *_ = run(tiny("predict=[learned]"))
    assert record["status"] == "ok"
    assert record["ways"]["learned"] is None
    assert record["ways"]["none"]["passes"] == 1


def test_of_a_trial_that_diverged_every_way_did(tiny):
    record, *_ = run(tiny("predict=[flips]", "protocol.learning_rate=1e30"))
    assert record["status"] == "diverged"
    assert record["ways"] == {"none": None, "flips": None}


def test_without_validation_labels_flips_are_scored_without_recalibration(tiny):
    record, *_ = run(tiny("predict=[flips]", "protocol.validation=none"))
    told = record["ways"]["flips"]
    assert told["recalibration"] is None
    assert told["validation_dice"] is None
    assert told["test"]["best"]["bce_recalibrated"] is None


def test_a_trial_can_be_ended_between_ways(ran, judged):
    asked = []

    def stop():
        asked.append(1)
        if len(asked) == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        score_ways(judged[0], ("none", "flips"), stop)


def test_scores_that_are_no_numbers_are_none(ran, judged):
    (scored,) = score_ways(judged[0], ("flips",), lambda: None).values()
    assert isinstance(scored.scores.recalibration, Recalibration)
    assert replace(scored, scores=None).block(judged[0], "flips") is None
