import pytest

from segaug.cli import main as cli
from segaug.results.lease import look, take
from segaug.results.owner import this_process
from tests.synthetic import write_study


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return write_study(tmp_path / "results" / "pilot", sizes=(1, 2), seeds=2)


def test_it_writes_columns_and_tidies_finished_trials_alone(store, capsys):
    first, second = store.plan()["trials"][:2]
    for trial in (first, second):
        take(store.record_path(trial["id"]).parent, this_process(), None)
    store.record_path(second["id"]).unlink()
    assert cli.main(["collect", "pilot"]) == 1
    assert "7 records" in (shown := capsys.readouterr().out)
    assert "1 of 8 planned are missing" in shown
    assert (store.folder / "snapshot.parquet").stat().st_size
    assert look(store.record_path(first["id"]).parent) is None
    assert look(store.record_path(second["id"]).parent) is not None


def test_a_damaged_record_is_named_and_the_rest_is_there(store, capsys):
    path = store.record_path(store.plan()["trials"][0]["id"])
    path.write_bytes(b"{")
    assert cli.main(["collect", "pilot"]) == 1
    assert f"left out: results/pilot/trials/{path.parent.name}" in capsys.readouterr().out


def test_a_complete_study_exits_with_0_and_an_unwritable_one_says_why(store, capsys, monkeypatch):
    assert cli.main(["collect"]) == 0
    (store.folder / "snapshot.parquet").unlink()

    def refuse(path, table):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("segaug.results.snapshot.write_sealed", refuse)
    assert cli.main(["collect"]) == 2
    assert "cannot be written" in capsys.readouterr().err
