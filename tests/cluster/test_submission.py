"""A submission on disk: numbered, named after its content, and read back by pack, trial and task."""

import dataclasses

import pytest

from segaug.cluster import frozen
from segaug.cluster.submission import submissions
from segaug.errors import DataError


@pytest.fixture
def trials(study):
    return [study.planned(seed, size) for size in (1, 4) for seed in range(3)]


def test_submissions_are_numbered_and_named_after_what_they_hold(study, trials):
    first = study.send(trials[:2])
    same = study.send(trials[:2])
    other = study.send(trials[:1], trials[1:2])
    assert [made.folder.name[:4] for made in (first, same, other)] == ["001-", "002-", "003-"]
    assert first.folder.name[4:] == same.folder.name[4:] == first.digest()
    assert other.digest() != first.digest(), "other packs"
    assert [made.folder for made in submissions(study.store.folder)] == [first.folder, same.folder, other.folder]
    assert first.study == study.store.folder
    assert (first.folder / "logs").is_dir()


def test_a_place_that_cannot_be_written_is_named(study, trials):
    study.store.folder.mkdir(parents=True)
    (study.store.folder / "submissions").write_text("a file where a folder has to be")
    with pytest.raises(DataError, match=r"submissions"):
        study.send(trials)


def test_trials_come_back_in_the_order_that_is_asked_for(study, trials):
    made = study.send(trials)
    assert [planned for planned, _ in made.trials()] == trials
    asked = [trials[4].id, trials[0].id]
    assert [(planned.id, content) for planned, content in made.trials(asked)] == [(name, "c" * 16) for name in asked]
    assert made.keys([*asked, "f" * 16]) == [trials[4].key(), trials[0].key()], "it knows no others"
    with pytest.raises(DataError, match="holds no configuration of this segaug"):
        made.trials(["f" * 16])


def test_a_task_is_named_by_its_array_and_its_place_in_it(study, trials):
    made = study.send(*[[planned] for planned in trials])
    (sent,) = (made.folder / "jobs").glob("*.json")
    sent.unlink()
    made.sent("21", 4, 2)
    made.sent("20", 1, 2)
    assert made.job_names() == ["", "20_0", "20_1", "", "21_0", "21_1"]
    assert [job["first"] for job in made.jobs()] == [1, 4]
    assert {path.name for path in (made.folder / "jobs").iterdir()} == {"00001.json", "00004.json"}


def test_only_its_own_tasks_are_its_live_ones(study, trials, paper):
    made = study.send(trials[:1], trials[1:2])
    study.send(trials[2:])
    assert made.alive() == ["p0_0", "p0_1"]
    del paper.tasks["p0_0"]
    assert made.alive() == ["p0_1"]


def test_each_choice_is_frozen_once_with_the_names_it_had(study, trials):
    other = [dataclasses.replace(planned, id="f" * 15 + str(number)) for number, planned in enumerate(trials)]
    red = [dataclasses.replace(planned, trial=dataclasses.replace(planned.trial, strategy="red")) for planned in other]
    made = study.send(trials, red)
    assert len(made._trials()["configs"]) == 2
    assert {planned.trial.strategy for planned, _ in made.trials([planned.id for planned in red])} == {"red"}


@pytest.mark.parametrize("change", ["a comment", "another place", "another file", "no python"])
def test_the_hash_of_code_is_of_every_python_file_and_its_place(tmp_path, monkeypatch, change):
    monkeypatch.setattr(frozen, "HOME", tmp_path)
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "a.py").write_text("a = 1\n")
    before = frozen.code_hash()
    assert before == frozen.code_hash()
    if change == "a comment":
        (tmp_path / "room" / "a.py").write_text("a = 1  # one\n")
    if change == "another place":
        (tmp_path / "room" / "a.py").rename(tmp_path / "a.py")
    if change == "another file":
        (tmp_path / "b.py").touch()
    if change == "no python":
        (tmp_path / "room" / "notes.txt").touch()
    assert (frozen.code_hash() == before) is (change == "no python")
