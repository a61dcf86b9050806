"""Tasks whose data are not here: named and refused, left out when asked, or planned by what was published."""

from dataclasses import replace

import pytest

from segaug.cluster.survey import as_json, survey
from segaug.data.kinds.folder import Folder
from segaug.data.kinds.volumes import Volumes
from segaug.data.pooled import Pooled
from segaug.data.published import is_absent, published_counts, published_pool
from segaug.errors import ConfigError, UserError
from segaug.experiment.config.identity import science
from segaug.experiment.planned.absent import held, left_out, why_nothing
from segaug.experiment.planned.plan import make_plan
from segaug.experiment.sweep.study import run_study
from segaug.results.store import Store
from tests.synthetic import record, write_study

X = {"structures": {"x": [1]}, "structure": "x", "size": 16}


def away(trial, name, **told):
    dataset = Folder(root=f"/nowhere/{name}", published=told, **X)
    return replace(trial, config=replace(trial.config, dataset=dataset), task=name)


def skipping(trial):
    return replace(trial, config=replace(trial.config, missing="skip"))


def test_all_that_are_not_here_are_named_in_one_sentence(tiny):
    trials = [tiny(), away(tiny(), "one"), away(tiny("seed=1"), "one"), away(tiny(), "two")]
    told = (
        r"^dataset: the data of one, two are not here; `segaug data fetch one` tells how to get it; missing=skip leaves"
    )
    with pytest.raises(ConfigError, match=told):
        make_plan(trials, skip_large=True)
    with pytest.raises(ConfigError, match=r"dataset\.root: the folder /nowhere/one does not exist"):
        make_plan([away(tiny(), "one")], skip_large=True)


def test_they_are_left_out_when_asked_and_told_once(tiny, capsys):
    trials = [tiny(), away(tiny(), "one"), away(tiny("seed=1"), "two")]
    plan = make_plan(map(skipping, trials), skip_large=True)
    assert [each.trial.task for each in plan.trials] == ["phantom_thorax_lung(images=60,size=16)"]
    assert plan.absent == {"one": ("one",), "two": ("two",)}
    assert left_out(plan.absent).startswith("left out, their data are not here: one, two; ")
    none = make_plan(map(skipping, trials[1:]), skip_large=True)
    assert why_nothing(none.absent).startswith("the data of one, two are not here; `segaug data fetch one`")
    with pytest.raises(UserError, match=r"^no trial to run: the data of one, two are not here"):
        run_study(map(skipping, trials[1:]), workers=1, many=True)


def test_finished_trials_of_what_was_left_out_are_counted_by_task(tiny, tmp_path, capsys, monkeypatch):
    assert held({"one": ("one",), "two": ("two",)}, ["one", "here", "one"]).endswith("holds of them: 2 of one")
    assert held({"one": ("one",)}, ["here"]) == ""
    here = tiny("mixed_code=true")
    made = record("one", "nnunet", "baseline", 4, 0)
    Store(tmp_path / "study").write_record(made)
    monkeypatch.setattr("segaug.experiment.sweep.study._run_all", lambda *_: None)
    run_study([skipping(each) for each in (here, away(here, "one"))], workers=1, many=True)
    said = capsys.readouterr().out
    assert said.count("finished trials that the study holds of them: 1 of one\n") == 1


def test_the_option_is_no_part_of_a_trial(tiny):
    (one,), (other,) = (make_plan([each], skip_large=True).trials for each in (tiny(), skipping(tiny())))
    assert one.id == other.id
    assert science(one.trial.config) == science(other.trial.config)
    with pytest.raises(ConfigError, match="missing: got no; choose from: refuse, skip"):
        replace(tiny().config, missing="no")


