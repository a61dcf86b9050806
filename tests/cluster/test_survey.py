"""The survey of a plan and its forecast read columns: no record is opened once the columns are there."""

import pytest

from segaug.cluster.forecast import forecast_of
from segaug.cluster.survey import survey
from segaug.experiment.plan import Plan, Planned
from segaug.results import snapshot, store
from segaug.results.snapshot import Snapshot
from tests.synthetic import record, write_study


@pytest.fixture
def sealed_study(tmp_path, monkeypatch):
    """A study with its columns; whoever opens a record from now on fails."""
    study = write_study(tmp_path / "study", sizes=(1, 2), seeds=3)
    Snapshot(study.folder).columns()

    def refuse(path):
        raise AssertionError(f"{path} was opened")

    for module in (snapshot, store):
        monkeypatch.setattr(module, "read_record", refuse)
    return study


def test_a_survey_opens_no_record(sealed_study, tiny):
    finished = next(iter(Snapshot(sealed_study.folder).trials()["id"]))
    plan = Plan((Planned(tiny(), finished), Planned(tiny(), "another")), (), {})
    found = survey(plan, sealed_study, weights=False)
    assert (found.totals["done"], found.totals["to_do"]) == (1, 1)
    assert found.source == "12 finished trials of this study"
    assert found.seconds > 0


def test_a_forecast_from_a_study_beside_it_opens_no_record(sealed_study):
    beside = store.Store(sealed_study.folder.parent / "empty")
    assert forecast_of(beside, ["nnunet"]).source == f"12 finished trials of {sealed_study.folder}"


def test_a_trial_of_another_optimiser_is_learned_from(tmp_path):
    trained = changed(tmp_path, {"optimiser": {"name": "adamw"}})
    assert forecast_of(trained, ["nnunet"]).source == "1 finished trials of this study"


@pytest.mark.parametrize("protocol", [{"length": "long"}, {"length": 0}, {"optimiser": {"name": "of another version"}}])
def test_what_no_version_of_today_trains_by_teaches_nothing(tmp_path, protocol):
    assert "rule of thumb" in forecast_of(changed(tmp_path, protocol), ["nnunet"]).source


def test_a_study_beside_it_that_cannot_be_read_is_no_matter(tmp_path):
    study = changed(tmp_path, {})
    study.folder.joinpath("trials").rename(tmp_path / "elsewhere")
    study.folder.joinpath("trials").symlink_to(tmp_path / "elsewhere")
    assert "rule of thumb" in forecast_of(store.Store(tmp_path / "new"), ["nnunet"]).source


def changed(tmp_path, protocol):
    """A study of one trial, by this protocol."""
    trial = record("lung", "nnunet", "red", 4, 0)
    trial["config"]["protocol"] |= protocol
    study = store.Store(tmp_path / "study")
    study.write_record(trial)
    return study
