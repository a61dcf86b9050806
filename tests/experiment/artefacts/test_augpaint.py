"""AugPaint in a sweep: what trials share, and that labels which nobody may see decide nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
import torch
from safetensors import safe_open

from segaug.experiment.artefacts.make_one import artefacts_of
from segaug.experiment.outside import compose
from segaug.experiment.planned.plan import make_plan
from segaug.results.store import Store
from tests.tiny import TINY, segaug_here

QUICK = [
    "dataset.size=32", "augment.denoiser.updates=8", "augment.denoiser.batch_size=8", "augment.denoiser.warmup=1",
    "augment.denoiser.learning_rate=3e-3", "augment.denoiser.channels=[32,32]", "augment.denoiser.attention=[2]",
    "augment.steps=2", "augment.resample=1", "augment.judge.updates=2", "augment.judge.width=4", "augment.per_image=2",
]  # fmt: skip


def listed(*words, task=None):
    """Names of the artefacts of a trial by kind; task: instead of its own."""
    plan = make_plan([compose([*TINY, *QUICK, "augment=augpaint", *words])], skip_large=False)
    (planned,) = plan.trials
    task = plan.tasks[planned.trial.task] if task is None else task(plan.tasks[planned.trial.task], planned)
    names = {}
    for artefact in artefacts_of(planned, task, "cpu", pytest.fail):
        names.setdefault(artefact.kind, []).append(artefact.name)
    return names


def test_one_denoiser_for_all_sizes_and_seeds_and_one_bank_for_all_networks_and_protocols():
    plain = listed("seed=0")
    other = listed("seed=1", "scale.size=2")
    assert other["augpaint_denoiser"] == plain["augpaint_denoiser"]
    assert other["augpaint_bank"] != plain["augpaint_bank"]
    assert listed("seed=0", "model.feature_size=5", "protocol.learning_rate=0.5", "augment.filter=random") == plain


def test_labels_that_nobody_may_see_decide_nothing():
    """All but those of the labelled subset are NaN, and whatever is listed is listed as before."""

    def blind(task, planned):
        from segaug.experiment.planned.parts import parts_of

        rows = list(parts_of(planned, task, "cpu").rows)
        label = torch.full_like(task.label, float("nan"))
        label[rows] = task.label[rows]
        return replace(task, label=label)

    assert listed("seed=0", task=blind) == listed("seed=0")


@pytest.mark.slow
def test_a_sweep_prepares_trains_and_tells_what_it_was_made_of(tmp_path):
    known = [
        "dataset=phantom_template",
        *TINY[1:],
        *QUICK,
        "augment.denoiser.updates=300",
    ]  # more than mean and variance
    sweep = ["train", "-m", *known, "augment=augpaint,augpaint_conditional", "seed=range(2)", "name=sweep"]
    done = segaug_here(*sweep, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    records = Store(tmp_path / "results" / "sweep").records()
    assert len(records) == 4
    for record in records:
        counts = record["images"]["synthetic"]
        assert (
            counts["made"] == sum(record["bank"]["made"]) == 2 * (record["size"] - record["bank"]["without_foreground"])
        )
        assert counts["kept"] == sum(record["bank"]["kept"]) == -(-counts["made"] // 2)
        assert record["training"]["images"] == record["size"] + counts["kept"]
        assert record["labels"]["training"] == record["size"]
        assert [each["kind"] for each in record["learned"]] == ["augpaint_denoiser"]
    again = segaug_here(*sweep, "model.feature_size=6", "name=other", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "preparing" not in again.stdout


@pytest.mark.slow
def test_a_preparation_that_is_terminated_keeps_what_its_workers_have_learned(tmp_path):
    words = ["prepare", "-m", *TINY, *QUICK, "augment=augpaint", "augment.denoiser.updates=200000", "seed=0"]
    known = {**os.environ, "SEGAUG_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "segaug", *words]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=known, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    artefacts = tmp_path / "cache" / "artefacts"
    while not list(artefacts.glob(".locks/augpaint_denoiser-*")):
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.2)
    time.sleep(8)  # some updates, and far from a minute
    process.terminate()
    told = process.communicate(timeout=60)[0]
    assert process.returncode == 128 + signal.SIGTERM
    assert "the same command goes on from here" in told
    (path,) = artefacts.glob("augpaint_denoiser-*.safetensors")
    with safe_open(path, framework="pt") as file:
        facts = json.loads(file.metadata()["facts"])
    assert facts["unfinished"]
    assert facts["done"] > 0
