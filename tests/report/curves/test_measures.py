"""The page shows what the records have measured: no more, no less, and no error for what they lack."""

from pathlib import Path

import orjson
import pytest

from segaug.errors import ConfigError
from segaug.measures import quantities
from segaug.report.blocks.section import Text
from segaug.report.blocks.tables import measure_table, structure_table
from segaug.report.curves import curves_section, measures_section, structures_section
from segaug.report.curves.captions import measures_caption
from segaug.report.curves.metric_orders import fits_by_metric, order_table
from segaug.report.look.theme import themed
from segaug.report.study.measured import Measured
from segaug.report.study.study import load_study
from segaug.report.trials.cautions import cautions
from segaug.results.detail_row import detail_row
from segaug.results.store import Store
from segaug.results.trial_row import trial_row
from tests.structures import STRUCTURES, structures_record, write_structures_study
from tests.synthetic import record, replace_record, write_study

SIZES = (2, 4, 8, 16)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory):
    """heart with three structures, lung with one."""
    folder = tmp_path_factory.mktemp("studies") / "mixed"
    return load_study(write_structures_study(folder, sizes=SIZES, seeds=3, mixed=True).folder)


def row(record: dict) -> dict:
    """A record as the page reads it."""
    details = detail_row(record)
    values = details | orjson.loads(details["settings"]) | trial_row(record)
    return {name: None if value != value else value for name, value in values.items()}


def measured(*trials: dict, metric: str | None = None) -> Measured:
    """Of trials that all converged."""
    rows = [row(one) if "test" in one else one for one in trials]
    return Measured(metric, sorted({one["task"] for one in rows}), rows, rows)


def shares(record: dict, **values: float | None) -> dict:
    """A record with further test scores."""
    test = {weights: {**means, **values} for weights, means in record["test"].items()}
    return {**record, "test": test}


def test_every_measure_that_the_records_have_has_a_panel(mixed, monkeypatch):
    drawn = []
    for module in (measures_section, structures_section):
        monkeypatch.setattr(
            module, "overview_chart", lambda study, measure, *where: drawn.append((measure.key, where[0]))
        )
    measures_section.section(mixed)
    structures_section.section(mixed)
    expected = [
        (what.key, task)
        for task, names in (("heart", STRUCTURES), ("lung", ("",)))
        for what in quantities(names)
        if any(one.get(f"{what.key}_best") is not None for one in mixed.ok if one["task"] == task)
    ]
    assert sorted(drawn) == sorted(expected)
    assert {key for key, task in drawn if task == "heart"} == {what.key for what in quantities(STRUCTURES)}


def test_tables_have_a_column_a_measure_and_a_row_a_structure(mixed):
    columns = measure_table(mixed).columns
    for words in ("BCE", "cross-entropy", "cross-entropy of last weights", "Dice", "Dice per patient", "HD95 [px]",
                  "atlas BCE", "constant cross-entropy"):  # fmt: skip
        assert words in columns
    table = structure_table(mixed)
    assert {row[table.columns.index("structure")] for row in table.rows} == set(STRUCTURES)
    assert {row[0] for row in table.rows} == {"heart"}
    assert all(len(row) == len(one.columns) for one in (table, measure_table(mixed)) for row in one.rows)
    assert "HD95 [px]" in table.columns


def test_each_task_is_fitted_to_its_own_cross_entropy_and_every_figure_is_drawn(mixed):
    assert {task: mixed.measured.fitted_of(task).key for task in mixed.tasks} == {"heart": "ce", "lung": "bce"}
    assert {curve.task: curve.metric for curve in mixed.fits} == {"heart": "ce", "lung": "bce"}


def test_figures_of_structures_have_a_panel_each(mixed, monkeypatch):
    monkeypatch.setattr(structures_section, "overview_chart", lambda *_: "")
    figures = structures_section.section(mixed).figures
    assert {f"structures_{key}_heart_nnunet" for key in ("dice", "hd95")} <= figures.keys()
    with themed():
        drawn = figures["structures_dice_heart_nnunet"]()
    assert [axes.get_title(loc="left") for axes in drawn.axes] == list(STRUCTURES)
    assert len({axes.get_ylim() for axes in drawn.axes}) == 1


def test_tasks_are_put_in_order_by_the_measures_that_they_have(mixed):
    table = order_table(mixed, fits_by_metric(mixed))
    place = {name: table.columns.index(name) for name in ("test BCE", "test cross-entropy", "1 − Dice")}
    for row in table.rows:
        assert (row[place["test BCE"]] == "–") == (row[0] == "heart")
        assert (row[place["test cross-entropy"]] == "–") == (row[0] == "lung")
        assert "<" in row[place["1 − Dice"]]


def test_a_study_of_single_structures_has_no_section_of_structures(calm):
    assert structures_section.section(load_study(calm)) is None


