import errno
import json
import os
from hashlib import sha256

import pytest

from segaug.errors import DataError
from segaug.files import write_atomic
from segaug.results import store as store_module
from segaug.results.json_file import sealed
from segaug.results.plan_pieces import pieces
from segaug.results.record_measures import MOST
from segaug.results.store import DamagedRecord, Store, find_study, read_record
from tests.synthetic import failure, record, write_study


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "study")


@pytest.fixture
def trial():
    return record("thorax", "nnunet", "red", 4, 0)


def test_a_record_comes_back_as_it_was_written(store, trial):
    store.write_record(trial)
    (read,) = store.records()
    assert {key: value for key, value in read.items() if key != "checksum"} == trial
    file = store.record_path(trial["id"]).read_bytes()
    assert read["checksum"] == sha256(file[: file.rindex(b',\n "checksum"')]).hexdigest()


def test_records_are_in_the_order_of_their_ids(tmp_path):
    ids = [entry["id"] for entry in write_study(tmp_path, seeds=3).records()]
    assert ids == sorted(ids)
    assert len(ids) == 2 * 6 * 3


def test_values_that_json_cannot_hold_are_refused_and_leave_nothing(store, trial):
    trial["test"]["best"]["bce"] = float("nan")
    with pytest.raises(ValueError, match="JSON"):
        store.write_record(trial)
    assert not store.record_path(trial["id"]).exists()


@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
def test_a_failed_write_leaves_the_old_content_and_no_part(tmp_path, monkeypatch, step):
    path = tmp_path / "folder" / "file.json"
    write_atomic(path, b"old")

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    target = "builtins.open" if step == "open" else f"os.{step}"
    with monkeypatch.context() as patch:
        patch.setattr(target, full)
        with pytest.raises(OSError, match="No space left"):
            write_atomic(path, b"new content")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in path.parent.iterdir()] == ["file.json"]


def test_the_content_is_on_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: calls.append(("fsync", os.fstat(descriptor).st_size)))
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda *names: (calls.append(("replace", None)), replace(*names)))
    write_atomic(tmp_path / "file", b"12345")
    assert calls == [("fsync", 5), ("replace", None)]


def test_a_record_cut_at_any_place_counts_as_unfinished(store, trial):
    store.write_record(trial)
    path = store.record_path(trial["id"])
    whole = path.read_bytes()
    assert store.finished(trial["id"])
    for length in {*range(0, len(whole), 97), len(whole) - 1}:
        path.write_bytes(whole[:length])
        assert not store.finished(trial["id"]), length
        with pytest.raises(DamagedRecord, match=str(path)):
            store.records()


@pytest.mark.parametrize("garbage", [b"", b"\x00\xff\xfe\x80" * 20, b"[1, 2]", b"null", b'"text"'])
def test_garbage_counts_as_unfinished_and_can_be_replaced(store, trial, garbage):
    write_atomic(store.record_path(trial["id"]), garbage)
    assert not store.finished(trial["id"])
    store.write_record(trial)
    assert store.finished(trial["id"])


def test_a_changed_number_does_not_match_the_checksum(store, trial):
    store.write_record(trial)
    path = store.record_path(trial["id"])
    bce = json.loads(path.read_bytes())["test"]["best"]["bce"]
    path.write_bytes(path.read_bytes().replace(repr(bce).encode(), repr(bce + 1e-12).encode()))
    assert not store.finished(trial["id"])
    with pytest.raises(DamagedRecord, match=r"record\.json.*checksum.*delete"):
        read_record(path)


def test_a_record_in_the_folder_of_another_trial_does_not_count(store, trial):
    store.write_record(trial)
    write_atomic(store.record_path("other"), store.record_path(trial["id"]).read_bytes())
    assert not store.finished("other")


def test_another_schema_is_an_error_rather_than_a_damage(store, trial):
    """It must not be trained again and overwritten, as a damaged one is."""
    write_atomic(store.record_path(trial["id"]), sealed({**trial, "schema": 999}))
    with pytest.raises(DataError, match=r"999.*segaug version") as raised:
        store.finished(trial["id"])
    assert not isinstance(raised.value, DamagedRecord)


def test_a_record_overtakes_the_failure_of_its_trial(store, trial):
    store.write_failure(failure(trial["id"], "out of memory"))
    store.write_failure(failure("never", "killed"))
    assert {failure["error"] for failure in store.failures()} == {"out of memory", "killed"}
    store.write_record(trial)
    assert [failure["id"] for failure in store.failures()] == ["never"]


def test_a_plan_of_the_highest_number_keeps_no_other_from_being_added(store):
    store.add_plan({"command": "segaug train"})
    (path,) = store.folder.glob("plan/*.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "order": MOST}))  # it is no part of the digest
    store.add_plan({"command": "segaug train seed=1"})
    assert len(pieces(store.folder)) == 2


def test_a_new_study_has_an_empty_plan(store):
    assert store.plan()["trials"] == []


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for age, name in enumerate(["newest", "middle", "oldest"]):
        Store(store_module.RESULTS / name).add_plan({"trials": [], "skipped": []})
        (piece,) = (store_module.RESULTS / name / "plan").iterdir()
        os.utime(piece, (10_000 - age, 10_000 - age))
    return tmp_path / store_module.RESULTS


def test_a_study_is_found_by_name_by_path_or_as_the_last_written(results):
    assert find_study("middle").resolve() == results / "middle"
    assert find_study(str(results / "oldest")) == results / "oldest"
    assert find_study(None).resolve() == results / "newest"


def test_an_unknown_study_names_those_that_exist(results):
    with pytest.raises(DataError, match=r"nosuch.*no plan.*middle, newest, oldest"):
        find_study("nosuch")


def test_without_any_study_the_fix_is_a_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="segaug train"):
        find_study(None)
    with pytest.raises(DataError, match="none under results"):
        find_study("pilot")
