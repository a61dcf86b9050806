"""What strategies learn is made once for a whole sweep, before its trials, and a failure costs only who needs it."""

import dataclasses
import pathlib
import re

import pytest

from segaug.augment.artefact import Content
from segaug.experiment.artefacts.file import encode
from segaug.experiment.artefacts.make_all import prepare, survey
from segaug.experiment.artefacts.make_one import artefacts_of
from segaug.experiment.artefacts.prepare_study import NotPrepared, prepare_study
from segaug.experiment.artefacts.store import store_of
from segaug.experiment.config.schema import STRATEGIES
from segaug.experiment.planned.plan import make_plan
from segaug.experiment.sweep.study import TrialsFailed, run_study
from segaug.models.nnunet import NnUnet
from segaug.results.store import Store
from tests.experiment.toy import Toy, lines


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


@pytest.fixture
def toys(tiny, log, monkeypatch):
    """Trials of the toy strategy: toys((size, seed), ..., option=value)."""
    monkeypatch.setitem(STRATEGIES, "toy", Toy)

    def make(*points, **options):
        one = tiny()
        config = dataclasses.replace(one.config, augment=Toy(log=str(log), **options))
        toy = dataclasses.replace(one, config=config, strategy="toy")
        return [toy.at(size=size, seed=seed) for size, seed in points]

    return make


def plan_of(trials):
    return make_plan(trials, skip_large=False)


def images_of(plan):
    """Different training images of all trials."""
    from segaug.experiment.planned.parts import parts_of

    return {row for one in plan.trials for row in parts_of(one, plan.tasks[one.trial.task], "cpu").rows}


POINTS = [(4, 0), (4, 1), (2, 0), (16, 0)]


@pytest.mark.parametrize("workers", [None, 2])
def test_each_artefact_is_made_once_for_all_trials(toys, log, workers):
    plan = plan_of(toys(*POINTS))
    done = prepare(plan, plan.trials, workers=workers, in_process=workers is None)
    images = len(images_of(plan))
    assert images < sum(size for size, _ in POINTS)  # else nothing would be shared
    assert sorted(lines(log)) == ["mean"] * images + ["sum"] * len(POINTS)
    assert len(done.made) == images + len(POINTS)
    assert (done.there, done.failed) == (set(), {})
    again = prepare(plan, plan.trials, workers=workers, in_process=workers is None)
    assert (again.made, again.there) == ([], set(done.made))
    assert len(lines(log)) == images + len(POINTS)


def test_dependencies_come_first(toys, log):
    plan = plan_of(toys((4, 0)))
    prepare(plan, plan.trials, workers=None, in_process=True)
    assert lines(log) == ["mean"] * 4 + ["sum"]


def test_trials_that_differ_in_what_decides_no_artefact_share_it(toys):
    (one,) = toys((4, 0))
    other = dataclasses.replace(one.config, protocol=dataclasses.replace(one.config.protocol, learning_rate=0.5))
    found = survey(plan := plan_of([one, dataclasses.replace(one, config=other)]), plan.trials, strict=False)
    assert len(plan.trials) == 2
    assert not found.shared  # whoever makes them, they are whole
    assert len(found.missing) == 5


@pytest.mark.parametrize(
    ("depends_on", "artefacts"), [("protocol", 3), ("model", 2), ("objective", 1), ("seed", 1), ("task", 1)]
)
def test_an_artefact_is_one_for_each_of_what_it_depends_on(toys, depends_on, artefacts):
    """Three trials on one subset: another learning rate, and another width of the network as well."""
    (one,) = toys((4, 0), depends_on=depends_on)
    trials = [one]
    for model, rate in ((one.config.model, 0.5), (NnUnet(feature_size=3), 0.25)):
        protocol = dataclasses.replace(one.config.protocol, learning_rate=rate)
        trials.append(dataclasses.replace(one, config=dataclasses.replace(one.config, model=model, protocol=protocol)))
    plan = plan_of(trials)
    names = [request.name for request in survey(plan, plan.trials, strict=False).missing]
    assert len([name for name in names if name.startswith("sum-")]) == artefacts


def test_what_grows_is_complete_for_every_trial(toys, log):
    plan = plan_of(toys(*POINTS, grow=True))
    prepare(plan, plan.trials, workers=None, in_process=True)
    grown = [int(line.split()[1]) for line in lines(log) if line.startswith("means")]
    assert sum(grown) == len(images_of(plan))  # each image once
    assert survey(plan, plan.trials, strict=False).missing == []


def test_a_study_prepares_and_then_trains(toys, log, tmp_path, capsys):
    keys = run_study(toys(*POINTS), workers=1, many=False)
    made = lines(log)
    assert made.count("mean") == len(images_of(plan_of(toys(*POINTS))))
    assert made.count("sum") == len(POINTS)
    told = capsys.readouterr().out
    assert re.search(r"preparing: 0 of \d+ artefacts \(mean, sum\)", told)
    assert told.index("prepared: ") < told.index("4 trials: 0 done before")
    records = Store(tmp_path / "study").records()
    assert len(records) == len(keys) == len(POINTS)
    assert all(record["run"]["seconds"]["prepare"] < 1 for record in records)
    assert run_study(toys(*POINTS), workers=1, many=False) == keys
    assert Store(tmp_path / "study").records() == records
    assert lines(log) == made


