"""Four shards that share nothing, one of them killed and run again, merged: the records of one run, bit for bit.

And a merge that is killed at random moments, then run again, is one that nobody killed.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from segaug.results.plan_pieces import has_plan
from segaug.results.shard import Shard
from segaug.results.store import Store
from segaug.rng import stream
from tests.synthetic import record
from tests.tiny import TINY, segaug, volatile_free

pytestmark = pytest.mark.drill
SHARDS, KILLED, TRIALS = 4, 2, 40
SWEEP = ["train", "-m", *TINY, "protocol.length=60", "augment=baseline,red", "scale=n1,n4", "seed=range(10)"]
MERGES, RECORDS = 12, 1500


def records(study: Path) -> dict[str, dict]:
    return {record["id"]: volatile_free(record) for record in Store(study).records()}


def start(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """The command in a process group of its own."""
    environment = {**os.environ, "SEGAUG_CACHE": str(folder / "cache")}
    return subprocess.Popen(
        [sys.executable, "-m", "segaug", *words], cwd=folder, env=environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def shard(number: int) -> list[str]:
    return [*SWEEP, f"shard={number}/{SHARDS}", "output=shard"]


@pytest.mark.timeout(900)  # six sweeps, beside another drill
def test_four_shards_one_killed_are_one_run(tmp_path, injected):
    calm = tmp_path / "calm"
    calm.mkdir()
    assert segaug(*SWEEP, "output=whole", cwd=calm).returncode == 0
    machines = [tmp_path / f"machine{number}" for number in range(1, SHARDS + 1)]
    for machine in machines:
        machine.mkdir()
    killed = machines[KILLED - 1]
    process = start(killed, *shard(KILLED))
    while not list(killed.glob("shard/trials/*/record.json")):
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for number, machine in enumerate(machines, 1):
        if machine != killed:
            done = segaug(*shard(number), cwd=machine)
            assert done.returncode == 0, done.stderr
    folders = [str(machine / "shard") for machine in machines]
    early = segaug("merge", *folders, "--into", "./whole", cwd=tmp_path)
    assert early.returncode == 0, early.stderr
    assert len(records(tmp_path / "whole")) < TRIALS
    assert segaug("status", "./whole", cwd=tmp_path).returncode == 1
    again = segaug(*shard(KILLED), cwd=killed)
    assert again.returncode == 0, again.stderr
    done = segaug("merge", *folders, "--into", "./whole", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(records(calm / "whole")) == TRIALS
    assert records(tmp_path / "whole") == records(calm / "whole")
    assert segaug("status", "./whole", cwd=tmp_path).returncode == 0
    nothing = segaug(*SWEEP, "output=whole", cwd=tmp_path)
    assert f"{TRIALS} done before, 0 to do" in nothing.stdout
    injected(1)


def test_a_merge_that_is_killed_and_run_again_is_one_that_was_not(tmp_path, injected):
    trials = [record("thorax", "nnunet", "red", 4, seed) for seed in range(RECORDS)]
    keys = ("id", "task", "model", "strategy", "size", "seed")
    for number in (1, 2):
        store = Store(tmp_path / f"shard{number}")
        store.add_plan({"trials": [{key: one[key] for key in keys} for one in trials], "shard": f"{number}/2"})
        for one in trials:
            if Shard(number, 2).holds(one["id"]):
                store.write_record(one)
    merge = ["merge", "shard1", "shard2", "--into"]
    begun = time.monotonic()
    assert segaug(*merge, "./calm", cwd=tmp_path).returncode == 0
    took = time.monotonic() - begun
    stormy, running = tmp_path / "stormy", 0
    for kill in range(MERGES):
        delay = torch.rand((), generator=stream(kill, "merge drill")).item()
        before = len(list(stormy.glob("trials/*/record.json")))
        process = start(tmp_path, *merge, "./stormy")
        deadline = time.monotonic() + 2 * took
        while process.poll() is None and time.monotonic() < deadline:
            if len(list(stormy.glob("trials/*/record.json"))) > before + delay * RECORDS / MERGES:
                break
        if process.poll() is None:
            running += 1
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert has_plan(stormy) or not any(stormy.rglob("record.json")), "it can be gone on with"
        assert records(stormy).items() <= records(tmp_path / "calm").items()
    assert running >= MERGES / 2, "the merge ended before most kills: make it larger"
    done = segaug(*merge, "./stormy", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(records(stormy)) == RECORDS
    assert records(stormy) == records(tmp_path / "calm")
    assert Store(stormy).plan() == Store(tmp_path / "calm").plan()
    assert not list(stormy.glob("trials/*/other-*"))
    injected(running)
