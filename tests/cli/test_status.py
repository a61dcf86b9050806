import json
import shutil

import pytest

from segaug.cli import main as cli
from segaug.cli.study_state import study_state
from segaug.results.json_file import sealed
from segaug.results.lease import take
from segaug.results.owner import this_process
from segaug.results.plan_pieces import _digest
from segaug.results.store import Store, find_study, read_record
from tests.synthetic import plan_anew, replace_record, write_study


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return write_study(tmp_path / "results" / "pilot", sizes=(1, 2), seeds=2)


def fail(store, trial, error):
    finished = f"2026-01-0{1 + trial['seed']}"
    store.record_path(trial["id"]).unlink()
    store.write_failure({**trial, "schema": 1, "error": error, "traceback": "", "host": "node", "finished": finished})


def test_a_complete_study(store, capsys):
    assert cli.main(["status", "pilot"]) == 0
    shown = capsys.readouterr().out
    assert "8 trials: 8 done, 0 diverged, 0 failed, 0 running, 0 missing" in shown
    assert "to go on" not in shown


def test_each_trial_is_counted_in_one_state(store):
    plan = store.plan()["trials"]
    replace_record(store, {**read_record(store.record_path(plan[3]["id"])), "status": "diverged"})
    fail(store, plan[0], "ValueError: boom")
    store.record_path(plan[1]["id"]).unlink()
    store.record_path(plan[2]["id"]).write_bytes(b'{"schema": 1, "id"')  # a record cut short is run again
    state = study_state(store)
    assert state["totals"] == {"done": 4, "diverged": 1, "failed": 1, "running": 0, "missing": 2}
    assert sum(cell[name] for cell in state["cells"] for name in state["totals"]) == len(plan)
    assert not state["complete"]


def test_a_curve_of_different_code_is_told(store, capsys):
    for trial in store.records():
        if trial["strategy"] == "red" and trial["seed"]:
            known = {"version": "0.2.0", "commit": None, "changed": None, "hash": "0123456789ab.cdef01234567"}
            replace_record(store, {**trial, "run": {**trial["run"], "code": known}})
    assert cli.main(["status", "pilot"]) == 0
    told = "phantom_thorax / nnunet / red: 2 by code that nobody noted, 2 by 01234567.cdef0123"
    assert f"trained by different code {told}" in capsys.readouterr().out
    (mixed,) = study_state(store)["mixed_code"]
    assert mixed["codes"] == {"": 2, "0123456789ab.cdef01234567": 2}


def test_diverged_is_a_result(store):
    replace_record(store, {**store.records()[0], "status": "diverged"})
    assert study_state(store)["complete"]


def test_equal_failures_are_told_once_the_latest_first(store, capsys):
    plan = store.plan()["trials"]
    for trial in plan[:2]:
        fail(store, trial, "ValueError: [red] boom\nsecond line")
    fail(store, plan[4], "OSError: disk full")
    first, second = study_state(store)["failures"]
    assert (first["error"], first["trials"], first["seed"]) == ("ValueError: [red] boom\nsecond line", 2, 1)
    assert second["error"] == "OSError: disk full"
    assert cli.main(["status", "pilot"]) == 1
    shown = capsys.readouterr().out
    assert "failed 2 x  ValueError: [red] boom\n" in shown
    assert "1/2 1F" in shown
    assert "second line" not in shown


def test_a_retried_trial_is_no_failure(store):
    trial = store.plan()["trials"][0]
    record = store.records()[0]
    fail(store, trial, "ValueError: boom")
    replace_record(store, {**record, "id": trial["id"]})
    assert study_state(store)["failures"] == []


def test_skipped_sizes_are_named(store, capsys):
    plan_anew(store, store.plan() | {"skipped": [{"task": "phantom_thorax", "size": 512, "pool": 180}]})
    assert cli.main(["status", "pilot"]) == 0
    assert "skipped: phantom_thorax at size 512, its pool has 180" in capsys.readouterr().out


