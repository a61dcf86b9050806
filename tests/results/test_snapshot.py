"""Columns say what records say, whatever happens to either."""

import os

import numpy as np
import pandas as pd
import pytest

from segaug.errors import DataError
from segaug.results import snapshot as module
from segaug.results.case_errors import cases_of_records
from segaug.results.snapshot import Snapshot
from segaug.results.store import DamagedRecord
from segaug.results.trial_columns import read_trials
from segaug.results.trial_row import COLUMNS, in_order, trial_row
from tests.synthetic import record, replace_record, write_study

FILES = ("snapshot.parquet", "cases.parquet")


@pytest.fixture
def store(tmp_path):
    return write_study(tmp_path / "study", sizes=(1, 2), seeds=3)


@pytest.fixture
def read(monkeypatch):
    """Ids of the records that were read one by one."""
    found = []
    original = module.read_record
    monkeypatch.setattr(module, "read_record", lambda path: found.append(path.parent.name) or original(path))
    return found


def rows(records):
    found = [trial_row(one) for one in records]
    return pd.DataFrame(found, columns=in_order(set().union(*found)))


def same(store):
    snapshot = Snapshot(store.folder)
    pd.testing.assert_frame_equal(snapshot.trials(), rows(store.records()))
    found, expected = snapshot.cases("dice"), cases_of_records(store.records(), "dice")
    assert found.keys() == expected.keys()
    for trial, cases in expected.items():
        assert (found[trial].values == cases.values).all()
        assert (found[trial].cases, found[trial].patients) == (cases.cases, cases.patients)


def test_it_says_what_the_records_say_the_first_and_the_second_time(store):
    same(store)
    same(store)


def test_the_second_load_reads_no_record(store, read):
    Snapshot(store.folder).trials()
    assert len(read) == 12, "each once, for both files"
    Snapshot(store.folder).trials()
    Snapshot(store.folder).cases("bce")
    assert len(read) == 12


def test_only_what_is_new_is_read(store, read):
    Snapshot(store.folder).trials()
    read.clear()
    replace_record(store, record("another", "nnunet", "red", 1, 0))
    same(store)
    assert read == ["another-nnunet-red-1-0"]


def test_a_record_of_the_same_length_and_time_is_noticed(store):
    Snapshot(store.folder).trials()
    old = store.records()[0]
    path = store.record_path(old["id"])
    before = path.stat()
    old["test"]["best"]["dice"] = round(old["test"]["best"]["dice"] * 0.9, 4)
    replace_record(store, old)
    width = before.st_size - path.stat().st_size
    old["warnings"], old["run"]["host"] = [], old["run"]["host"] + "x" * width
    replace_record(store, old)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    same(store)


def test_a_deleted_trial_is_gone_and_what_is_no_trial_is_ignored(store):
    Snapshot(store.folder).trials()
    path = store.record_path(store.records()[3]["id"])
    path.unlink()
    (path.parent / "failure.json").write_text("{}")
    (store.folder / "trials" / "stray file").write_text("")
    same(store)
    assert len(Snapshot(store.folder).trials()) == 11


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: data.replace(b"PAR1", b"PAR2"), lambda _: b""])
def test_a_damaged_file_is_rebuilt(store, name, damage):
    Snapshot(store.folder).trials()
    path = store.folder / name
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    for _ in range(2):  # the second time from the files alone
        same(store)
    assert path.read_bytes() == whole


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_version_is_rebuilt(store, name, monkeypatch):
    part = module._TRIALS if name == FILES[0] else module._CASES
    Snapshot(store.folder).trials()
    module.write_sealed(store.folder / name, part.schema.empty_table().drop_columns(["id"]))
    same(store)


def test_errors_of_cases_are_read_only_where_asked_for(store):
    Snapshot(store.folder).trials()
    (store.folder / "cases.parquet").write_bytes(b"damaged")
    Snapshot(store.folder).trials()
    assert (store.folder / "cases.parquet").read_bytes() == b"damaged"


def test_a_damaged_record_is_named_and_costs_nothing_else(store, read, monkeypatch):
    monkeypatch.setattr(module, "_CHUNK", 5)
    trials = [one["id"] for one in store.records()]
    path = store.record_path(trials[7])
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    snapshot = Snapshot(store.folder)
    assert snapshot.trials()["id"].tolist() == [*trials[:7], *trials[8:]]
    assert list(snapshot.left_out) == [trials[7]]
    assert str(path) in str(snapshot.left_out[trials[7]])
    path.write_bytes(whole)
    read.clear()
    same(store)
    assert read == [trials[7]], "the others were kept"


@pytest.mark.parametrize("data", [b"", b"{}", b'"checksum"', b"\xff" * 200])
def test_a_record_that_became_garbage_is_named(store, data):
    Snapshot(store.folder).trials()
    path = store.record_path(store.records()[0]["id"])
    path.write_bytes(data)
    snapshot = Snapshot(store.folder)
    assert len(snapshot.trials()) == 11
    (error,) = snapshot.left_out.values()
    assert isinstance(error, DamagedRecord)
    assert "record.json" in str(error)


