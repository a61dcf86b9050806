"""What a record warns of: taken of real tasks, whose subset is changed by hand."""

from dataclasses import replace

import torch

from segaug.experiment.outside import compose
from segaug.experiment.planned.parts import parts_of
from segaug.experiment.planned.plan import make_plan
from segaug.experiment.trial.run import _warnings

WORDS = ["dataset=phantom_template", "dataset.images=40", "dataset.size=32", "protocol=fixed_steps", "scale=n4"]


def warned(tmp_path, change):
    plan = make_plan([compose([*WORDS, f"cache={tmp_path}"])], skip_large=False)
    (planned,) = plan.trials
    task = plan.tasks[planned.trial.task]
    parts = parts_of(planned, task, "cpu")
    label = change(parts.subset.label.clone())
    return _warnings(planned, task, len(task.split.pool), replace(parts, subset=replace(parts.subset, label=label)))


def test_a_structure_that_no_training_image_shows_is_named(tmp_path):
    def without_wall(label):
        label[:, 1] = 0
        return label

    assert warned(tmp_path, lambda label: label) == []
    assert warned(tmp_path, without_wall) == ["no training image shows myo"]
    assert warned(tmp_path, torch.zeros_like) == ["no training image shows lv or myo or rv"]
