"""Whole commands, killed and doubled: each trial is run once, and whatever dies costs one trial at most."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from segaug.results.lease import look
from segaug.results.store import Store
from tests.tiny import TINY, segaug, volatile_free

pytestmark = pytest.mark.drill
SWEEP = ["train", "-m", *TINY, "protocol.length=60", "augment=baseline", "scale=n1,n4", "seed=range(6)", "name=drill"]
TRIALS = 12


def start(folder: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "SEGAUG_CACHE": str(folder / "cache")}
    return subprocess.Popen(
        [sys.executable, "-m", "segaug", *SWEEP], cwd=folder, env=environment, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def store(folder: Path) -> Store:
    return Store(folder / "results" / "drill")


def records(folder: Path) -> dict[str, dict]:
    return {record["id"]: volatile_free(record) for record in store(folder).records()}


def holders(folder: Path) -> list[int]:
    seen = [look(trial) for trial in (folder / "results" / "drill" / "trials").glob("*")]
    return [one.owner.pid for one in seen if one and one.owner and not one.is_over]


def wait_for(condition, process, seconds=240.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """The records of a command that nobody disturbs."""
    folder = tmp_path_factory.mktemp("calm")
    done = segaug(*SWEEP, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert len(records(folder)) == TRIALS
    return records(folder)


def test_the_same_study_started_twice_at_once(tmp_path, calm):
    both = [start(tmp_path) for _ in range(2)]
    told = [process.communicate(timeout=280)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert records(tmp_path) == calm
    assert not list(tmp_path.glob("results/drill/trials/*/other-*")), "no trial was run twice"
    assert {path.name for path in tmp_path.glob("results/drill/trials/*/*")} == {"record.json"}


def test_a_worker_that_is_killed_costs_one_more_attempt(tmp_path, calm):
    process = start(tmp_path)
    wait_for(lambda: holders(tmp_path), process)
    os.kill(holders(tmp_path)[0], signal.SIGKILL)
    told, _ = process.communicate(timeout=280)
    assert process.returncode == 0, told
    assert records(tmp_path) == calm


def test_one_of_two_commands_is_killed_and_the_other_ends_its_trials(tmp_path, calm):
    first, second = start(tmp_path), start(tmp_path)
    wait_for(lambda: holders(tmp_path) and records(tmp_path), first)
    os.killpg(first.pid, signal.SIGKILL)
    told, _ = second.communicate(timeout=280)
    assert second.returncode == 0, told
    assert records(tmp_path) == calm
    first.wait()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGUSR2, 140), (signal.SIGINT, 130)])
def test_a_command_that_is_told_to_stop_gives_its_trials_back(tmp_path, calm, number, code):
    process = start(tmp_path)
    wait_for(lambda: holders(tmp_path) and list(tmp_path.glob("results/drill/trials/*/record.json")), process)
    os.kill(process.pid, number)
    told, _ = process.communicate(timeout=60)
    assert process.returncode == code, told
    assert "the same command goes on from here" in told
    assert holders(tmp_path) == []
    assert store(tmp_path).failures() == []
    assert segaug(*SWEEP, cwd=tmp_path).returncode == 0
    assert records(tmp_path) == calm
