"""Studies on a real Slurm: whatever happens to jobs, each trial ends with one valid record."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from segaug.results.store import Store
from tests.tiny import TINY, segaug, segaug_here

pytestmark = [pytest.mark.slurm, pytest.mark.usefixtures("slurm"), pytest.mark.timeout(280)]
TRIALS = ["-m", *TINY, "scale=n1,n4", "augment=baseline,red", "seed=range(3)"]
LONG = ["protocol.length=40000", "protocol.warmup=1", "protocol.validate_every=1000"]  # minutes


def squeue(*arguments):
    return subprocess.run(["squeue", "-h", *arguments], capture_output=True, text=True, check=False).stdout.split()


def complete(folder, name, trials):
    """Does `segaug status` say so, and is there one record a trial?"""
    state = segaug("status", name, "--json", cwd=folder)
    assert state.returncode == 0, state.stdout
    totals = json.loads(state.stdout)["totals"]
    assert totals["done"] == sum(totals.values()) == trials
    store = Store(folder / "results" / name)
    assert len(store.records()) == trials
    assert not list(store.folder.glob("trials/*/other-*.json"))
    return True


def test_a_sweep_is_split_into_arrays_and_waited_for(tmp_path):
    # one cell a job: 4 jobs fit into an array here (MaxArraySize), there are 6
    cells = ["scale=n1,n2,n4", "hydra.launcher.pack_minutes=1", "hydra/launcher=slurm"]
    words = [word for word in TRIALS if not word.startswith("scale=")]
    done = segaug("train", *words, *cells, "dataset.size=16", "name=arrays", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert complete(tmp_path, "arrays", 18)
    again = segaug("train", *words, *cells, "dataset.size=16", "name=arrays", cwd=tmp_path)
    assert "18 done before, 0 to do" in again.stdout
    assert len(list(tmp_path.glob("results/arrays/submissions/*"))) == 1


def test_a_failed_trial_is_told_and_retried(tmp_path, eventually):
    sweep = ["train", *TRIALS, "name=failing", "hydra/launcher=slurm"]
    assert segaug(*sweep, cwd=tmp_path).returncode == 0
    store = Store(tmp_path / "results" / "failing")
    victim = store.records()[0]["id"]
    folder = store.record_path(victim).parent
    shutil.rmtree(folder)
    folder.write_text("a file where the trial's folder has to be")
    broken = segaug(*sweep, cwd=tmp_path)
    assert broken.returncode == 1
    assert "segaug retry failing" in broken.stderr
    folder.unlink()
    retried = segaug("retry", "failing", cwd=tmp_path)
    assert retried.returncode == 0, retried.stdout + retried.stderr
    eventually(lambda: store.finished(victim))
    assert complete(tmp_path, "failing", 12)


def test_ctrl_c_leaves_the_jobs_and_preemption_and_a_controller_restart_lose_nothing(tmp_path, slurm, eventually):
    sweep = [*TRIALS, "name=hard", "hydra/launcher=slurm", "hydra.launcher.partition=low", "protocol.length=1000"]
    waiting = subprocess.Popen(
        [sys.executable, "-m", "segaug", "train", *sweep],
        cwd=tmp_path, stdout=subprocess.PIPE, text=True, env={**os.environ, "SEGAUG_CACHE": str(tmp_path / "cache")},
    )  # fmt: skip
    store = Store(tmp_path / "results" / "hard")
    eventually(lambda: list(store.folder.glob("trials/*/record.json")))
    waiting.send_signal(signal.SIGINT)
    told, _ = waiting.communicate(timeout=60)
    assert waiting.returncode == 130
    assert "the jobs go on without this process" in told
    urgent = ["sbatch", "--wait", "-p", "high", "--exclusive", "-o", "/dev/null", "--wrap", "sleep 1"]
    subprocess.run(urgent, check=True, timeout=100)  # needs the whole node, so that the job in `low` has to go
    slurm("stop-controller")
    slurm("controller")
    back = segaug("train", *sweep, cwd=tmp_path)
    assert back.returncode == 0, back.stdout + back.stderr
    assert len(list(store.folder.glob("submissions/*"))) == 1
    assert complete(tmp_path, "hard", 12)


def test_a_job_whose_time_is_over_requeues_itself_and_goes_on_and_a_trial_too_long_for_any_job_fails(
    tmp_path, eventually
):
    words = [word for word in TINY if not word.startswith("protocol.")]
    long = [word for word in LONG if not word.startswith("protocol.length")]
    lengths = ["protocol.length=300,40000", *long, "seed=range(1)"]  # the first fits into a job, the second into none
    limits = ["hydra.launcher.timeout_min=1", "hydra.launcher.signal_delay_s=25", "hydra.launcher.cpus_per_task=1"]
    sent = segaug("submit", "-m", *words, *lengths, "name=long", *limits, cwd=tmp_path)
    assert sent.returncode == 0, sent.stderr
    store = Store(tmp_path / "results" / "long")
    (failure,) = eventually(store.failures, 200)
    assert (failure["kind"], failure["attempt"]) == ("timeout", 1)
    assert "hydra.launcher.timeout_min" in failure["error"]
    (record,) = store.records()
    assert record["id"] != failure["id"]
    (log,) = tmp_path.glob("results/long/submissions/*/logs/*.out")
    told = log.read_text()
    assert told.index("1 trials are left; requeued") < told.index("2 trials, 1 to do")


def test_cancel_ends_the_jobs_of_one_study_only(tmp_path, eventually):
    words = [word for word in TINY if not word.startswith("protocol.")]
    for name in ("one", "other"):
        assert segaug("submit", "-m", *words, *LONG, "seed=range(2)", f"name={name}", cwd=tmp_path).returncode == 0
    jobs = {name: json.loads(next(tmp_path.glob(f"results/{name}/submissions/*/jobs/*.json")).read_text())["job"]
            for name in ("one", "other")}  # fmt: skip
    told = segaug("cancel", "one", cwd=tmp_path)
    assert "1 jobs ended.  0 of 2 trials have their record" in told.stdout
    eventually(lambda: not squeue("-j", jobs["one"], "-o", "%i"))
    assert squeue("-j", jobs["other"], "-o", "%A") == [jobs["other"]]
    assert segaug("cancel", "other", cwd=tmp_path).returncode == 0


@pytest.mark.timeout(500)
def test_a_joint_phase_is_made_once_made_again_where_its_job_was_cut_and_foretold(tmp_path, eventually):
    joint = ["updates=60", "warmup=4", "batch_size=4", "validate_every=20"]
    words = [
        "-m", "dataset=phantom_template", *TINY[1:], "dataset.size=32", "augment=gd,gd_gi", "name=joint",
        *(f"augment.joint.{option}" for option in joint), "hydra/launcher=slurm",
    ]  # fmt: skip
    sent = segaug_here("submit", *words, "seed=0", cwd=tmp_path)
    assert sent.returncode == 0, sent.stdout + sent.stderr
    store, cache = Store(tmp_path / "results" / "joint"), tmp_path / "cache" / "artefacts"
    eventually(lambda: list(cache.glob(".locks/generator_deformation-*")))
    (job,) = (json.loads(path.read_text())["job"] for path in store.folder.glob("submissions/*/jobs/*.json"))
    subprocess.run(["scontrol", "requeue", job], check=True)
    assert not list(cache.glob("*.safetensors")), "it was cut too late"
    eventually(lambda: len(store.records()) == 2, 200)
    gd, gd_gi = sorted(store.records(), key=lambda record: len(record["learned"]))
    assert gd_gi["learned"][0] == gd["learned"][0]
    assert {path.stem for path in cache.iterdir()} == {".locks", *(item["artefact"] for item in gd_gi["learned"])}
    told = segaug_here("plan", *words, "seed=0,1", "--json", cwd=tmp_path)
    plan = json.loads(told.stdout)
    assert (plan["totals"]["done"], plan["totals"]["to_do"]) == (2, 2)
    training = sum(record["run"]["seconds"]["total"] - record["run"]["seconds"]["prepare"] for record in (gd, gd_gi))
    learning = gd["run"]["learning_cpu_seconds"] + gd_gi["run"]["learning_cpu_seconds"] / 2  # of gd_gi one of the two
    assert 3600 * plan["forecast"]["hours"] == pytest.approx(training + learning, abs=1.9)  # it has three decimals


def test_a_trial_whose_joint_phases_fill_more_than_one_job_goes_on_where_the_time_limit_cut_it(tmp_path, eventually):
    """35 s of a minute are for work: the first of two generators is made in them, and the second one is cut."""
    joint = ["updates=320", "warmup=4", "batch_size=8", "validate_every=60"]
    limits = ["hydra.launcher.timeout_min=1", "hydra.launcher.signal_delay_s=25", "hydra.launcher.cpus_per_task=1"]
    sent = segaug_here(
        "submit", "-m", "dataset=phantom_template", *TINY[1:], "dataset.size=32", "augment=gd_gi", "seed=0", "name=cut",
        *(f"augment.joint.{option}" for option in joint), *limits, cwd=tmp_path,
    )  # fmt: skip
    assert sent.returncode == 0, sent.stdout + sent.stderr
    store = Store(tmp_path / "results" / "cut")
    (record,) = eventually(store.records, 200)
    assert not store.failures()
    assert [item["kind"] for item in record["learned"]] == ["generator_deformation", "generator_intensity"]
    (log,) = tmp_path.glob("results/cut/submissions/*/logs/*.out")
    assert "1 trials are left; requeued" in log.read_text()


@pytest.mark.timeout(500)
def test_a_denoiser_is_trained_once_for_all_its_trials_and_goes_on_where_a_time_limit_cut_it(tmp_path, eventually):
    """A job has 35 s for work; every artefact is there once, and the record tells what learning took in all."""
    denoiser = ["updates=700", "channels=[64,64]", "attention=[2]", "batch_size=16"]
    bank = ["augment.steps=2", "augment.resample=1", "augment.per_image=1", "augment.judge.updates=2"]
    limits = ["hydra.launcher.timeout_min=1", "hydra.launcher.signal_delay_s=25", "hydra.launcher.cpus_per_task=1"]
    words = [
        "-m", "dataset=phantom_template", *TINY[1:], "dataset.size=32", "augment=augpaint", "seed=0,1", "name=painted",
        *(f"augment.denoiser.{option}" for option in denoiser), *bank, *limits,
    ]  # fmt: skip
    sent = segaug_here("submit", *words, cwd=tmp_path)
    assert sent.returncode == 0, sent.stdout + sent.stderr
    store, cache = Store(tmp_path / "results" / "painted"), tmp_path / "cache" / "artefacts"
    assert eventually(lambda: len(store.records()) == 2, 400)
    assert not store.failures()
    one, two = (record["learned"][0] for record in store.records())
    assert one == two
    assert one["updates"] == 700
    assert [path.stem for path in cache.glob("augpaint_denoiser-*")] == [one["artefact"]]
    logs = "".join(path.read_text() for path in tmp_path.glob("results/painted/submissions/*/logs/*.out"))
    assert "requeued" in logs
