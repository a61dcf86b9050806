"""benchmarks/study.py compares what it says it compares."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from torch import nn, tensor

from benchmarks.study_parts.cost import cost_of
from benchmarks.study_parts.plain_trial import Segmentation, build, training_loader
from segaug.models.nnunet import NnUnet
from segaug.training.protocol import Protocol, schedule

ROOT = Path(__file__).parents[1]


def shapes(network: nn.Module) -> list[tuple[int, ...]]:
    return sorted(tuple(one.shape) for one in network.parameters())


def test_script_trains_our_network():
    assert shapes(build(4)) == shapes(NnUnet(feature_size=4).build())


def test_script_has_our_learning_rates():
    ours = schedule(Protocol(unit="update", length=64, warmup=6), images=16)
    plain = Segmentation(nn.Identity(), updates=64, warmup=6)
    assert [plain.share_of_rate(update) for update in range(64)] == [ours.factor(update) for update in range(64)]


def test_script_shows_each_image_once_an_epoch_in_our_batches():
    batches = [batch["image"].tolist() for batch in training_loader([{"image": tensor(i)} for i in range(16)], None, 6)]
    assert [len(batch) for batch in batches] == [8] * 6
    assert [sorted(batches[at] + batches[at + 1]) for at in (0, 2, 4)] == [list(range(16))] * 3


def test_cost_waits_for_what_a_command_leaves_behind():
    cost = cost_of(["sh", "-c", "(sleep 0.1; echo left) & echo said"], os.environ)
    assert cost.output.split() == ["said", "left"]


def test_failing_command_ends_the_comparison():
    with pytest.raises(SystemExit, match="exit code 3\nwhy"):
        cost_of(["sh", "-c", "echo why; exit 3"], os.environ)


@pytest.mark.slow
@pytest.mark.timeout(900)  # five processes, each of which imports torch, Lightning and MONAI
def test_short_form_prints_both_scores_and_all_rows(tmp_path):
    known = {name: value for name, value in os.environ.items() if name != "SEGAUG_DATA"}
    command = [sys.executable, "benchmarks/study.py", "--updates", "2", "--features", "2", "--sizes", "4"]
    printed = subprocess.run(
        command, cwd=ROOT, env={**known, "SEGAUG_CACHE": str(tmp_path)}, capture_output=True, text=True, check=True
    ).stdout
    assert printed.count("1 trials, test BCE 0.") == 3
    keys = [line.split()[0] for line in printed.splitlines()[3:]]
    trials = [f"trial/bfloat16/n{size}" for size in (1, 4)]
    assert keys == ["study/float32", "study/shipped", *trials, "trial/n1-inference", "trial/augmentation", "trial/rest"]


@pytest.mark.slow
def test_overhead_says_what_is_above_the_bare_loop():
    command = [sys.executable, "benchmarks/overhead.py", "--rounds", "1"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "segaug above the bare loop: " in printed
    assert "a whole trial above the bare loop: " in printed
