"""Joint phases on the page: of each strategy and N the first seed's, each once, as its record tells it."""

from pathlib import Path

import pytest

from segaug.report.blocks.section import Folded, Panels
from segaug.report.look.theme import themed
from segaug.report.study.study import Study, load_study
from segaug.report.trials.joint_phases import joint_phases
from segaug.report.trials.training_section import section
from segaug.results.record import check
from tests.synthetic import record, replace_record, write_study

TERMS = ("gradient_segmentation", "gradient_adversarial", "gradient_magnitude")


def item(artefact: str, kind: str = "generator_deformation", **changes: object) -> dict:
    """64 updates of warm-up, 32 of the joint phase, of which the 16th was kept."""
    history = {"update": [16, 32], "dice": [0.5, None], "magnitude": [1.0, 2.0], "accuracy": [0.5, 0.75]}
    history |= {name: [0.1, 0.2] for name in TERMS}
    return {
        "artefact": artefact, "kind": kind, "updates": 96, "chosen_update": 80, "health": {}, "history": history,
    } | changes  # fmt: skip


def study_of(folder: Path, learned: dict[tuple[int, int], list[dict]]) -> Study:
    """learned: of the red trial of an N and a seed."""
    store = write_study(folder, sizes=(4, 8), seeds=2)
    for trial in store.records():
        if trial["strategy"] == "red":
            replace_record(store, {**trial, "learned": learned.get((trial["size"], trial["seed"]), [])})
    return load_study(folder, "bce")


def test_of_each_cell_the_first_seed_that_has_one_and_each_once(tmp_path: Path) -> None:
    told_nothing = item("a")
    del told_nothing["history"]
    empty = item("a", history={"update": []})
    study = study_of(tmp_path, {
        (4, 0): [told_nothing, empty],
        (4, 1): [item("b"), item("c", "generator_intensity")],
        (8, 0): [item("c", "generator_intensity"), item("d")],
        (8, 1): [item("e")],
    })  # fmt: skip
    found = list(joint_phases(study))
    assert [(title, phase.kind) for _, title, phase in found] == [
        ("red · N = 4 · seed 1", "deformation"),
        ("red · N = 4 · seed 1", "intensity"),
        ("red · N = 8 · seed 0", "deformation"),
    ]
    assert {place for place, *_ in found} == {("phantom_thorax", "nnunet")}


def test_the_kept_update_is_counted_as_in_the_history(tmp_path: Path) -> None:
    ((_, _, phase),) = joint_phases(study_of(tmp_path, {(4, 0): [item("a")]}))
    assert phase.chosen == 16
    assert phase.history["dice"] == [0.5, None]


def folds(study: Study) -> list[Folded]:
    with themed():
        made = section(study)
    return [block for block in made.blocks if isinstance(block, Folded) and "generators" in block.summary]


def test_a_chart_a_phase_is_folded_and_nothing_where_records_tell_of_none(tmp_path: Path) -> None:
    (fold,) = folds(study_of(tmp_path / "some", {(4, 0): [item("a")], (8, 0): [item("b")]}))
    (panels,) = fold.blocks
    assert isinstance(panels, Panels)
    assert (fold.summary, fold.unfolded) == ("How generators were trained (2)", False)
    assert "red · N = 4 · seed 0" in str(panels.groups[0][0])
    assert folds(study_of(tmp_path / "none", {})) == []


@pytest.mark.parametrize("history", [{"update": [16, 32], "dice": [0.5]}, {"dice": [0.5]}])
def test_a_record_whose_history_does_not_fit_together_is_refused(history: dict) -> None:
    trial = record("lung", "nnunet", "red", 4, 0)
    check({**trial, "learned": [item("a"), item("b", history={"update": [], "dice": []})]})
    with pytest.raises(ValueError, match="one entry for each 'update'"):
        check({**trial, "learned": [item("a", history=history)]})