@pytest.mark.parametrize(
    ("does", "reason"),
    [("raise", "RuntimeError: cannot add"), ("fail", "sum-.* must not be used .*: it is 0; add more")],
)
def test_what_cannot_be_made_fails_the_trials_that_need_it_and_no_other(toys, tiny, tmp_path, does, reason, capsys):
    with pytest.raises(TrialsFailed, match="1 of 2 trials failed"):
        run_study([*toys((4, 0), sum_does=does), tiny()], workers=1, many=False)
    assert re.search(f"not prepared: sum-[0-9a-f]+: {reason}", capsys.readouterr().out)
    (failure,) = Store(tmp_path / "study").failures()
    assert failure["strategy"] == "toy"
    assert re.search(reason, failure["error"])


def test_a_worker_that_dies_costs_its_own_artefact(toys):
    plan = plan_of(toys((4, 0), sum_does="die") + toys((4, 1)))
    done = prepare(plan, plan.trials, workers=2, in_process=False)
    ((name, reason),) = done.failed.items()
    assert name.startswith("sum-")
    assert "killed, probably out of memory" in reason
    assert len([name for name in done.made if name.startswith("sum-")]) == 1


def test_what_needs_one_that_failed_is_not_tried_and_told_in_one_line(toys, log, capsys):
    plan = plan_of(toys((2, 0), mean_does="fail") + toys((2, 1)))
    for made in (4, 0):
        done = prepare(plan, plan.trials, workers=None, in_process=True)
        assert sorted(lines(log)) == ["mean"] * 4 + ["sum"]  # the other trial's
        assert sorted(name.rpartition("-")[0] for name in done.failed) == ["mean", "mean", "sum"]
        (reason,) = (why for name, why in done.failed.items() if name.startswith("sum-"))
        assert re.match(r"it needs mean-[0-9a-f]+, which cannot be used \(for .* seed=0\)$", reason)
        told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("not prepared: ")]
        assert len([line for line in told if line.endswith("; nor is what needs it: 1 sum")]) == 1
        assert not any(line.startswith("not prepared: sum") for line in told)
        assert made == 0 or len(told) == 2


def test_a_trial_whose_artefact_failed_names_it_with_its_reason_and_its_file(toys, tmp_path):
    with pytest.raises(TrialsFailed):
        run_study(toys((2, 0), mean_does="fail"), workers=1, many=False)
    (failure,) = Store(tmp_path / "study").failures()
    assert failure["kind"] == "artefact"
    name, file = re.search(
        r"(mean-\w+) must not be used \(its content is in (.*)\): it is too dark", failure["error"]
    ).groups()
    assert pathlib.Path(file).name == f"{name}.safetensors"
    assert pathlib.Path(file).is_file()


def test_ctrl_c_keeps_what_is_made_and_says_how_to_go_on(toys, log, capsys):
    with pytest.raises(KeyboardInterrupt):
        run_study(toys((4, 0), sum_does="interrupt"), workers=1, many=False)
    assert "interrupted: 4 of 5 artefacts prepared; the same command goes on" in capsys.readouterr().out
    assert lines(log) == ["mean"] * 4 + ["sum"]
    with pytest.raises(KeyboardInterrupt):
        run_study(toys((4, 0), sum_does="interrupt"), workers=1, many=False)
    assert lines(log) == ["mean"] * 4 + ["sum"] * 2


def test_prepare_says_what_was_there_and_what_was_made(toys, tiny, capsys):
    prepare_study(toys((2, 0)), workers=None, many=False)
    assert "for 1 trials" in capsys.readouterr().out
    prepare_study(toys((2, 0), (2, 1)), workers=None, many=False)
    told = capsys.readouterr().out.splitlines()[-1]
    assert re.match(
        r"for 2 trials, in .*: 3 were there \(2 mean, 1 sum\), 3 made \(2 mean, 1 sum\), 0 failed; they", told
    )
    assert told.endswith("artefacts")
    prepare_study([tiny()], workers=None, many=False)
    assert "nothing to prepare" in capsys.readouterr().out


def test_prepare_names_what_failed_also_when_it_failed_before(toys):
    for _ in range(2):
        with pytest.raises(NotPrepared, match=r"1 artefacts cannot be used\nsum-.*it is 0; add more") as told:
            prepare_study(toys((2, 0), sum_does="fail"), workers=None, many=False)
    assert told.value.exit_code == 1


def test_a_failed_artefact_names_the_first_trial_that_needs_it(toys):
    trials = toys((2, 1), sum_does="fail") + toys((2, 0), sum_does="fail", depends_on="seed")
    plan = plan_of(trials)
    for _ in range(2):  # made, and found again
        done = prepare(plan, plan.trials, workers=None, in_process=True)
        assert [re.search(r"it is 0; add more \(for .* N=2 (seed=.)\)$", why)[1] for why in done.failed.values()] == [
            "seed=0", "seed=1",
        ]  # fmt: skip


def test_listing_must_not_learn(toys, monkeypatch):
    monkeypatch.setattr(Toy, "artefacts", lambda self, context: [context.obtain(self._mean(context.subset.image[0]))])
    plan = plan_of(toys((2, 0)))
    with pytest.raises(RuntimeError, match="must not obtain"):
        prepare(plan, plan.trials, workers=None, in_process=True)


def test_what_was_kept_on_the_way_is_missing_until_it_is_finished(toys):
    plan = plan_of(toys((2, 0)))
    prepare(plan, plan.trials, workers=None, in_process=True)
    planned, (task,) = plan.trials[0], plan.tasks.values()
    store = store_of(planned.trial.config)
    *_, artefact = artefacts_of(planned, task, "cpu", store.obtain)
    store.path(artefact).write_bytes(encode(artefact, Content({}, {"unfinished": True})))
    (request,) = survey(plan, plan.trials, strict=False).missing
    assert request.name == artefact.name
    assert prepare(plan, plan.trials, workers=None, in_process=True).made == [artefact.name]
