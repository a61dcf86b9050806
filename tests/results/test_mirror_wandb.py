"""What real, offline wandb writes, read back from its files."""

import os
import re
from pathlib import Path
from statistics import fmean

import pandas as pd
import pytest
from PIL import Image

from segaug.results.mirror import log_tables, start_mirror
from segaug.results.store import Store
from segaug.results.tracker import WandbTracker
from tests.results.fake_trackers import alive, wait_for, without_server
from tests.results.wandb_files import OfflineRun, offline_runs
from tests.synthetic import plan_anew, record, write_study

KEY = "0123456789" * 4


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home folder of its own, settings that must not matter, and a key that must not be written down."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "HOME": home,
            "WANDB_API_KEY": KEY,
            "WANDB_MODE": "online",
            "WANDB_PROJECT": "wrong",
        }.items():
            patch.setenv(name, str(value))
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            patch.delenv(name, raising=False)
        yield home


def mirror(store: Store, **options) -> list[OfflineRun]:
    assert start_mirror(WandbTracker(**options), store, "pilot").close(timeout_s=60)
    return runs_of_trials(store)


def runs_of_trials(store: Store) -> list[OfflineRun]:
    return [run for run in offline_runs(store.folder) if run.job_type != "study"]


@pytest.fixture(scope="module")
def store(home, tmp_path_factory) -> Store:
    """4 cells (2 strategies, 2 sizes) with 3 seeds, mirrored a cell a run."""
    store = write_study(tmp_path_factory.mktemp("results") / "pilot", sizes=(1, 4), seeds=3)
    mirror(store, project="hearts")
    return store


@pytest.fixture(scope="module")
def runs(store) -> list[OfflineRun]:
    return runs_of_trials(store)


def test_each_cell_is_one_finished_run(runs):
    assert {(run.config["strategy"], run.config["N"]) for run in runs} == {
        (s, n) for s in ("baseline", "red") for n in (1, 4)
    }
    assert len({run.id for run in runs}) == len(runs) == 4
    assert {(run.job_type, run.project, run.exit_code) for run in runs} == {("cell", "hearts", 0)}


def test_a_dashboard_can_group_by_task_model_strategy_and_n(runs):
    for run in runs:
        strategy, size = run.config["strategy"], run.config["N"]
        assert (run.config["task"], run.config["model"]) == ("phantom_thorax", "nnunet")
        assert run.group == f"phantom_thorax/nnunet/{strategy}"
        assert set(run.tags) == {"pilot", "phantom_thorax", "nnunet", strategy, f"n{size}"}
        assert run.config["scientific"]["protocol"] == {"length": 256}


def test_the_seeds_are_a_table_and_their_mean_is_in_the_summary(runs, store):
    for run in runs:
        seeds = [
            entry for entry in store.records()
            if (entry["strategy"], entry["size"]) == (run.config["strategy"], run.config["N"])
        ]  # fmt: skip
        table = pd.DataFrame(**run.table("seeds"))
        values = [entry["test"]["best"]["bce"] for entry in seeds]
        assert table["test/bce"].tolist() == values
        assert table["trial"].tolist() == [entry["id"] for entry in seeds]
        assert run.summary["test/bce_mean"] == pytest.approx(fmean(values))


def test_curves_are_drawn_over_updates(runs):
    curve = [(row["update"], row["validation_bce/seed_2"]) for row in runs[0].history if "update" in row]
    history = record("phantom_thorax", "nnunet", "red", 1, 2)["history"]
    assert curve == list(zip(history["update"], history["validation_bce"], strict=True))
    assert runs[0].axes["validation_bce/seed_2"] == runs[0].axes["validation_bce/mean"] == "update"


def test_all_files_lie_in_the_study_and_few_they_are(store, runs, home):
    assert not [path for path in home.rglob("*") if "wandb" in path.name]
    for run in runs:
        assert len([path for path in run.folder.rglob("*") if path.is_file()]) == 3  # log, table, and data for a fit
        assert run.artifacts
        assert all(path.is_file() and store.folder in path.parents for path in run.artifacts)  # `wandb sync` needs them


def test_the_key_of_the_account_is_in_no_file(store):
    files = [path for path in store.folder.rglob("*") if path.is_file()]
    assert len(files) > 12
    assert not [path for path in files if KEY.encode() in path.read_bytes()]


