"""Learned weights of layers that never left 0 are told by every reader of a curve, and nobody else's."""

import pytest

from segaug.analysis.comparison.compare import compare_trials
from segaug.analysis.curves.fitting import fit_records
from segaug.analysis.trials.table import trials
from segaug.report.study.study import load_study
from segaug.report.trials.cautions import cautions
from segaug.results.layer_weights import still_layers
from segaug.results.trial_row import trial_row
from tests.synthetic import record, replace_record, write_study

STAYED = {"encoder1": 0.0, "encoder2": 0.0, "decoder1": 0.25}
TOLD = (
    "layer weights never left 0: encoder1 in 4 of 4 trials; encoder2 in 3 of 4 trials: there it is the baseline, and "
    "augment.mode=warmup would move them"
)


def with_weights(trial, **alpha):
    weights = {**STAYED, **alpha}
    still = sum(value == 0 for value in weights.values()) / len(weights)
    return {**trial, "layer_weights": {"alpha": weights, "never_left_zero": still}}


def learned(trial):
    """In the trial of N = 8 and seed 1 the second layer moved, too."""
    return with_weights(trial, **({"encoder2": 0.5} if (trial["size"], trial["seed"]) == (8, 1) else {}))


@pytest.fixture
def records():
    grid = [
        ("lung", "net", strategy, size, seed) for strategy in ("red", "baseline") for size in (4, 8) for seed in (0, 1)
    ]
    made = [record(*key) for key in grid]
    return [learned(trial) if trial["strategy"] == "red" else trial for trial in made]


def test_a_row_names_them():
    trial = record("lung", "net", "red", 4, 0)
    assert still_layers(trial_row(with_weights(trial))) == ("encoder1", "encoder2")
    assert still_layers(trial_row(with_weights(trial, encoder1=0.125, encoder2=1.0))) == ()
    assert still_layers(trial_row(trial)) == ()


def test_a_weight_that_came_back_is_no_weight_that_never_left():
    back = with_weights(record("lung", "net", "red", 4, 0))
    for layers, told in ((0, ()), (1, ("1 of encoder1, encoder2",)), (2, ("encoder1", "encoder2"))):
        back["layer_weights"]["never_left_zero"] = layers / 3
        assert still_layers(trial_row(back)) == told


def test_a_fit_and_a_comparison_tell_it_of_that_strategy_alone(records):
    curves = {curve.strategy: curve for curve in fit_records(records, "bce", resamples=100)}
    assert TOLD in curves["red"].notes
    assert not any("layer weights" in note for note in curves["baseline"].notes)
    (compared,) = compare_trials(trials(records), "bce", {}, "baseline", resamples=10).found
    assert TOLD in compared.notes


def test_the_page_tells_it_before_anything_else(tmp_path):
    store = write_study(tmp_path / "study", sizes=(4, 8), seeds=2)
    assert "still_weights" not in {caution.kind for caution in cautions(load_study(store.folder, "bce"))}
    for trial in store.records():
        if trial["strategy"] == "red":
            replace_record(store, learned(trial))
    due = {caution.kind: caution for caution in cautions(load_study(store.folder, "bce"))}
    (place,) = due["still_weights"].places
    assert place == f"phantom_thorax · nnunet · red: {TOLD.partition(': ')[2]}"
    assert "augment.mode=warmup" in due["still_weights"].meaning
