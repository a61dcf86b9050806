"""Joint phases in a sweep: made once by the workers, shared by the strategies, and the same wherever they are made."""

import re
from functools import partial

import pytest
import torch

from segaug.augment.artefact import quiet, unkept
from segaug.experiment.artefacts.make_one import artefacts_of
from segaug.experiment.artefacts.store import store_of
from segaug.experiment.machine.stop import Stopped
from segaug.experiment.outside import compose
from segaug.experiment.planned.plan import make_plan
from segaug.experiment.trial.run import run_trial
from segaug.results.store import Store
from tests.tiny import TINY, segaug_here, volatile_free

QUICK = [
    "dataset.size=32", "augment.joint.updates=12", "augment.joint.warmup=1", "augment.joint.batch_size=4",
    "augment.joint.validate_every=4",
]  # fmt: skip


@pytest.mark.slow
def test_strategies_of_one_subset_share_their_generators_whoever_makes_them(tmp_path):
    sweep = ["train", "-m", *TINY, *QUICK, "augment=gd,gd_gi,gd_gi_mixup", "seed=range(2)", "name=sweep"]
    done = segaug_here(*sweep, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "prepared: 4 of 4 artefacts" in done.stdout
    records = Store(tmp_path / "results" / "sweep").records()
    used = {(record["strategy"].partition("(")[0], record["seed"]): record["learned"] for record in records}
    for seed in range(2):
        (alone,) = used["gd", seed]
        assert [item["kind"] for item in used["gd_gi", seed]] == ["generator_deformation", "generator_intensity"]
        assert used["gd_gi", seed][0] == alone
        assert used["gd_gi_mixup", seed] == used["gd_gi", seed]
    assert used["gd", 0][0]["artefact"] != used["gd", 1][0]["artefact"]
    again = segaug_here(*sweep, "augment.p=0.5", "name=other", cwd=tmp_path)  # no joint update for another p
    assert "preparing" not in again.stdout
    assert again.returncode == 0, again.stderr


@pytest.mark.slow
def test_a_generator_that_diverged_is_told_by_every_command_that_meets_it(tmp_path):
    words = [*TINY, *QUICK, "augment=gd", "augment.joint.updates=2", "augment.joint.learning_rate=1e30"]
    why = "the generator's training diverged; lower augment.joint.learning_rate"
    trained = segaug_here("train", *words, "name=bad", cwd=tmp_path)
    assert trained.returncode == 1
    assert re.search(rf"not prepared: generator_deformation-.*{why} \(for .* N=4 seed=0\)", trained.stdout)
    shown = segaug_here("status", "bad", cwd=tmp_path).stdout
    assert re.search(rf"failed 1 x  \[artefact\] .*{why}\n +last: .* gd\(.*\) n4 seed 0", shown)
    told = segaug_here("explain", "bad", Store(tmp_path / "results" / "bad").failures()[0]["id"], cwd=tmp_path).stdout
    assert "n4/seed0: failed (artefact), once" in told
    assert re.search(
        rf"{why}\n.*\n +to do: .* would be the same .* other trials: `segaug train` with that option", told
    )
    again = segaug_here("retry", "bad", cwd=tmp_path)
    assert re.search(rf"n4/seed0: .*{why}\nthese will fail again: .* other trials", again.stdout)
    assert again.returncode == 1
    assert "prepar" not in again.stdout, "it is found, not learned once more"


@pytest.mark.slow
def test_a_worker_makes_the_same_generator_as_this_process(tmp_path):
    words = [*TINY, *QUICK, "augment=gd", f"cache={tmp_path / 'cache'}"]
    done = segaug_here("prepare", "-m", *words, "seed=0", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    plan = make_plan([compose([*words, "seed=0"])], skip_large=False)
    (planned,) = plan.trials
    store = store_of(planned.trial.config)
    (artefact,) = artefacts_of(planned, plan.tasks[planned.trial.task], "cpu", partial(store.obtain, tell=quiet))
    kept = store.held(artefact)
    assert kept is not None
    here = artefact.make(None, quiet, unkept)
    assert all(torch.equal(value, kept.tensors[name]) for name, value in here.tensors.items())
    assert {**here.facts, "cpu_seconds": None} == {**kept.facts, "cpu_seconds": None}


@pytest.mark.slow
def test_a_trial_that_is_stopped_in_the_midst_of_it_keeps_nothing_of_it_and_makes_it_again(tmp_path):
    words = [*TINY, *QUICK, "augment=gd", f"cache={tmp_path / 'cache'}"]
    plan = make_plan([compose(words)], skip_large=False)
    (planned,), (task,) = plan.trials, plan.tasks.values()
    told = iter(range(1, 8))

    def safe_point():
        if next(told, None) is None:
            raise Stopped("the time of the job is over")

    with pytest.raises(Stopped) as stopped:
        run_trial(planned, task, safe_point)
    assert not stopped.value.kept
    assert [path.name for path in (tmp_path / "cache" / "artefacts").iterdir()] == [".locks"]
    ((made,), (undisturbed,)) = (
        run_trial(make_plan([compose([*words[:-1], f"cache={cache}"])], skip_large=False).trials[0], task)[0]["learned"]
        for cache in (tmp_path / "cache", tmp_path / "calm")
    )
    assert made == undisturbed


@pytest.mark.slow
def test_a_trial_that_is_stopped_after_the_first_of_two_has_kept_it(tmp_path):
    cache = tmp_path / "cache" / "artefacts"
    plan = make_plan([compose([*TINY, *QUICK, "augment=gd_gi", f"cache={cache.parent}"])], skip_large=False)
    (planned,), (task,) = plan.trials, plan.tasks.values()

    def safe_point():
        if list(cache.glob("*.safetensors")):
            raise Stopped("the time of the job is over")

    for made_then in (True, False):  # the second attempt finds the first one's, and makes nothing until it ends
        with pytest.raises(Stopped) as stopped:
            run_trial(planned, task, safe_point)
        assert stopped.value.kept is made_then
    assert [path.name.partition("-")[0] for path in cache.glob("*.safetensors")] == ["generator_deformation"]


@pytest.mark.slow
def test_a_trial_repeats_with_the_generator_it_finds(tmp_path):
    words = ["train", *TINY, *QUICK, "augment=gd"]
    records = []
    for name in ("first", "second"):
        assert segaug_here(*words, f"name={name}", cwd=tmp_path).returncode == 0
        (record,) = Store(tmp_path / "results" / name).records()
        records.append(volatile_free(record))
    assert records[0] == records[1]
