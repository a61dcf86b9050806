"""What is read back from W&B is what the local store holds, number by number."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from segaug.cli.fit import add_arguments, run
from segaug.errors import ConfigError, DataError, UserError
from segaug.results.mirror.fetch import fetch_study
from segaug.results.mirror.granularity import GRANULARITIES
from segaug.results.mirror.sync import sync_study
from segaug.results.planned import planned_trials
from segaug.results.pooled import added_images
from segaug.results.snapshot import Snapshot
from segaug.results.store import Store
from segaug.results.tracker import WandbTracker
from tests.addition_study import records, write
from tests.scored_ways import write_scored
from tests.slow_rest import slow_but
from tests.synthetic import gd_gi_record, plan_anew, record, write_study
from tests.wandb_server import WandbServer, account, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    import wandb

    server = WandbServer()
    with serving(server), account(server.url, tmp_path_factory.mktemp("home")):
        yield server
        wandb.teardown()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Two strategies at three sizes; a trial diverged, one failed, one is missing."""
    store = write_study(tmp_path_factory.mktemp("results") / "pilot", sizes=(1, 4, 16), seeds=2)
    cell = {"task": "phantom_thorax", "model": "nnunet", "strategy": "red", "size": 16}
    nothing = {"status": "diverged", "test": None, "cases": None, "recalibration": None}
    trials = [*store.plan()["trials"], {"id": "lost", "seed": 7, **cell}, {"id": "broken", "seed": 8, **cell}]
    diverged = record(**cell, seed=5) | nothing
    plan = {"trials": [*trials, {"id": diverged["id"], "seed": 5, **cell}], "skipped": []}
    plan_anew(store, plan)
    store.write_record(diverged)
    store.write_failure({"schema": 1, "id": "broken", "seed": 8, **cell, "error": "out of memory"})
    return store


@pytest.fixture(scope="module", params=GRANULARITIES)
def address(request, server, store):
    tracker = WandbTracker(mode="online", project=f"by-{request.param}", granularity=request.param)
    assert sync_study(store, tracker).complete
    return f"wandb:me/by-{request.param}"


def fit(*words):
    from argparse import ArgumentParser

    parser = ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args([str(word) for word in words]))


def test_trials_cases_and_plan_are_the_same(address, store):
    local, mirrored = Snapshot(store.folder), fetch_study(address)
    pd.testing.assert_frame_equal(mirrored.trials(), local.trials(), check_exact=True)
    pd.testing.assert_frame_equal(mirrored.planned, planned_trials(store), check_like=True)
    for measure in ("bce", "bce_recalibrated", "dice", "hd95"):
        here, there = local.cases(measure), mirrored.cases(measure)
        assert list(here) == list(there)
        for trial, errors in here.items():
            assert (errors.cases, errors.patients) == (there[trial].cases, there[trial].patients)
            np.testing.assert_array_equal(errors.values, there[trial].values)


