"""Shards as a user types them."""

import json

import pytest

from tests.tiny import TINY, segaug_here

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("tiny_cache")]  # whole studies, and a dozen commands
SWEEP = ["-m", *TINY, "augment=baseline,regda", "augment.p=1", "scale=n2,n8", "seed=range(2)"]


def test_a_shard_is_planned_prepared_trained_and_told_of(tmp_path):
    words = [*SWEEP, "output=shard", "shard=1/2"]
    planned = json.loads(segaug_here("plan", *words, "--json", cwd=tmp_path).stdout)
    assert planned["shard"] == "1/2"
    assert 0 < planned["trials"] < 8
    prepared = [segaug_here("prepare", *SWEEP, f"shard={number}/2", cwd=tmp_path) for number in (1, 2)]
    assert [done.returncode for done in prepared] == [0, 0]
    assert ["of what 8 trials need" in done.stdout for done in prepared] == [True, True], prepared
    trained = segaug_here("train", *words, cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert f"shard 1/2: {planned['trials']} of 8 trials" in trained.stdout
    assert "preparing" not in trained.stdout
    status = segaug_here("status", "shard", "--json", cwd=tmp_path)
    state = json.loads(status.stdout)
    assert (status.returncode, state["shards"], state["elsewhere"]) == (0, ["1/2"], 8 - planned["trials"])


@pytest.mark.parametrize("shard", ["0/4", "5/4", "a/b", "1/0", "auto", "auto/4", "", "1/2,2/2"])
def test_a_shard_that_there_is_not_is_refused_before_anything_is_written(tmp_path, shard):
    done = segaug_here("train", "-m", *TINY, f"shard={shard}", "output=study", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("segaug: error: shard: ")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "study").exists()
