"""The table of strengths: every arm, what it saw, and how far it moved pixels."""

from segaug.report.study.study import load_study
from segaug.report.trials.strength import strength_table
from tests.synthetic import STRENGTH, replace_record, write_study


def rows(folder):
    return {row[1]: row for row in strength_table(load_study(folder, "bce")).rows}


def test_every_arm_is_there_and_one_without_a_field_says_so(tmp_path):
    write_study(tmp_path)
    found = rows(tmp_path)
    assert found["baseline"][2:] == ("labelled subset", "–", "–", "–", "–", "–")
    assert found["red"][2:] == ("labelled subset", "100 %", "1.50 ± 0.00", "2.50 ± 0.00", "0.400", "0 %")


def test_means_over_trials_and_the_smallest_of_all_jacobians(tmp_path):
    store = write_study(tmp_path, sizes=(4,), seeds=2)
    records = [record for record in store.records() if record["strategy"] == "red"]
    for record, rms, smallest in zip(records, (1, 3), (0.5, -0.25), strict=True):
        measured = {**STRENGTH, "displacement_rms_px": rms, "min_jacobian": smallest, "folded_share": rms / 100}
        replace_record(store, {**record, "augmentation": measured, "sees": ["labelled subset", "external images"]})
    row = rows(tmp_path)["red"]
    assert row[2] == "external images, labelled subset"
    assert row[4] == "2.00 ± 1.41"
    assert row[6:] == ("-0.250", "2 %")


def test_of_a_strategy_that_draws_kinds_the_share_of_deformed_images_is_told(tmp_path):
    store = write_study(tmp_path, sizes=(4,), seeds=2)
    for record in store.records():
        options = {"share_v": 0.125, "share_i": 0.225, "share_both": 0.25}
        replace_record(store, {**record, "config": {**record["config"], "augment": options}})
    found = rows(tmp_path)
    assert found["red"][3] == "38 %"
    assert found["baseline"][3] == "–"  # it has no field


def test_records_of_before_have_no_strength(tmp_path):
    store = write_study(tmp_path, sizes=(4,), seeds=2)
    for record in store.records():
        replace_record(store, {key: value for key, value in record.items() if key != "augmentation"})
    assert rows(tmp_path)["red"][3:5] == ("–", "–")
