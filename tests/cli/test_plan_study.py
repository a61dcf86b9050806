"""`segaug plan study=...` tells what is there and what the rest costs, and starts nothing."""

import json

import pytest

from segaug.results.store import Store
from tests.tiny import TINY, segaug_here

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("tiny_cache")]  # four plans and two trials
SWEEP = ["-m", *TINY, "scale=n1,n4,n512", "augment=baseline,red", "name=planned"]


def planned(folder, *words):
    shown = segaug_here("plan", *SWEEP, *words, "--json", cwd=folder)
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


def test_done_stale_and_to_do_are_told_apart(tmp_path):
    nothing = planned(tmp_path, "seed=range(2)")
    assert nothing["totals"] == {"done": 0, "failed": 0, "to_do": 8, "stale": 0}
    assert [row["size"] for row in nothing["skipped"]] == [512]
    assert not (tmp_path / "results").exists()
    probed = segaug_here("plan", *SWEEP, "seed=range(2)", "--probe", cwd=tmp_path)
    assert "8 trials in 4 cells of one task: 2 done, 0 failed, 6 to do" in probed.stdout
    assert "from 2 finished trials of this study" in probed.stdout
    store = Store(tmp_path / "results" / "planned")
    assert store.plan()["command"].startswith("segaug train -m ")  # what goes on with the study
    assert planned(tmp_path, "seed=range(3)")["totals"] == {"done": 2, "failed": 0, "to_do": 10, "stale": 0}
    assert planned(tmp_path, "seed=range(3)", "protocol.length=5")["totals"]["stale"] == 2
