"""What the page says of what strategies had learned, and of what they saw: from records with known numbers."""

import pytest

from segaug.report.data.provenance import sees_table
from segaug.report.study.study import load_study
from segaug.report.trials.cautions import cautions
from segaug.report.trials.learned import learned_table
from segaug.results.store import Store
from tests.synthetic import replace_record, write_study

HEALTH = {
    "magnitude": 1.5, "spread": 0.75, "folded_share": 0.005, "accuracy": 0.8, "task_share": 0.25, "best_dice": 0.75,
    "last_dice": 0.5,
}  # fmt: skip
SAW = {
    "labelled subset": {"images": 4, "patients": 2},
    "external images": {"images": 40, "patients": 8},
    "validation labels": {"images": 3, "patients": 1},
}


def item(artefact="generator_deformation-1", chosen=160, **health):
    return {
        "artefact": artefact, "kind": artefact.partition("-")[0], "updates": 320, "chosen_update": chosen,
        "health": HEALTH | health,
    }  # fmt: skip


@pytest.fixture
def told(tmp_path):
    """told(learned, saw): a study in whose red trials of N = 4 this stands, seed by seed."""

    def write(learned=(), saw=None):
        store = write_study(tmp_path / "study", sizes=(4, 8), seeds=2)
        for trial in store.records():
            if (trial["strategy"], trial["size"]) == ("red", 4):
                own = learned[trial["seed"]] if learned else []
                run = {**trial["run"], "learning_cpu_seconds": 10.0 + trial["seed"]}
                replace_record(
                    store, {**trial, "learned": own, "saw": saw or SAW, "run": run, "sees": list(saw or SAW)}
                )
        return load_study(store.folder, "bce")

    return write


def due(study):
    return {caution.kind: caution for caution in cautions(study)}


def test_older_records_that_say_nothing_of_it_have_no_table(tmp_path):
    study = load_study(write_study(tmp_path / "study", sizes=(4, 8), seeds=2).folder, "bce")
    assert learned_table(study) is None


def test_numbers_are_means_over_what_was_learned(told):
    study = told([[item(chosen=160)], [item("generator_deformation-2", chosen=320, magnitude=2.5)]])
    ((*cell, count, chosen, size, spread, folds, judge, share, best, last),) = learned_table(study).rows
    assert cell == ["phantom_thorax", "nnunet", "red", "4", "generator_deformation"]
    assert (count, chosen, size, spread, folds) == ("2", "75.0 %", "2.00", "0.750", "0.5 %")
    assert (judge, share, best, last) == ("80.0 %", "25.0 %", "0.750", "0.500")


def test_one_that_two_trials_share_counts_once(told):
    same = [item(), item("generator_intensity-1")]
    rows = learned_table(told([same, same])).rows
    assert [(row[4], row[5]) for row in rows] == [("generator_deformation", "1"), ("generator_intensity", "1")]


def test_what_was_not_measured_is_left_blank(told):
    nothing = {"artefact": "genda-1", "kind": "genda", "updates": None, "chosen_update": None}
    study = told([[{**nothing, "health": {"magnitude": 0.9, "spread": 0.8, "folded": 0.0}}]] * 2)
    ((*_, chosen, size, _, folds, judge, _, _, _),) = learned_table(study).rows
    assert (size, folds) == ("0.900", "0.0 %")
    assert chosen == judge
    assert chosen not in ("0", "0.0 %")


def test_a_healthy_generator_needs_no_caution(told):
    assert (
        not {"not_task_driven", "certain_judge", "generated_folds", "chosen_last", "more_validation", "few_unlabelled"}
        & due(told([[item()], [item("generator_deformation-2")]])).keys()
    )


@pytest.mark.parametrize(
    ("kind", "changed", "place"),
    [
        ("not_task_driven", {"task_share": 0.009}, "N = 4: deformation, 0.9 %"),
        ("generated_folds", {"folded_share": 0.125}, "N = 4: 12 % of the cells"),
        ("certain_judge", {"accuracy": 1.0}, "N = 4: deformation"),
        ("chosen_last", {"chosen": 320}, "N = 4: 1 of 1"),
    ],
)
def test_a_caution_names_the_cell(told, kind, changed, place):
    caution = due(told([[item(**changed)], [item(**changed)]]))[kind]
    assert caution.places == (f"phantom_thorax · nnunet · red · {place}",)


def test_the_last_one_needs_no_caution_where_nothing_chose(told):
    last = item(chosen=320, best_dice=None, last_dice=None)
    assert "chosen_last" not in due(told([[last], [last]]))


@pytest.mark.parametrize(
    ("kind", "part", "images", "place"),
    [
        ("few_unlabelled", "external images", 3, "3 unlabelled images, 4 labelled"),
        ("more_validation", "validation labels", 5, "N = 4, V = 5 images"),
    ],
)
def test_what_was_seen_is_weighed(told, kind, part, images, place):
    caution = due(told(saw=SAW | {part: {"images": images, "patients": 1}}))[kind]
    assert caution.places == (f"phantom_thorax · red: {place}",)


def test_the_table_of_what_was_seen_counts_it(told):
    rows = {row[0]: row[1] for row in sees_table(told()).rows}
    assert rows["baseline"] == "labelled subset"
    assert rows["red"] == (
        "external images (40 images of 8 patients), labelled subset (4 images of 2 patients), "
        "validation labels (3 images of 1 patient)"
    )


def test_records_with_it_are_valid(told):
    study = told([[item()], [item(folded_share=None)]])
    assert len(Store(study.folder).records()) == 8
