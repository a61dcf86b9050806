"""One trial of each kind of training, from its overrides to its record."""

import pytest

from segaug.experiment.plan import make_plan
from segaug.experiment.run import run_trial

KINDS = {
    "dice of patients": ("protocol.select=dice_patient", "protocol.count=patients"),
    "adamw": ("protocol.optimiser.name=adamw", "protocol.optimiser.weight_decay=0.1"),
    "sgd": (
        "protocol.optimiser.name=sgd", "protocol.optimiser.momentum=0.9", "protocol.optimiser.nesterov=true",
        "protocol.optimiser.clip_norm=1", "protocol.learning_rate=0.01", "protocol.decay=polynomial",
    ),
    "weighted": ("protocol.objective.loss=cross_entropy_dice", "protocol.objective.background_weight=0.1"),
    "shared subsets": ("protocol.seeds_per_subset=3", "seed=4"),
    "three structures": (
        "dataset=phantom_template", "dataset.size=32", "protocol.select=dice", "protocol.output_bias=foreground",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_trial_of_each_kind_ends_in_a_record(tiny, kind):
    trial = tiny(*KINDS[kind])
    plan = make_plan([trial], skip_large=False)
    record, _ = run_trial(plan.trials[0], plan.tasks[trial.task])
    assert record["status"] == "ok"
    history, select = record["history"], trial.config.protocol.select
    values = history[f"validation_{select}"]
    best = min(values) if select == "bce" else max(values)
    assert record["training"]["best_update"] == history["update"][values.index(best)]
    assert record["training"]["images"] == record["labels"]["training"] == 4
