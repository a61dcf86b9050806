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
from tests.tiny import TINY, segaug, volatile_free

KILLS = 10
SWEEP = ["train", "-m", *TINY, "augment=baseline,red", "scale=n1,n4", "seed=range(3)", "name=drill"]
TRIALS = 12


def records(folder: Path) -> dict[str, dict]:
    return {record["id"]: volatile_free(record) for record in Store(folder / "results" / "drill").records()}


def start_and_kill(folder: Path, after_s: float, *, group: bool) -> bool:
    """Start the sweep, kill it (or only the parent) after some seconds; True if it was still running."""
    command = [sys.executable, "-m", "segaug", *SWEEP]
    environment = {**os.environ, "SEGAUG_CACHE": str(folder / "cache")}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(after_s)
        return False
    except subprocess.TimeoutExpired:
        (os.killpg if group else os.kill)(process.pid, signal.SIGKILL)
        process.wait()
        return True


def group_is_gone(process_group: int) -> bool:
    try:
        os.killpg(process_group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.drill
def test_killed_ten_times_equals_never_killed(tmp_path):
    calm, stormy = tmp_path / "calm", tmp_path / "stormy"
    calm.mkdir(), stormy.mkdir()
    start = time.monotonic()
    done = segaug(*SWEEP, cwd=calm)
    took = time.monotonic() - start
    assert done.returncode == 0, done.stderr
    moments = torch.rand(KILLS, generator=stream(0, "drill")) * took
    killed = [start_and_kill(stormy, moment, group=i % 2 == 0) for i, moment in enumerate(moments.tolist())]
    assert killed[0]
    last = segaug(*SWEEP, cwd=stormy)
    assert last.returncode == 0, last.stderr
    assert len(records(calm)) == TRIALS
    assert records(stormy) == records(calm)
    left_over = [path for path in stormy.rglob(".*.part")]
    assert segaug("status", "drill", cwd=stormy).returncode == 0, left_over


@pytest.mark.drill
def test_workers_do_not_outlive_a_killed_parent(tmp_path):
    command = [sys.executable, "-m", "segaug", *SWEEP, "protocol.length=100000"]
    environment = {**os.environ, "SEGAUG_CACHE": str(tmp_path / "cache")}
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, start_new_session=True, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert b"12 trials" in process.stdout.readline()
    time.sleep(10)  # workers are training by now
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while not group_is_gone(process.pid) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert group_is_gone(process.pid)