def test_a_fit_of_the_mirror_is_the_fit_of_the_records(address, store, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert fit(store.folder, "--resamples", 100) == 0
    local = capsys.readouterr().out
    assert fit("--from", address, "--resamples", 100) == 0
    mirrored = capsys.readouterr().out
    assert local.split("wrote")[0] == mirrored.split("\n", 1)[1].split("wrote")[0]
    assert "12 ok, 1 diverged, 1 failed, 1 missing" in mirrored
    for name in ("fits.json", "fits.csv", "curves.csv", "trials.csv"):
        ours = tmp_path / "results" / "pilot" / "fit_from_wandb" / name
        assert ours.read_bytes() == (store.folder / "fit" / name).read_bytes()


def fits_the_same(store, project, home):
    """Is a fit of the mirror that of the records, byte by byte?  home: the working directory."""
    for words in ((store.folder,), ("--from", f"wandb:me/{project}")):
        assert fit(*words, "--resamples", 100) == 0
    for name in ("fits.json", "fits.csv", "curves.csv", "trials.csv"):
        there = home / "results" / store.folder.name / "fit_from_wandb" / name
        assert there.read_bytes() == (store.folder / "fit" / name).read_bytes()


@pytest.mark.parametrize("granularity", slow_but(["curve", "trial"], "trial"))
def test_a_pooled_study_fits_the_same_and_its_rows_have_their_sources(server, granularity, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = Store(write(tmp_path / "results" / "pooled", records(ks=(0, 4), seeds=2, sizes=(4, 8, 16))))
    project = f"pooled-by-{granularity}"
    assert sync_study(store, WandbTracker(mode="online", project=project, granularity=granularity)).complete
    fits_the_same(store, project, tmp_path)
    local, mirrored = Snapshot(store.folder).trials(), fetch_study(f"wandb:me/{project}").trials()
    pd.testing.assert_frame_equal(mirrored, local, check_exact=True)
    assert [added_images(column) for column in mirrored.sort_values("task")["sources"]] == [0] * 8 + [4] * 2


@pytest.mark.parametrize("granularity", slow_but(GRANULARITIES, "cell"))
def test_a_study_of_several_ways_of_predicting_fits_the_same(server, granularity, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = write_scored(tmp_path / "results" / "ways", sizes=(1, 4, 16), seeds=2)
    project = f"ways-by-{granularity}"
    assert sync_study(store, WandbTracker(mode="online", project=project, granularity=granularity)).complete
    fits_the_same(store, project, tmp_path)
    mirrored = fetch_study(f"wandb:me/{project}")
    pd.testing.assert_frame_equal(mirrored.trials(), Snapshot(store.folder).trials(), check_exact=True)
    assert len(mirrored.planned) == len(mirrored.trials()) == 36
    assert {run.config["strategy"]["value"] for run in server.of(project, granularity)} >= {"red", "red+flips"}


@pytest.mark.parametrize("granularity", ["curve", "trial"])
def test_a_study_of_generators_fits_the_same_and_tells_of_them(server, granularity, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    store = write_study(tmp_path / "results" / "generators", sizes=(1, 4, 16), seeds=1)
    made = [gd_gi_record("phantom_thorax", "nnunet", size, 0) for size in (1, 4, 16)]
    keys = ("id", "task", "model", "strategy", "size", "seed")
    store.add_plan({"trials": [{key: trial[key] for key in keys} for trial in made], "skipped": []})
    for trial in made:
        store.write_record(trial)
    project = f"generators-by-{granularity}"
    assert sync_study(store, WandbTracker(mode="online", project=project, granularity=granularity)).complete
    fits_the_same(store, project, tmp_path)
    assert "gd_gi" in capsys.readouterr().out
    of_generators = [run for run in server.of(project, granularity) if run.config["strategy"]["value"] == "gd_gi"]
    suffix = "" if granularity == "trial" else "_mean"
    assert {run.summary[f"learned/generator_intensity/updates{suffix}"] for run in of_generators} == {320}
    others = [run for run in server.of(project, granularity) if run not in of_generators]
    assert not [name for run in others for name in run.summary if name.startswith(("learned", "saw", "learning"))]


def test_a_study_at_two_granularities_is_read_once(server, store):
    for granularity in ("curve", "cell"):
        sync_study(store, WandbTracker(mode="online", project="both", granularity=granularity))
    assert len(fetch_study("wandb:me/both").trials()) == 13


def test_several_studies_are_told_apart(server, store, tmp_path):
    other = write_study(tmp_path / "other", sizes=(1, 2), seeds=1)
    for study in (store, other):
        sync_study(study, WandbTracker(mode="online", project="shared", granularity="curve"))
    with pytest.raises(DataError, match="--study: other, pilot"):
        fetch_study("wandb:me/shared")
    assert len(fetch_study("wandb:me/shared", "other").trials()) == 4
    with pytest.raises(DataError, match="holds no study third"):
        fetch_study("wandb:me/shared", "third")


@pytest.mark.parametrize("harm", ["missing", "cut", "changed"])
def test_a_damaged_file_is_no_result(server, store, harm):
    project = f"damaged-{harm}"
    sync_study(store, WandbTracker(mode="online", project=project, granularity="curve"))
    files = server.of(project, "curve")[0].files
    good = files.pop("segaug-trials.parquet")
    if harm != "missing":
        files["segaug-trials.parquet"] = good[:-1] if harm == "cut" else good[:-9] + b"X" + good[-8:]
    with pytest.raises(DataError, match=r"is not complete|does not match its digest"):
        fetch_study(f"wandb:me/{project}")


@pytest.mark.parametrize("address", ["wandb:me", "me/project", "wandb:me/project/run", "wandb:/project"])
def test_an_address_is_checked_before_anything_is_asked(server, address):
    before = len(server.asked)
    with pytest.raises(DataError, match="wandb:ENTITY/PROJECT"):
        fetch_study(address)
    assert len(server.asked) == before


@pytest.mark.parametrize("address", ["wandb:me/nowhere", "wandb:other/shared"])
def test_a_wrong_project_is_one_message(server, address):
    with pytest.raises(UserError, match="is no project that this account sees"):
        fetch_study(address)


def test_options_that_do_not_go_together_are_refused(store):
    with pytest.raises(ConfigError, match="does not go with --from"):
        fit(store.folder, "--from", "wandb:me/x")
    with pytest.raises(ConfigError, match="is of --from"):
        fit(store.folder, "--study", "pilot")


@pytest.mark.slow
def test_offline_runs_that_wandb_sends_can_be_read_back(server, tmp_path):
    """`segaug sync --offline` here, `wandb sync` where there is a network, and no segaug there."""
    store = write_study(tmp_path / "away", sizes=(1, 4), seeds=2)
    assert sync_study(store, WandbTracker(mode="offline", project="offline", granularity="curve")).complete
    folders = sorted((store.folder / "wandb").glob("offline-run-*"))
    subprocess.run([sys.executable, "-m", "wandb", "sync", *folders], check=True, capture_output=True, timeout=120)
    assert len(server.of("offline", "curve")) == 2
    pd.testing.assert_frame_equal(fetch_study("wandb:me/offline").trials(), Snapshot(store.folder).trials())
    before = server.writes()
    tracker = WandbTracker(mode="online", project="offline", granularity="curve")
    assert sync_study(store, tracker).counts == {"unchanged": 3}
    assert server.writes() == before
