"""Trials on masks with pixels that count for nothing: their records are those of the known pixels."""

import json
import math

import pytest

from segaug.experiment.outside import compose
from segaug.experiment.planned.plan import make_plan
from segaug.experiment.trial.run import run_trial
from segaug.results.record import check
from tests.data.small_sets import image_and_mask, save
from tests.tiny import TINY

OWN = [word for word in TINY if not word.startswith("dataset")]
TWO = ["+dataset.structures={left: [1], right: [2]}", "dataset.structure=[left,right]", "dataset.ignore=[9]"]
LEARNED = ["augment=policy_learned", "protocol.output_bias=foreground", "protocol.diagnostics=true"]


@pytest.fixture
def rimmed(tmp_path):
    """A folder of 24 images; a rim of 9 lies around two structures."""
    for number in range(24):
        image, mask = image_and_mask(number)
        mask[4, 5:19], mask[15, 5:19], mask[4:16, 5], mask[4:16, 18] = 9, 9, 9, 9
        for folder, pixels in (("images", image), ("masks", mask)):
            save(tmp_path / "set" / folder / f"p{number // 2:02}_{number % 2}.png", pixels)
    found = [f"dataset.root={tmp_path / 'set'}", "dataset.patient_pattern='^(p[0-9]+)_'", "dataset.size=16"]
    return [
        *OWN,
        "dataset=folder",
        *found,
        "dataset.split.min_validation=4",
        f"output={tmp_path}",
        f"cache={tmp_path}",
        *TWO,
    ]


def run(*words):
    plan = make_plan([compose(words)], skip_large=False)
    (planned,) = plan.trials
    task = plan.tasks[planned.trial.task]
    return run_trial(planned, task)[0], task


@pytest.mark.parametrize("words", [["augment=baseline"], ["augment=red", "protocol.select=dice"], LEARNED])
def test_a_trial_has_a_record_of_numbers(rimmed, words):
    record, task = run(*rimmed, *words)
    check(json.loads(json.dumps(record, allow_nan=False)))
    assert record["status"] == "ok"
    assert record["form"]["ignored"] is True
    assert all(value is None or math.isfinite(value) for value in record["test"]["best"].values())
    test = task.label[list(task.split.test)]
    known = ~test.isnan().any(1)
    shares = [(test[:, k].nan_to_num() > 0).flatten(1).sum(1) / known.flatten(1).sum(1) for k in (0, 1)]
    assert record["foreground"]["test"] == pytest.approx([share.mean().item() for share in shares])
    if words is LEARNED:
        held = [int(image.nansum()) for image in test]
        assert record["diagnostics"]["foreground_px"] == held
