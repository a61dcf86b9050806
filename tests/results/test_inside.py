"""Nothing of a study lies outside of its folder, whatever lies in it."""

import os
from pathlib import Path

import pytest

from segaug.errors import DataError
from segaug.results.card_folder import card_folder
from segaug.results.inside import inside
from segaug.results.plan_pieces import read_pieces
from segaug.results.snapshot import Snapshot
from segaug.results.store import Store, find_study
from tests.synthetic import record, write_study

TRIAL = "phantom_thorax-nnunet-red-1-0"


@pytest.fixture
def study(tmp_path) -> Path:
    return write_study(tmp_path / "study", sizes=(1, 2), seeds=1).folder


@pytest.fixture
def outside(tmp_path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    return folder


def replaced(path: Path, target: Path) -> None:
    """Put what lies at `path` at `target`, and a link in its place."""
    if path.exists():
        path.rename(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


READ = ["trials", f"trials/{TRIAL}", "plan", "snapshot.parquet"]


def read(study: Path, name: str) -> object:
    return Store(study).plan() if name == "plan" else Snapshot(study).trials()


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("where", ["outside", "study", "nowhere"])
def test_a_link_is_refused_where_it_is_read(study, outside, name, where):
    Snapshot(study).trials()  # makes the files of columns
    target = {"outside": outside / "x", "study": study / "x", "nowhere": study / "gone"}[where]
    replaced(study / name, target)
    if where == "nowhere" and target.exists():
        target.rename(study / "elsewhere")
    with pytest.raises(DataError) as told:
        read(study, name)
    assert str(told.value).startswith(f"{study / name}: is a link to {target}, inside a study; put what it leads to in")


@pytest.mark.parametrize("where", ["outside", "nowhere"])
def test_a_record_that_is_a_link_is_named_and_left_out_and_no_trial_replaces_it(study, outside, where):
    path = Store(study).record_path(TRIAL)
    replaced(path, outside / "record.json")
    if where == "nowhere":
        (outside / "record.json").unlink()
    snapshot = Snapshot(study)
    assert TRIAL not in set(snapshot.trials()["id"])
    assert str(snapshot.left_out[TRIAL]).startswith(f"{path}: is a link to {outside / 'record.json'}, inside a study; ")
    with pytest.raises(DataError, match="is a link"):
        snapshot.refuse_unreadable([TRIAL])


def test_a_piece_of_a_plan_that_is_a_link_is_named_and_nothing_is_added(study, outside):
    (piece,) = (study / "plan").glob("*.json")
    replaced(piece, outside / piece.name)
    plan, (left_out,) = read_pieces(study)
    assert plan["trials"] == []
    assert str(left_out).startswith(f"{piece}: is a link")
    with pytest.raises(DataError, match=f"{piece}: is a link"):
        Store(study).add_plan(Store(outside.parent / "study").plan())


WRITE = {
    f"trials/{TRIAL}": lambda store, trial: store.write_record(trial),
    f"trials/{TRIAL}/record.json": lambda store, trial: store.write_record(trial),
    f"trials/{TRIAL}/failure.json": lambda store, trial: store.write_failure({"id": TRIAL, "error": "x"}),
    "trials": lambda store, trial: store.write_failure({"id": TRIAL, "error": "x"}),
    "plan": lambda store, trial: store.add_plan({"trials": [{"id": TRIAL}]}),
}


@pytest.mark.parametrize("name", WRITE)
def test_nothing_is_written_through_a_link(tmp_path, outside, name):
    store = Store(tmp_path / "new")
    replaced(store.folder / name, outside)
    with pytest.raises(DataError, match="is a link to"):
        WRITE[name](store, record("phantom_thorax", "nnunet", "red", 1, 0))
    assert list(outside.iterdir()) == []


def test_the_folder_of_a_study_and_those_above_it_may_be_links(tmp_path, study, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    study.rename(tmp_path / "elsewhere/real")
    (tmp_path / "results").symlink_to("elsewhere")
    (tmp_path / "elsewhere/linked").symlink_to("real")
    monkeypatch.chdir(tmp_path)
    store = Store(find_study("linked"))
    assert len(Snapshot(store.folder).trials()) == 4
    store.write_record(record("phantom_thorax", "nnunet", "red", 32, 9))
    assert (tmp_path / "elsewhere/real/trials/phantom_thorax-nnunet-red-32-9/record.json").is_file()


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "/x", "a\\b", "a\0b"])
def test_no_name_leads_out(study, name):
    for use in (lambda: inside(study, "trials", name), lambda: Store(study).record_path(name)):
        with pytest.raises(DataError, match="leads elsewhere"):
            use()


def test_a_card_lies_where_an_earlier_version_has_put_it(tmp_path):
    assert card_folder(tmp_path, "lung") == tmp_path / "cards/lung"
    new = card_folder(tmp_path, "My Lung")
    assert new.parent == tmp_path / "cards"
    assert new.name != "My Lung"
    (tmp_path / "cards/My Lung").mkdir(parents=True)
    assert card_folder(tmp_path, "My Lung") == tmp_path / "cards/My Lung"
    (tmp_path / "x").mkdir()
    for odd in ("../../x", "..", "", "a/b", "x" * 300, "x\0", f"..{os.sep}x"):
        assert card_folder(tmp_path, odd).parent == tmp_path / "cards"


def test_twenty_thousand_trials_are_not_asked_one_by_one(study, monkeypatch):
    expected = len(Snapshot(study).trials())
    asked = []
    monkeypatch.setattr(Path, "is_symlink", lambda path: asked.append(path) and False)
    assert len(Snapshot(study).trials()) == expected
    assert not [path for path in asked if path.parent.name == "trials" or path.parent.parent.name == "trials"]
