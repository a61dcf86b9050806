"""A forecast is of the finished trials that are most like the one asked about, wherever they lie."""

from dataclasses import asdict, replace
from statistics import median

import pytest

from segaug.augment.artefact import Content
from segaug.cluster.forecast import SECONDS_PER_PIXEL, Forecast, forecast_of, pixels
from segaug.experiment.artefacts.make_one import artefacts_of
from segaug.experiment.artefacts.store import store_of
from segaug.experiment.config.identity import science
from segaug.experiment.planned.plan import make_plan
from segaug.experiment.planned.progress import START_IMAGES
from segaug.results.store import Store
from segaug.training.protocol import Protocol, schedule
from tests.addition_study import pooled as pooled_record
from tests.experiment.pooled_tiny import pooled
from tests.synthetic import gd_gi_record, record


def test_pixels_are_the_images_of_all_updates_and_a_few_more():
    hundred = Protocol(unit="update", length=100, batch_size=8)
    assert schedule(hundred, 32).updates == 100
    assert pixels(hundred, 32, 64) == (800 + START_IMAGES) * 64 * 64
    assert pixels(hundred, 4, 64) == (400 + START_IMAGES) * 64 * 64, "a batch is no larger than the subset"
    assert pixels(replace(hundred, patch=16), 32, 64) == (800 + START_IMAGES) * 16 * 16, "of patches the network sees"


def test_the_most_alike_counts(study):
    planned = study.planned(size=4)
    task, model, strategy = planned.trial.curve
    options = planned.trial.config.protocol
    budget = (options.unit, options.length, options.batch_size, options.patience, "float32", "float32")
    known = {
        ("rate",): 1.0,
        ("rate", model): 2.0,
        ("rate", model, strategy): 3.0,
        ("trial", task, model, strategy, 4, budget): 5.0,
    }
    side = planned.trial.config.dataset.size
    seen = pixels(options, 4, side)
    less_and_less = [Forecast(dict([*known.items()][:count]), "").seconds(planned) for count in range(5)]
    assert less_and_less == pytest.approx([SECONDS_PER_PIXEL * seen, seen, 2 * seen, 3 * seen, 5.0])
    forecast = Forecast(known, "")
    assert forecast.seconds(study.planned(size=1)) == pytest.approx(3 * pixels(options, 1, side)), "another trial"
    assert forecast.seconds(study.planned(size=4, strategy="red")) == pytest.approx(2 * seen)
    assert forecast.seconds(study.planned(size=4, model="another")) == pytest.approx(seen)


def finish(folder, seconds, model="nnunet", size=4, strategy="red"):
    """A study of trials that took so long each."""
    store = Store(folder)
    for seed, total in enumerate(seconds):
        trial = record("lung", model, strategy, size, seed)
        trial["run"]["seconds"]["total"] = total
        store.write_record(trial)
    return store


def test_seconds_are_the_median_of_trials_and_a_rate_that_of_pixels(tmp_path):
    finish(tmp_path / "own", [1.0, 2.0, 90.0])
    own = finish(tmp_path / "own", [10.0, 20.0, 60.0, 70.0], size=1, strategy="baseline")
    forecast = forecast_of(own, [])
    assert forecast.source == "7 finished trials of this study"
    of_trials = {key[4]: seconds for key, seconds in forecast.seconds_of.items() if key[0] == "trial"}
    assert of_trials == {4: 2.0, 1: 40.0}
    rates = {size: pixels(Protocol(length=256), size, 64) for size in (1, 4)}
    large = [total / rates[4] for total in (1.0, 2.0, 90.0)]
    small = [total / rates[1] for total in (10.0, 20.0, 60.0, 70.0)]
    assert forecast.seconds_of["rate", "nnunet", "red"] == pytest.approx(median(large))
    assert forecast.seconds_of["rate", "nnunet", "baseline"] == pytest.approx(median(small))
    assert forecast.seconds_of["rate", "nnunet"] == forecast.seconds_of["rate",] == pytest.approx(median(large + small))


@pytest.mark.parametrize("option", ["precision", "inference_precision"])
def test_trials_of_the_same_precision_count_first(tmp_path, study, option):
    store, planned = Store(tmp_path / "own"), study.planned(size=1, strategy="red")
    _, model, strategy = planned.trial.curve
    for seed, (precision, total) in enumerate([("float32", 60.0), ("float32", 60.0), ("bfloat16", 20.0)]):
        trial = record("lung", model, strategy, 4, seed)
        trial["config"]["protocol"][option] = precision
        trial["run"]["seconds"]["total"] = total
        store.write_record(trial)
    forecast = forecast_of(store, [])

    def foretold(precision):
        protocol = replace(planned.trial.config.protocol, **{option: precision})
        config = replace(planned.trial.config, protocol=protocol)
        asked = replace(planned, trial=replace(planned.trial, config=config))
        return forecast.seconds(asked)

    assert foretold("bfloat16") == pytest.approx(foretold("float32") / 3)


