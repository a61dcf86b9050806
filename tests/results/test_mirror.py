"""Whatever W&B does, the sweep goes on: here `publish` stands for it, and hangs, fails or counts."""

import logging
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from segaug.results.mirror import live as live_module
from segaug.results.mirror import log_tables, start_mirror
from segaug.results.mirror import tables as tables_module
from segaug.results.mirror.sync import sync_study
from segaug.results.store import Store
from segaug.results.tracker import NoTracker, WandbTracker
from tests.results.fake_trackers import (
    alive,
    die,
    fail,
    fail_first,
    hang,
    note,
    published,
    wait_for,
    without_wandb,
)
from tests.synthetic import plan_anew, record, write_study

WANDB = WandbTracker()
TRIALS, CURVES = WandbTracker(granularity="trial"), WandbTracker(granularity="curve")


def counts(store, tracker, publish=note):
    """How the runs of a study ended; the study itself is one of them."""
    return dict(sync_study(store, tracker, publish=publish, sleep=lambda _: None).counts)


def trials_in(store):
    """How many trials the runs that were written hold, in the order of writing."""
    return [run["trials"] for run in published(store.folder) if run["job_type"] != "study"]


@pytest.fixture
def store(tmp_path):
    """4 cells (2 strategies, 2 sizes) with 3 seeds."""
    return write_study(tmp_path / "pilot", sizes=(1, 4), seeds=3)


@pytest.fixture
def planned(tmp_path):
    """One cell with 3 planned seeds and no record yet."""
    store = Store(tmp_path / "pilot")
    trials = [record("thorax", "nnunet", "red", 4, seed) for seed in range(3)]
    plan_anew(store, {"schema": 1, "trials": trials, "skipped": []})
    return store, trials


def test_a_hanging_tracker_neither_delays_nor_outlives_the_sweep(store, caplog):
    mirror = start_mirror(WANDB, store, "pilot", publish=hang)
    wait_for(lambda: published(store.folder))
    records = store.records() * 200  # far more than a pipe holds
    before = time.monotonic()
    for entry in records:
        mirror.put(entry)
    assert time.monotonic() - before < 1.0
    before = time.monotonic()
    assert not mirror.close(timeout_s=0.3)
    assert time.monotonic() - before < 2.5
    assert [line.message for line in caplog.records if "`segaug sync" in line.message]
    assert not alive(published(store.folder)[0]["pid"])


def test_a_cell_is_written_once_when_its_last_planned_seed_is_there(planned):
    store, trials = planned
    mirror = start_mirror(WANDB, store, "pilot", publish=note)
    for trial in trials:
        assert trials_in(store) == []
        mirror.put(store.write_record(trial))
    assert mirror.close(timeout_s=30)
    assert trials_in(store) == [3]


def test_an_incomplete_cell_is_written_at_the_end_and_again_with_more_seeds(planned):
    store, trials = planned
    for count in (2, 3):
        mirror = start_mirror(WANDB, store, "pilot", publish=note)
        for trial in trials[:count]:
            mirror.put(store.write_record(trial))
        assert mirror.close(timeout_s=30)
    assert trials_in(store) == [2, 3]
    assert len({run["id"] for run in published(store.folder) if run["job_type"] == "cell"}) == 1


@pytest.mark.slow
def test_what_an_earlier_sweep_left_behind_is_caught_up_with_once(store):
    for _ in range(2):
        assert start_mirror(WANDB, store, "pilot", publish=note).close(timeout_s=30)
    assert trials_in(store) == [3, 3, 3, 3]


def test_what_failed_is_tried_again_at_the_end(store):
    assert start_mirror(WANDB, store, "pilot", publish=fail_first).close(timeout_s=30)
    assert len(trials_in(store)) == 4


@pytest.mark.parametrize(("publish", "cause"), [(fail, "429 for ***"), (without_wandb, "import of wandb halted")])
def test_failures_are_lines_in_the_log_without_the_key(store, monkeypatch, caplog, capfd, publish, cause):
    monkeypatch.setenv("WANDB_API_KEY", "f" * 40)
    assert not start_mirror(WANDB, store, "pilot", publish=publish).close(timeout_s=30)
    log = (store.folder / "wandb" / "mirror.log").read_text()
    assert cause in log
    assert "f" * 40 not in log
    assert len([line for line in caplog.records if line.levelno == logging.WARNING]) == 1
    assert capfd.readouterr() == ("", "")  # the terminal belongs to the sweep
    assert len(store.records()) == 12


def test_a_tracker_that_kills_its_process_is_only_a_warning(store, caplog):
    mirror = start_mirror(WANDB, store, "pilot", publish=die)
    mirror.put(store.records()[0])
    assert not mirror.close(timeout_s=30)
    mirror.put(store.records()[0])
    assert mirror.close()
    assert "segaug sync" in caplog.text


def test_a_machine_out_of_processes_is_only_a_warning(store, monkeypatch, caplog):
    def start(*_args):
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(live_module, "start", start)
    monkeypatch.setattr(tables_module, "start", start)
    mirror = start_mirror(WANDB, store, "pilot")
    mirror.put(store.records()[0])
    mirror.close()
    assert not log_tables(store.folder, WANDB, {}, [], job_type="fit")
    assert caplog.text.count("Resource temporarily unavailable") == 2