def test_what_is_not_measured_is_one_note(tmp_path, monkeypatch):
    store = write_study(tmp_path / "older", sizes=SIZES, seeds=3)
    for one in store.records():
        if one["seed"] == 0:
            replace_record(store, shares(one, dice_patient=0.9))
    monkeypatch.setattr(measures_section, "overview_chart", lambda *_: "")
    section = measures_section.section(load_study(store.folder))
    (note,) = [block.text for block in section.blocks if isinstance(block, Text) and "Not measured" in block.text]
    assert "Dice per patient (16 of 24 trials lack it)" in note


def test_a_measure_draws_its_own_references_or_none():
    one = structures_record("heart", "nnunet", "red", 4, 0)
    one["reference"] = {"atlas_dice": 0.6, "atlas_dice/rv": 0.3, "constant_ce": 0.45}
    one = row(one)
    drawn = {measure.key: measure for measure in measured(one).of("heart")}
    assert (drawn["dice"].of_atlas(one), drawn["dice"].of_constant(one)) == (0.6, None)
    assert (drawn["ce"].of_atlas(one), drawn["ce"].of_constant(one)) == (None, 0.45)
    assert (drawn["hd95"].of_atlas(one), drawn["hd95"].of_constant(one)) == (None, None)
    (rv, *_) = measured(one).of_structures("heart")["dice"]
    assert rv.of_atlas(one) == 0.3
    assert measured(one, metric="1-dice/rv").fitted_of("heart").of_atlas(one) == 0.7


def test_structures_and_recalibrated_errors_share_the_range_of_the_others():
    found = measured(structures_record("heart", "nnunet", "red", 4, 0))
    by_key = {measure.key: measure for measure in found.of("heart")}
    dice = {one.key for one in found.alike("heart", by_key["dice"])}
    assert dice == {"dice", "dice/rv", "dice/myo", "dice/lv"}
    assert {one.key for one in found.alike("heart", by_key["ce"])} == {"ce", "ce_recalibrated"}
    assert len(found.alike("heart", found.fitted_of("heart"))) == 2


def test_dice_of_patients_is_said_to_be_on_the_grid_of_the_network_once():
    found = measured(structures_record("heart", "nnunet", "red", 4, 0)).everywhere
    said = measures_caption(FakeStudy, found)
    assert said.count("on the grid of the network") == 1


class FakeStudy:
    """As much of a study as a caption asks for."""

    ok = ()


def test_a_trial_that_diverged_has_no_value():
    one = row({**record("lung", "nnunet", "red", 4, 0), "test": None})
    (bce, *_) = measured(record("lung", "nnunet", "red", 4, 1)).of("lung")
    assert bce.of(one) is None


def test_the_lowest_validation_error_can_be_drawn():
    one = record("lung", "nnunet", "red", 4, 0)
    drawn = measured(one, metric="validation_bce").fitted_of("lung")
    assert drawn.of(row(one)) == min(one["history"]["validation_bce"])
    assert drawn.name == "lowest validation BCE"


def test_a_metric_that_nobody_measured_is_one_line(calm):
    with pytest.raises(ConfigError, match=r"--metric.*dice_patient"):
        load_study(calm, "dice_patient")
    with pytest.raises(ConfigError, match="--metric: 'nonsense' is unknown"):
        load_study(calm, "nonsense")


def test_any_measure_can_be_fitted_and_tasks_without_it_are_named(tmp_path):
    study = load_study(write_structures_study(tmp_path / "mixed", sizes=(2, 8), seeds=2, mixed=True).folder, "dice/rv")
    with themed():
        section = curves_section.section(study)
    assert [block.text for block in section.blocks if isinstance(block, Text)] == [
        "No trial has measured 1 − Dice of rv: lung."
    ]
    assert set(section.figures) == {"curves_1-dice_rv", "curves_1-dice_rv_heart_nnunet"}
    assert len(study.ok) == len(study.records)  # what lacks a measure has not diverged


def code(trial: dict, hash_of_rooms: str | None) -> dict:
    """The record as code of that hash leaves it; None: as it was before this was recorded."""
    known = {"code": {"version": "0.2.0", "commit": None, "changed": None, "hash": hash_of_rooms}}
    return {**trial, "run": {**trial["run"], **(known if hash_of_rooms else {})}}


def test_a_curve_of_several_codes_is_told_with_counts(calm: Path):
    store = Store(calm)
    for one in store.records():
        changed = one["strategy"] == "red"
        hash_of_rooms = (("a" if one["seed"] < 2 else "b") * 16) if changed and one["seed"] else None
        replace_record(store, code(one, hash_of_rooms))
    (caution,) = [one for one in cautions(load_study(calm)) if one.kind == "code"]
    assert caution.places == (
        "phantom_thorax · nnunet · red: 0.2.0 aaaaaaaa (4 trials), 0.2.0 bbbbbbbb (16 trials), unknown (4 trials)",
    )
