"""A trial on patches of images: what its record says, and that patches as large as the images change nothing."""

import json

import pytest

from segaug.data.task import Task
from segaug.experiment.planned.plan import make_plan
from segaug.experiment.trial.run import run_trial
from segaug.results.record import check
from tests.tiny import volatile_free

TRAINED = ("history", "test", "cases", "recalibration", "training", "subset", "masks", "augmentation")


@pytest.fixture
def run(drawn_once):
    """The record of a tiny trial: run("protocol.patch=8")."""

    def of(*overrides, task=lambda task: task):
        plan = make_plan([drawn_once("protocol.length=2", *overrides)], skip_large=False)
        made = run_trial(plan.trials[0], task(next(iter(plan.tasks.values()))))[0]
        return json.loads(json.dumps(volatile_free(made))), made

    return of


def test_a_patch_as_large_as_the_image_is_the_image(run):
    plain, patched = run("augment=red")[0], run("augment=red", "protocol.patch=16")[0]
    for key in TRAINED:
        assert plain[key] == patched[key], key
    assert "patches" not in plain
    assert plain["id"] != patched["id"]


def test_the_record_tells_of_patches_and_layers_are_measured_over_windows(run):
    record, made = run("protocol.patch=16", "dataset.size=32", "protocol.diagnostics=true")
    check(made)
    assert record["patches"] == {"size": [16, 16], "foreground_share": 0.5, "missing_rows": 0, "rows": 2 * 4}
    layers = record["diagnostics"]["layers"]
    assert "encoder1" in layers
    assert all(len(layer["l_fd"]) == len(record["cases"]["ids"]) for layer in layers.values())


def without_foreground(task: Task) -> Task:
    """In the training images; those of validation and test keep theirs."""
    task.label[list(task.pool_of(0))] = 0
    return task


def test_images_without_foreground_are_counted(run, tmp_path):
    record = run("protocol.patch=16", "dataset.size=32", f"cache={tmp_path}", task=without_foreground)[0]
    assert record["patches"]["foreground_share"] == 0
    assert record["patches"]["missing_rows"] == 4