def test_a_folder_that_cannot_be_written_is_read_all_the_same(store, monkeypatch):
    def refuse(path, _table):
        raise PermissionError(path)

    monkeypatch.setattr(module, "write_sealed", refuse)
    same(store)
    assert not [name for name in FILES if (store.folder / name).exists()]


def test_the_later_of_two_writers_does_no_harm(store):
    early = Snapshot(store.folder)
    replace_record(store, record("another", "nnunet", "red", 1, 0))
    assert len(Snapshot(store.folder).trials()) == 13
    assert len(early.trials()) == 12, "one moment of the study"
    same(store)


def test_a_trial_without_cases_has_a_row(store):
    old = store.records()[0]
    replace_record(
        store, old | {"status": "diverged", "test": None, "cases": None, "hd95": None, "recalibration": None}
    )
    same(store)
    assert old["id"] not in Snapshot(store.folder).cases("bce")


def test_a_measure_that_a_trial_lacks(store):
    old = store.records()[0]
    replace_record(store, old | {"cases": {**old["cases"], "bce_recalibrated": None}})
    assert old["id"] not in Snapshot(store.folder).cases("bce_recalibrated")
    assert old["id"] in Snapshot(store.folder).cases("bce")


def several(seed, **more):
    """A record of a task with two structures, and with whatever else somebody has measured."""
    made = record("hearts", "nnunet", "red", 1, seed)
    test = {"ce": 0.2, "dice": 0.8, "dice/lv": 0.9, "dice/rv": 0.7, **more}
    lists = {key: [value] * 12 for key, value in test.items()}
    return made | {
        "form": {"channels": 1, "structures": ["lv", "rv"], "size": [64, 64], "sources": ["base"]},
        "test": {"best": test, "last": test},
        "cases": {"ids": made["cases"]["ids"], **lists},
        "patient_cases": {"patients": ["p", "q"], "dice_patient": [0.8, 0.6]},
        "reference": {"constant_ce": 0.5, "atlas_ce": 0.4, "atlas_dice/rv": 0.5},
        "foreground": {"pool": [0.1, 0.1], "test": [0.1, 0.1]},
        "history": {**made["history"], "validation_ce": [0.5, 0.25, None]},
    }


def test_rows_hold_what_a_record_has_measured(store):
    replace_record(store, several(0))
    replace_record(store, several(1, wiggle=1.5))
    same(store)
    same(store)
    table = Snapshot(store.folder).trials().set_index("id")
    one, other = (table.loc[several(seed)["id"]] for seed in (0, 1))
    assert (one["dice/rv_best"], one["validation_ce"], one["atlas_dice/rv"], one["structures"]) == (0.7, 0.25, 0.5, 2)
    assert (np.isnan(one["bce_best"]), np.isnan(one["wiggle_best"]), other["wiggle_last"]) == (True, True, 1.5)
    assert Snapshot(store.folder).cases("wiggle").keys() == {several(1)["id"]}
    assert Snapshot(store.folder).cases("never measured") == {}


def test_a_measure_per_patient_has_patients_as_cases(store):
    replace_record(store, several(0))
    (cases,) = Snapshot(store.folder).cases("dice_patient").values()
    assert (cases.cases, cases.patients, cases.values.tolist()) == (("p", "q"), ("p", "q"), [0.8, 0.6])
    (same_cases,) = cases_of_records([several(0)], "dice_patient").values()
    assert (same_cases.cases, same_cases.values.tolist()) == (cases.cases, cases.values.tolist())


def test_two_writers_that_know_other_measures_stay_safe(store):
    Snapshot(store.folder).trials()
    early = {name: (store.folder / name).read_bytes() for name in FILES}
    replace_record(store, several(0, wiggle=1.5))
    whole = Snapshot(store.folder).trials()
    for name in FILES:  # of one who started before and writes last
        (store.folder / name).write_bytes(early[name])
    pd.testing.assert_frame_equal(Snapshot(store.folder).trials(), whole)
    same(store)


def test_a_snapshot_of_before_is_rebuilt(store):
    """It had the same columns for every study."""
    Snapshot(store.folder).trials()
    for part in (module._TRIALS, module._CASES):
        table = module.read_sealed(store.folder / part.name, part.schema, None, part.measured)
        later = {"structures", "seeds_per_subset", "code", "scored_patients"}
        old = sorted(set(table.column_names) - later, reverse=True)
        module.write_sealed(store.folder / part.name, table.select(old))
    same(store)


