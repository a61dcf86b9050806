"""What a record warns of: taken of real tasks, whose subset is changed by hand."""

from dataclasses import replace

import torch

from segaug.experiment.planned.parts import parts_of
from segaug.experiment.planned.plan import make_plan
from segaug.experiment.trial.run import _warnings


def warned(tiny, change):
    plan = make_plan([tiny("dataset=phantom_template")], skip_large=False)
    (planned,) = plan.trials
    task = plan.tasks[planned.trial.task]
    parts = parts_of(planned, task, "cpu")
    label = change(parts.subset.label.clone())
    return _warnings(planned, task, len(task.split.pool), replace(parts, subset=replace(parts.subset, label=label)))


def test_a_structure_that_no_training_image_shows_is_named(drawn_once):
    def without_wall(label):
        label[:, 1] = 0
        return label

    assert warned(drawn_once, lambda label: label) == []
    assert warned(drawn_once, without_wall) == ["no training image shows myo"]
    assert warned(drawn_once, torch.zeros_like) == ["no training image shows lv or myo or rv"]
