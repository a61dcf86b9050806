"""Training neither waits for W&B nor fails with it, whatever the server does."""

import subprocess
import time
from pathlib import Path

import pytest

from segaug.results.store import Store
from tests.tiny import TINY, segaug
from tests.wandb_server import KEY, WandbServer, account, serving

MODES = {
    "ok": {},
    "limited": {"mode": "limited", "count": 20},
    "broken": {"mode": "broken"},
    "slow": {"mode": "slow", "delay_s": 10.0},
    "absent": {},
}
CLOSING_S = 75  # what the end of a sweep may take: 60 s for W&B, then the end of its processes


@pytest.mark.slow
@pytest.mark.parametrize("name", MODES)
def test_a_study_trains_as_if_there_were_no_wandb(name, tmp_path):
    server = WandbServer(**MODES[name])
    with serving(server), account("http://127.0.0.1:9" if name == "absent" else server.url, tmp_path):
        alone, _ = train(tmp_path, "without")
        online, end = train(tmp_path, "with", "tracker=wandb", "tracker.mode=online")
    assert online.returncode == alone.returncode == 0, online.stderr
    records = (tmp_path / "results/with").rglob("record.json")
    assert end - max(path.stat().st_mtime for path in records) < CLOSING_S
    assert trial_s(tmp_path / "results/with") < 3 * trial_s(tmp_path / "results/without") + 1, "trials waited"
    complete = name in ("ok", "limited")
    assert ("`segaug sync" in online.stderr + online.stdout) == (not complete)
    if complete:
        assert {run.state for run in server.runs.values()} == {"finished"}
    files = [path for path in (tmp_path / "results").rglob("*") if path.is_file()]
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
    assert KEY not in online.stdout + online.stderr


def train(folder: Path, name: str, *options: str) -> tuple[subprocess.CompletedProcess[str], float]:
    """What the command said, and when it ended."""
    return segaug("train", "-m", *TINY, f"name={name}", "seed=0,1", *options, cwd=folder), time.time()


def trial_s(study: Path) -> float:
    """The longest trial of the two."""
    first, second = (record["run"]["seconds"]["total"] for record in Store(study).records())
    return max(first, second)