@pytest.mark.parametrize("unit", ["update", "epoch"])
def test_added_images_are_trained_on_too(tiny, tmp_path, unit):
    """A trial that sees three times the images takes three times as long; whatever k the finished ones have."""
    trials = [pooled(tiny(f"protocol.unit={unit}", "protocol.length=64"), k) for k in (0, 2, 8)]
    plan = make_plan(trials, skip_large=False)
    nothing, few, many = (next(each for each in plan.trials if each.added == k) for k in (0, 2, 8))
    protocol, side = nothing.trial.config.protocol, nothing.trial.config.dataset.size
    store = Store(tmp_path / "own")
    for seed, planned in enumerate((nothing, few)):
        trial = pooled_record(planned.added, seed, size=planned.size) | planned.key()
        trial["config"] = science(planned.trial.config)
        trial["form"] = asdict(planned.trial.config.dataset.form)
        trial["sources"] = dict(zip(trial["form"]["sources"], trial["sources"].values(), strict=True))
        trial["run"]["seconds"]["total"] = 1e-3 * pixels(protocol, planned.size, side, planned.added)
        store.write_record(trial)
    assert pixels(protocol, 4, side, 8) > 1.3 * pixels(protocol, 4, side, 0)
    expected = 1e-3 * pixels(protocol, 4, side, 8)
    assert forecast_of(store, []).seconds(many) == pytest.approx(expected)


def test_without_trials_of_its_own_a_study_learns_from_the_one_with_most_of_its_models(tmp_path):
    finish(tmp_path / "a", [1.0] * 2, model="swin_unet")
    finish(tmp_path / "b", [2.0] * 3)
    finish(tmp_path / "b", [5.0] * 4, model="another")
    finish(tmp_path / "c", [3.0] * 5, model="another")
    new = Store(tmp_path / "new")
    beside = forecast_of(new, ["nnunet", "swin_unet"])
    assert beside.source == f"3 finished trials of {tmp_path / 'b'}"
    assert [seconds for key, seconds in beside.seconds_of.items() if key[0] == "trial"] == [2.0]
    assert forecast_of(new, ["another"]).source == f"5 finished trials of {tmp_path / 'c'}"
    assert forecast_of(new, ["a third"]).source.startswith("a rule of thumb for one core")
    assert forecast_of(Store(tmp_path / "a"), ["nnunet"]).source == "2 finished trials of this study"


def test_what_was_learned_is_counted_apart_whoever_did_it(tmp_path):
    ahead, own = Store(tmp_path / "ahead"), Store(tmp_path / "own")
    for seed, spent in enumerate((0.0, 30.0)):  # of seed 1 the trial itself did it
        trial = gd_gi_record("lung", "nnunet", 4, seed)
        trial["run"]["seconds"] |= {"total": 50.0 + spent, "prepare": spent}
        (own if spent else ahead).write_record(trial)
    for store, learned in ((ahead, 20.0), (own, 30.0)):
        seconds_of = forecast_of(store, []).seconds_of
        assert seconds_of["learning", "nnunet", "gd_gi"] == pytest.approx(learned / 2 / 64**2), "each of two, a pixel"
        assert [seconds for key, seconds in seconds_of.items() if key[0] == "trial"] == [50.0]


def test_what_is_learned_costs_what_its_kind_does(tiny, tmp_path):
    """Of two generators one takes ten times as long; of a third kind nobody has told anything."""
    here = ["dataset.size=32", f"cache={tmp_path / 'cache'}", "augment.joint.updates=3"]
    plan = make_plan([tiny(*here, "augment=gd_gi")], skip_large=False)
    (planned,) = plan.trials
    store = Store(tmp_path / "finished")
    trial = gd_gi_record("lung", planned.trial.model, 4, 0) | {"id": planned.id, "strategy": planned.trial.strategy}

    def learning(**each):
        run = {**trial["run"], "learning_cpu_seconds": 22.0, "learning_cpu_seconds_each": each}
        store.write_record({**trial, "run": run})
        (seconds,) = forecast_of(store, [], plan, plan.trials).learning_of.values()
        store.record_path(planned.id).unlink()
        return seconds

    assert learning(generator_deformation=20.0, generator_intensity=2.0) == pytest.approx(22 / 4)  # at a quarter
    assert learning(generator_deformation=20.0) == pytest.approx(20 / 4)
    assert learning() == pytest.approx(22 / 4), "by the mean of all"


def test_what_is_still_to_be_learned_is_forecast_once_for_the_trial_that_comes_first(tiny, tmp_path):
    here = ["dataset.size=32", f"cache={tmp_path / 'cache'}"]
    learners = [tiny(*here, f"augment={name}", "augment.joint.updates=3") for name in ("gd", "gd_gi")]
    plan = make_plan([tiny(*here), *learners], skip_large=False)
    of = {planned.key()["strategy"].partition("(")[0]: planned for planned in plan.trials}
    store = Store(tmp_path / "finished")
    for name, things in (("gd", 1), ("gd_gi", 2)):
        key = of[name].key()
        trial = gd_gi_record("lung", key["model"], 4, 0) | {"id": key["id"], "strategy": key["strategy"]}
        store.write_record({**trial, "learned": trial["learned"][:things]})  # in 20 s, at a side of 64

    def learning():
        return forecast_of(store, [of["gd"].trial.model], plan, plan.trials).learning_of

    first = learning()
    (generator,) = artefacts_of(of["gd"], plan.tasks[of["gd"].trial.task], "cpu", pytest.fail)
    store_of(of["gd"].trial.config).obtain(replace(generator, make=lambda previous, tell, keep: Content({}, {})))
    assert first == {of["gd"].id: pytest.approx(20 / 4), of["gd_gi"].id: pytest.approx(10 / 4)}, "intensity is left"
    assert learning() == {of["gd_gi"].id: first[of["gd_gi"].id]}
    bare, ahead = forecast_of(store, []), forecast_of(store, [], plan, plan.trials)
    assert {name: ahead.seconds(planned) - bare.seconds(planned) for name, planned in of.items()} == pytest.approx(
        {"baseline": 0, "gd": 0, "gd_gi": 10 / 4}
    )
