"""What the page says each curve was given: from records with known numbers."""

from pathlib import Path

import pytest

from segaug.report.study.study import load_study
from segaug.report.trials.budget import budget_table
from tests.report.made_sections import rows
from tests.synthetic import replace_record, write_study

SAW = {
    "labelled subset": {"images": 4, "patients": 2},
    "external images": {"images": 40, "patients": 8},
    "validation labels": {"images": 16, "patients": 3},
}
ITEM = {"artefact": "generator-1", "kind": "generator", "updates": 320, "chosen_update": 160, "health": {}}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, str]]:
    """(strategy, N) -> cells.  red learns two things at N = 4, of which seed 1 shares one; all train 256 updates."""
    store = write_study(tmp_path_factory.mktemp("studies") / "given", sizes=(4, 8), seeds=2)
    for trial in store.records():
        seconds = {"data": 1.0, "prepare": 30.0, "augmentation": 2.0, "network": 7.0, "other": 0.0, "total": 40.0}
        run = {**trial["run"], "seconds": seconds}
        subset = {**trial["subset"], "patients": 2}
        changed = {**trial, "run": run, "subset": subset, "labels": {"training": 10 + trial["seed"], "validation": 16}}
        if (trial["strategy"], trial["size"]) == ("red", 4):
            other = {**ITEM, "artefact": f"generator-{2 + trial['seed']}", "updates": 100}
            run["learning_cpu_seconds"] = 50.0 + 20 * trial["seed"]
            changed |= {"learned": [ITEM, other], "saw": SAW, "sees": [*SAW]}
        replace_record(store, changed)
    return {(row["strategy"], row["N"]): row for row in rows(budget_table(load_study(store.folder, "bce")))}


def test_every_curve_has_a_row_for_each_size(found: dict) -> None:
    assert list(found) == [("baseline", "4"), ("baseline", "8"), ("red", "4"), ("red", "8")]


def test_images_and_patients_of_each_part(found: dict) -> None:
    assert {row["labelled"] for row in found.values()} == {"10 to 11 / 2"}
    assert found["red", "4"]["unlabelled"] == "40 / 8"
    assert found["red", "8"]["unlabelled"] == found["baseline", "4"]["unlabelled"] == "–"


def test_validation_chooses_the_weights_of_all_and_a_star_marks_who_learns_from_it(found: dict) -> None:
    """The patients are those of the data set, whoever counted them."""
    assert found["red", "4"]["validation"] == "16 / 3 *"
    assert found["red", "8"]["validation"] == found["baseline", "4"]["validation"] == "16 / 3"


def test_updates_and_seconds_before_the_training_and_of_it(found: dict) -> None:
    assert (found["red", "4"]["updates before"], found["red", "4"]["updates"]) == ("420", "256")
    assert (found["red", "4"]["before [CPU s]"], found["red", "4"]["training [s]"]) == ("60.0", "9.00")
    assert found["baseline", "4"]["updates before"] == found["baseline", "4"]["before [CPU s]"] == "–"


def test_records_that_counted_nothing_and_trials_without_validation(tmp_path: Path) -> None:
    store = write_study(tmp_path, sizes=(4,), seeds=2)
    for trial in store.records():
        validation = 0 if trial["strategy"] == "red" else 16
        replace_record(store, {**trial, "labels": {"training": 1500, "validation": validation}})
    baseline, red = rows(budget_table(load_study(store.folder, "bce")))
    assert (baseline["labelled"], baseline["validation"]) == ("1,500 / 4", "16 / –")
    assert (red["validation"], red["unlabelled"]) == ("–", "–")