@pytest.mark.parametrize("tracker", [NoTracker(), WandbTracker(mode="disabled")])
def test_switched_off_means_no_process_and_no_file(store, monkeypatch, tracker):
    monkeypatch.setattr(live_module, "start", pytest.fail)
    monkeypatch.setattr(tables_module, "start", pytest.fail)
    mirror = start_mirror(tracker, store, "pilot", publish=note)
    mirror.put(store.records()[0])
    assert mirror.close(timeout_s=1)
    assert log_tables(store.folder, tracker, {}, [], job_type="report")
    assert not (store.folder / "wandb").exists()


def test_anything_may_be_put(planned):
    store, _ = planned
    mirror = start_mirror(NoTracker(), store, "pilot")
    mirror.put({})
    assert mirror.close(timeout_s=1)


def test_a_study_is_rebuilt_from_records_without_its_plan(store):
    shutil.rmtree(store.folder / "plan")
    assert counts(store, WANDB) == {"written": 5}
    assert counts(store, WANDB) == {"unchanged": 5}
    assert counts(store, TRIALS) == {"written": 12, "unchanged": 1}
    assert counts(store, CURVES) == {"written": 2, "unchanged": 1}
    assert len({run["id"] for run in published(store.folder)}) == 4 + 12 + 2 + 1


def test_each_target_is_written_to(store):
    """Runs that lie offline are not yet online, and another project has none of them."""
    for tracker in (WANDB, WandbTracker(project="hearts"), WandbTracker(entity="lab")):
        assert counts(store, tracker) == {"written": 5}
    assert len({run["id"] for run in published(store.folder)}) == 5


def test_the_same_runs_are_written_live_and_later(store, tmp_path):
    assert start_mirror(TRIALS, store, "pilot", publish=note).close(timeout_s=30)
    live = {run["id"] for run in published(store.folder)}
    (store.folder / "published.jsonl").unlink()
    (store.folder / "wandb" / "ledger.json").unlink()
    counts(store, TRIALS)
    assert {run["id"] for run in published(store.folder)} == live


@pytest.mark.parametrize("content", [b"", b"[]", b'{"offline:/segaug": 3}', b"\xff"])
def test_a_damaged_ledger_is_written_anew(store, content, caplog):
    ledger = store.folder / "wandb" / "ledger.json"
    ledger.parent.mkdir()
    ledger.write_bytes(content)
    assert counts(store, WANDB) == {"written": 5}
    assert "ledger.json is damaged" in caplog.text
    assert counts(store, WANDB) == {"unchanged": 5}


def test_failed_runs_are_counted_and_stay_to_be_written(store):
    assert counts(store, WANDB, publish=fail) == {"failed": 3, "left": 2}
    assert counts(store, WANDB) == {"written": 5}


def test_tables_are_written_by_a_process_with_a_time_limit(store, caplog):
    frames = {"coefficients": pd.DataFrame({"b": [0.5, float("nan")]})}
    assert log_tables(store.folder, WANDB, frames, [], job_type="fit", publish=note)
    assert published(store.folder)[0]["job_type"] == "fit"
    assert published(store.folder)[0]["pid"] != os.getpid()
    before = time.monotonic()
    assert not log_tables(store.folder, WANDB, frames, [], job_type="report", timeout_s=0.3, publish=hang)
    assert time.monotonic() - before < 5
    assert "the report is not in W&B" in caplog.text


def test_a_table_that_has_no_plain_form_is_only_a_warning(store, caplog):
    endless: list = []
    endless.append(endless)
    assert not log_tables(store.folder, WANDB, {"t": pd.DataFrame({"a": [endless]})}, [], job_type="fit", publish=note)
    assert "the fit is not in W&B" in caplog.text


SWEEP = """
import os, signal, sys, time
from pathlib import Path
from segaug.results.mirror import start_mirror
from segaug.results.store import Store
from segaug.results.tracker import WandbTracker
from tests.results.fake_trackers import hang_politely, published

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job of a shell starts with Ctrl-C ignored
    store = Store(sys.argv[1])
    mirror = start_mirror(WandbTracker(), store, "pilot", publish=hang_politely)
    while not published(store.folder):
        time.sleep(0.05)
    for seed in range(5000):
        mirror.put(dict(id=str(seed), task="t", model="m", strategy="s", size=1, seed=seed))
    {end}
    time.sleep(60)
"""


@pytest.mark.drill
@pytest.mark.parametrize(
    "end", ["os.kill(os.getpid(), signal.SIGKILL)", "os.kill(os.getpid(), signal.SIGINT)", "sys.exit(1)"]
)
def test_the_process_ends_with_a_sweep_that_ends_without_closing(store, tmp_path, end):
    script = tmp_path / "sweep.py"
    script.write_text(SWEEP.format(end=end))
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    result = subprocess.run([sys.executable, script, store.folder], env=env, capture_output=True, timeout=60)
    assert result.returncode != 0
    wait_for(lambda: not alive(published(store.folder)[0]["pid"]), timeout_s=5)
