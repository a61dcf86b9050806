"""A multirun that is killed at random moments ends with the records of one that was not."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from segaug.results.store import Store
from segaug.rng import stream
from tests.experiment.pooled_tiny import write_configs
from tests.tiny import TINY, segaug, volatile_free

KILLS = 10
SWEEP = [
    "train",
    "-m",
    *TINY,
    "protocol.length=60",
    "augment=baseline,red",
    "scale=n1,n4",
    "seed=range(10)",
    "name=drill",
]
SEVERAL = [
    "dataset=phantom_template",
    "protocol.seeds_per_subset=2",
    "protocol.optimiser.name=adamw",
    "protocol.select=dice",
]
POOLED = [
    "train", "-m", "--config-dir", "conf",
    *(word for word in TINY if not word.startswith("dataset")),
    "dataset=pooled", "dataset.base=here", "dataset.added=[there]", "dataset.k=0,4",
    "protocol.length=60", "augment=baseline", "seed=range(8)", "name=drill",
]  # fmt: skip
TRIALS, POOLED_TRIALS = 40, 16


def records(folder: Path) -> dict[str, dict]:
    return {record["id"]: volatile_free(record) for record in Store(folder / "results" / "drill").records()}


def finished(folder: Path) -> int:
    return len(list((folder / "results" / "drill").glob("trials/*/record.json")))


def start(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "SEGAUG_CACHE": str(folder / "cache")}
    command = [sys.executable, "-m", "segaug", *words]
    return subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True, stdout=subprocess.PIPE)


def start_and_kill(folder: Path, kill: int, sweep: list[str]) -> bool:
    """Kill a sweep while it starts, or soon after its next record; the whole group or only the parent.

    True if it was still running.
    """
    before, process = finished(folder), start(folder, *sweep)
    delay, early, group = torch.rand(3, generator=stream(kill, "drill")).tolist()
    deadline = time.monotonic() + (8 * delay if early < 0.4 else 120)
    while process.poll() is None and time.monotonic() < deadline and (early < 0.4 or finished(folder) == before):
        time.sleep(0.01)
    if early >= 0.4:
        time.sleep(delay / 2)
    running = process.poll() is None
    if running:
        (os.killpg if group < 0.5 else os.kill)(process.pid, signal.SIGKILL)
    process.wait()
    return running


def group_is_gone(process_group: int) -> bool:
    try:
        os.killpg(process_group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.drill
@pytest.mark.timeout(900)  # eleven starts of a sweep, beside another drill
@pytest.mark.parametrize(
    ("sweep", "trials", "kills"),
    [(SWEEP, TRIALS, KILLS), ([*SWEEP, *SEVERAL], TRIALS, KILLS), (POOLED, POOLED_TRIALS, 3)],
    ids=["one structure", "several structures, seeds that share a subset", "two sources"],
)
def test_killed_again_and_again_equals_never_killed(tmp_path, sweep, trials, kills):
    calm, stormy = tmp_path / "calm", tmp_path / "stormy"
    for folder in (calm, stormy):
        write_configs(folder, "here", "there")
    done = segaug(*sweep, cwd=calm)
    assert done.returncode == 0, done.stderr
    killed = [start_and_kill(stormy, kill, sweep) for kill in range(kills)]
    assert sum(killed) == kills, "the study ended before all kills were done: make it larger"
    assert finished(stormy) < trials
    last = segaug(*sweep, "hydra.launcher.workers=1", cwd=stormy)
    assert last.returncode == 0, last.stderr
    assert len(records(calm)) == trials
    assert records(stormy) == records(calm)
    assert segaug("status", "drill", cwd=stormy).returncode == 0


@pytest.mark.drill
def test_workers_do_not_outlive_a_killed_parent(tmp_path):
    process = start(tmp_path, *SWEEP, "protocol.length=100000")
    assert process.stdout is not None
    assert b"40 trials" in process.stdout.readline()
    time.sleep(10)  # workers are training by now
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while not group_is_gone(process.pid) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert group_is_gone(process.pid)
