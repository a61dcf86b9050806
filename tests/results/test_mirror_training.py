"""Training neither waits for W&B nor fails with it, whatever the server does."""

import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from segaug.results.store import Store
from tests.tiny import TINY, segaug
from tests.wandb_server import KEY, WandbServer, account, serving

MODES = {  # those first that the end of a sweep waits for
    "slow": {"mode": "slow", "delay_s": 10.0},
    "broken": {"mode": "broken"},
    "absent": {},
    "limited": {"mode": "limited", "count": 20},
    "ok": {},
}
COMPLETE = ("limited", "ok")  # where all arrives, by a process that gives way to training: the next one waits for it
NOWHERE = "http://127.0.0.1:9"
CLOSING_S = 75  # what the end of a sweep may take: 60 s for W&B, then the end of its processes
Ended = tuple[subprocess.CompletedProcess[str], float]


@pytest.mark.slow
def test_a_study_trains_as_if_there_were_no_wandb(tmp_path):
    """One command trains at a time, which makes their trials comparable; what has trained waits beside the next."""
    servers = {name: WandbServer(**mode) for name, mode in MODES.items()}
    with account(NOWHERE, tmp_path), ThreadPoolExecutor() as threads, ExitStack() as stack:
        alone, _ = train(tmp_path / "alone")
        running = {}
        for name, server in servers.items():
            stack.enter_context(serving(server))
            url = NOWHERE if name == "absent" else server.url
            running[name] = threads.submit(train, tmp_path / name, "tracker=wandb", "tracker.mode=online", url=url)
            wait_for_training(tmp_path / name, running[name])
            if name in COMPLETE:
                running[name].result()
        ended = {name: one.result() for name, one in running.items()}
    assert alone.returncode == 0, alone.stderr
    for name, (online, end) in ended.items():
        assert online.returncode == 0, f"{name}: {online.stderr}"
        assert end - max(path.stat().st_mtime for path in records(tmp_path / name)) < CLOSING_S, name
        assert trial_s(tmp_path / name) < 3 * trial_s(tmp_path / "alone") + 1, f"{name}: trials waited"
        assert ("`segaug sync" in online.stderr + online.stdout) == (name not in COMPLETE), name
        if name in COMPLETE:
            assert {run.state for run in servers[name].runs.values()} == {"finished"}, name
        assert KEY not in online.stdout + online.stderr, name
    files = [path for path in tmp_path.glob("*/results/**/*") if path.is_file()]
    assert len({path.relative_to(tmp_path).parts[0] for path in files}) == 1 + len(MODES)
    assert not [path for path in files if KEY.encode() in path.read_bytes()]


def train(folder: Path, *options: str, url: str = NOWHERE) -> Ended:
    """What the command said, and when it ended."""
    folder.mkdir()
    words = ("train", "-m", *TINY, "name=study", "seed=0,1", *options)
    return segaug(*words, cwd=folder, HOME=str(folder), WANDB_BASE_URL=url), time.time()


def wait_for_training(folder: Path, command: "Future[Ended]") -> None:
    """Until both trials have their record, or the command has ended without."""
    while len(list(records(folder))) < 2 and not command.done():
        time.sleep(0.05)


def records(folder: Path) -> Iterator[Path]:
    return (folder / "results/study").rglob("record.json")


def trial_s(folder: Path) -> float:
    """The longest trial of the two."""
    first, second = (record["run"]["seconds"]["total"] for record in Store(folder / "results/study").records())
    return max(first, second)