def test_json_holds_all_that_is_shown(store, capsys):
    store.record_path(store.plan()["trials"][0]["id"]).unlink()
    assert cli.main(["status", "--json"]) == 1
    state = json.loads(capsys.readouterr().out)
    assert state == study_state(Store(find_study("pilot")))


def test_an_unknown_study_names_the_known_ones(store, capsys):
    assert cli.main(["status", "pilto"]) == 2
    assert "pilot" in capsys.readouterr().err


def test_running_trials_second_records_and_kinds_are_told(store, capsys):
    plan = store.plan()["trials"]
    fail(store, plan[0], "CUDA out of memory")
    fail(store, plan[1], "the worker process was killed")
    take(store.record_path(plan[1]["id"]).parent, this_process(), None)
    take(store.record_path(plan[4]["id"]).parent, this_process(), None).release()
    store.record_path(plan[4]["id"]).unlink()
    second = store.record(plan[2]["id"])
    store.write_record({**second, "run": {**second["run"], "host": "another"}})
    store.write_record({**second, "warnings": ["another"]})
    state = study_state(store)
    assert state["totals"] == {"done": 5, "diverged": 0, "failed": 1, "running": 1, "missing": 1}
    assert [one["id"] for one in state["running"]] == [plan[1]["id"]]
    assert state["worker_hours_left"] == pytest.approx(3 * 20.9 / 3600)
    assert cli.main(["status", "pilot"]) == 1
    shown = capsys.readouterr().out
    assert "run more than once: 1 of the trials; the first record counts; 1 differ" in shown
    assert f"differs {plan[2]['id']}: warnings" in shown
    assert f"running on {this_process().host} (1)" in shown
    assert "left: about 1 min of one worker" in shown
    assert "failures: 1 error" in shown


def test_watching_ends_when_all_is_done(store, capsys, monkeypatch):
    trial = store.plan()["trials"][0]
    record = store.record(trial["id"])
    store.record_path(trial["id"]).unlink()
    monkeypatch.setattr("time.sleep", lambda _: store.write_record(record))
    assert cli.main(["status", "pilot", "--watch"]) == 0
    assert capsys.readouterr().out.count("8 trials:") == 2


def test_files_that_are_none_of_the_study_are_named_and_the_rest_counts(store, capsys):
    """A senseless record, one that cannot be read by this version, a copy of a sync tool, a plan, a failure."""
    trials = store.plan()["trials"]
    first, second, third, fourth = (store.record_path(trial["id"]) for trial in trials[:4])
    first.write_bytes(sealed({**read_record(first), "size": 10**20}))
    second.write_bytes(sealed({**read_record(second), "schema": 2}))
    shutil.copytree(third.parent, third.parent.with_name(f"{third.parent.name} (conflicted copy)\x1b[31m"))
    store.record_path(trials[4]["id"]).with_name("other-1.json").write_text('{"schema": 2}')
    fourth.unlink()
    fourth.with_name("failure.json").write_text(json.dumps({"schema": 1, "id": trials[3]["id"], "error": "x"}))
    plan = {"schema": 1, "order": 7, "trials": [trials[0] | {"size": -4}], "skipped": []}
    piece = store.folder / "plan" / f"{_digest(plan)}.json"
    piece.write_text(json.dumps(plan))
    assert cli.main(["status", "pilot"]) == 1
    shown, told = capsys.readouterr()
    assert "8 trials: 5 done, 0 diverged, 0 failed, 0 running, 3 missing" in shown
    for said in (
        f"left out results/pilot/plan/{piece.name}: is no valid plan (trials[0].size: expected `int` >= 1)",
        f"left out results/pilot/trials/{first.parent.name}/record.json: is no valid record (size is 1e+20",
        f"left out results/pilot/trials/{second.parent.name}/record.json: has schema 2",
        f"left out results/pilot/trials/{third.parent.name} (conflicted copy)\u241b[31m/record.json: is the record of",
    ):
        assert said in shown
    assert "run more than once" not in shown
    assert not told, "once is enough"
    assert len(study_state(store)["left_out"]) == 4