def test_without_data_a_plan_counts_what_was_published_and_cuts_at_the_pool_of_that(tiny):
    grid = [tiny("scale.size=4"), tiny("scale.size=500")]
    trials = [away(each, "known", images=600, patients=100) for each in grid] + [away(each, "unknown") for each in grid]
    plan = make_plan([tiny(), *trials], skip_large=True, without_data=True)
    assert {(each.trial.task, each.size) for each in plan.trials if each.trial.task in plan.counted} == {
        ("known", 4), ("unknown", 4), ("unknown", 500),
    }  # fmt: skip
    assert plan.counted == {"known": {"images": 600, "patients": 100}, "unknown": {}}
    assert [(row["task"], row["size"]) for row in plan.skipped] == [("known", 500)]
    assert len(plan.runnable) == 1
    with pytest.raises(ConfigError, match="scale: is all of unknown, which is not here"):
        make_plan([tiny(), away(tiny("scale=all"), "unknown")], skip_large=True, without_data=True)


def test_records_of_a_task_that_is_not_here_are_known_by_their_cell_and_seed(tiny, tmp_path):
    store = write_study(tmp_path / "study", sizes=(4,), seeds=2)
    record = store.records()[0]
    trials = [away(tiny(f"scale.size={size}", f"seed={seed}"), record["task"]) for size in (4, 8) for seed in (0, 1, 2)]
    trials = [replace(each, model=record["model"], strategy=record["strategy"]) for each in trials]
    plan = make_plan(trials, skip_large=True, without_data=True)
    found = survey(plan, store, weights=False)
    assert {state: count for state, count in found.totals.items() if count} == {"done": 2, "to_do": 4}
    assert len(found.left) == 4
    told = as_json(found, plan, store, None)
    assert told["planned_without_data"] == {record["task"]: {}}
    assert told["gpu_hours_rule"] == pytest.approx(4 * 4 * 0.02 / 3600, abs=1e-3)


def test_the_pool_is_that_of_the_split_with_images_spread_over_patients():
    folder = Folder(root="/nowhere", published={"images": 1000, "patients": 100}, **X)
    assert published_pool(folder, "images") == 1000 - 250 - 80 - 50  # test, validation (10 % of the rest, by patients)
    assert published_pool(folder, "patients") == 62
    assert published_pool(Folder(root="/nowhere", published={"images": 9}, **X), "images") is None


def test_of_volumes_there_are_as_many_images_as_are_taken_at_most():
    volumes = Volumes(root="/nowhere", published={"patients": 10}, **X)
    assert published_counts(volumes) == {"images": 90, "patients": 10}
    assert published_counts(replace(volumes, published={"patients": 10, "images": 30}))["images"] == 30
    pooled = Pooled(base="a", added=["b"]).with_sources({"a": volumes, "b": volumes})
    assert published_counts(pooled) == published_counts(volumes)
    assert is_absent(pooled)


def test_of_a_pooled_task_the_sources_that_are_not_here_are_named(tiny, tmp_path):
    here, gone = Folder(root=str(tmp_path), **X), Folder(root="/nowhere/b", **X)
    pooled = Pooled(base="a", added=["b", "c"]).with_sources({"a": here, "b": gone, "c": gone})
    trial = skipping(tiny())
    trial = replace(trial, config=replace(trial.config, dataset=pooled), task="a + 0 b, c")
    told = why_nothing(make_plan([trial], skip_large=True).absent)
    assert told.endswith("not here; `segaug data fetch b` and `segaug data fetch c` tell how to get them")


def test_an_unset_variable_is_absence_and_an_empty_folder_is_not(tmp_path, monkeypatch):
    monkeypatch.delenv("NOWHERE", raising=False)
    assert is_absent(Folder(root="$NOWHERE/set", **X))
    assert not is_absent(Folder(root=str(tmp_path), **X))
    assert not is_absent(Folder(**X))  # it says itself that its root is not set


@pytest.mark.parametrize("told", [{"patients": 0}, {"images": 1 << 40}, {"pictures": 3}, {"images": 2, "patients": 3}])
def test_numbers_that_nobody_can_have_published_are_refused(told):
    with pytest.raises(ConfigError, match=r"dataset\.published"):
        published_pool(Folder(root="/nowhere", published=told, **X), "images")
