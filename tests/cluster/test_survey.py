"""A survey counts what a plan asks for and what is there; it reads columns, and opens no record once they are there."""

import json
from types import SimpleNamespace

import pytest

from segaug.cli.study_state import study_state
from segaug.cluster.forecast import forecast_of
from segaug.cluster.survey import RECORD_BYTES, WEIGHTS_BYTES, as_json, probes, survey
from segaug.experiment.planned.plan import Plan, Planned
from segaug.results import snapshot, store
from segaug.results.snapshot import Snapshot
from segaug.results.states import WITH_RESULT
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


def test_status_and_plan_show_the_same_count(tmp_path, tiny):
    study = write_study(tmp_path / "study", sizes=(1, 2), seeds=3)
    totals = study_state(study)["totals"]
    planned = Plan(tuple(Planned(tiny(), trial["id"]) for trial in study.plan()["trials"]), (), {})
    ahead = survey(planned, study, weights=False).totals
    assert ahead["done"] == sum(totals[state] for state in WITH_RESULT) > 0
    assert ahead["failed"] == totals["failed"]
    assert ahead["to_do"] == totals["running"] + totals["missing"]


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


def finish(study, planned):
    return study.store.write_record(study.record(planned))


GUESS = SimpleNamespace(seconds=lambda planned: 1800.0, source="a guess")


@pytest.fixture
def plan(study):
    """Of a study: size 1 has one trial done, one failed and one stale record; size 4 has one to do."""
    done, failed, open_ = study.planned(0), study.planned(1), study.planned(0, size=4)
    finish(study, done)
    study.fail(failed)
    stale = study.planned(1)
    finish(study, Planned(stale.trial, "of-another-config"))
    finish(study, Planned(study.planned(5).trial, "of-a-seed-that-nobody-asks-for"))
    finish(study, Planned(study.planned(0, strategy="red").trial, "of-a-cell-that-nobody-asks-for"))
    return study.plan(done, failed, open_)


def test_each_trial_has_a_state_and_only_records_of_its_place_are_stale(study, plan):
    surveyed = survey(plan, study.store, weights=False, forecast=GUESS)
    assert surveyed.totals == {"done": 1, "failed": 1, "to_do": 1, "stale": 1}
    assert {cell[3]: dict(counts) for cell, counts in surveyed.cells.items()} == {
        1: {"done": 1, "failed": 1, "stale": 1}, 4: {"to_do": 1},
    }  # fmt: skip
    assert list(surveyed.left) == list(plan.trials[1:]), "a failed trial is to be run"
    assert (surveyed.seconds, surveyed.source) == (3600.0, "a guess")


def test_what_is_left_takes_disk_as_what_is_there_does(study, plan):
    size = study.store.record_path(plan.trials[0].id).stat().st_size
    bare = survey(plan, study.store, weights=False, forecast=GUESS)
    whole = survey(plan, study.store, weights=True, forecast=GUESS)
    assert (bare.files, whole.files) == (2, 4)
    assert bare.bytes == pytest.approx(2 * size, rel=0.05)
    assert whole.bytes - bare.bytes == 2 * WEIGHTS_BYTES
    empty = survey(plan, store.Store(study.store.folder.parent / "a" / "new"), weights=False, forecast=GUESS)
    assert empty.bytes == 3 * RECORD_BYTES
    assert empty.free_bytes > 0


def test_as_json_it_is_plain_and_in_order(study, plan):
    surveyed = survey(plan, study.store, weights=False, forecast=GUESS)
    plain = json.loads(json.dumps(as_json(surveyed, plan, study.store, 7)))
    assert plain["totals"] == {"done": 1, "failed": 1, "to_do": 1, "stale": 1}
    assert plain["forecast"] == {"hours": 1.0, "source": "a guess"}
    assert (plain["study"], plain["trials"], plain["jobs"], plain["shard"]) == ("study", 3, 7, None)
    small, large = plain["cells"]
    assert small == {
        "task": study.trial.task, "model": study.trial.model, "strategy": "baseline", "size": 1,
        "done": 1, "failed": 1, "to_do": 0, "stale": 1,
    }  # fmt: skip
    assert (large["size"], large["to_do"]) == (4, 1)


def test_probes_are_of_the_smallest_size_from_16_on_one_a_model_and_strategy(study):
    sizes = {strategy: [study.planned(seed, size, strategy=strategy) for size in of for seed in (1, 0)]
             for strategy, of in {"red": (8, 64, 16, 32), "genda": (4, 15), "baseline": (17, 128)}.items()}  # fmt: skip
    chosen = probes([planned for trials in sizes.values() for planned in trials])
    assert {planned.trial.strategy: (planned.size, planned.trial.config.seed) for planned in chosen} == {
        "red": (16, 0), "genda": (15, 0), "baseline": (17, 0),
    }  # fmt: skip
    assert len(probes([study.planned(model=model) for model in "ab"])) == 2