def test_mirroring_again_changes_nothing(store, runs):
    assert [run.folder for run in mirror(store, project="hearts")] == [run.folder for run in runs]


@pytest.mark.slow
def test_a_new_seed_replaces_the_run_of_its_cell_alone(home, tmp_path):
    store = write_study(tmp_path / "pilot", sizes=(1,), seeds=2)
    before = {run.id: run.folder for run in mirror(store)}
    plan_anew(
        store, {"schema": 1, "trials": [*store.plan()["trials"], record("phantom_thorax", "nnunet", "red", 1, 2)]}
    )
    store.write_record(record("phantom_thorax", "nnunet", "red", 1, 2))
    after = mirror(store)
    assert {run.id for run in after} == set(before)
    assert len(after) == 2
    seeds = {run.config["strategy"]: run.config["seeds"] for run in after}
    assert seeds == {"baseline": [0, 1], "red": [0, 1, 2]}
    assert (
        len([path for run in after for path in run.artifacts])
        == len(list(tmp_path.rglob("staging/*/artifacts/staging/*"))) // 2
    )
    (kept,) = (run for run in after if run.config["strategy"] == "baseline")
    assert kept.folder == before[kept.id]


@pytest.mark.slow
def test_a_run_a_trial_has_its_curve_and_result(home, tmp_path):
    store = write_study(tmp_path / "pilot", sizes=(1,), seeds=2)
    runs = mirror(store, granularity="trial")
    assert len({run.id for run in runs}) == len(runs) == 4
    for run in runs:
        (entry,) = (entry for entry in store.records() if entry["id"] == run.config["trial"])
        assert (run.job_type, run.config["seed"]) == ("trial", entry["seed"])
        assert run.group == f"phantom_thorax/nnunet/{entry['strategy']}/n1"
        assert [row["validation_bce"] for row in run.history] == entry["history"]["validation_bce"]
        assert run.summary["test/dice"] == entry["test"]["best"]["dice"]


def test_a_report_is_one_run_with_tables_and_figures(home, tmp_path):
    Image.new("L", (4, 4)).save(tmp_path / "curves.png")
    (tmp_path / "page.html").write_text("<p>curves</p>")
    frame = pd.DataFrame({"strategy": ["red", None], "b": [0.5, float("nan")], "n": [3, 4]})
    figures = [tmp_path / "curves.png", tmp_path / "page.html"]
    assert log_tables(tmp_path, WandbTracker(), {"coefficients": frame}, figures, job_type="report")
    (run,) = offline_runs(tmp_path)
    assert (run.job_type, run.group, run.exit_code) == ("report", tmp_path.name, 0)
    assert run.table("coefficients") == {"columns": ["strategy", "b", "n"], "data": [["red", 0.5, 3], [None, None, 4]]}
    (figure,) = (row["figures/curves"] for row in run.history if "figures/curves" in row)
    assert (run.folder / "files" / figure["path"]).read_bytes() == (tmp_path / "curves.png").read_bytes()
    assert (run.folder / "files" / "page.html").read_text() == "<p>curves</p>"


@pytest.mark.slow
def test_without_a_server_each_attempt_ends_in_time(home, tmp_path):
    """The second attempt, at the end, must meet no leftover of the first ("run ID is in use")."""
    store = write_study(tmp_path / "pilot", sizes=(1,), seeds=1)
    assert not start_mirror(WandbTracker(mode="online"), store, "pilot", publish=without_server).close(timeout_s=60)
    causes = [
        line for line in (store.folder / "wandb" / "mirror.log").read_text().splitlines() if "was not mirrored" in line
    ]
    assert len(causes) == 2  # one an attempt: nothing is sent where nobody listens
    assert all("W&B at 127.0.0.1:9 cannot be reached" in cause for cause in causes)


def test_no_process_of_wandb_is_left(runs):
    """The command line of wandb's helper names the process that it serves."""

    def left() -> list[int]:
        commands = [_command(path) for path in Path("/proc").glob("[0-9]*/cmdline")]
        served = [int(found[1]) for command in commands if (found := re.search(r"wandb-core .*--pid (\d+)", command))]
        return [pid for pid in served if pid == os.getpid() or not alive(pid)]

    wait_for(lambda: not left(), timeout_s=10)


def _command(path: Path) -> str:
    try:
        return path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:  # it has just ended
        return ""