@pytest.mark.parametrize(
    "change",
    [
        {"test": {"best": {"bce": "low"}, "last": None}},
        {"reference": {"constant_bce": [0.5]}},
        {"config": {"protocol": {"seeds_per_subset": 0}}},
        {"form": {"structures": None}},
    ],
)
def test_a_measured_value_that_is_no_number_is_named(change):
    with pytest.raises(DataError, match=r"record t-m-red-4-0.*malformed"):
        trial_row(record("t", "m", "red", 4, 0) | change)


@pytest.mark.parametrize(
    "change",
    [
        {"cases": {"ids": ["a", "b"], "bce": [0.1, "low"]}},
        {"cases": {"ids": ["a", "b"], "bce": [0.1]}},
        {"cases": {"ids": ["a", "b"], "bce": 0.1}},
        {"patient_cases": {"patients": ["p"], "dice_patient": [0.1, 0.2]}},
        {"patient_cases": {"dice_patient": [0.1]}},
    ],
)
def test_malformed_cases_are_named(change):
    with pytest.raises(DataError, match=r"record t-m-red-4-0.*malformed cases"):
        module.case_row(record("t", "m", "red", 4, 0) | change)


def test_patients_of_cases_are_known_where_the_record_names_them(store):
    old = store.records()[0]
    replace_record(store, old | {"cases": {**old["cases"], "patients": ["p"] * 12}})
    cases = Snapshot(store.folder).cases("bce")
    assert cases[old["id"]].patients == ("p",) * 12
    assert cases[store.records()[1]["id"]].patients == tuple(old["cases"]["ids"])


def test_a_study_without_trials_is_empty(tmp_path):
    snapshot = Snapshot(tmp_path)
    assert snapshot.trials().columns.tolist() == list(COLUMNS)
    assert len(snapshot.trials()) == 0
    assert snapshot.cases("bce") == {}


def test_rows_have_the_columns_they_promise():
    row = trial_row(record("t", "m", "red", 4, 0))
    assert {name: type(value) for name, value in row.items() if name in COLUMNS} == COLUMNS
    assert {type(row[name]) for name in row.keys() - COLUMNS.keys()} == {float}


@pytest.mark.parametrize(
    ("improved", "losses"),
    [
        (True, ([3, 2, 1], [1, 9, 0.9], [None, 1], [1])),  # the last tells, and one alone tells nothing
        (False, ([1, 0.1, 1], [1, 0.5, None], [None], [])),
    ],
)
def test_improvement_of_the_training_loss(improved, losses):
    one = record("t", "m", "red", 4, 0)
    histories = [{**one["history"], "training_loss": values} for values in losses]
    assert [trial_row(one | {"history": history})["improved"] for history in histories] == [improved] * len(losses)


def test_subsets_are_named_by_their_images():
    one = record("t", "m", "red", 4, 0)
    names = [
        trial_row(one | {"subset": {**one["subset"], "ids": ids}})["subset"]
        for ids in (["a", "b"], ["b", "a"], ["ab"], ["a", "c"])
    ]
    assert names[0] == names[1]
    assert len(set(names)) == 3


def test_values_are_exact_and_absent_ones_are_nan():
    one = record("t", "m", "baseline", 4, 0)
    row = trial_row(one)
    assert row["bce_best"] == one["test"]["best"]["bce"]
    assert np.isnan(row["displacement_rms_px"])
    assert trial_row(record("t", "m", "red", 4, 0))["displacement_rms_px"] == 1.5


@pytest.mark.parametrize("change", [{"size": "many"}, {"labels": 3}, {"history": None}])
def test_a_malformed_record_is_named(change):
    with pytest.raises(DataError, match=r"record t-m-red-4-0.*malformed"):
        trial_row(record("t", "m", "red", 4, 0) | change)


def test_what_a_page_reads_says_what_the_records_say_and_reads_each_once(store, read):
    for _ in range(2):  # the second time from the files alone
        snapshot = Snapshot(store.folder)
        found, records = read_trials(snapshot), store.records()
        histories = snapshot.histories("validation_bce", [one["id"] for one in records[1:]])
        assert len(found) == len(records)
        for trial, one in zip(found, records, strict=True):
            assert trial["id"] == one["id"]
            assert trial["bce_best"] == one["test"]["best"]["bce"]
            assert trial.get("nsd_best") is None
            assert trial["min_jacobian"] == (one["augmentation"] or {"min_jacobian": None})["min_jacobian"]
            assert trial["seconds_network"] == one["run"]["seconds"]["network"]
            assert (trial["protocol"], trial["options"]) == (one["config"]["protocol"], one["config"]["augment"])
            assert (trial["versions"], trial["units"]) == (one["run"]["versions"], {"hd95": one["hd95"]["unit"]})
        assert histories.keys() == {one["id"] for one in records[1:]}
        for one in records[1:]:
            updates, values = histories[one["id"]]
            assert updates.tolist() == one["history"]["update"]
            assert values.tolist() == one["history"]["validation_bce"]
        assert len({id(trial["protocol"]) for trial in found}) < len(found), "settings are shared"
    assert len(read) == len(records), "each once, for all three files"
