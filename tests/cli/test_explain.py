import pytest

from segaug.augment.artefact import ArtefactFailed
from segaug.cli import main as cli
from segaug.experiment.trial.attempt import fail
from segaug.results.failure import kind_of
from segaug.results.lease import take
from segaug.results.owner import this_process
from tests.scored_ways import write_scored
from tests.synthetic import write_study

CELL = "phantom_thorax/nnunet/red/n2"


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return write_study(tmp_path / "results" / "pilot", sizes=(1, 2), seeds=3)


@pytest.fixture
def lost(store):
    """The trials of CELL, without their records."""
    trials = [one for one in store.plan()["trials"] if (one["strategy"], one["size"]) == ("red", 2)]
    for trial in trials:
        store.record_path(trial["id"]).unlink()
    return trials


def explained(capsys, cell, code):
    assert cli.main(["explain", "pilot", cell]) == code
    return capsys.readouterr().out


def test_a_finished_trial_says_where_and_how_good(store, capsys):
    record = store.records()[0]
    shown = explained(capsys, record["id"], 0)
    assert f"done: BCE {record['test']['best']['bce']:.4f}" in shown
    assert str(store.record_path(record["id"]).relative_to(store.folder)) in shown
    assert "on node (cpu), 21 s" in shown


def test_a_cell_tells_of_each_seed_and_whole_stories_of_those_without_result(store, lost, capsys):
    for error in ("CUDA out of memory", "CUDA out of memory, again\nsecond line"):
        fail(store, lost[0], error, "Traceback", "oom")
    take(store.record_path(lost[1]["id"]).parent, this_process(), None)
    shown = explained(capsys, CELL, 1)
    assert f"{CELL}/seed0: failed (oom), 2 times" in shown
    assert "attempt 1: oom" in shown
    assert "attempt 2: oom" in shown
    assert "second line" not in shown
    assert "segaug retry pilot --only oom" in shown
    assert f"{CELL}/seed1: running" in shown
    assert f"process {this_process().pid}; beat 0 of lease 1" in shown
    assert f"{CELL}/seed2: missing" in shown
    assert "not begun yet" in shown
    assert "3 trials: 0 have a result, 3 have none" in shown


def test_a_failure_of_a_job_names_its_logs(store, lost, capsys, monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "77")
    log = store.folder / "submissions" / "1-abc" / "logs" / "77_3.out"
    log.parent.mkdir(parents=True)
    log.touch()
    fail(store, lost[0], "boom", "")
    assert "submissions/1-abc/logs/77_3.out" in explained(capsys, f"{CELL}/seed0", 1)


def test_damage_and_second_records_are_told(store, capsys):
    first, second = store.records()[:2]
    store.write_record({**first, "warnings": ["another"]})
    assert "came later and differs in warnings" in explained(capsys, first["id"], 0)
    store.record_path(second["id"]).write_bytes(b"{")
    assert "damaged" in explained(capsys, second["id"], 1)


@pytest.mark.parametrize("of_measures", [dict.fromkeys, lambda means: None], ids=["nulls in it", "null itself"])
def test_a_test_that_measured_nothing_is_said_in_words(store, capsys, of_measures):
    record = store.records()[0]
    store.record_path(record["id"]).unlink()
    store.write_record({**record, "test": {weights: of_measures(means) for weights, means in record["test"].items()}})
    assert "seed0: done: neither cross-entropy nor Dice was measured on the test images\n" in explained(
        capsys, record["id"], 0
    )


def test_what_is_in_no_plan_names_what_is_near(store, capsys):
    assert cli.main(["explain", "pilot", "phantom_thorax/nnunet/redd/n2"]) == 2
    assert CELL in capsys.readouterr().err
    assert cli.main(["explain", "pilot", f"{CELL}2"]) == 2


def test_a_failed_artefact_is_told_with_its_reason_and_its_file_by_all_who_tell_of_failures(store, lost, capsys):
    error = ArtefactFailed(artefact="genda-1", file="cache/genda-1.safetensors", reason="it is flat; raise steps")
    for trial in lost:
        fail(store, trial, f"ArtefactFailed: {error}", "Traceback", kind_of(error))
    told = "genda-1 must not be used (its content is in cache/genda-1.safetensors): it is flat; raise steps"
    shown = explained(capsys, f"{CELL}/seed0", 1)
    assert "attempt 1: artefact" in shown
    assert told in shown
    assert "would be the same if learned again" in shown
    assert cli.main(["status", "pilot"]) == 1
    shown = capsys.readouterr().out
    assert f"3 x  [artefact] ArtefactFailed: {told}" in shown


@pytest.mark.parametrize("cell", ["phantom_thorax/nnunet/red+flips/n2", "phantom_thorax-nnunet-red-2-0+flips"])
def test_what_is_named_after_a_way_of_predicting_is_the_trial(tmp_path, monkeypatch, capsys, cell):
    monkeypatch.chdir(tmp_path)
    write_scored(tmp_path / "results" / "pilot", sizes=(2, 4), seeds=1)
    assert explained(capsys, cell, 0).startswith("phantom_thorax/nnunet/red/n2/seed0: done")
